import type { RulesetIr } from "../ir/ir.ts";
import { areApart, isCovered, subtract, type Box } from "./boxes.ts";
import type { RuleClaim } from "./claims.ts";
import { printConstant } from "./describe.ts";
import { intervals, point, type Interval, type Line } from "./line.ts";
import type { Member } from "./standing.ts";
import type { Leaf, Subjects } from "./subjects.ts";
import { amounts, NUMBER_TAG, numbers, tagged } from "./values.ts";
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
    for (const hole of [...restOf(subjects, boxes).flatMap((piece) => rangeHoles(subjects, piece, boxes)), ...memberHoles(subjects, boxes)]) {
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

function isSaid(subjects: Subjects, box: Box, boxes: readonly Box[]): boolean {
  return isCovered(subjects, { boxes: [box], exact: true }, boxes);
}

/** Members of an enum of which nothing is said where all others are spoken of. */
function memberHoles(subjects: Subjects, boxes: readonly Box[]): readonly Hole[] {
  return boxes.flatMap((box) => [...box.keys()].flatMap((id): readonly Hole[] => {
    const { leaf, universe } = subjects.get(id);
    const members = [...universe.tags.keys()];
    if (leaf?.type.kind !== "enum" || members.length < 3) return [];
    return members.flatMap((member): readonly Hole[] => {
      const hole = new Map(box).set(id, tagged([member]));
      const others = new Map(box).set(id, tagged(members.filter((each) => each !== member)));
      const found = boxes.every((other) => areApart(subjects, hole, other)) && isSaid(subjects, others, boxes);
      return found ? [{ box: hole, leaf, words: `\`${leaf.name}\` is \`${member}\`` }] : [];
    });
  }));
}

function rangeHoles(subjects: Subjects, piece: Box, boxes: readonly Box[]): readonly Hole[] {
  return [...piece].flatMap(([id, set]) => {
    const { leaf, whole } = subjects.get(id);
    if (leaf === null) return [];
    return [...set.tags].flatMap(([tag, line]) => intervals(line).flatMap((range): readonly Hole[] => {
      if (!Number.isFinite(range.low) || !Number.isFinite(range.high)) return [];
      const only = (part: Line): Box => new Map(piece).set(id, tag === NUMBER_TAG ? numbers(part) : amounts([[tag, part]]));
      if (!beside(range, whole).every((at) => isSaid(subjects, only(point(at)), boxes))) return [];
      const inside = line.filter(({ at }) => at >= range.low && at <= range.high);
      return [{ box: only(inside), leaf, words: words(leaf, range, whole, tag) }];
    }));
  });
}

/** The nearest numbers on both sides that are not in the range. */
function beside({ low, lowOpen, high, highOpen }: Interval, whole: boolean): readonly [number, number] {
  const step = (at: number): number => (whole ? 1 : Math.max(Math.abs(at), 1) * HAIR);
  return [lowOpen ? low : low - step(low), highOpen ? high : high + step(high)];
}

function words(leaf: Leaf, { low, lowOpen, high, highOpen }: Interval, whole: boolean, tag: string): string {
  const print = (at: number): string => printConstant(leaf.type, at, tag === NUMBER_TAG ? "" : tag);
  if (low === high) return `\`${leaf.name}\` is exactly ${print(low)}`;
  // Whole numbers are told by the limits beside them, which are what authors have written.
  if (whole) return `\`${leaf.name}\` is above ${print(low - 1)} and below ${print(high + 1)}`;
  return `\`${leaf.name}\` is ${lowOpen ? "above" : "at least"} ${print(low)} and ${highOpen ? "below" : "at most"} ${print(high)}`;
}
