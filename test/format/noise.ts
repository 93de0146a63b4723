import { lexemesOf } from "../../src/syntax/lexemes.ts";
import type { Rng } from "../random.ts";

/*
 * The same file as somebody in a hurry would have written it: other white space, other spellings, comments anywhere.
 */

const SPELLINGS: ReadonlyMap<string, string> = new Map([["and", "&&"], ["or", "||"], ["not", "!"]]);

const REMARKS: readonly string[] = ["why", "  two blanks", "", "a \"quote", "{ and }", "// twice", "!mark", "----", "ß 日本 👍", "ignore RSK0603: known", "tail   ", "x\t"];

function gap(rng: Rng, noise: number): string {
  if (!rng.chance(noise)) return "";
  const comment = (slashes: string): string => `${rng.pick([" ", "\n", "", "\n\n"])}${slashes}${rng.pick(["", " "])}${rng.pick(REMARKS)}\n`;
  return rng.pick([
    () => " ".repeat(1 + rng.below(4)),
    () => "\t",
    () => "\n",
    () => "\n\n\n",
    () => "\n      ",
    () => comment("//"),
    () => comment("//") + comment("//"),
    () => comment("///"),
  ])();
}

/** Other white space between the same tokens, no comments. */
export function respaced(text: string, rng: Rng): string {
  let end = 0;
  const parts = lexemesOf(text).map(({ text: written, start, end: next }) => {
    const before = text.slice(end, start);
    end = next;
    return (rng.chance(0.3) ? before + rng.pick([" ", "\t", "   "]) : before) + written;
  });
  return `${parts.join("")}\n`;
}

/** Some files are changed a little and some nearly everywhere. */
export function noisy(text: string, rng: Rng): string {
  const noise = rng.pick([0.01, 0.1, 0.5]);
  const lexemes = lexemesOf(text);
  const parts: string[] = [];
  let end = 0;
  lexemes.forEach(({ kind, text: written, start, end: next }) => {
    const before = text.slice(end, start);
    // Most breaks inside of a row of a table would be mistakes.
    const inRow = !before.includes("\n") && /^[ \t]*\|/.test(text.slice(text.lastIndexOf("\n", start - 1) + 1, start));
    const put = gap(rng, inRow ? noise / 50 : noise);
    // A comment ends with its line.
    const kept = put === "" || before.includes("\n") ? before + put : put;
    parts.push(kept);
    const other = kind === "token" && rng.chance(0.2) ? SPELLINGS.get(written) : undefined;
    parts.push(other ?? written);
    end = next;
  });
  parts.push(rng.pick([text.slice(end), "", "\n\n", " // last"]));
  const all = parts.join("");
  return rng.chance(0.05) ? all.replaceAll("\n", "\r\n") : all;
}
