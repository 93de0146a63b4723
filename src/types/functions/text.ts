import { BOOL, NUMBER, STRING, type Type } from "../type.ts";
import { Missing, type Value } from "../value.ts";
import { MAX_TEXT } from "./limits.ts";
import { fits, fixed, type Builtin, type Example } from "./signature.ts";

/* Text. Positions and sizes count code points from 0; what lies outside of a text is missing, as it is an error in CEL. */

const NO_POSITION = new Missing("no such position in the text");
const TOO_LONG = new Missing("the text is too long");

/** A question about two texts. */
function about(name: string, doc: string, examples: readonly Example[], ask: (text: string, other: string) => boolean): Builtin {
  return fixed({ name, signature: `string.${name}(string) → bool`, doc, examples }, ["string", "string"], BOOL, (text, other) => ask(text as string, other as string));
}

/** One text made of another. */
function turn(name: string, doc: string, examples: readonly Example[], make: (text: string) => string): Builtin {
  return fixed({ name, signature: `${name}(string) → string`, doc, examples }, ["string"], STRING, (text) => make(text as string));
}

export const textFunctions: readonly Builtin[] = [
  {
    name: "size",
    signature: "size(string | list | map) → number",
    doc: "code points of a text, items of a list, entries of a map",
    examples: [['size("Zürich")', "6"], ["[1, 2].size()", "2"]],
    arity: [1, 1],
    result: (args) => (fits(args, "string") || fits(args, "list") || fits(args, "map") ? NUMBER : undefined),
    run: (value) => {
      if (typeof value === "string") return codePoints(value);
      return value instanceof Map ? value.size : (value as readonly unknown[]).length;
    },
  },
  about("startsWith", "whether the text begins so", [['"card_1".startsWith("card")', "true"]], (text, start) => text.startsWith(start)),
  about("endsWith", "whether the text ends so", [['"a.ru".endsWith(".ru")', "true"]], (text, end) => text.endsWith(end)),
  about("contains", "whether the text holds the other", [['"a+b".contains("+")', "true"]], (text, part) => text.includes(part)),
  turn("lower", "the text in lower case", [['lower("ÄB")', '"äb"']], (text) => text.toLowerCase()),
  turn("upper", "the text in upper case", [['upper("äb")', '"ÄB"']], (text) => text.toUpperCase()),
  turn("lowerAscii", "the text with the letters A to Z in lower case, others as they are", [['"TacoCÄt".lowerAscii()', '"tacocÄt"']], (text) => text.replaceAll(/[A-Z]+/g, (run) => run.toLowerCase())),
  turn("upperAscii", "the text with the letters a to z in upper case, others as they are", [['"tacoCαt".upperAscii()', '"TACOCαT"']], (text) => text.replaceAll(/[a-z]+/g, (run) => run.toUpperCase())),
  turn("trim", "the text without white space at its ends", [['trim("  a b ")', '"a b"']], trim),
  fixed(
    { name: "charAt", signature: "string.charAt(position) → string", doc: "the code point at a position, nothing right behind the last; missing elsewhere", examples: [['"©αT".charAt(1)', '"α"'], ['"abc".charAt(3)', '""']] },
    ["string", "number"],
    STRING,
    (text, at) => charAt([...(text as string)], at as number),
  ),
  fixed(
    { name: "substring", signature: "string.substring(start[, end]) → string", doc: "from a position up to the other, which is left out, or to the end; missing when they are not in the text or not in order", examples: [['"tacocat".substring(4)', '"cat"'], ['"tacocat".substring(0, 4)', '"taco"'], ['"abc".substring(1, 50)', "missing: no such position in the text"]] },
    ["string", "number", "number"],
    STRING,
    (text, start, end) => substring([...(text as string)], start as number, end as number | undefined),
    2,
  ),
  fixed(
    { name: "indexOf", signature: "string.indexOf(string[, from]) → number", doc: "the first position of the other text, at or behind `from`; -1 when it does not occur, missing when `from` is below 0", examples: [['"tacocat".indexOf("ac")', "1"], ['"tacocat".indexOf("a", 3)', "5"], ['"tacocat".indexOf("none")', "-1"]] },
    ["string", "string", "number"],
    NUMBER,
    (text, part, from) => indexOf(text as string, part as string, from as number | undefined),
    2,
  ),
  fixed(
    { name: "lastIndexOf", signature: "string.lastIndexOf(string[, from]) → number", doc: "the last position of the other text, at or before `from`; -1 when it does not occur, missing when `from` is below 0", examples: [['"hello wello".lastIndexOf("ello")', "7"], ['"hello wello".lastIndexOf("ello", 6)', "1"]] },
    ["string", "string", "number"],
    NUMBER,
    (text, part, from) => lastIndexOf(text as string, part as string, from as number | undefined),
    2,
  ),
  fixed(
    { name: "replace", signature: "string.replace(old, new[, count]) → string", doc: `the text with every \`old\`, or the first so many, replaced; missing beyond ${MAX_TEXT.toLocaleString("en")} characters`, examples: [['"1-2-3".replace("-", "/")', '"1/2/3"'], ['"1-2-3".replace("-", "", 1)', '"12-3"']] },
    ["string", "string", "string", "number"],
    STRING,
    (text, old, by, count) => replace(text as string, old as string, by as string, count as number | undefined),
    3,
  ),
  fixed(
    { name: "split", signature: "string.split(separator[, count]) → list[string]", doc: "the parts between the separators, at most so many; by `\"\"` the code points", examples: [['"a,b,c".split(",")', '["a","b","c"]'], ['"a,b,c".split(",", 2)', '["a","b,c"]']] },
    ["string", "string", "number"],
    { kind: "list", element: STRING },
    (text, separator, count) => split(text as string, separator as string, count as number | undefined),
    2,
  ),
  fixed(
    { name: "join", signature: "list[string].join([separator]) → string", doc: `the texts one behind the other; missing beyond ${MAX_TEXT.toLocaleString("en")} characters`, examples: [['["x", "y"].join("-")', '"x-y"'], ['["x", "y"].join()', '"xy"']] },
    ["string[]", "string"],
    STRING,
    (texts, separator = "") => join(texts as readonly string[], separator as string),
    1,
  ),
  {
    name: "reverse",
    signature: "reverse(string | list) → the same type",
    doc: "the code points of a text, or the items of a list, from the last to the first",
    examples: [['"abc".reverse()', '"cba"'], ["[1, 2].reverse()", "[2,1]"]],
    arity: [1, 1],
    result: ([type]: readonly Type[]) => (type === undefined ? undefined : fits([type], "string") ? STRING : type.kind === "list" ? type : undefined),
    run: (value) => (typeof value === "string" ? [...value].toReversed().join("") : (value as readonly Value[]).toReversed()),
  },
  turn("mask", "the last four characters behind `****`, fit for a reason; shorter texts are hidden whole", [['mask("4111111111111111")', '"****1111"'], ['mask("12345678")', '"****"']], mask),
];

