import { life, table, when, type Around as Clauses } from "./clauses.ts";
import type { Dice } from "./dice.ts";
import { ADDRESSES, amount, BLOCKS, BOOL, CHANNEL, CIDR, deltaOf, DURATION, GEO, IP, MONEY, NUMBER, number, quantity, SPANS, STRING, text, time, TIMESTAMP, UNIT_ROWS, UNITS, write, type Kind } from "./kinds.ts";
import { Terms, type Callable, type Scope, type Variable } from "./terms.ts";

export interface Field {
  readonly name: string;
  readonly kind: Kind;
  /** Whether an event may leave it out. */
  readonly spare: boolean;
  readonly pii: boolean;
}

export interface EventModel {
  readonly name: string;
  readonly timed: boolean;
  readonly fields: readonly Field[];
}

/** A rule set in pieces, so that a failing case can be made smaller by leaving some out. */
export interface Sketch {
  readonly events: readonly EventModel[];
  /** Declarations before the rulesets. */
  readonly declarations: readonly string[];
  readonly rulesets: readonly { readonly head: string; readonly items: readonly string[] }[];
  readonly managed: readonly { readonly name: string; readonly of: Kind }[];
}

export function source({ declarations, rulesets }: Pick<Sketch, "declarations" | "rulesets">): string {
  return [...declarations, ...rulesets.map(({ head, items }) => `${head}\n${items.join("\n")}\n}`)].join("\n");
}

/** Key fields that several events have. */
const KEYS: readonly (readonly [string, Kind])[] = [["user", STRING], ["shop", NUMBER], ["host", IP], ["via", CHANNEL], ["first", BOOL]];

interface FeatureModel {
  readonly name: string;
  readonly keys: readonly string[];
  /** Null for what `last` yields. */
  readonly kind: Kind | null;
  readonly last: Kind | null;
  /** Whether no expression may name it: it is private, or of a unit that no literal can have. */
  readonly apart: boolean;
}

interface ListModel {
  readonly name: string;
  readonly of: Kind;
  readonly managed: boolean;
}

/** A random rule set that checks without errors. */
export function sketch(dice: Dice): Sketch {
  const declarations: string[] = [];
  const events = ["pay", "log", "tick"].slice(0, 1 + dice.below(3)).map((name) => eventModel(dice, name, declarations));
  const lists = dice.several(1, 4, () => 0).map((_, i) => listModel(dice, `ls${i}`, declarations));
  const functions: Callable[] = [];
  for (let i = dice.below(5); i > 0; i--) functions.push(functionModel(dice, `fn${i}`, { events, lists, functions: [...functions] }, declarations));
  const features = dice.several(1, 6, () => 0).map((_, i) => featureModel(dice, `ft${i}`, { events, lists, functions }, declarations));
  const rulesets = dice.several(1, 3, () => dice.pick(events)).map((event, i) => ruleset(dice, `rs${i}`, event, { lists, functions, features }));
  return { events, declarations, rulesets, managed: lists.filter((list) => list.managed) };
}

function fieldKinds(dice: Dice): readonly Kind[] {
  const scalars: readonly Kind[] = [NUMBER, NUMBER, MONEY, MONEY, { k: "money", currency: "USD" }, STRING, STRING, BOOL, TIMESTAMP, DURATION, IP, CIDR, GEO, GEO, CHANNEL, ...UNITS.map((unit): Kind => ({ k: "number", unit }))];
  return dice.several(5, 10, (): Kind => {
    const of = dice.pick(scalars);
    return dice.chance(0.15) ? { k: "list", of } : dice.chance(0.1) ? { k: "map", of } : of;
  });
}

function eventModel(dice: Dice, name: string, declarations: string[]): EventModel {
  const timed = name === "pay" || dice.chance(0.8);
  const fields: Field[] = timed ? [{ name: "at", kind: TIMESTAMP, spare: false, pii: false }] : [];
  const lines = timed ? ["at: timestamp @time"] : [];
  const add = (field: string, kind: Kind, marks: string): void => {
    const pii = kind.k === "string" && dice.chance(0.25);
    const fallback = dice.chance(0.2) ? defaultOf(dice, kind) : undefined;
    const optional = fallback === undefined && dice.chance(0.35);
    fields.push({ name: field, kind, spare: optional || fallback !== undefined, pii });
    lines.push(`${field}: ${write(kind)}${optional ? "?" : ""}${marks}${pii ? " @pii" : ""}${fallback === undefined ? "" : ` = ${fallback}`}`);
  };
  for (const [key, kind] of KEYS) if (dice.chance(0.8)) add(key, kind, " @key");
  fieldKinds(dice).forEach((kind, i) => add(`${name[0] ?? ""}${i}`, kind, ""));
  declarations.push(`event ${name} {\n  ${lines.join("\n  ")}\n}`);
  return { name, timed, fields };
}

