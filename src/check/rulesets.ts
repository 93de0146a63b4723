import { POLICIES, type Policy } from "../ir/ir.ts";
import { walkExpr } from "../syntax/walk.ts";
import type { Expr, Ident, LetDecl, RulesetClause, RulesetDecl } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { ERROR } from "../types/type.ts";
import type { Build } from "./build.ts";
import type { EventInfo, LetInfo, RuleInfo, RulesetInfo, TableInfo } from "./checked.ts";
import { checkOutcome, type Place } from "./clauses.ts";
import { visibleEvent } from "./features.ts";
import { inference } from "./infer.ts";
import { checkCosts } from "./laws/cost.ts";
import { checkFeatureKeys } from "./laws/keys.ts";
import { checkManagedLists } from "./laws/managed.ts";
import { once } from "./laws/once.ts";
import { checkSize } from "./laws/size.ts";
import { checkNames, checkRule } from "./rules.ts";
import { rulesetScope } from "./scopes.ts";
import { checkTable } from "./tables.ts";

/**
 * Gives a ruleset its meaning; undefined when its event is unknown, which is reported.
 * @param before what a ruleset of this name meant amid the same declarations: where all but its rules and tables is as it
 * was, rules that are the same nodes mean the same
 */
export function checkRuleset(build: Build, file: string, decl: RulesetDecl, before?: RulesetInfo): RulesetInfo | undefined {
  const event = visibleEvent(build, file, decl.event);
  const clauses = once(build.report, decl.items.filter(isClause), (clause) => clause.kind.toLowerCase());
  const outcomes = checkOutcomes(build, decl, clauses.get("Outcomes"));
  const policy = checkPolicy(build, clauses.get("Policy"));
  const fallback = checkDefault(build, outcomes, clauses.get("Default"));
  const thresholds = checkThresholds(build, decl, outcomes, policy, clauses);
  if (event === undefined) return undefined;
  checkClashes(build, file, event);
  const known = before !== undefined && event === before.event && isAmidTheSame(before.decl, decl) ? before : undefined;
  const lets = known === undefined ? checkLets(build, file, decl, event) : new Map(known.lets.map((each) => [each.decl.name.name, each]));
  const owner = clauses.get("Owner");
  const place: Place = {
    build,
    file,
    context: inference(build.report, build.tables, rulesetScope(build, file, event, lets, new Set())),
    event,
    outcomes,
    owner: owner?.kind === "Owner" ? owner.name.value : null,
    names: checkNames(build, decl.items.filter((item) => item.kind === "Rule" || item.kind === "Table")),
    earlier: new Map(),
  };
  const info: RulesetInfo = { decl, event, outcomes, policy, default: fallback, thresholds, owner: place.owner, lets: [...lets.values()], ...checkItems(place, decl, known) };
  checkCosts(build, info);
  return info;
}

/** Whether rules stand in one file and see the same lets and clauses. */
function isAmidTheSame(before: RulesetDecl, after: RulesetDecl): boolean {
  const [those, these] = [before, after].map(({ items }) => items.filter((item) => item.kind !== "Rule" && item.kind !== "Table"));
  return before.span.file === after.span.file && those?.length === these?.length && these?.every((item, i) => item === those?.[i]) === true;
}

function isClause(item: RulesetDecl["items"][number]): item is RulesetClause {
  return item.kind !== "Let" && item.kind !== "Rule" && item.kind !== "Table";
}

function checkOutcomes(build: Build, decl: RulesetDecl, clause: RulesetClause | undefined): readonly string[] {
  if (clause?.kind !== "Outcomes") {
    build.report.add("RSK0405", decl.name.span, `the ruleset \`${decl.name.name}\` has no outcomes`, {
      help: "name them from best to worst: `outcomes allow < review < decline`",
    });
    return [];
  }
  const seen = new Set<string>();
  for (const { name, span } of clause.names) {
    if (seen.has(name)) build.report.add("RSK0304", span, `the outcome \`${name}\` is listed twice`);
    if (name !== "") seen.add(name);
  }
  return [...seen];
}

function checkPolicy(build: Build, clause: RulesetClause | undefined): Policy {
  if (clause?.kind !== "Policy") return "worst";
  const { name, span } = clause.name;
  const known = POLICIES.find((policy) => policy === name);
  if (known !== undefined) return known;
  const close = closest(name, POLICIES);
  build.report.add("RSK0413", span, `there is no policy \`${name}\``, didYouMean(close, span, "the policies are `worst`, `first`, `sum`, `unique` and `all`"));
  return "worst";
}

function checkDefault(build: Build, outcomes: readonly string[], clause: RulesetClause | undefined): string {
  const best = outcomes[0] ?? "";
  if (clause?.kind !== "Default") return best;
  return checkOutcome(build, outcomes, clause.outcome) ? clause.outcome.name : best;
}

