import type { Effect, Expr, Ident, RuleClause } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import type { Build } from "./build.ts";
import type { EventInfo } from "./checked.ts";
import { requireBool, type Context } from "./context.ts";
import { checkFeatureKeys } from "./laws/keys.ts";
import { checkManagedLists } from "./laws/managed.ts";
import { once } from "./laws/once.ts";
import { checkSize } from "./laws/size.ts";

/** What the rules of one ruleset are checked with. */
export interface Place {
  readonly build: Build;
  readonly file: string;
  readonly context: Context;
  readonly event: EventInfo;
  readonly outcomes: readonly string[];
  /** Who answers for rules that name nobody. */
  readonly owner: string | null;
  /** The names of all rules and tables of the ruleset. */
  readonly names: ReadonlyMap<string, Ident>;
  /** Earlier names that rules above have claimed. */
  readonly earlier: Map<string, Ident>;
}

/** The clauses of one rule or table. */
export interface Clauses {
  readonly get: <K extends RuleClause["kind"]>(kind: K) => Extract<RuleClause, { kind: K }> | undefined;
  readonly effects: readonly Effect[];
}

type Single = Exclude<RuleClause, { kind: "Do" }>;

/** What clauses are called in messages. */
function clauseWord(clause: RuleClause): string {
  if (clause.kind === "OnMissing") return "on missing";
  return clause.kind === "ReviewBy" ? "review by" : clause.kind.toLowerCase();
}

/** Every clause stands once, but for `do`. */
export function readClauses(build: Build, clauses: readonly RuleClause[]): Clauses {
  const found = once(build.report, clauses.filter((clause): clause is Single => clause.kind !== "Do"), clauseWord);
  return {
    get: <K extends RuleClause["kind"]>(kind: K) => found.get(kind as Single["kind"]) as Extract<RuleClause, { kind: K }> | undefined,
    effects: clauses.flatMap((clause) => (clause.kind === "Do" ? [clause.effect] : [])),
  };
}

/** A condition of a rule or table. */
export function checkCondition(place: Place, condition: Expr, word: string, name: Ident): void {
  requireBool(place.context, condition, word);
  checkLaws(place, condition, name);
}

/** The laws of every expression of a rule. */
export function checkLaws({ build, event }: Place, expr: Expr, name: Ident): void {
  checkFeatureKeys(build, event, expr);
  checkManagedLists(build, expr);
  checkSize(build, expr, name);
}

/** Whether the outcome is declared; an unknown one is reported, unless none is declared at all. */
export function checkOutcome(build: Build, outcomes: readonly string[], ident: Ident): boolean {
  if (outcomes.includes(ident.name)) return true;
  if (outcomes.length === 0 || ident.name === "") return false;
  const close = closest(ident.name, outcomes);
  build.report.add("RSK0312", ident.span, `\`${ident.name}\` is not an outcome of this ruleset`, didYouMean(close, ident.span, `its outcomes are ${outcomes.map((each) => `\`${each}\``).join(", ")}`));
  return false;
}