/** A literal that may stand as a default or as an entry of a list; undefined where the kind has none. */
function defaultOf(dice: Dice, kind: Kind): string | undefined {
  switch (kind.k) {
    case "number":
      return kind.unit === null ? `${dice.chance(0.2) ? "-" : ""}${number(dice)}` : `${quantity(dice)}${kind.unit.replace("delta ", "")}`;
    case "money": {
      const currency = kind.currency ?? dice.pick(["USD", "EUR"]);
      return `${amount(dice, currency)} ${currency}`;
    }
    case "string":
      return JSON.stringify(text(dice));
    case "bool":
      return dice.pick(["true", "false"]);
    case "timestamp":
      return time(dice);
    case "duration":
      return dice.pick(SPANS)[0];
    case "ip":
      return JSON.stringify(dice.pick(ADDRESSES));
    case "cidr":
      return JSON.stringify(dice.pick(BLOCKS));
    case "enum":
      return dice.pick(kind.members);
    default:
      return undefined;
  }
}

function listModel(dice: Dice, name: string, declarations: string[]): ListModel {
  const of = dice.pick([STRING, STRING, NUMBER, { k: "number", unit: "km" } as const, IP, CIDR, CIDR, CHANNEL]);
  const managed = of.k !== "cidr" && dice.chance(0.4);
  const entries = dice.several(1, 5, () => defaultOf(dice, of) ?? "");
  declarations.push(`list ${name}: ${write(of)} ${managed ? "managed ttl 30d" : `= [${entries.join(", ")}]`}`);
  return { name, of, managed };
}

interface Known {
  readonly events: readonly EventModel[];
  readonly lists: readonly ListModel[];
  readonly functions: readonly Callable[];
}

function fieldsOf(event: EventModel, prefix: string): readonly Variable[] {
  // Private text is named in conditions on purpose only (see `ruleset`), since no reason may print it.
  return event.fields.filter((field) => !field.pii).map(({ name, kind }) => ({ text: prefix + name, kind }));
}

function functionModel(dice: Dice, name: string, { events, lists, functions }: Known, declarations: string[]): Callable {
  const event = dice.chance(0.4) ? dice.pick(events) : undefined;
  const kinds = [NUMBER, MONEY, STRING, BOOL, TIMESTAMP, DURATION, IP, GEO, CHANNEL, { k: "list", of: NUMBER }, ...UNITS.map((unit) => ({ k: "number", unit }))] as readonly Kind[];
  const params = dice.several(event === undefined ? 1 : 0, 3, () => dice.pick(kinds));
  const variables = params.map((kind, i) => ({ text: `p${i}`, kind }));
  const scope: Scope = {
    variables: [...variables, ...(event === undefined ? [] : fieldsOf(event, "e."))],
    lasts: [],
    windows: [],
    lists: lists.filter((list) => !list.managed),
    functions,
    event: event === undefined ? null : { name: event.name, text: "e" },
    plainText: false,
  };
  const terms = new Terms(dice, scope);
  const [returns, body] = bodyOf(dice, terms);
  const written = [...(event === undefined ? [] : [`e: ${event.name}`]), ...variables.map(({ text: param, kind }) => `${param}: ${write(kind)}`)];
  declarations.push(`function ${name}(${written.join(", ")}): ${write(returns)} = ${body}`);
  return { name, params: [...(event === undefined ? [] : [event.name]), ...params], returns };
}

/** The result and the body; sometimes in two units of one dimension, so that the body is converted. */
function bodyOf(dice: Dice, terms: Terms): readonly [Kind, string] {
  const geo = terms.can(GEO);
  if (geo && dice.chance(0.3)) return [{ k: "number", unit: dice.pick(UNIT_ROWS[0]) }, `distance(${terms.make(GEO, 0)}, ${terms.make(GEO, 0)}) / ${terms.make(DURATION, 1)}`];
  if (dice.chance(0.2)) {
    const row = dice.pick([UNIT_ROWS[0], UNIT_ROWS[1], UNIT_ROWS[2]]);
    return [{ k: "number", unit: dice.pick(row) }, terms.make({ k: "number", unit: dice.pick(row) }, 2)];
  }
  const kind = dice.pick(terms.kinds());
  return [kind, terms.make(kind, 2)];
}

