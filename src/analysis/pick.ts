import { MAX_TIMESTAMP } from "../types/time.ts";
import { parseIp } from "../types/ip.ts";
import type { Type } from "../types/type.ts";
import { Missing, type Value } from "../types/value.ts";
import { combineLines, EVERYWHERE, interval, intervals, sample, type Line } from "./line.ts";
import type { Subject } from "./subjects.ts";
import { NO_CURRENCY, NUMBER_TAG, type ValueSet } from "./values.ts";

const NOT_GIVEN = new Missing("not given");

/** Beyond these, values have more digits than people take in, or no literal. */
const READABLE: Line = interval(-1e15, false, 1e15, false);
const POSITIVE: Line = interval(0, true, 1e15, false);

/** A clock for times that nothing asks anything of: noon, 31 January 2026. */
const SOME_TIME = Date.UTC(2026, 0, 31, 12);
const TIMES: Line = interval(Date.UTC(1970, 0, 1), false, MAX_TIMESTAMP, false);

const COMMON_CURRENCIES = ["USD", "EUR", "GBP", "JPY"] as const;

/** Values of a set that an author would choose for an example, the plainest first; none where no literal can say them. */
export function examples({ leaf, whole }: Subject, set: ValueSet): readonly (Value | Missing)[] {
  if (leaf === null) return [];
  const present = presentExamples(leaf.type, set, whole);
  return set.missing ? [...present, NOT_GIVEN] : present;
}

function presentExamples(type: Type, set: ValueSet, whole: boolean): readonly Value[] {
  switch (type.kind) {
    case "number":
      return spread(lineOf(set, NUMBER_TAG), READABLE, whole);
    case "duration":
      return spread(lineOf(set, NUMBER_TAG), POSITIVE, true);
    case "timestamp":
      return spread(lineOf(set, NUMBER_TAG), TIMES, true).map((at) => (at === 0 && hasPoint(set, SOME_TIME) ? SOME_TIME : at));
    case "money":
      return currencies(set).flatMap((currency) => spread(lineOf(set, currency), READABLE, true).map((minor) => ({ minor, currency })));
    case "bool":
      return ["true", "false"].filter((tag) => lineOf(set, tag).length > 0).map((tag) => tag === "true");
    case "enum":
      return type.members.filter((tag) => lineOf(set, tag).length > 0);
    case "string":
      return [...[...set.tags].flatMap(([tag, line]) => (line.length > 0 ? [tag] : [])), ...(set.rest ? ["other", "another", "a third"].filter((text) => !set.tags.has(text)) : [])];
    case "ip": {
      const address = parseIp("192.0.2.1");
      return set.rest && address !== undefined ? [address] : [];
    }
    default:
      return [];
  }
}

function lineOf(set: ValueSet, tag: string): Line {
  return set.tags.get(tag) ?? (set.rest ? EVERYWHERE : []);
}

function hasPoint(set: ValueSet, at: number): boolean {
  return intervals(lineOf(set, NUMBER_TAG)).some(({ low, high }) => low < at && at < high);
}

function currencies(set: ValueSet): readonly string[] {
  const named = [...set.tags].flatMap(([tag, line]) => (line.length > 0 && tag !== NO_CURRENCY ? [tag] : []));
  return set.rest ? [...named, ...COMMON_CURRENCIES.filter((each) => !set.tags.has(each))] : named;
}

/** Steps away from the ends of a line, small to large: conditions over several values often need one of them to be far. */
const STEPS = [1, 10, 1_000, 100_000] as const;

const both = (inA: boolean, inB: boolean): boolean => inA && inB;

/** Positive numbers before others: negative amounts and counts make odd examples. */
function spread(line: Line, within: Line, whole: boolean): readonly number[] {
  const readable = combineLines(line, within, both);
  const found: number[] = [];
  for (const part of [combineLines(readable, POSITIVE, both), readable]) {
    const first = sample(part, whole);
    if (first === undefined) continue;
    found.push(first);
    for (const { low, high } of intervals(part)) {
      const at = [...STEPS.map((step) => low + step), ...STEPS.map((step) => high - step)];
      found.push(...at.filter((each) => each > low && each < high));
    }
    const lines = intervals(part).flatMap(({ low, lowOpen, high, highOpen }) => [...(lowOpen ? [] : [low]), ...(highOpen ? [] : [high])]);
    found.push(...lines);
  }
  return [...new Set(found)];
}
