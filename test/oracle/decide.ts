import type { Checked, EventInfo, FeatureInfo, RulesetInfo } from "../../src/check/checked.ts";
import type { CellTest, Expr, RangeExpr, RuleClause } from "../../src/syntax/ast.ts";
import type { Type } from "../../src/types/type.ts";
import { readSpan } from "./builtins.ts";
import { constant, Interpreter, type Happening, type Surroundings } from "./interpret.ts";
import { masked, Memory, Ruling, type Notes } from "./rules.ts";
import { json, show } from "./text.ts";
import { ABSENT, address, block, cash, type Answer, type Place, type Plain } from "./values.ts";
import { feature, seen } from "./windows.ts";

/** What is compared with the engine's answer; JSON throughout. */
export interface Verdict {
  readonly decisions: Readonly<Record<string, unknown>>;
  readonly effects: readonly unknown[];
  /** `ruleset.rule.row.part` of everything that could not be computed, carried out or kept. */
  readonly degraded: readonly string[];
  /** `ruleset.rule.row` of every rule whose condition ended missing. */
  readonly missing: readonly string[];
  readonly features: Readonly<Record<string, unknown>>;
}

export interface Arrival {
  readonly type: string;
  readonly event: Readonly<Record<string, unknown>>;
  /** When it arrives, for events that carry no time. */
  readonly now: number;
}

/** The whole naive engine: keeps every event there ever was and computes everything anew. */
export class Oracle {
  readonly #checked: Checked;
  readonly #interpreter: Interpreter;
  readonly #memory = new Memory();
  readonly #history: Happening[] = [];

  constructor(checked: Checked, managed: readonly { readonly list: string; readonly item: Plain }[]) {
    this.#checked = checked;
    this.#interpreter = new Interpreter(checked);
    for (const { list, item } of managed) this.#memory.put(list, item, null);
  }

