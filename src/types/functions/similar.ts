import { NUMBER, STRING } from "../type.ts";
import { Missing } from "../value.ts";
import { MAX_COMPARED } from "./limits.ts";
import { fixed, type Builtin, type Example } from "./signature.ts";

/* How alike texts are. Comparing takes time with the product of both lengths, so longer texts than a name are missing. */

const TOO_LONG = new Missing(`a text of more than ${MAX_COMPARED} characters is not compared letter by letter`);

type Points = readonly string[];

/** Insertions, deletions and replacements from one text to the other (Wagner and Fischer). */
function levenshtein(a: Points, b: Points): number {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, x] of a.entries()) {
    const row = [i + 1];
    for (const [j, y] of b.entries()) row.push(Math.min((above[j + 1] as number) + 1, (row[j] as number) + 1, (above[j] as number) + (x === y ? 0 : 1)));
    above = row;
  }
  return above[b.length] as number;
}

/** As `levenshtein`, where two neighbours may also change places (Lowrance and Wagner, unrestricted). */
function damerau(a: Points, b: Points): number {
  const far = a.length + b.length;
  const width = b.length + 2;
  const cost = new Float64Array((a.length + 2) * width);
  const at = (i: number, j: number): number => cost[i * width + j] as number;
  const set = (i: number, j: number, value: number): void => {
    cost[i * width + j] = value;
  };
  set(0, 0, far);
  for (let i = 0; i <= a.length; i++) {
    set(i + 1, 0, far);
    set(i + 1, 1, i);
  }
  for (let j = 0; j <= b.length; j++) {
    set(0, j + 1, far);
    set(1, j + 1, j);
  }
  const lastRow = new Map<string, number>();
  for (let i = 1; i <= a.length; i++) {
    let lastColumn = 0;
    for (let j = 1; j <= b.length; j++) {
      const row = lastRow.get(b[j - 1] as string) ?? 0;
      const column = lastColumn;
      const same = a[i - 1] === b[j - 1];
      if (same) lastColumn = j;
      set(i + 1, j + 1, Math.min(at(i, j) + (same ? 0 : 1), at(i + 1, j) + 1, at(i, j + 1) + 1, at(row, column) + (i - row - 1) + 1 + (j - column - 1)));
    }
    lastRow.set(a[i - 1] as string, i);
  }
  return at(a.length + 1, b.length + 1);
}

/** Letters of `a` that have a partner in `b` no further off than half of the longer text, in order. */
function partners(a: Points, b: Points): readonly [Points, Points] {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Set<number>();
  const left: string[] = [];
  for (const [i, letter] of a.entries()) {
    for (let j = Math.max(0, i - reach); j < Math.min(b.length, i + reach + 1); j++) {
      if (b[j] !== letter || taken.has(j)) continue;
      taken.add(j);
      left.push(letter);
      break;
    }
  }
  return [left, b.filter((_, j) => taken.has(j))];
}

function jaro(a: Points, b: Points): number {
  if (a.length === 0 || b.length === 0) return a.length === b.length ? 1 : 0;
  const [left, right] = partners(a, b);
  const common = left.length;
  if (common === 0) return 0;
  const swapped = left.filter((letter, i) => letter !== right[i]).length / 2;
  return (common / a.length + common / b.length + (common - swapped) / common) / 3;
}

const PREFIX = 4;
const PREFIX_WEIGHT = 0.1;

/** Jaro's similarity, raised for a common beginning of up to four letters (Winkler 1990). */
function jaroWinkler(a: Points, b: Points): number {
  const base = jaro(a, b);
  let common = 0;
  while (common < Math.min(PREFIX, a.length, b.length) && a[common] === b[common]) common++;
  return base + common * PREFIX_WEIGHT * (1 - base);
}

function similarity(a: Points, b: Points): number {
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 1 : 1 - levenshtein(a, b) / longer;
}

