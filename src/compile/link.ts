import type { EventIr, FeatureIr, ListIr, ProgramIr, RatesIr } from "../ir/ir.ts";
import { compareValues, keyOf } from "../types/equality.ts";
import { Missing } from "../types/value.ts";
import type { Converter } from "../types/rates.ts";
import { WHOLE, type Frame, type LogAccess, type LogSpec, type WindowPlan, type WindowSpec } from "../windows/spec.ts";
import { compileExpr, type Lookups, type Membership } from "./closures.ts";
import { freeze } from "./freeze.ts";
import { entityReader } from "./entity.ts";
import { linkList } from "./lists.ts";
import { linkRates } from "./rates.ts";
import { windowReads } from "./reads.ts";
import { NOTHING_RETAINED, type Retained } from "./retain.ts";
import type { KnownRules } from "./rules.ts";
import { linkRuleset, type RulesetCode } from "./rulesets.ts";
import type { Closure, EventProgram, ListProgram, Program, ProgramSource, RatesProgram, RulesetProgram, Run } from "./program.ts";

/** What is linked already, for one who links many programs that differ in little: lists, rates and rules each by its IR. */
export interface Linked {
  readonly lists: WeakMap<ListIr, Membership>;
  readonly rates: WeakMap<RatesIr, Converter>;
  readonly rules: KnownRules;
  /** By their keys. */
  readonly rulesets: ReadonlyMap<string, RulesetProgram>;
}

export function nothingLinked(): Linked {
  return { lists: new WeakMap(), rates: new WeakMap(), rules: new WeakMap(), rulesets: new Map() };
}

/** The look-ups of a program: its lists and rates. */
export function* linkLookups(ir: Pick<ProgramIr, "lists" | "rates">, linked: Linked): Generator<void, Lookups> {
  const lists: Membership[] = [];
  for (const list of ir.lists) {
    const membership = linked.lists.get(list) ?? (yield* linkList(list));
    linked.lists.set(list, membership);
    lists.push(membership);
    yield;
  }
  const rates: Converter[] = [];
  for (const each of ir.rates) {
    const converter = linked.rates.get(each) ?? (yield* linkRates(each));
    linked.rates.set(each, converter);
    rates.push(converter);
  }
  return { lists, rates };
}

/** What a program is linked from: an IR, or the same with rules and sources in memory that threads share. */
export type ProgramCode = Omit<ProgramIr, "rulesets" | "sources"> & { readonly rulesets: readonly RulesetCode[]; readonly sources: readonly SourceCode[] };

/** A rule file; its text may be bytes in UTF-8. */
export interface SourceCode {
  readonly path: string;
  readonly text: string | Uint8Array;
  /** The same for the same text. */
  readonly key?: string;
}

/**
 * Makes the frozen program of an IR. It yields after every small step, so that a driver can link a large program in
 * slices between events; nothing of it is visible before it is done.
 * @param linked taken from and added to; only programs with equal lists, events, names of rulesets and numbers of rules may share it
 * @param retained features of earlier versions whose windows it goes on with
 */
export function* linkProgram(ir: ProgramCode, linked: Linked = nothingLinked(), retained = NOTHING_RETAINED): Generator<void, Program> {
  const whole = withRetained(ir, retained);
  const lookups = yield* linkLookups(whole, linked);
  const windows = yield* linkWindows(whole, lookups);
  const rulesets: RulesetProgram[] = [];
  const eventIrs = new Map(ir.events.map((event) => [event.schema.name, event]));
  for (const ruleset of ir.rulesets) {
    const known = linked.rulesets.get(ruleset.key ?? "");
    rulesets.push(known ?? (yield* linkRuleset(ruleset, eventIrs.get(ruleset.event) as EventIr, lookups, linked.rules)));
  }
  const events = new Map<string, EventProgram>();
  for (const event of whole.events) events.set(event.schema.name, linkEvent(event, ir, rulesets));
  return Object.freeze({
    version: ir.version,
    files: freeze(ir.files),
    sources: Object.freeze(ir.sources.map(linkSource)),
    events,
    rulesets: Object.freeze(rulesets),
    lists: new Map(ir.lists.map((list) => [list.name, listProgram(list)])),
    lookups: freeze(lookups),
    rates: Object.freeze(ir.rates.map(ratesProgram)),
    windows,
    retained: freeze(retained.features.map(({ name, identity }, i) => ({ name, identity, version: retained.versions[i] as string }))),
  });
}

function linkSource({ path, text }: SourceCode): ProgramSource {
  if (typeof text === "string") return Object.freeze({ path, text, bytes: null });
  let decoded: string | null = null;
  return Object.freeze({
    path,
    get text() {
      return (decoded ??= Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString("utf8"));
    },
    bytes: text,
  });
}

