import { RE2JS } from "re2js";
import { BOOL, STRING } from "../type.ts";
import { Missing } from "../value.ts";
import { fixed, type Builtin, type Literal } from "./signature.ts";

/* Regular expressions: RE2 syntax, matched in time linear in the text. */

const BAD_PATTERN = new Missing("bad regular expression");
const NO_MATCH = new Missing("nothing matches");

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

/** Undefined when the pattern is none. */
function compilePattern(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}

const cached = patternCache();

const PATTERN: Literal = { at: 1, what: "a regular expression in RE2 syntax", reads: (text) => compilePattern(text) !== undefined };

function extract(text: string, pattern: string): string | Missing {
  const regex = cached(pattern);
  if (regex === undefined) return BAD_PATTERN;
  const matcher = regex.matcher(text);
  if (!matcher.find()) return NO_MATCH;
  return matcher.group(matcher.groupCount() > 0 ? 1 : 0) ?? NO_MATCH;
}

export const patternFunctions: readonly Builtin[] = [
  fixed(
    {
      name: "matches",
      signature: "string.matches(pattern) → bool",
      doc: "whether a part of the text matches the RE2 pattern; write `^…$` for the whole",
      examples: [['"abc".matches("^a.c$")', "true"], ['"abc".matches("b")', "true"]],
      literal: PATTERN,
    },
    ["string", "string"],
    BOOL,
    (text, pattern) => cached(pattern as string)?.test(text as string) ?? BAD_PATTERN,
  ),
  fixed(
    {
      name: "extract",
      spellings: ["regex.extract"],
      signature: "string.extract(pattern) → string",
      doc: "the first match of the RE2 pattern, or what its first group holds; missing when nothing matches",
      examples: [['"order-4711/EU".extract("[0-9]+")', '"4711"'], ['"order-4711/EU".extract("/(\\\\w+)")', '"EU"'], ['"order".extract("[0-9]+")', "missing: nothing matches"]],
      literal: PATTERN,
    },
    ["string", "string"],
    STRING,
    (text, pattern) => extract(text as string, pattern as string),
  ),
];
