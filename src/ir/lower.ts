import type { Checked, EffectInfo, EventInfo, FeatureInfo, HoldInfo, ListInfo, RatesInfo, RuleInfo, RulesetInfo, TableInfo, Tables } from "../check/checked.ts";
import type { Expr, RulesetItem } from "../syntax/ast.ts";
import type { SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";
import type { Type } from "../types/type.ts";
import { Expressions, type Frame } from "./expressions.ts";
import { featureIdentity } from "./identity.ts";
import type { EffectIr, EventIr, ExprIr, FeatureIr, FeatureRefIr, HoldIr, ListIr, ProgramIr, RuleIr, RulesetIr, TableIr } from "./ir.ts";
import { AllOrigins, KnownIr, type Lowered, type Placed } from "./known.ts";
import { Lets } from "./lets.ts";
import { packOrigins, type Origin } from "./origins.ts";

/**
 * The program of a folder of which some is lowered already.
 * @param known taken from and added to
 */
export function lowerAgain(checked: Checked, version: string, sources: readonly SourceFile[], known: KnownIr): { readonly ir: ProgramIr; readonly origins: AllOrigins } {
  const own = new Map<ExprIr, Origin>();
  const lowering = beginLowering(checked, sources, own, known);
  const lowered = new Map<RulesetInfo, Lowered>();
  for (const ruleset of checked.rulesets) {
    const frame = lowering.frames.get(ruleset.event) as Frame;
    const numbering = numberingOf(frame, sources);
    const before = known.rulesets.get(ruleset);
    if (before !== undefined && before.from === frame.size && before.numbering === numbering) {
      frame.size = before.to;
      lowered.set(ruleset, before);
    } else {
      const from = frame.size;
      const ir = lowerRuleset({ ...lowering.shared, origins: known.origins }, ruleset, lowering, { known, numbering });
      lowered.set(ruleset, { ir, numbering, from, to: frame.size });
    }
  }
  known.rulesets = lowered;
  const ir = programOf(checked, version, sources, lowering, [...lowered.values()].map(({ ir }) => ir));
  return { ir, origins: new AllOrigins([own, known.origins]) };
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
  const known = new KnownIr();
  const lowering = beginLowering(checked, sources, origins, known);
  const memory = { known, numbering: "" };
  return programOf(checked, version, sources, lowering, checked.rulesets.map((ruleset) => lowerRuleset(lowering.shared, ruleset, lowering, memory)));
}

/** What the rulesets of a program are lowered with. */
interface Program {
  readonly shared: Shared;
  readonly features: ReadonlyMap<FeatureInfo, number>;
  readonly featureIrs: readonly FeatureIr[];
  readonly frames: Frames;
  readonly file: (path: string) => number;
}

function beginLowering(checked: Checked, sources: readonly SourceFile[], origins: Map<ExprIr, Origin>, { reads }: KnownIr): Program {
  noteReads(checked, reads);
  const lists = new Map(checked.lists.map((list, i) => [list, i]));
  const rates = new Map(checked.rates.map((each, i) => [each, i]));
  const shared: Shared = { tables: checked.tables, lists, rates, origins };
  const features = new Map(checked.features.map((feature, i) => [feature, i]));
  const frames = new Map(checked.events.map((event) => [event, layOut(checked, event, reads)]));
  const featureIrs = checked.features.map((feature) => lowerFeature(checked, feature, shared, frames));
  const numbers = new Map(sources.map(({ path }, i) => [path, i]));
  return { shared, features, featureIrs, frames, file: (path) => numbers.get(path) ?? -1 };
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
function layOut(checked: Checked, event: EventInfo, reads: Reads): Frame {
  const used = new Set<FeatureInfo>();
  for (const feature of checked.features) if (feature.source === event) used.add(feature);
  for (const ruleset of checked.rulesets) {
    if (ruleset.event !== event) continue;
    for (const item of ruleset.decl.items) for (const feature of reads.get(item) ?? []) used.add(feature);
  }
  const first = event.schema.fields.length;
  const slots = checked.features.filter((feature) => used.has(feature));
  return { size: first + slots.length, time: event.schema.time, features: new Map(slots.map((feature, i) => [feature, first + i])) };
}

type Reads = KnownIr["reads"];

/** Notes the features that the parts of rulesets read, as far as the tables know by themselves. */
function noteReads({ rulesets, tables }: Checked, reads: Reads): void {
  const byFile = Map.groupBy(rulesets, ({ decl }) => decl.span.file);
  for (const [expr, use] of tables.uses) {
    if (use.kind !== "feature") continue;
    const { span } = expr;
    for (const { decl } of byFile.get(span.file) ?? []) {
      const item = within(span, decl.span) ? itemAt(decl.items, span.start) : undefined;
      if (item === undefined) continue;
      const read = reads.get(item);
      if (read === undefined) reads.set(item, new Set([use.feature]));
      else read.add(use.feature);
    }
  }
}

/** The last item that does not begin behind an offset. */
function itemAt(items: readonly RulesetItem[], offset: number): RulesetItem | undefined {
  let low = -1;
  let high = items.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((items[middle] as RulesetItem).span.start <= offset) low = middle;
    else high = middle - 1;
  }
  return items[low];
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
    span: { ...feature.decl.span },
  };
  const identity = featureIdentity(body, feature.source.schema, checked);
  return { name: feature.decl.name.name, identity, ...body };
}