/** What windows are linked from. */
type WindowsIr = Pick<ProgramIr, "events" | "features" | "lists" | "rates">;

/** The windows of a program alone, for who fills them elsewhere. */
export function* linkPlan(ir: WindowsIr): Generator<void, WindowPlan> {
  return yield* linkWindows(ir, yield* linkLookups(ir, nothingLinked()));
}

/** A program with the features of earlier versions among its own. */
export function withRetained<T extends WindowsIr>(ir: T, { features, lists, rates, frames }: Retained): T {
  return {
    ...ir,
    events: ir.events.map((event) => ({ ...event, frameSize: frames.get(event.schema.name) ?? event.frameSize })),
    features: [...ir.features, ...features],
    lists: [...ir.lists, ...lists],
    rates: [...ir.rates, ...rates],
  };
}

function listProgram(list: ListIr): ListProgram {
  return Object.freeze({
    name: list.name,
    element: freeze(list.element),
    source: list.source,
    ttl: list.ttl,
    size: list.entries.length,
    example: freeze(list.entries[0]),
  });
}

function ratesProgram({ name, source, editions }: RatesIr): RatesProgram {
  return Object.freeze({ name, source, editions: editions.length, first: editions[0]?.from ?? 0, newest: editions.at(-1)?.from ?? 0 });
}

function linkEvent(event: EventIr, ir: Pick<ProgramIr, "events" | "features">, rulesets: readonly RulesetProgram[]): EventProgram {
  const features = event.features.map(({ feature, slot }) => {
    const { name, type, ...rest } = ir.features[feature] as FeatureIr;
    return Object.freeze({ name, feature, slot, type: freeze(type), secret: isSecret(rest, ir) });
  });
  return Object.freeze({
    schema: freeze(event.schema),
    frameSize: event.frameSize,
    features: Object.freeze(features),
    rulesets: Object.freeze(rulesets.filter((ruleset) => ruleset.event === event.schema.name)),
  });
}

/** Aggregates whose value is one of the values folded, or may be. */
const REVEALING: ReadonlySet<string> = new Set(["last", "first", "min", "max", "percentile", "sum", "average"]);

function isSecret({ aggregate, source, value }: Pick<FeatureIr, "aggregate" | "source" | "value">, { events }: Pick<ProgramIr, "events">): boolean {
  const schema = events.find((each) => each.schema.name === source)?.schema;
  return value?.op === "slot" && REVEALING.has(aggregate) && schema?.fields[value.slot]?.pii === true;
}

/** Filters and values of windows ask neither features nor managed lists: the checker sees to that. */
const NOTHING: Run = {
  feature: () => new Missing("no feature in a window"),
  quality: () => WHOLE,
  listed: () => false,
};

function* linkWindows(ir: WindowsIr, lookups: Lookups): Generator<void, WindowPlan> {
  const features: WindowSpec[] = [];
  for (const feature of ir.features) {
    features.push(windowSpec(feature, lookups));
    yield;
  }
  const logs = logsOf(features);
  const access = new Map<string, readonly LogAccess[]>();
  for (const event of ir.events) access.set(event.schema.name, accessOf(event, features, logs));
  return Object.freeze({ features: Object.freeze(features), logs, access, reads: windowReads(ir.events, ir.features) });
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
    lateness: feature.lateness,
    excludingCurrent: feature.excludingCurrent,
    where: where === null ? null : (frame: Frame) => where(frame, NOTHING) === true,
    value: value === null ? null : (frame: Frame) => value(frame, NOTHING),
    // One value of the event serves all features that ask for the same.
    ...(feature.value === null ? {} : { column: JSON.stringify(feature.value, (_key, each: unknown) => (typeof each === "bigint" ? `${each}n` : each)) }),
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
    access.push(Object.freeze({ log: i, entity: windowEntity(event, log.keys), records }));
  });
  return Object.freeze(access);
}

function windowEntity(event: EventIr, keys: readonly string[]): LogAccess["entity"] {
  const entity = entityReader(keys.map((key) => event.schema.fields.findIndex((field) => field.name === key)));
  return (frame) => {
    const key = entity(frame);
    return key instanceof Missing ? undefined : key;
  };
}

/** A lone compiled expression; it has no features and no lists. */
export function linkExpression(value: Parameters<typeof compileExpr>[0]): (frame: Frame) => ReturnType<Closure> {
  const closure = compileExpr(value, { lists: [], rates: [] });
  return (frame) => closure(frame, NOTHING);
}