  /** @param witness looks at the event after it is decided and before anything is done about it */
  decide(arrival: Arrival, witness: (interpreter: Interpreter, around: Surroundings) => void = () => undefined): Verdict {
    const happening = this.#take(arrival);
    this.#history.push(happening);
    const around: Surroundings = {
      happening,
      params: new Map(),
      feature: (name) => this.#feature(name, happening),
      seen: (name) => seen(this.#info(name), happening, this.#history),
      listed: (list, item) => this.#memory.listed(list, item, arrival.now),
    };
    const notes: Notes = { degraded: [], missing: [], effects: [] };
    const rulesets = this.#checked.rulesets.filter((ruleset) => ruleset.event === happening.event);
    const rulings = rulesets.map((ruleset) => new Ruling(this.#checked, this.#interpreter, this.#memory, ruleset, around, notes));
    const decisions = Object.fromEntries(rulings.map((ruling, i) => [rulesets[i]?.decl.name.name, ruling.decide()]));
    const features = this.#explain(happening.event, rulesets, around);
    witness(this.#interpreter, around);
    for (const ruling of rulings) ruling.carryOut(arrival.now);
    return { decisions, ...notes, features };
  }

  #feature(name: string, happening: Happening): Answer {
    return feature(this.#interpreter, this.#info(name), happening, this.#history);
  }

  #info(name: string): FeatureInfo {
    const info = this.#checked.features.find((each) => each.decl.name.name === name);
    if (info === undefined) throw new Error(`there is no feature ${name}`);
    return info;
  }

  /** The features over this event, and those that its rulesets read. */
  #explain(event: EventInfo, rulesets: readonly RulesetInfo[], around: Surroundings): Verdict["features"] {
    const read = new Set(rulesets.flatMap((ruleset) => expressions(ruleset).flatMap((expr) => this.#interpreter.reads(expr))));
    const visible = this.#checked.features.filter((each) => each.source === event || read.has(each.decl.name.name));
    return Object.fromEntries(visible.map((info) => [info.decl.name.name, shown(around.feature(info.decl.name.name), info)]));
  }

  #take({ type, event, now }: Arrival): Happening {
    const info = this.#checked.events.find((each) => each.schema.name === type);
    if (info === undefined) throw new Error(`there is no event ${type}`);
    const fields = new Map<string, Answer>();
    for (const { name, type: fieldType } of info.schema.fields) {
      const written = info.decl.fields.find((each) => each.name.name === name)?.default ?? null;
      const sent = event[name];
      if (sent !== undefined && sent !== null) fields.set(name, read(sent, fieldType));
      else fields.set(name, written === null ? ABSENT : constant(written, fieldType, this.#checked.tables.typeOf(written)));
    }
    const time = info.decl.fields.find((field) => field.annotations.some((each) => each.name === "time"));
    return { event: info, fields, at: time === undefined ? now : (fields.get(time.name.name) as number) };
  }
}

/** Aggregates that tell a value of an event, or one that is near to it. */
const TELLING: ReadonlySet<string> = new Set(["last", "first", "min", "max", "percentile", "sum", "average"]);

function shown(value: Answer, { decl, type, source }: FeatureInfo): unknown {
  const field = source.decl.fields.find((each) => each.name.name === decl.field?.name);
  const secret = TELLING.has(decl.aggregate.name) && field?.annotations.some((each) => each.name === "pii");
  return secret && value !== ABSENT ? masked(show(value, type)) : json(value, type);
}

/** Every expression of a ruleset. */
function expressions({ decl }: RulesetInfo): readonly Expr[] {
  return decl.items.flatMap((item) => {
    if (item.kind === "Let") return [item.value];
    if (item.kind === "Rule") return item.clauses.flatMap(clauseExpressions);
    if (item.kind !== "Table") return [];
    const rows = item.rows.flatMap(({ cells, outputs }) => [
      ...cells.flatMap((cell) => cell.tests.flatMap(testExpressions)),
      ...outputs.flatMap((each) => (each === null ? [] : clauseExpressions(each))),
    ]);
    return [...item.columns, ...item.clauses.flatMap(clauseExpressions), ...rows];
  });
}

function clauseExpressions(clause: RuleClause): readonly Expr[] {
  switch (clause.kind) {
    case "When":
    case "Clear":
      return [clause.condition];
    case "Score":
      return [clause.score];
    case "Reason":
      return clause.text?.parts.filter((part) => typeof part !== "string") ?? [];
    case "Do":
      return clause.effect.kind === "Emit" ? clause.effect.fields.map((field) => field.value) : [clause.effect.value];
    default:
      return [];
  }
}

function testExpressions(test: CellTest): readonly Expr[] {
  const ends = (held: Expr | RangeExpr): readonly Expr[] => (held.kind === "Range" ? [held.low, held.high] : [held]);
  if (test.kind === "Compare") return [test.value];
  if (test.kind === "Within") return ends(test.range);
  return test.kind === "Among" ? ends(test.container) : [];
}

/** A value of a valid event. */
export function read(sent: unknown, type: Type): Plain {
  switch (type.kind) {
    case "money": {
      const { amount = "", currency = "" } = typeof sent === "string" ? { amount: sent.slice(0, -4), currency: sent.slice(-3) } : (sent as Record<string, string>);
      return cash(amount, currency);
    }
    case "timestamp":
      return Date.parse(sent as string);
    case "duration":
      return readSpan(sent as string) as number;
    case "ip":
      return address(sent as string) as Plain;
    case "cidr":
      return block(sent as string) as Plain;
    case "geo":
      return { kind: "place", ...(sent as Pick<Place, "lat" | "lon">) };
    case "list":
      return (sent as readonly unknown[]).map((each) => read(each, type.element));
    case "map":
      return new Map(Object.entries(sent as object).map(([key, each]) => [key, read(each, type.value)]));
    default:
      return sent as Plain;
  }
}
