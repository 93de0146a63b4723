import type { Details } from "./diagnostic.ts";
import type { Span } from "./span.ts";

/** Names longer than this are not compared: the distance costs the product of the lengths. */
const MAX_LENGTH = 64;

/**
 * The candidate that `name` most likely meant: within a third of its length by edits (Damerau-Levenshtein with adjacent
 * transpositions), letters compared without case. Undefined when none is near. Ties go to the earlier candidate.
 */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length === 0 || name.length > MAX_LENGTH) return undefined;
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate === name || candidate.length > MAX_LENGTH) continue;
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const found = distance(wanted, candidate.toLowerCase());
    // A name of one or two letters is near everything; only a case slip counts there.
    if (found >= least || (name.length <= 2 && found > 0)) continue;
    least = found;
    best = candidate;
  }
  return best;
}

/**
 * Whether two names are one slip of the finger apart: a letter too many, too few, wrong, or swapped with the next. Names of
 * one or two letters are that near to everything.
 */
export function isSlip(a: string, b: string): boolean {
  return a.length > 2 && Math.max(a.length, b.length) <= MAX_LENGTH && distance(a, b) === 1;
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** Help and fix for a name that was likely meant; without one, what else can be said. `written` is its text in source. */
export function didYouMean(close: string | undefined, span: Span, otherwise?: string, written = close): Details {
  if (close === undefined || written === undefined) return otherwise === undefined ? {} : { help: otherwise };
  const title = `write \`${written}\``;
  return { help: `did you mean \`${close}\`?`, fixes: [{ title, applicability: "maybe", edits: [{ span, text: written }] }] };
}
