import { RE2JS } from "re2js";
import { Missing } from "../value.ts";
import { BOOL, NUMBER, STRING } from "../type.ts";
import { fits, fixed, type Builtin } from "./signature.ts";

const BAD_PATTERN = new Missing("bad regular expression");

/**
 * Compiled patterns by source. A program's patterns are nearly always constants, so a few hundred are plenty; the map is
 * emptied when it is full, so that patterns taken from events cannot grow it.
 */
const MAX_PATTERNS = 500;

function patternCache(): (pattern: string) => RE2JS | undefined {
  const compiled = new Map<string, RE2JS | undefined>();
  return (pattern) => {
    if (compiled.has(pattern)) return compiled.get(pattern);
    if (compiled.size >= MAX_PATTERNS) compiled.clear();
    const regex = compilePattern(pattern);
    compiled.set(pattern, regex);
    return regex;
  };
}

/** RE2 syntax, matched in time linear in the text; undefined when the pattern is none. */
export function compilePattern(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}

const cached = patternCache();

export const textFunctions: readonly Builtin[] = [
  {
    name: "size",
    signature: "size(string | list | map) → number",
    doc: "code points of a text, items of a list, entries of a map",
    arity: [1, 1],
    result: (args) =>
      fits(args, "string") || fits(args, "list") || fits(args, "map") ? NUMBER : undefined,
    run: (value) => {
      if (typeof value === "string") return codePoints(value);
      return value instanceof Map ? value.size : (value as readonly unknown[]).length;
    },
  },
  fixed(
    { name: "startsWith", signature: "string.startsWith(string) → bool", doc: "whether the text begins so" },
    ["string", "string"],
    BOOL,
    (text, start) => (text as string).startsWith(start as string),
  ),
  fixed(
    { name: "endsWith", signature: "string.endsWith(string) → bool", doc: "whether the text ends so" },
    ["string", "string"],
    BOOL,
    (text, end) => (text as string).endsWith(end as string),
  ),
  fixed(
    { name: "contains", signature: "string.contains(string) → bool", doc: "whether the text holds the other" },
    ["string", "string"],
    BOOL,
    (text, part) => (text as string).includes(part as string),
  ),
  fixed(
    {
      name: "matches",
      signature: "string.matches(pattern) → bool",
      doc: "whether a part of the text matches the RE2 pattern; write `^…$` for the whole",
    },
    ["string", "string"],
    BOOL,
    (text, pattern) => cached(pattern as string)?.test(text as string) ?? BAD_PATTERN,
  ),
  fixed(
    { name: "lower", signature: "lower(string) → string", doc: "the text in lower case" },
    ["string"],
    STRING,
    (text) => (text as string).toLowerCase(),
  ),
  fixed(
    { name: "upper", signature: "upper(string) → string", doc: "the text in upper case" },
    ["string"],
    STRING,
    (text) => (text as string).toUpperCase(),
  ),
  fixed(
    { name: "trim", signature: "trim(string) → string", doc: "the text without white space at its ends" },
    ["string"],
    STRING,
    (text) => trim(text as string),
  ),
  fixed(
    {
      name: "mask",
      signature: "mask(string) → string",
      doc: "the last four characters behind `****`, fit for a reason; shorter texts are hidden whole",
    },
    ["string"],
    STRING,
    (text) => mask(text as string),
  ),
  fixed(
    {
      name: "email_domain",
      signature: "email_domain(string) → string",
      doc: "what stands behind the last `@`, in lower case; missing when there is none",
    },
    ["string"],
    STRING,
    (text) => emailDomain(text as string),
  ),
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

const SHOWN = 4;

function mask(text: string): string {
  const points = [...text];
  return points.length <= 2 * SHOWN ? "****" : `****${points.slice(-SHOWN).join("")}`;
}

const NO_DOMAIN = new Missing("no domain in the address");

function emailDomain(text: string): string | Missing {
  const at = text.lastIndexOf("@");
  const domain = at < 1 ? "" : text.slice(at + 1).trim().toLowerCase();
  return domain === "" ? NO_DOMAIN : domain;
}
