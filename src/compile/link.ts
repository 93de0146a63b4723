import type { EventIr, FeatureIr, ListIr, ProgramIr, RuleIr, RulesetIr } from "../ir/ir.ts";
import { compareValues, keyOf } from "../types/equality.ts";
import { Missing, type Value } from "../types/value.ts";
import type { EntityKey, Frame, LogAccess, LogSpec, WindowPlan, WindowSpec } from "../windows/spec.ts";
import type { Converter } from "../types/rates.ts";
import { compileExpr, type Lookups, type Membership } from "./closures.ts";
import { freeze } from "./freeze.ts";
import { linkList } from "./lists.ts";
import { linkRates } from "./rates.ts";
import type { Closure, EventProgram, ListProgram, Program, RuleProgram, RulesetProgram, Run } from "./program.ts";

/**
 * Makes the frozen program of an IR. It yields after every small step, so that a driver can link a large program in
 * slices between events; nothing of it is visible before it is done.
 */
export function* linkProgram(ir: ProgramIr): Generator<void, Program> {
  const lists: Membership[] = [];
  for (const list of ir.lists) {
    lists.push(yield* linkList(list));
    yield;
  }
  const rates: Converter[] = [];
  for (const each of ir.rates) rates.push(yield* linkRates(each));
  const lookups: Lookups = { lists, rates };
  const windows = yield* linkWindows(ir, lookups);
  const rulesets: RulesetProgram[] = [];
  for (const ruleset of ir.rulesets) rulesets.push(yield* linkRuleset(ruleset, lookups));
  const events = new Map<string, EventProgram>();
  for (const event of ir.events) events.set(event.schema.name, linkEvent(event, ir, rulesets));
  return Object.freeze({
    version: ir.version,
    files: freeze(ir.files),
    events,
    rulesets: Object.freeze(rulesets),
    lists: new Map(ir.lists.map((list) => [list.name, listProgram(list)])),
    windows,
  });
}

function listProgram(list: ListIr): ListProgram {
  return Object.freeze({
    name: list.name,
    element: freeze(list.element),
    source: list.source,
    ttl: list.ttl,
    size: list.entries.length,
  });
}

function linkEvent(event: EventIr, ir: ProgramIr, rulesets: readonly RulesetProgram[]): EventProgram {
  const features = event.features.map(({ feature, slot }) => {
    const { name, type } = ir.features[feature] as FeatureIr;
    return Object.freeze({ name, feature, slot, type: freeze(type) });
  });
  return Object.freeze({
    schema: freeze(event.schema),
    frameSize: event.frameSize,
    features: Object.freeze(features),
    rulesets: Object.freeze(rulesets.filter((ruleset) => ruleset.event === event.schema.name)),
  });
}

function* linkRuleset(ruleset: RulesetIr, lookups: Lookups): Generator<void, RulesetProgram> {
  const rules: RuleProgram[] = [];
  for (const rule of ruleset.rules) {
    rules.push(linkRule(rule, lookups));
    yield;
  }
  return Object.freeze({
    name: ruleset.name,
    event: ruleset.event,
    outcomes: freeze(ruleset.outcomes),
    policy: ruleset.policy,
    default: ruleset.default,
    thresholds: freeze(ruleset.thresholds),
    rules: Object.freeze(rules),
  });
}

function linkRule(rule: RuleIr, lookups: Lookups): RuleProgram {
  const text = rule.reason?.text ?? null;
  return Object.freeze({
    id: rule.id,
    title: rule.title,
    when: compileExpr(rule.when, lookups),
    outcome: rule.outcome,
    score: rule.score === null ? null : compileExpr(rule.score, lookups),
    reason:
      rule.reason === null
        ? null
        : Object.freeze({ code: rule.reason.code, text: text === null ? null : compileExpr(text, lookups) }),
    tags: Object.freeze([...rule.tags]),
    span: freeze(rule.span),
  });
}

/** Filters and values of windows ask neither features nor managed lists: the checker sees to that. */
const NOTHING: Run = {
  feature: () => new Missing("no feature in a window"),
  listed: () => false,
};

