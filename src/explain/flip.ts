import type { RuleProgram } from "../compile/program.ts";
import type { Flip } from "../engine/trace.ts";
import type { Const, ExprIr } from "../ir/ir.ts";
import { keyOf } from "../types/equality.ts";
import { parseIp } from "../types/ip.ts";
import { jsonValue } from "../types/print.ts";
import { compareMoney } from "../types/money.ts";
import { Missing, type Value } from "../types/value.ts";
import { ipOf } from "./addresses.ts";
import { constantsIn, inputsOf, slotsIn, Trials, type Input } from "./inputs.ts";
import type { Reading } from "./reading.ts";
import { MASK, shownOrMissing } from "./show.ts";
import { crossing, isMoney, stepsOf, type Sign, type Steps } from "./steps.ts";

/** Values of one input that are tried; the nearest come first, and a condition hardly names more. */
export const MAX_CANDIDATES = 100;
/** Comparisons of one condition at which values are sought; each costs some hundred evaluations of it. */
export const MAX_COMPARISONS = 50;

export interface Flips {
  readonly field: Flip | null;
  readonly feature: Flip | null;
}

interface Candidate {
  readonly value: Value | Missing;
  /** How large the change is, beside others: the share of the larger value, or 1 for another text and 2 for presence. */
  readonly change: number;
}

interface Found extends Candidate {
  readonly input: Input;
}

/** How changes are told: `would match` where nothing but the condition decides. */
export interface Wording {
  readonly met: string;
  readonly unmet: string;
}

/**
 * The smallest change of one field, and of one feature, by which a condition turns from true to not true or back, all other
 * inputs as they are. Every one is tried on the whole condition; null where none is found.
 */
export function flipsOf(reading: Reading, rule: RuleProgram, wording: Wording): Flips {
  const inputs = inputsOf(reading);
  const trials = new Trials(reading, rule, inputs);
  const search: Search = { reading, trials, comparisons: comparisonsIn(reading), constants: constantsIn(reading), inputs };
  const value = reading.value(reading.when);
  const matches = value instanceof Missing ? rule.onMissing.action !== "none" : value === true;
  const best = (kind: Input["kind"]): Flip | null => {
    let found: Found | undefined;
    for (const input of inputs) {
      if (input.kind !== kind) continue;
      const each = smallest(input, search, matches, found?.change ?? Infinity);
      if (each !== undefined) found = { ...each, input };
    }
    return found === undefined ? null : flipOf(found, !matches, wording);
  };
  return { field: best("field"), feature: best("feature") };
}

interface Search {
  readonly reading: Reading;
  readonly trials: Trials;
  readonly comparisons: readonly Comparison[];
  readonly constants: readonly Const[];
  readonly inputs: readonly Input[];
}

/** Two sides that are held against each other, and what they read. */
interface Comparison {
  readonly left: ExprIr;
  readonly right: ExprIr;
  readonly slots: ReadonlySet<number>;
}

function comparisonsIn(reading: Reading): readonly Comparison[] {
  const found: Comparison[] = [];
  for (const part of reading.parts()) {
    if (found.length >= MAX_COMPARISONS) break;
    if (part.op === "compare" || part.op === "eq") found.push(comparison(part.left, part.right));
    if (part.op === "between") found.push(comparison(part.item, part.low), comparison(part.item, part.high));
  }
  return found;
}

function comparison(left: ExprIr, right: ExprIr): Comparison {
  return { left, right, slots: new Set([...slotsIn(left), ...slotsIn(right)]) };
}

/** The nearest value below a limit of change with which the condition turns. */
function smallest(input: Input, search: Search, matches: boolean, limit: number): Candidate | undefined {
  const candidates = candidatesFor(input, search).filter((each) => each.change < limit).toSorted((a, b) => a.change - b.change);
  const tried = new Set<string>();
  for (const candidate of candidates) {
    const key = candidate.value instanceof Missing ? "missing" : `=${keyOf(candidate.value)}`;
    if (tried.has(key) || tried.size >= MAX_CANDIDATES) continue;
    tried.add(key);
    if (search.trials.matches(input.slot, candidate.value) === !matches) return candidate;
  }
  return undefined;
}

function candidatesFor(input: Input, search: Search): readonly Candidate[] {
  const values = input.type.kind === "bool" ? [true, false] : input.type.kind === "enum" ? input.type.members : [...named(input, search), ...stepped(input, search)];
  const found = values.flatMap((value): readonly Candidate[] => (isSame(value, input.current) ? [] : [{ value, change: changeOf(input, value) }]));
  if (input.optional && !(input.current instanceof Missing)) found.push({ value: new Missing(`field ${input.name}`), change: PRESENCE });
  return found;
}

function isSame(value: Value, current: Value | Missing): boolean {
  return !(current instanceof Missing) && keyOf(value) === keyOf(current);
}

