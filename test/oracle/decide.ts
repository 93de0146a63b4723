import type { Checked, EventInfo, RulesetInfo } from "../../src/check/checked.ts";
import type { Expr, RuleClause, RuleDecl, RulesetClause } from "../../src/syntax/ast.ts";
import type { Type } from "../../src/types/type.ts";
import { readSpan } from "./builtins.ts";
import { constant, Interpreter, type Happening, type Surroundings } from "./interpret.ts";
import { json } from "./text.ts";
import { ABSENT, address, block, cash, type Answer, type Place, type Plain } from "./values.ts";
import { feature } from "./windows.ts";

/** What is compared with the engine's answer; JSON throughout. */
export interface Verdict {
  readonly decisions: Readonly<Record<string, unknown>>;
  /** `ruleset.rule` of every matched rule whose score could not be computed. */
  readonly degraded: readonly string[];
  /** `ruleset.rule` of every rule whose condition ended missing. */
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
  readonly #listed: Surroundings["listed"];
  readonly #history: Happening[] = [];

  constructor(checked: Checked, listed: Surroundings["listed"]) {
    this.#checked = checked;
    this.#interpreter = new Interpreter(checked);
    this.#listed = listed;
  }

  decide(arrival: Arrival): Verdict {
    const happening = this.#take(arrival);
    this.#history.push(happening);
    const around: Surroundings = {
      happening,
      params: new Map(),
      feature: (name) => this.#feature(name, happening),
      listed: this.#listed,
    };
    const degraded: string[] = [];
    const missing: string[] = [];
    const rulesets = this.#checked.rulesets.filter((ruleset) => ruleset.event === happening.event);
    const decisions = Object.fromEntries(
      rulesets.map((ruleset) => [ruleset.decl.name.name, decide(this.#interpreter, ruleset, around, { degraded, missing })]),
    );
    return { decisions, degraded, missing, features: this.#explain(happening.event, rulesets, around) };
  }

  #feature(name: string, happening: Happening): Answer {
    const info = this.#checked.features.find((each) => each.decl.name.name === name);
    if (info === undefined) throw new Error(`there is no feature ${name}`);
    return feature(this.#interpreter, info, happening, this.#history);
  }

  /** The features over this event, and those that its rulesets read. */
  #explain(event: EventInfo, rulesets: readonly RulesetInfo[], around: Surroundings): Verdict["features"] {
    const read = new Set(rulesets.flatMap((ruleset) => expressions(ruleset).flatMap((expr) => this.#interpreter.reads(expr))));
    const seen = this.#checked.features.filter((each) => each.source === event || read.has(each.decl.name.name));
    return Object.fromEntries(seen.map(({ decl, type }) => [decl.name.name, json(around.feature(decl.name.name), type)]));
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

/** Every expression of a ruleset. */
function expressions({ decl }: RulesetInfo): readonly Expr[] {
  return decl.items.flatMap((item) => {
    if (item.kind === "Let") return [item.value];
    if (item.kind !== "Rule") return [];
    return item.clauses.flatMap((clause): readonly Expr[] => {
      if (clause.kind === "When") return [clause.condition];
      if (clause.kind === "Score") return [clause.score];
      return clause.kind === "Reason" ? (clause.text?.parts.filter((part) => typeof part !== "string") ?? []) : [];
    });
  });
}

function rulesetClause<K extends RulesetClause["kind"]>({ decl }: RulesetInfo, kind: K): Extract<RulesetClause, { kind: K }> | undefined {
  return decl.items.find((each): each is Extract<RulesetClause, { kind: K }> => each.kind === kind);
}

function ruleClause<K extends RuleClause["kind"]>({ clauses }: RuleDecl, kind: K): Extract<RuleClause, { kind: K }> | undefined {
  return clauses.find((each): each is Extract<RuleClause, { kind: K }> => each.kind === kind);
}

interface Notes {
  readonly degraded: string[];
  readonly missing: string[];
}

function decide(interpreter: Interpreter, ruleset: RulesetInfo, around: Surroundings, notes: Notes): unknown {
  const outcomes = rulesetClause(ruleset, "Outcomes")?.names.map((each) => each.name) ?? [];
  const first = rulesetClause(ruleset, "Policy")?.name.name === "first";
  const hits: { readonly id: string; readonly outcome: string | null; readonly score: number }[] = [];
  for (const rule of ruleset.decl.items.filter((item) => item.kind === "Rule")) {
    if (first && hits.length > 0) continue;
    const id = `${ruleset.decl.name.name}.${rule.name.name}`;
    const matched = interpreter.value((ruleClause(rule, "When") as { readonly condition: Expr }).condition, around);
    if (matched === ABSENT) notes.missing.push(id);
    if (matched === true) hits.push(hit(interpreter, rule, around, () => notes.degraded.push(id)));
  }
  const score = hits.reduce((sum, each) => sum + each.score, 0);
  const reached = (rulesetClause(ruleset, "Thresholds")?.thresholds ?? []).filter(({ at }) => score >= at.value);
  const worst = outcomes.findLast((outcome) => hits.some((each) => each.outcome === outcome) || reached.some((each) => each.outcome.name === outcome));
  return { outcome: worst ?? rulesetClause(ruleset, "Default")?.outcome.name ?? outcomes[0], score, rules: hits };
}

function hit(interpreter: Interpreter, rule: RuleDecl, around: Surroundings, degrade: () => void) {
  const expr = ruleClause(rule, "Score")?.score;
  const value = expr === undefined ? 0 : interpreter.value(expr, around);
  const good = typeof value === "number" && Number.isFinite(value);
  if (!good) degrade();
  const reason = ruleClause(rule, "Reason");
  const text = reason?.text ? interpreter.template(reason.text, around) : (rule.title?.value ?? "");
  return {
    id: rule.name.name,
    row: null,
    outcome: ruleClause(rule, "Then")?.outcome.name ?? null,
    score: good ? value : 0,
    reason: reason === undefined ? null : { code: reason.code.name, text },
    notice: null,
    tags: ruleClause(rule, "Tags")?.tags.map((tag) => tag.name) ?? [],
    mode: "live",
  };
}

/** A value of a valid event. */
function read(sent: unknown, type: Type): Plain {
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
