import type { Checked, EffectInfo, EventInfo, FeatureInfo, HoldInfo, ListInfo, RatesInfo, RuleInfo, RulesetInfo, TableInfo, Tables } from "../check/checked.ts";
import type { Expr } from "../syntax/ast.ts";
import type { SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";
import type { Type } from "../types/type.ts";
import { Expressions, type Frame } from "./expressions.ts";
import { featureIdentity } from "./identity.ts";
import type { EffectIr, EventIr, ExprIr, FeatureIr, FeatureRefIr, HoldIr, ListIr, ProgramIr, RuleIr, RulesetIr, TableIr } from "./ir.ts";
import { packOrigins, type Origin } from "./origins.ts";

/** A ruleset as it was lowered, and what that hung on beside its text. */
export interface Lowered {
  readonly ir: RulesetIr;
  /** Features that it reads. */
  readonly used: ReadonlySet<FeatureInfo>;
  readonly origins: ReadonlyMap<ExprIr, Origin>;
  /** Slots and files as they were counted. */
  readonly numbering: string;
  /** Slots of the event before and after it. */
  readonly from: number;
  readonly to: number;
}

/** Rulesets that were lowered before; those of the program at hand take their place. */
export type KnownRulesets = Map<RulesetInfo, Lowered>;

/** Where every expression of a program was written. */
export class AllOrigins {
  readonly #parts: ReadonlyMap<ExprIr, Origin>[] = [];

  add(part: ReadonlyMap<ExprIr, Origin>): void {
    this.#parts.push(part);
  }

  get(expr: ExprIr): Origin | undefined {
    for (const part of this.#parts) {
      const origin = part.get(expr);
      if (origin !== undefined) return origin;
    }
    return undefined;
  }
}

/**
 * The program of a folder of which some rulesets may be lowered already. Null where one of these would have to be lowered
 * again: the tables know nothing of it.
 * @param known taken from, and then what the program consists of
 * @param fresh rulesets that the tables know
 */
export function lowerAgain(checked: Checked, version: string, sources: readonly SourceFile[], origins: AllOrigins, known: KnownRulesets, fresh: (ruleset: RulesetInfo) => boolean): ProgramIr | null {
  const own = new Map<ExprIr, Origin>();
  origins.add(own);
  const lowering = beginLowering(checked, sources, own, (ruleset) => known.get(ruleset)?.used);
  const lowered = new Map<RulesetInfo, Lowered>();
  for (const ruleset of checked.rulesets) {
    const frame = lowering.frames.get(ruleset.event) as Frame;
    const numbering = numberingOf(frame, sources);
    const before = known.get(ruleset);
    let each: Lowered;
    if (before !== undefined && before.from === frame.size && before.numbering === numbering) {
      frame.size = before.to;
      each = before;
    } else if (!fresh(ruleset)) return null;
    else {
      const from = frame.size;
      const written = new Map<ExprIr, Origin>();
      const ir = lowerRuleset({ ...lowering.shared, origins: written }, ruleset, lowering);
      each = { ir, used: lowering.read(ruleset), origins: written, numbering, from, to: frame.size };
    }
    lowered.set(ruleset, each);
    origins.add(each.origins);
  }
  known.clear();
  for (const [ruleset, each] of lowered) known.set(ruleset, each);
  return programOf(checked, version, sources, lowering, [...lowered.values()].map(({ ir }) => ir));
}

function numberingOf(frame: Frame, sources: readonly SourceFile[]): string {
  return JSON.stringify([[...frame.features].map(([{ decl }, slot]) => [decl.name.name, slot]), sources.map(({ path }) => path)]);
}

/**
 * Turns a checked rules folder without errors into the program that the engine links.
 * @param sources the rule files, which explanations quote
 * @param origins filled with where each expression was written
 */
export function lowerProgram(checked: Checked, version: string, sources: readonly SourceFile[] = [], origins = new Map<ExprIr, Origin>()): ProgramIr {
  const lowering = beginLowering(checked, sources, origins, () => undefined);
  return programOf(checked, version, sources, lowering, checked.rulesets.map((ruleset) => lowerRuleset(lowering.shared, ruleset, lowering)));
}

/** What the rulesets of a program are lowered with. */
interface Program {
  readonly shared: Shared;
  readonly features: ReadonlyMap<FeatureInfo, number>;
  readonly featureIrs: readonly FeatureIr[];
  readonly frames: Frames;
  /** The features that a ruleset reads. */
  readonly read: (ruleset: RulesetInfo) => ReadonlySet<FeatureInfo>;
  readonly file: (path: string) => number;
}

function beginLowering(checked: Checked, sources: readonly SourceFile[], origins: Map<ExprIr, Origin>, known: (ruleset: RulesetInfo) => ReadonlySet<FeatureInfo> | undefined): Program {
  const fresh = featuresRead(checked);
  const read = (ruleset: RulesetInfo): ReadonlySet<FeatureInfo> => known(ruleset) ?? fresh.get(ruleset) ?? new Set();
  const lists = new Map(checked.lists.map((list, i) => [list, i]));
  const rates = new Map(checked.rates.map((each, i) => [each, i]));
  const shared: Shared = { tables: checked.tables, lists, rates, origins };
  const features = new Map(checked.features.map((feature, i) => [feature, i]));
  const frames = new Map(checked.events.map((event) => [event, layOut(checked, event, read)]));
  const featureIrs = checked.features.map((feature) => lowerFeature(checked, feature, shared, frames));
  const numbers = new Map(sources.map(({ path }, i) => [path, i]));
  return { shared, features, featureIrs, frames, read, file: (path) => numbers.get(path) ?? -1 };
}

function programOf(checked: Checked, version: string, sources: readonly SourceFile[], { features, featureIrs, frames }: Program, rulesets: readonly RulesetIr[]): ProgramIr {
  return {
    version,
    files: checked.files,
    sources: sources.map(({ path, text }) => ({ path, text })),
    events: checked.events.map((event) => lowerEvent(event, frames, features)),
    lists: checked.lists.map(lowerList),
    rates: checked.rates.map(({ decl, editions }) => ({ name: decl.name.name, source: decl.source?.kind ?? "inline", editions })),
    features: featureIrs,
    rulesets,
  };
}

/** A lone expression over bindings, which take the first slots in the order given; lists are numbered as they are given. */
export function lowerExpression(
  expr: Expr,
  tables: Tables,
  bindings: readonly string[],
  lists: readonly ListInfo[] = [],
): { readonly value: ExprIr; readonly frameSize: number } {
  const frame: Frame = { size: bindings.length, time: null, features: new Map() };
  const value = new Expressions({ tables, lists: new Map(lists.map((list, i) => [list, i])), rates: new Map(), features: new Map(), frame, bindings }).lower(expr);
  return { value, frameSize: frame.size };
}

/** What all expressions of a folder are lowered with. */
interface Shared {
  readonly tables: Tables;
  readonly lists: ReadonlyMap<ListInfo, number>;
  readonly rates: ReadonlyMap<RatesInfo, number>;
  readonly origins: Map<ExprIr, Origin>;
}

type Frames = ReadonlyMap<EventInfo, Frame>;

/** Fields first, then one slot for each feature that the event brings about or that its rulesets read. */
function layOut(checked: Checked, event: EventInfo, read: (ruleset: RulesetInfo) => Iterable<FeatureInfo>): Frame {
  const used = new Set<FeatureInfo>();
  for (const feature of checked.features) if (feature.source === event) used.add(feature);
  for (const ruleset of checked.rulesets) {
    if (ruleset.event === event) for (const feature of read(ruleset)) used.add(feature);
  }
  const first = event.schema.fields.length;
  const slots = checked.features.filter((feature) => used.has(feature));
  return { size: first + slots.length, time: event.schema.time, features: new Map(slots.map((feature, i) => [feature, first + i])) };
}

/** The features that each ruleset reads, as far as the tables know. */
function featuresRead({ rulesets, tables }: Checked): ReadonlyMap<RulesetInfo, Set<FeatureInfo>> {
  const read = new Map(rulesets.map((ruleset) => [ruleset, new Set<FeatureInfo>()]));
  const byFile = Map.groupBy(rulesets, ({ decl }) => decl.span.file);
  for (const [expr, use] of tables.uses) {
    if (use.kind !== "feature") continue;
    for (const ruleset of byFile.get(expr.span.file) ?? []) if (within(expr.span, ruleset.decl.span)) read.get(ruleset)?.add(use.feature);
  }
  return read;
}

function within(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end;
}

function lowerEvent(event: EventInfo, frames: Frames, features: ReadonlyMap<FeatureInfo, number>): EventIr {
  const frame = frames.get(event) as Frame;
  const refs = [...frame.features].map(
    ([feature, slot]): FeatureRefIr => ({ feature: features.get(feature) as number, slot }),
  );
  return { schema: event.schema, frameSize: frame.size, features: refs };
}

function lowerList(list: ListInfo): ListIr {
  const source = list.decl.source?.kind ?? "inline";
  return { name: list.decl.name.name, element: list.element, source, ttl: list.ttl, entries: list.entries };
}

function lowerFeature(
  checked: Checked,
  feature: FeatureInfo,
  shared: Shared,
  frames: Frames,
): FeatureIr {
  const frame = frames.get(feature.source) as Frame;
  const expressions = new Expressions({ ...shared, features: new Map(), frame, bindings: [] });
  const body = {
    source: feature.source.schema.name,
    keys: feature.keys,
    aggregate: feature.aggregate,
    argument: feature.argument,
    over: feature.over,
    delay: feature.delay,
    lateness: feature.lateness,
    excludingCurrent: feature.excludingCurrent,
    where: feature.where === null ? null : expressions.lower(feature.where),
    value: feature.field === null ? null : ({ op: "slot", slot: feature.field } as const),
    valueType: feature.valueType,
    type: feature.type,
    span: feature.decl.span,
  };
  const identity = featureIdentity(body, feature.source.schema, checked);
  return { name: feature.decl.name.name, identity, ...body };
}

function lowerRuleset(shared: Shared, ruleset: RulesetInfo, { features, frames, file }: Program): RulesetIr {
  const frame = frames.get(ruleset.event) as Frame;
  const expressions = new Expressions({ ...shared, features, frame, bindings: [] });
  for (const { decl, guard } of ruleset.tables) expressions.share(guard === null ? decl.columns : [...decl.columns, guard]);
  const types = new TypeTable();
  const pack = (when: ExprIr): readonly number[] => packOrigins(when, shared.origins, { file, type: (type) => types.numberOf(type) });
  const lowering: Lowering = { tables: shared.tables, expressions, ruleset, pack };
  const rules = ruleset.rules.map((rule) => lowerRule(lowering, rule));
  return {
    name: ruleset.decl.name.name,
    event: ruleset.event.schema.name,
    outcomes: ruleset.outcomes,
    policy: ruleset.policy,
    default: ruleset.default,
    thresholds: ruleset.thresholds,
    tables: ruleset.tables.map((table) => lowerTable(lowering, table)),
    rules,
    types: types.types,
    matching: null,
    span: ruleset.decl.span,
  };
}

/** Different types of one ruleset, numbered as they are met. */
class TypeTable {
  readonly types: Type[] = [];
  readonly #numbers = new Map<Type | string, number>();

  numberOf(type: Type): number {
    const known = this.#numbers.get(type);
    if (known !== undefined) return known;
    const text = JSON.stringify(type);
    const number = this.#numbers.get(text) ?? this.types.push(type) - 1;
    this.#numbers.set(text, number).set(type, number);
    return number;
  }
}

/** What the parts of one ruleset are lowered with. */
interface Lowering {
  readonly tables: Tables;
  readonly expressions: Expressions;
  readonly ruleset: RulesetInfo;
  readonly pack: (when: ExprIr) => readonly number[];
}

function lowerTable({ expressions }: Lowering, { decl, policy, guard, hold }: TableInfo): TableIr {
  return {
    name: decl.name.name,
    policy,
    guard: guard === null || hold === null ? null : { when: expressions.lower(guard), hold: lowerHold(expressions, hold) },
  };
}

function lowerHold(expressions: Expressions, { keys, duration, clear }: HoldInfo): HoldIr {
  return { keys, duration, clear: clear === null ? null : { when: expressions.lower(clear.condition), duration: clear.duration } };
}

function lowerRule(lowering: Lowering, rule: RuleInfo): RuleIr {
  const { expressions } = lowering;
  const { row, hold, reason } = rule;
  const when = expressions.lower(rule.when);
  return {
    id: rule.decl.name.name,
    key: rule.key,
    row: row?.number ?? null,
    table: row === null ? null : lowering.ruleset.tables.indexOf(row.table),
    title: rule.decl.title?.value ?? null,
    when,
    origins: lowering.pack(when),
    hold: hold === null ? null : lowerHold(expressions, hold),
    cells: row === null || hold === null ? null : expressions.lower(row.cells),
    outcome: rule.outcome,
    score: rule.score === null ? null : expressions.lower(rule.score),
    reason: reason === null ? null : { code: reason.code, text: reason.text === null ? null : expressions.template(reason.text) },
    notice: rule.notice,
    tags: rule.tags,
    effects: rule.effects.map((effect) => lowerEffect(lowering, effect)),
    cooldown: rule.cooldown,
    onMissing: rule.onMissing,
    mode: rule.mode,
    rollout: rule.rollout,
    active: rule.active,
    owner: rule.owner,
    reviewBy: rule.reviewBy,
    was: rule.was,
    span: rule.span,
  };
}

function lowerEffect({ tables, expressions }: Lowering, effect: EffectInfo): EffectIr {
  switch (effect.kind) {
    case "add": {
      const { list, ttl, secret } = effect;
      return { kind: "add", list: list.decl.name.name, ttl, secret, value: expressions.lower(effect.value), type: list.element };
    }
    case "remove": {
      const { list, secret } = effect;
      return { kind: "remove", list: list.decl.name.name, secret, value: expressions.lower(effect.value), type: list.element };
    }
    case "emit": {
      const fields = effect.fields.map(({ name, value }) => ({ name, value: expressions.lower(value), type: tables.typeOf(value) }));
      return { kind: "emit", name: effect.name, fields };
    }
  }
}