const AGGREGATES = ["count", "count", "sum", "average", "min", "max", "distinct", "last", "exists", "first", "change", "stddev", "percentile", "rate"] as const;
const SUMMED = ["number", "money", "duration"];

/** Kinds that an aggregate folds; undefined for all. */
const FOLDED: Readonly<Partial<Record<(typeof AGGREGATES)[number], readonly string[]>>> = {
  sum: SUMMED, average: SUMMED, stddev: SUMMED, min: [...SUMMED, "timestamp"], max: [...SUMMED, "timestamp"], percentile: [...SUMMED, "timestamp"], change: [...SUMMED, "timestamp"], rate: ["number"],
};

/** What a feature yields; null for what `last` and `first` do. */
function yielded(aggregate: (typeof AGGREGATES)[number], field: Kind | undefined): Kind | null {
  switch (aggregate) {
    case "count":
    case "distinct":
      return NUMBER;
    case "exists":
      return BOOL;
    case "last":
    case "first":
      return null;
    case "rate":
      return { k: "number", unit: field?.k !== "number" || field.unit === null ? "Hz" : `${field.unit.replace("delta ", "")}/s` };
    case "change":
    case "stddev":
      if (field?.k === "timestamp") return DURATION;
      return field?.k === "number" ? { k: "number", unit: deltaOf(field.unit) ?? field.unit } : (field ?? NUMBER);
    default:
      return field ?? NUMBER;
  }
}

function featureModel(dice: Dice, name: string, { events, lists, functions }: Known, declarations: string[]): FeatureModel {
  const event = dice.pick(events);
  const aggregate = dice.pick(AGGREGATES);
  const bare = ["count", "last", "first", "exists", "rate"].includes(aggregate);
  const kinds = FOLDED[aggregate];
  const folded = event.fields.filter(({ kind }) => (kinds === undefined || kinds.includes(kind.k)) && !(kind.k === "number" && ((aggregate === "sum" && deltaOf(kind.unit) !== null) || (aggregate === "rate" && (kind.unit === "ms" || kind.unit === "%")))));
  if (folded.length === 0) return featureModel(dice, name, { events: [event], lists, functions }, declarations);
  const field = bare && dice.chance(0.5) ? undefined : dice.pick(folded);
  const keys = dice.some(event.fields.filter(({ name: key }) => KEYS.some(([each]) => each === key)), 0.35).map((key) => key.name);
  const scope: Scope = { variables: fieldsOf(event, ""), lasts: [], windows: [], lists: lists.filter((list) => !list.managed), functions, event: { name: event.name, text: event.name }, plainText: false };
  const clauses = [
    ...(keys.length === 0 ? [] : [`by ${keys.join(", ")}`]),
    `over ${dice.pick(SPANS)[0]}`,
    ...(dice.chance(0.25) ? [`ending ${dice.pick(SPANS)[0]} ago`] : []),
    ...(dice.chance(0.4) ? [`where ${new Terms(dice, scope).make(BOOL, 2)}`] : []),
    ...(dice.chance(0.3) ? ["excluding current"] : []),
    ...(dice.chance(0.3) ? [`lateness ${dice.pick(SPANS)[0]}`] : []),
  ];
  const rotated = dice.below(clauses.length);
  const ordered = [...clauses.slice(rotated), ...clauses.slice(0, rotated)];
  const word = aggregate === "percentile" ? `percentile(${dice.pick([1, 25, 50, 95, 99.9, 100])})` : aggregate;
  declarations.push(`feature ${name} = ${word} of ${event.name}${field === undefined ? "" : `.${field.name}`} ${ordered.join(" ")}`);
  const kind = yielded(aggregate, field?.kind);
  return { name, keys, kind, last: kind === null && field !== undefined ? field.kind : null, apart: (field?.pii === true && (kind === null || kind.k === "string")) || (kind?.k === "number" && kind.unit !== null && kind.unit.split("/").length > 2) };
}

interface Around {
  readonly lists: readonly ListModel[];
  readonly functions: readonly Callable[];
  readonly features: readonly FeatureModel[];
}

