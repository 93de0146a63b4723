import type { Policy } from "../ir/ir.ts";
import type { Ident, LetDecl, RuleClause, RuleDecl, RulesetClause, RulesetDecl } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { printType } from "../types/type.ts";
import type { Build } from "./build.ts";
import type { EventInfo, LetInfo, RuleInfo, RulesetInfo } from "./checked.ts";
import { requireBool, type Context } from "./context.ts";
import { visibleEvent } from "./features.ts";
import { inference, inferTemplate } from "./infer.ts";
import { checkFeatureKeys } from "./laws/keys.ts";
import { checkManagedLists } from "./laws/managed.ts";
import { once } from "./laws/once.ts";
import { checkPrivacy } from "./laws/privacy.ts";
import { checkSize } from "./laws/size.ts";
import { rulesetScope } from "./scopes.ts";

const POLICIES: readonly Policy[] = ["worst", "first", "sum"];

/** Gives a ruleset its meaning; undefined when its event is unknown, which is reported. */
export function checkRuleset(build: Build, file: string, decl: RulesetDecl): RulesetInfo | undefined {
  const event = visibleEvent(build, file, decl.event);
  const clauses = once(build.report, decl.items.filter(isClause), (clause) => clause.kind.toLowerCase());
  const outcomes = checkOutcomes(build, decl, clauses.get("Outcomes"));
  const policy = checkPolicy(build, clauses.get("Policy"));
  const fallback = checkDefault(build, outcomes, clauses.get("Default"));
  const thresholds = checkThresholds(build, decl, outcomes, policy, clauses);
  if (event === undefined) return undefined;
  checkClashes(build, file, event);
  const lets = checkLets(build, file, decl, event);
  const rules = checkRules(build, file, decl, event, lets, outcomes);
  return { decl, event, outcomes, policy, default: fallback, thresholds, owner: null, lets: [...lets.values()], tables: [], rules };
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
  build.report.add("RSK0413", span, `there is no policy \`${name}\``, didYouMean(close, span, "the policies are `worst`, `first` and `sum`"));
  return "worst";
}

/** Whether the outcome is declared; an unknown one is reported, unless none is declared at all. */
function checkOutcome(build: Build, outcomes: readonly string[], ident: Ident): boolean {
  if (outcomes.includes(ident.name)) return true;
  if (outcomes.length === 0 || ident.name === "") return false;
  const close = closest(ident.name, outcomes);
  build.report.add("RSK0312", ident.span, `\`${ident.name}\` is not an outcome of this ruleset`, didYouMean(close, ident.span, `its outcomes are ${outcomes.map((each) => `\`${each}\``).join(", ")}`));
  return false;
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
  const found: { outcome: string; at: number }[] = [];
  for (const { outcome, at } of clause.thresholds) {
    if (!checkOutcome(build, outcomes, outcome)) continue;
    const before = found.at(-1);
    if (before !== undefined && (at.value <= before.at || outcomes.indexOf(outcome.name) <= outcomes.indexOf(before.outcome))) {
      build.report.add("RSK0414", outcome.span, `\`${outcome.name}\` at ${at.value} does not lie above \`${before.outcome}\` at ${before.at}`, {
        help: "thresholds go from low to high, and so do their outcomes",
      });
    } else found.push({ outcome: outcome.name, at: at.value });
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
    const info = { decl: each, type: context.infer(each.value) };
    checkFeatureKeys(build, event, each.value);
    checkManagedLists(build, each.value);
    checkSize(build, each.value, each.name);
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

function takenBy(build: Build, file: string, event: EventInfo, name: string): Ident["span"] | undefined {
  const field = event.decl.fields.find((each) => each.name.name === name);
  return field?.name.span ?? build.symbols.visible(file, name)?.decl.name.span;
}