/** What the change of a time is held against. */
const DAY_MS = 86_400_000;

/** Another text or member. */
const OTHER = 1;
/** Present instead of missing, or the other way round. */
const PRESENCE = 2;

function changeOf({ current, type }: Input, value: Value): number {
  if (current instanceof Missing) return PRESENCE;
  const [a, b] = [current, value].map((each) => (typeof each === "number" ? each : isMoney(each) ? each.minor : undefined));
  if (a === undefined || b === undefined) return OTHER;
  const difference = Math.abs(a - b);
  // A share of the years since 1970 would make every change of a time small.
  return type.kind === "timestamp" ? difference / (difference + DAY_MS) : difference / Math.max(Math.abs(a), Math.abs(b));
}

/** Values that nothing of the rules speaks of; what is not listed anywhere is most likely not one of them. */
const ANOTHER = ["something else", "", "?"];
/** From the blocks for documentation (RFC 5737, RFC 3849). */
const ANOTHER_IP = ["192.0.2.1", "2001:db8::1"].map(parseIp).filter((each) => each !== undefined);

/** Values that the rules name, and some that they do not. */
function named({ type }: Input, { constants }: Search): readonly Value[] {
  switch (type.kind) {
    case "string":
      return [...constants.filter((each) => typeof each === "string"), ...ANOTHER];
    case "ip":
      return [...constants.map(ipOf).filter((each) => each !== undefined), ...ANOTHER_IP];
    case "number":
    case "timestamp":
    case "duration":
      return constants.filter((each) => typeof each === "number");
    case "money":
      return constants.filter((each) => isMoney(each) && Number.isInteger(each.minor));
    default:
      return [];
  }
}

/** Values around those at which a comparison turns. */
function stepped(input: Input, search: Search): readonly Value[] {
  const found: Value[] = [];
  for (const each of search.comparisons) {
    if (!each.slots.has(input.slot) || isTelling(input, each, search)) continue;
    const ends = [each.left, each.right].map((part) => search.trials.value(part, input.slot, input.current));
    const steps = stepsOf(input, [...search.constants, ...ends]);
    if (steps === undefined) continue;
    const sign = signOf(input, each, steps, search);
    const starts = input.current instanceof Missing ? ends.filter((end) => fits(input, end)) : [input.current];
    for (const start of starts) if (!(start instanceof Missing)) found.push(...around(steps.of(start), sign, steps).map(steps.at));
  }
  return found;
}

/** A value beside which another private one would be told must not be given away. */
function isTelling(input: Input, { slots }: Comparison, { inputs, reading }: Search): boolean {
  const { schema } = reading.situation.event;
  return [...slots].some((slot) => slot !== input.slot && (schema.fields[slot]?.pii === true || inputs.some((each) => each.slot === slot && each.secret)));
}

function fits({ type }: Input, value: Value | Missing): boolean {
  return type.kind === "money" ? isMoney(value) : typeof value === "number";
}

function signOf({ slot }: Input, { left, right }: Comparison, steps: Steps, { trials }: Search): Sign {
  return (step) => {
    const value = steps.at(step);
    const [a, b] = [trials.value(left, slot, value), trials.value(right, slot, value)];
    if (a instanceof Missing || b instanceof Missing) return undefined;
    if (typeof a === "number" && typeof b === "number") return Math.sign(a - b);
    const order = isMoney(a) && isMoney(b) ? compareMoney(a, b) : undefined;
    return typeof order === "number" ? Math.sign(order) : undefined;
  };
}

/** The nearest steps in both directions at which the sign is another, and the next ones after them. */
function around(from: number, sign: Sign, steps: Steps): readonly number[] {
  const found = [from, from - 1, from + 1].filter((step) => step >= steps.least && step <= steps.most);
  for (const direction of [1, -1] as const) {
    const first = crossing(sign, from, direction, steps);
    const second = first === undefined ? undefined : crossing(sign, first, direction, steps);
    for (const step of [first, second]) if (step !== undefined) found.push(step);
  }
  return found;
}

function flipOf({ input, value }: Found, holds: boolean, { met, unmet }: Wording): Flip {
  const { kind, name, type, current, secret } = input;
  const json = (each: Value | Missing): Flip["from"] => (each instanceof Missing ? null : jsonValue(each, type));
  const from = secret && !(current instanceof Missing) ? MASK : shownOrMissing(current, type);
  const what = kind === "feature" ? `the feature \`${name}\`` : `\`${name}\``;
  const to = typeof value === "string" && ANOTHER.includes(value) ? `another text, such as ${JSON.stringify(value)},` : shownOrMissing(value, type);
  const text = `${holds ? met : unmet} if ${what} were ${to} instead of ${from}`;
  return { input: kind, name, from: secret ? null : json(current), to: json(value), holds, text };
}