function ruleset(dice: Dice, name: string, event: EventModel, { lists, functions, features }: Around): { head: string; items: readonly string[] } {
  const seen = features.filter(({ keys, apart }) => !apart && keys.every((key) => event.fields.some((field) => field.name === key)));
  const variables = [...fieldsOf(event, ""), ...fieldsOf(event, `${event.name}.`), ...seen.flatMap(({ name: feature, kind }) => (kind === null ? [] : Array.from({ length: 3 }, () => ({ text: feature, kind }))))];
  const lasts = seen.filter(({ kind }) => kind === null).map(({ name: text, last }) => ({ text, value: last }));
  const here = (extra: readonly Variable[], plainText: boolean): Terms =>
    new Terms(dice, { variables: [...variables, ...extra], lasts, windows: seen.map(({ name: feature }) => feature), lists, functions, event: { name: event.name, text: event.name }, plainText });
  const outcomes = ["allow", "watch", "review", "decline"].slice(0, 2 + dice.below(3));
  const policy = dice.pick(["worst", "first", "sum", "unique", "all"]);
  const marks = dice.some(outcomes, 0.6);
  const at = [...new Set([dice.pick([-5, 0, 1]), 5, 7, 10, 35, 100])].map((value) => `${marks[0] === undefined ? "" : value}`);
  const bounds = marks.map((outcome, i) => `${outcome} at ${at[i] ?? 0}`);
  const items: string[] = [];
  if (policy === "sum" && bounds.length === 0) bounds.push(`${outcomes[1] ?? ""} at ${dice.pick([0, 5, 10])}`);
  if (bounds.length > 0) items.push(`thresholds ${bounds.join(", ")}`);
  if (dice.chance(0.6)) items.push(`default ${dice.pick(outcomes)}`);
  const lets: Variable[] = [];
  for (let i = dice.below(4); i > 0; i--) {
    const terms = here(lets, false);
    const kind = dice.pick(terms.kinds());
    items.push(`let ${name}lt${i} = ${terms.make(kind, 2)}`);
    lets.push({ text: `${name}lt${i}`, kind });
  }
  const keys = event.fields.filter((field) => KEYS.some(([key]) => key === field.name));
  const around: Clauses = { event, outcomes, terms: here(lets, false), holes: here(lets, true), keys, lists };
  for (let i = 2 + dice.below(6); i > 0; i--) items.push(rule(dice, `r${i}`, around));
  for (let i = dice.pick([0, 0, 1, 2]); i > 0; i--) items.splice(items.length - dice.below(3), 0, table(dice, `t${i}`, around));
  return { head: `ruleset ${name} on ${event.name} {\n  outcomes ${outcomes.join(" < ")}\n  policy ${policy}`, items };
}

function rule(dice: Dice, name: string, around: Clauses): string {
  const { outcomes, terms, holes } = around;
  const secrets = around.event.fields.filter((field) => field.pii).map((field) => field.name);
  const outcome = dice.chance(0.6);
  const score = !outcome || dice.chance(0.6);
  const secret = secrets.length > 0 && dice.chance(0.3) ? ` or ${dice.pick(secrets)} == ${terms.make(STRING, 0)}` : "";
  const shown = dice.several(0, 3, () => `{${holes.make(dice.pick(holes.kinds()), dice.below(3))}} {{x}}`);
  const masked = secrets.length > 0 && dice.chance(0.3) ? `{mask(${dice.pick(secrets)})}` : "";
  const clauses = [
    ...when(dice, around, `${terms.make(BOOL, 3)}${secret}`),
    ...(outcome ? [`then ${dice.pick(outcomes)}`] : []),
    ...(score ? [`score ${dice.chance(0.5) ? dice.pick([1, 5, 10, 35, -5, 0]) : terms.make(NUMBER, 3)}`] : []),
    ...(dice.chance(0.6) ? [`reason R${name} ${dice.chance(0.2) ? "" : `"${["so:", ...shown].join(" and ")} \\u00e9${masked}"`}`] : []),
    ...(dice.chance(0.3) ? ["tags velocity, odd"] : []),
    ...(dice.chance(0.5) ? life(dice, name, around) : []),
  ];
  return `  rule ${name} ${dice.chance(0.5) ? '"A title"' : ""} {\n    ${clauses.join("\n    ")}\n  }`;
}
