import type { RulesetIr } from "../ir/ir.ts";
import { isCovered, subtract, type Box } from "./boxes.ts";
import type { RuleClaim } from "./claims.ts";
import { printConstant } from "./describe.ts";
import { intervals, point, type Interval } from "./line.ts";
import type { Member } from "./standing.ts";
import type { Leaf, Subject, Subjects } from "./subjects.ts";
import { amounts, NUMBER_TAG, numbers, tagged, type ValueSet } from "./values.ts";
import type { Witnesses } from "./witness.ts";

/*
 * Holes in decision tables. A table need not say something of every event, so that what lies outside of all its rows is
 * no finding. A hole is: a range between two limits of one column, or the one member of an enum that no row names, where
 * the rows do say something right beside it, all else being equal.
 */

/** Rows beyond this make too many pieces to look at; such tables are generated, not written. */
const MAX_ROWS = 100;

/** Steps from the end of a range to what is right beside it, as a part of its size. */
const HAIR = 1e-9;

export function gapClaims(ruleset: RulesetIr, members: readonly Member[], subjects: Subjects, witnesses: Witnesses): readonly RuleClaim[] {
  return ruleset.tables.flatMap((_, table): readonly RuleClaim[] => {
    const rows = members.filter(({ rule }) => rule.table === table && rule.mode !== "off");
    if (rows.length === 0 || rows.length > MAX_ROWS || rows.some(({ region, rule }) => !region.exact || rule.hold !== null)) return [];
    const boxes = rows.flatMap(({ region }) => region.boxes);
    for (const piece of restOf(subjects, boxes)) {
      const hole = holeIn(subjects, piece, boxes);
      if (hole === null) continue;
      const witness = witnesses.find(hole.box, rows.map(({ rule }) => ({ ir: rule.when, matches: false })));
      if (witness !== null) return [{ kind: "gap", table, field: hole.leaf.name, between: hole.words, witness }];
    }
    return [];
  });
}

function restOf(subjects: Subjects, boxes: readonly Box[]): readonly Box[] {
  let left: readonly Box[] = [new Map()];
  for (const box of boxes) {
    const rest = subtract(subjects, left, box);
    if (rest === null) return [];
    left = rest;
  }
  return left;
}

interface Hole {
  readonly box: Box;
  readonly leaf: Leaf;
  /** Where the hole is, in words. */
  readonly words: string;
}

function holeIn(subjects: Subjects, piece: Box, boxes: readonly Box[]): Hole | null {
  const isSaid = (id: number, set: ValueSet): boolean => isCovered(subjects, { boxes: [new Map(piece).set(id, set)], exact: true }, boxes);
  for (const [id, set] of piece) {
    const subject = subjects.get(id);
    if (subject.leaf === null) continue;
    const found = subject.leaf.type.kind === "enum" ? memberHole(subject, subject.leaf, set, (other) => isSaid(id, other)) : rangeHole(subject, subject.leaf, set, (other) => isSaid(id, other));
    if (found !== null) return { box: new Map(piece).set(id, found.set), leaf: subject.leaf, words: found.words };
  }
  return null;
}

interface Found {
  readonly set: ValueSet;
  readonly words: string;
}

function memberHole({ universe }: Subject, leaf: Leaf, set: ValueSet, isSaid: (set: ValueSet) => boolean): Found | null {
  const [member] = set.tags.keys();
  if (member === undefined || set.tags.size !== 1 || universe.tags.size < 3) return null;
  const others = tagged([...universe.tags.keys()].filter((tag) => tag !== member));
  return isSaid(others) ? { set: tagged([member]), words: `\`${leaf.name}\` is \`${member}\`` } : null;
}

function rangeHole({ whole }: Subject, leaf: Leaf, set: ValueSet, isSaid: (set: ValueSet) => boolean): Found | null {
  for (const [tag, line] of set.tags) {
    const only = (at: number): ValueSet => (tag === NUMBER_TAG ? numbers(point(at)) : amounts([[tag, point(at)]]));
    for (const range of intervals(line)) {
      if (!Number.isFinite(range.low) || !Number.isFinite(range.high)) continue;
      const [below, above] = beside(range, whole);
      if (!isSaid(only(below)) || !isSaid(only(above))) continue;
      const inside = tag === NUMBER_TAG ? numbers(cutOut(line, range)) : amounts([[tag, cutOut(line, range)]]);
      return { set: inside, words: words(leaf, range, tag) };
    }
  }
  return null;
}

/** The nearest numbers on both sides that are not in the range. */
function beside({ low, lowOpen, high, highOpen }: Interval, whole: boolean): readonly [number, number] {
  const step = (at: number): number => (whole ? 1 : Math.max(Math.abs(at), 1) * HAIR);
  return [lowOpen ? low : low - step(low), highOpen ? high : high + step(high)];
}

function cutOut(line: readonly { readonly at: number; readonly above: boolean }[], { low, high }: Interval): typeof line {
  return line.filter(({ at }) => at >= low && at <= high);
}

function words(leaf: Leaf, { low, lowOpen, high, highOpen }: Interval, tag: string): string {
  const currency = tag === NUMBER_TAG ? "" : tag;
  const print = (at: number): string => printConstant(leaf.type, at, currency);
  if (low === high) return `\`${leaf.name}\` is exactly ${print(low)}`;
  return `\`${leaf.name}\` is ${lowOpen ? "above" : "at least"} ${print(low)} and ${highOpen ? "below" : "at most"} ${print(high)}`;
}
