/** Places for texts of one field; countries, currencies, channels and the like have fewer. */
const PLACES = 256;
/** Longer texts are hardly ever met again. A power of two, so that a place is found by a shift. */
const LONGEST_BITS = 5;
const LONGEST = 1 << LONGEST_BITS;

/** After so many texts it is looked at how many of them were met again. */
const TRIAL = 1_024;
/** With fewer than one in so many, looking costs more than it saves. */
const WORTHWHILE = 4;

/**
 * Texts of one field that were met before, found by their bytes: the same few come again and again, and a text that is
 * there already need neither be made nor hashed nor collected. A place holds the text that came last; where a field hardly
 * ever says the same twice, it is given up.
 */
export class SeenTexts {
  readonly #texts: string[] = Array.from({ length: PLACES }, () => "");
  readonly #bytes = new Uint8Array(PLACES << LONGEST_BITS);
  #asked = 0;
  #met = 0;
  #given = false;

  /** The text of these bytes, which are ASCII. */
  text(bytes: Buffer, from: number, to: number): string {
    const length = to - from;
    if (this.#given || length > LONGEST || length === 0) return bytes.toString("latin1", from, to);
    const place = placeOf(bytes, from, to);
    const known = this.#texts[place] as string;
    if (++this.#asked === TRIAL) this.#judge();
    if (known.length === length && this.#isAt(place << LONGEST_BITS, bytes, from, to)) {
      this.#met += 1;
      return known;
    }
    return this.#keep(place, bytes, from, to);
  }

  #isAt(start: number, bytes: Buffer, from: number, to: number): boolean {
    const there = this.#bytes;
    for (let at = from, i = start; at < to; at++, i++) if (bytes[at] !== there[i]) return false;
    return true;
  }

  #keep(place: number, bytes: Buffer, from: number, to: number): string {
    const text = bytes.toString("latin1", from, to);
    this.#texts[place] = text;
    for (let at = from, i = place << LONGEST_BITS; at < to; at++, i++) this.#bytes[i] = bytes[at] as number;
    return text;
  }

  #judge(): void {
    if (this.#met * WORTHWHILE < this.#asked) {
      this.#given = true;
      this.#texts.fill("");
    }
    this.#asked = 0;
    this.#met = 0;
  }
}

/** Made of some of the bytes: those at the ends tell texts of one field apart, and a wrong guess is noticed. */
function placeOf(bytes: Buffer, from: number, to: number): number {
  const last = to - 1;
  const first = Math.imul(bytes[from] as number, 31) + (bytes[(from + last) >> 1] as number);
  const rest = Math.imul(bytes[last] as number, 67) + Math.imul(bytes[last > from ? last - 1 : from] as number, 17);
  return (Math.imul(first, 13) + rest + (to - from)) & (PLACES - 1);
}