function* linkWindows(ir: ProgramIr, lookups: Lookups): Generator<void, WindowPlan> {
  const features: WindowSpec[] = [];
  for (const feature of ir.features) {
    features.push(windowSpec(feature, lookups));
    yield;
  }
  const logs = logsOf(features);
  const access = new Map<string, readonly LogAccess[]>();
  for (const event of ir.events) access.set(event.schema.name, accessOf(event, features, logs));
  return Object.freeze({ features: Object.freeze(features), logs, access });
}

function windowSpec(feature: FeatureIr, lookups: Lookups): WindowSpec {
  const where = feature.where === null ? null : compileExpr(feature.where, lookups);
  const value = feature.value === null ? null : compileExpr(feature.value, lookups);
  return Object.freeze({
    name: feature.name,
    identity: feature.identity,
    source: feature.source,
    keys: freeze(feature.keys),
    aggregate: feature.aggregate,
    argument: feature.argument,
    domain: domainOf(feature),
    over: feature.over,
    delay: feature.delay,
    excludingCurrent: feature.excludingCurrent,
    where: where === null ? null : (frame: Frame) => where(frame, NOTHING) === true,
    value: value === null ? null : (frame: Frame) => value(frame, NOTHING),
    key: keyOf,
    compare: compareValues,
  });
}

function domainOf(feature: FeatureIr): WindowSpec["domain"] {
  switch (feature.valueType?.kind) {
    case undefined:
      return "none";
    case "number":
    case "duration":
    case "timestamp":
      return "number";
    case "money":
      return "money";
    default:
      return "other";
  }
}

function logsOf(features: readonly WindowSpec[]): readonly LogSpec[] {
  const logs = new Map<string, { source: string; keys: readonly string[]; features: number[] }>();
  features.forEach((feature, i) => {
    const id = JSON.stringify([feature.source, feature.keys]);
    const log = logs.get(id);
    if (log === undefined) logs.set(id, { source: feature.source, keys: feature.keys, features: [i] });
    else log.features.push(i);
  });
  return freeze([...logs.values()]);
}

/** The logs that an event of this type is recorded in, and those that the features it reads live in. */
function accessOf(event: EventIr, features: readonly WindowSpec[], logs: readonly LogSpec[]): readonly LogAccess[] {
  const read = new Set(event.features.map((ref) => features[ref.feature] as WindowSpec));
  const access: LogAccess[] = [];
  logs.forEach((log, i) => {
    const records = log.source === event.schema.name;
    if (!records && !log.features.some((index) => read.has(features[index] as WindowSpec))) return;
    access.push(Object.freeze({ log: i, entity: entityReader(event, log.keys), records }));
  });
  return Object.freeze(access);
}

/** Reads the key of an entity from a frame; undefined when a part of it is missing. */
function entityReader(event: EventIr, keys: readonly string[]): (frame: Frame) => EntityKey | undefined {
  const slots = keys.map((key) => event.schema.fields.findIndex((field) => field.name === key));
  const [only] = slots;
  if (only !== undefined && slots.length === 1) return (frame) => keyPart(frame[only]);
  return (frame) => {
    const parts: EntityKey[] = [];
    for (const slot of slots) {
      const part = keyPart(frame[slot]);
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return entityKey(parts);
  };
}

function keyPart(value: Value | Missing | undefined): EntityKey | undefined {
  return value === undefined || value instanceof Missing ? undefined : keyOf(value);
}

/**
 * The key of an entity from the keys of its parts, in the order of the declaration. One part is its own key; several are
 * joined so that no two different lists give one text.
 */
export function entityKey(parts: readonly EntityKey[]): EntityKey {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : JSON.stringify(parts);
}

/** A lone compiled expression; it has no features and no lists. */
export function linkExpression(value: Parameters<typeof compileExpr>[0]): (frame: Frame) => ReturnType<Closure> {
  const closure = compileExpr(value, { lists: [], rates: [] });
  return (frame) => closure(frame, NOTHING);
}