function checkRules(
  build: Build,
  file: string,
  decl: RulesetDecl,
  event: EventInfo,
  lets: ReadonlyMap<string, LetInfo>,
  outcomes: readonly string[],
): readonly RuleInfo[] {
  const scope = rulesetScope(build, file, event, lets, new Set());
  const context = inference(build.report, build.tables, scope);
  const seen = new Map<string, RuleDecl>();
  const rules: RuleInfo[] = [];
  for (const item of decl.items) {
    if (item.kind !== "Rule") continue;
    const first = seen.get(item.name.name);
    if (first === undefined) seen.set(item.name.name, item);
    else {
      build.report.add("RSK0304", item.name.span, `the rule \`${item.name.name}\` is declared twice in this ruleset`, {
        labels: [{ span: first.name.span, message: "first here" }],
        help: "decisions and counts name rules; give this one another name",
      });
    }
    const rule = checkRule(build, context, item, event, outcomes);
    if (rule !== undefined) rules.push(rule);
  }
  return rules;
}

function checkRule(
  build: Build,
  context: Context,
  decl: RuleDecl,
  event: EventInfo,
  outcomes: readonly string[],
): RuleInfo | undefined {
  const clauses = once(build.report, decl.clauses, (clause) => clause.kind.toLowerCase());
  const clause = <K extends RuleClause["kind"]>(kind: K): Extract<RuleClause, { kind: K }> | undefined =>
    clauses.get(kind) as Extract<RuleClause, { kind: K }> | undefined;
  const when = clause("When")?.condition;
  if (when === undefined && decl.name.name !== "" && !build.report.touches(decl.span)) {
    build.report.add("RSK0405", decl.name.span, `the rule \`${decl.name.name}\` has no condition`, { help: "add `when …`" });
  }
  if (when !== undefined) {
    requireBool(context, when, "`when`");
    checkFeatureKeys(build, event, when);
    checkManagedLists(build, when);
    checkSize(build, when, decl.name);
  }
  const then = clause("Then")?.outcome;
  const score = checkScore(build, context, decl, event, clause("Score")?.score);
  const reason = clause("Reason");
  if (reason?.text) {
    inferTemplate(context, reason.text);
    for (const part of reason.text.parts) {
      if (typeof part === "string") continue;
      checkFeatureKeys(build, event, part);
      checkManagedLists(build, part);
    }
    checkPrivacy(build, reason.text);
  }
  if (then === undefined && score === null && decl.name.name !== "" && !build.report.touches(decl.span)) {
    build.report.add("RSK0416", decl.name.span, `the rule \`${decl.name.name}\` changes nothing when it matches`, {
      help: "add `then OUTCOME` or `score N`",
    });
  }
  const outcome = then !== undefined && checkOutcome(build, outcomes, then) ? then.name : null;
  if (when === undefined) return undefined;
  return {
    decl,
    row: null,
    key: decl.name.name,
    when,
    hold: null,
    outcome,
    score,
    reason: reason === undefined ? null : { code: reason.code.name, text: reason.text },
    notice: null,
    tags: clause("Tags")?.tags.map((tag) => tag.name) ?? [],
    effects: [],
    cooldown: null,
    onMissing: { action: "none" },
    mode: "live",
    rollout: null,
    active: null,
    owner: null,
    reviewBy: null,
    was: [],
    span: decl.span,
  };
}

function checkScore(
  build: Build,
  context: Context,
  decl: RuleDecl,
  event: EventInfo,
  score: RuleInfo["score"] | undefined,
): RuleInfo["score"] {
  if (score === null || score === undefined) return null;
  const type = context.infer(score);
  checkFeatureKeys(build, event, score);
  checkManagedLists(build, score);
  checkSize(build, score, decl.name);
  if (type.kind !== "error" && (type.kind !== "number" || type.unit !== null)) {
    build.report.add("RSK0201", score.span, `a score is a plain number, this is ${printType(type)}`, {
      help: "divide by a value of the same kind to get a plain number",
    });
  }
  return score;
}