/** What is known of rules, and the numbering by which they are lowered. */
interface RuleMemory {
  readonly known: KnownIr;
  readonly numbering: string;
}

function lowerRuleset(shared: Shared, ruleset: RulesetInfo, { features, frames, file }: Program, memory: RuleMemory): RulesetIr {
  const frame = frames.get(ruleset.event) as Frame;
  const lets = new Lets(memory.known.lets);
  const expressions = new Expressions({ ...shared, features, frame, bindings: [] }, lets);
  for (const { decl, guard } of ruleset.tables) expressions.share(guard === null ? decl.columns : [...decl.columns, guard]);
  const types = new TypeTable();
  const lowering: Lowering = { shared, expressions, lets, ruleset, frame, types, file };
  const rules = ruleset.rules.map((rule) => lowerRuleAgain(lowering, rule, memory));
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
    span: { ...ruleset.decl.span },
  };
}

/** A rule as it was lowered before, where it would become the same again. */
function lowerRuleAgain(lowering: Lowering, rule: RuleInfo, { known, numbering }: RuleMemory): RuleIr {
  const { frame, types } = lowering;
  const from = frame.size;
  let lowered = known.rules.get(rule);
  if (lowered === undefined || lowered.numbering !== numbering || (lowered.to > lowered.from && lowered.from !== from) || !lowered.lets.every(({ info, before }) => lowering.lets.get(info) === before)) {
    const noted = lowering.lets.note();
    const body = lowerRule(lowering, rule);
    const lets = [...noted].map(([info, before]) => ({ info, before, after: lowering.lets.get(info) as ExprIr }));
    lowered = { ...placed(lowering, rule, body), numbering, from, to: frame.size, lets };
  } else {
    if (lowered.to > lowered.from) frame.size = lowered.to;
    for (const { info, before, after } of lowered.lets) if (before === undefined) lowering.lets.add(info, after);
    let stays = true;
    for (const [span, start] of lowered.outside) stays &&= span.start === start;
    // All of them: the table numbers what it meets.
    for (const [type, number] of lowered.types) if (types.numberOf(type) !== number) stays = false;
    if (!stays) lowered = { ...lowered, ...placed(lowering, rule, lowered.ir) };
    const { span } = lowered.ir;
    if (span.start !== rule.span.start) lowered = { ...lowered, ir: { ...lowered.ir, span: { ...rule.span } } };
  }
  known.rules.set(rule, lowered);
  return lowered.ir;
}

/** A rule with the places of its condition. */
function placed({ shared, types, file }: Lowering, { span }: RuleInfo, ir: Omit<RuleIr, "origins">): Placed & { readonly ir: RuleIr } {
  const met = new Map<Type, number>();
  const outside = new Map<Span, number>();
  const type = (each: Type): number => {
    const number = types.numberOf(each);
    met.set(each, number);
    return number;
  };
  const origins = packOrigins(ir.when, span, shared.origins, { file, type, outside: (place) => void outside.set(place, place.start) });
  return { ir: { ...ir, origins }, types: met, outside };
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
  readonly shared: Shared;
  readonly expressions: Expressions;
  readonly lets: Lets;
  readonly ruleset: RulesetInfo;
  readonly frame: Frame;
  readonly types: TypeTable;
  readonly file: (path: string) => number;
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

function lowerRule(lowering: Lowering, rule: RuleInfo): Omit<RuleIr, "origins"> {
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
    // Its own: the tree may move.
    span: { ...rule.span },
  };
}

function lowerEffect({ shared: { tables }, expressions }: Lowering, effect: EffectInfo): EffectIr {
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