/** White space as Unicode has it; JavaScript's own `trim` takes the byte order mark for some and NEL for none. */
const WHITE = /\p{White_Space}/u;

function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && WHITE.test(text[start] as string)) start++;
  while (end > start && WHITE.test(text[end - 1] as string)) end--;
  return text.slice(start, end);
}

function codePoints(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff && i + 1 < text.length) {
      const next = text.charCodeAt(i + 1);
      if (next >= 0xdc00 && next <= 0xdfff) i++;
    }
    count++;
  }
  return count;
}

function isPosition(at: number, length: number): boolean {
  return Number.isInteger(at) && at >= 0 && at <= length;
}

function charAt(points: readonly string[], at: number): string | Missing {
  return isPosition(at, points.length) ? (points[at] ?? "") : NO_POSITION;
}

function substring(points: readonly string[], start: number, end = points.length): string | Missing {
  if (!isPosition(start, points.length) || !isPosition(end, points.length) || start > end) return NO_POSITION;
  return points.slice(start, end).join("");
}

/** Where a code point begins in UTF-16; the end of the text for one behind the last. */
function offsetOf(text: string, position: number): number {
  let offset = 0;
  for (let i = 0; i < position && offset < text.length; i++) offset += (text.codePointAt(offset) as number) > 0xffff ? 2 : 1;
  return offset;
}

function indexOf(text: string, part: string, from = 0): number | Missing {
  if (!Number.isInteger(from) || from < 0) return NO_POSITION;
  if (part === "") return from;
  const found = text.indexOf(part, offsetOf(text, from));
  return found === -1 ? -1 : codePoints(text.slice(0, found));
}

function lastIndexOf(text: string, part: string, from?: number): number | Missing {
  if (from !== undefined && (!Number.isInteger(from) || from < 0)) return NO_POSITION;
  if (part === "") return from ?? codePoints(text);
  // As in CEL, a start behind the last code point finds nothing.
  if (from !== undefined && from >= codePoints(text)) return -1;
  const found = text.lastIndexOf(part, from === undefined ? text.length : offsetOf(text, from));
  return found === -1 ? -1 : codePoints(text.slice(0, found));
}

/** Every occurrence, or the first so many; a count below zero stands for all. */
function replace(text: string, old: string, by: string, count = -1): string | Missing {
  if (!Number.isInteger(count)) return NO_POSITION;
  const parts = split(text, old, count < 0 ? -1 : count + 1);
  if (parts instanceof Missing) return parts;
  return old === "" ? join(interleave(parts, count), by) : join(parts, by);
}

/** Nothing stands before, between and behind the code points, so that is where the new text goes. */
function interleave(points: readonly string[], count: number): readonly string[] {
  if (count === 0) return points;
  return count < 0 || count > points.length ? ["", ...points, ""] : ["", ...points];
}

function split(text: string, separator: string, count = -1): readonly string[] | Missing {
  if (!Number.isInteger(count)) return NO_POSITION;
  if (count === 0) return [];
  const parts = separator === "" ? [...text] : text.split(separator);
  if (count < 0 || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

function join(texts: readonly string[], separator: string): string | Missing {
  let length = separator.length * Math.max(0, texts.length - 1);
  for (const text of texts) length += text.length;
  return length > MAX_TEXT ? TOO_LONG : texts.join(separator);
}

const SHOWN = 4;

function mask(text: string): string {
  const points = [...text];
  return points.length <= 2 * SHOWN ? "****" : `****${points.slice(-SHOWN).join("")}`;
}