type Thresholds = RulesetInfo["thresholds"];

function checkThresholds(
  build: Build,
  decl: RulesetDecl,
  outcomes: readonly string[],
  policy: Policy,
  clauses: ReadonlyMap<string, RulesetClause>,
): Thresholds {
  const clause = clauses.get("Thresholds");
  if (clause?.kind !== "Thresholds") {
    if (policy === "sum") {
      build.report.add("RSK0405", clauses.get("Policy")?.span ?? decl.name.span, "`policy sum` needs thresholds to turn a score into an outcome", {
        help: "add `thresholds review at 50, decline at 80`",
      });
    }
    return [];
  }
  const found: { outcome: string; at: number; span: Ident["span"] }[] = [];
  for (const { outcome, at } of clause.thresholds) {
    if (!checkOutcome(build, outcomes, outcome)) continue;
    const before = found.at(-1);
    if (before !== undefined && (at.value <= before.at || outcomes.indexOf(outcome.name) <= outcomes.indexOf(before.outcome))) {
      build.report.add("RSK0414", outcome.span, `\`${outcome.name}\` at ${at.value} does not lie above \`${before.outcome}\` at ${before.at}`, {
        help: "thresholds go from low to high, and so do their outcomes",
      });
    } else found.push({ outcome: outcome.name, at: at.value, span: { ...outcome.span, end: at.span.end } });
  }
  return found;
}

/** Inside a ruleset fields and features are visible bare, so one name must not stand for two things. */
function checkClashes(build: Build, file: string, event: EventInfo): void {
  for (const { decl } of build.symbols.visibleIn(file)) {
    const name = decl.name.name;
    const field = event.decl.fields.find((each) => each.name.name === name);
    if (field === undefined || (decl.kind !== "Feature" && decl.kind !== "List")) continue;
    build.report.add("RSK0310", decl.name.span, `\`${name}\` is also a field of \`${event.schema.name}\``, {
      labels: [{ span: field.name.span, message: "the field" }],
      help: "both are visible in the ruleset; rename one of them",
    });
  }
}

function checkLets(build: Build, file: string, decl: RulesetDecl, event: EventInfo): ReadonlyMap<string, LetInfo> {
  const lets = new Map<string, LetInfo>();
  const declared = decl.items.filter((item): item is LetDecl => item.kind === "Let");
  const later = new Set(declared.map((each) => each.name.name));
  const scope = rulesetScope(build, file, event, lets, later);
  const context = inference(build.report, build.tables, scope);
  for (const each of declared) {
    const { name, span } = each.name;
    const taken = lets.get(name)?.decl.name.span ?? takenBy(build, file, event, name);
    const type = context.infer(each.value);
    // What is wrong inside is told; its type would only make more mistakes of it.
    const told = build.report.isDamaged(each.span) || build.report.touches(each.value.span) || usesBroken(build, each.value);
    checkFeatureKeys(build, event, each.value);
    checkManagedLists(build, each.value);
    const small = checkSize(build, each.value, each.name);
    const info = { decl: each, type: told || !small ? ERROR : type };
    if (taken === undefined) lets.set(name, info);
    else {
      build.report.add("RSK0310", span, `\`${name}\` already means something here`, {
        labels: [{ span: taken, message: "declared here" }],
        help: "names never shadow; rename the `let`",
      });
    }
  }
  return lets;
}

/** Whether an expression builds on a `let` whose mistake is told. */
function usesBroken(build: Build, value: Expr): boolean {
  let broken = false;
  walkExpr(value, (expr) => {
    const use = build.tables.uses.get(expr);
    broken ||= use?.kind === "let" && use.type.kind === "error";
  });
  return broken;
}

function takenBy(build: Build, file: string, event: EventInfo, name: string): Ident["span"] | undefined {
  const field = event.decl.fields.find((each) => each.name.name === name);
  return field?.name.span ?? build.symbols.visible(file, name)?.decl.name.span;
}

/** Rules and tables in the order of the text. */
function checkItems(place: Place, decl: RulesetDecl, before: RulesetInfo | undefined): { readonly tables: readonly TableInfo[]; readonly rules: readonly RuleInfo[] } {
  const tables: TableInfo[] = [];
  const rules: RuleInfo[] = [];
  // Whether an earlier name is free hangs on the other rules.
  const known = new Map(before?.rules.filter(({ row, was }) => row === null && was.length === 0).map((rule) => [rule.decl, rule]));
  for (const item of decl.items) {
    if (item.kind === "Rule") {
      const rule = known.get(item) ?? checkRule(place, item);
      if (rule !== undefined) rules.push(rule);
    } else if (item.kind === "Table") {
      const { table, rows } = checkTable(place, item);
      tables.push(table);
      rules.push(...rows);
    }
  }
  return { tables, rules };
}
