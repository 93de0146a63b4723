import type { Page } from "./page.ts";

/** Places for texts of one field; countries, currencies, channels and the like have fewer. */
const PLACE_BITS = 8;
const PLACES = 1 << PLACE_BITS;
/** Longer texts are hardly ever met again. A power of two, so that a place is found by a shift. */
const WORD_BITS = 3;
const LONGEST = 4 << WORD_BITS;

/** After so many texts it is looked at how many of them were met again. */
const TRIAL = 1_024;
/** With fewer than one in so many, looking costs more than it saves. */
const WORTHWHILE = 4;

/** Of the four bytes from the beginning of a text those that are its own, by its length. */
const OWN = Int32Array.of(0, 0xff, 0xffff, 0xffffff);

/** Characters of a text to be made, a list for every length: a call with so many arguments is the fastest way to a short text. */
type Units = readonly number[][];

/**
 * Texts of one field that were met before, found by their bytes: the same few come again and again, and a text that is
 * there already need neither be made nor hashed nor collected. A place holds the text that came last; where a field hardly
 * ever says the same twice, they are no longer looked for.
 */
export class SeenTexts {
  readonly #texts: string[] = Array.from({ length: PLACES }, () => "");
  /** What begins and what ends the text of a place, and what is between. */
  readonly #first = new Int32Array(PLACES);
  readonly #last = new Int32Array(PLACES);
  readonly #words = new Int32Array(PLACES << WORD_BITS);
  readonly #units: Units = Array.from({ length: LONGEST + 1 }, (_, length) => Array.from({ length }, () => 0));
  #asked = 0;
  #met = 0;
  #looking = true;

  /** The text of these bytes, which are ASCII. */
  text(page: Page, from: number, to: number): string {
    const length = to - from;
    if (length > LONGEST) return page.bytes.toString("latin1", from, to);
    if (!this.#looking) return this.#make(page, from, to);
    const first = length < 4 ? page.word(from) & (OWN[length] as number) : page.word(from);
    const last = length < 4 ? first : page.word(to - 4);
    const place = (Math.imul(first ^ Math.imul(last, 0x9e3779b1), 0x85ebca6b) + length) >>> (32 - PLACE_BITS);
    const known = this.#texts[place] as string;
    if (++this.#asked === TRIAL) this.#judge();
    if (known.length === length && this.#first[place] === first && this.#last[place] === last && this.#isBetween(page, from, to, place)) {
      this.#met += 1;
      return known;
    }
    return this.#keep(page, from, to, place, first, last);
  }

  #isBetween(page: Page, from: number, to: number, place: number): boolean {
    for (let at = from + 4, i = place << WORD_BITS; at < to - 4; at += 4, i++) if (page.word(at) !== this.#words[i]) return false;
    return true;
  }

  #make({ bytes }: Page, from: number, to: number): string {
    const units = this.#units[to - from] as number[];
    for (let at = from, i = 0; at < to; at++, i++) units[i] = bytes[at] as number;
    return String.fromCharCode(...units);
  }

  #keep(page: Page, from: number, to: number, place: number, first: number, last: number): string {
    const text = this.#make(page, from, to);
    this.#texts[place] = text;
    this.#first[place] = first;
    this.#last[place] = last;
    for (let at = from + 4, i = place << WORD_BITS; at < to - 4; at += 4, i++) this.#words[i] = page.word(at);
    return text;
  }

  #judge(): void {
    this.#looking = this.#met * WORTHWHILE >= this.#asked;
    if (!this.#looking) this.#texts.fill("");
    this.#asked = 0;
    this.#met = 0;
  }
}