/** A measure of two texts. */
function measure(name: string, doc: string, examples: readonly Example[], run: (a: Points, b: Points) => number): Builtin {
  const bounded = `${doc}; missing for texts of more than ${MAX_COMPARED} code points`;
  return fixed({ name, signature: `${name}(string, string) → number`, doc: bounded, examples }, ["string", "string"], NUMBER, (a, b) => {
    const [left, right] = [[...(a as string)], [...(b as string)]];
    return Math.max(left.length, right.length) > MAX_COMPARED ? TOO_LONG : run(left, right);
  });
}

const MARKS = /\p{M}+/gu;
const OTHER = /[^\p{L}\p{N}]+/gu;

/** Compatibility decomposition without marks, lower case, and one space for whatever is neither letter nor digit. */
function normalize(text: string): string {
  return text.normalize("NFKD").replaceAll(MARKS, "").toLowerCase().replaceAll(OTHER, " ").trim();
}

const CODES: ReadonlyMap<string, string> = new Map(
  (["bfpv", "cgjkqsxz", "dt", "l", "mn", "r"] as const).flatMap((letters, i) => Array.from(letters, (letter) => [letter, String(i + 1)] as const)),
);

const NO_LETTER = new Missing("no letter to begin a sound with");

/** American Soundex as the National Archives publish it: h and w part no equal codes, vowels do. */
function soundex(text: string): string | Missing {
  const letters = normalize(text).replaceAll(/[^a-z]/g, "");
  const [first] = letters;
  if (first === undefined) return NO_LETTER;
  let code = first.toUpperCase();
  let before = CODES.get(first) ?? "";
  for (const letter of letters.slice(1)) {
    if (letter === "h" || letter === "w") continue;
    const digit = CODES.get(letter) ?? "";
    if (digit !== "" && digit !== before) code += digit;
    before = digit;
    if (code.length === 4) break;
  }
  return code.padEnd(4, "0");
}

/** Shannon's entropy of the code points, in bits each. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  let size = 0;
  for (const point of text) {
    counts.set(point, (counts.get(point) ?? 0) + 1);
    size++;
  }
  let bits = 0;
  for (const count of counts.values()) bits -= (count / size) * Math.log2(count / size);
  return bits;
}

export const similarityFunctions: readonly Builtin[] = [
  fixed(
    { name: "normalize", signature: "normalize(string) → string", doc: "the text for comparing: without accents, in lower case, with one space for whatever is neither letter nor digit", examples: [['normalize(" José  MÜLLER-Ruiz ")', '"jose muller ruiz"']] },
    ["string"],
    STRING,
    (text) => normalize(text as string),
  ),
  measure("levenshtein", "how many letters must be inserted, removed or replaced to turn one text into the other", [['levenshtein("kitten", "sitting")', "3"]], levenshtein),
  measure("damerau", "as `levenshtein`, where two neighbouring letters that changed places count once", [['damerau("paypal", "paypla")', "1"], ['damerau("CA", "ABC")', "2"]], damerau),
  measure("similarity", "1 for equal texts down to 0: one minus `levenshtein` by the length of the longer text", [['similarity("paypal", "paypa1") > 0.8', "true"]], similarity),
  measure("jaro_winkler", "the similarity of names by Jaro and Winkler, 0 to 1", [['round(jaro_winkler("MARTHA", "MARHTA"), 4)', "0.9611"], ['round(jaro_winkler("DIXON", "DICKSONX"), 4)', "0.8133"]], jaroWinkler),
  fixed(
    { name: "soundex", signature: "soundex(string) → string", doc: "how an English name sounds, as one letter and three digits; missing without a letter of A to Z", examples: [['soundex("Robert") == soundex("Rupert")', "true"], ['soundex("Ashcraft")', '"A261"']] },
    ["string"],
    STRING,
    (text) => soundex(text as string),
  ),
  fixed(
    { name: "entropy", signature: "entropy(string) → number", doc: "bits of information in each code point by how often each occurs; text typed at random has more", examples: [['entropy("aaaa")', "0"], ['entropy("abcd")', "2"]] },
    ["string"],
    NUMBER,
    (text) => entropy(text as string),
  ),
];
