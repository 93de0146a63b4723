import type { Ident, Expr, RuleClause, RuleDecl } from "../syntax/ast.ts";
import type { OnMissing } from "../ir/ir.ts";
import { printType } from "../types/type.ts";
import type { Build } from "./build.ts";
import type { RuleInfo } from "./checked.ts";
import { checkCondition, checkLaws, checkOutcome, readClauses, type Clauses, type Place } from "./clauses.ts";
import { checkEffects } from "./effects.ts";
import { checkCooldown, checkHold } from "./holds.ts";
import { inferTemplate } from "./infer.ts";
import { checkFeatureKeys } from "./laws/keys.ts";
import { checkManagedLists } from "./laws/managed.ts";
import { checkPrivacy } from "./laws/privacy.ts";
import { checkLife, type Life } from "./lifecycle.ts";

/** Gives a rule its meaning; undefined when it has no condition, which is reported. */
export function checkRule(place: Place, decl: RuleDecl): RuleInfo | undefined {
  const { build } = place;
  const clauses = readClauses(build, decl.clauses);
  const when = clauses.get("When")?.condition;
  const whole = decl.name.name !== "" && !build.report.touches(decl.span);
  if (when === undefined && whole) {
    build.report.add("RSK0405", decl.name.span, `the rule \`${decl.name.name}\` has no condition`, { help: "add `when …`" });
  }
  if (when !== undefined) checkCondition(place, when, "`when`", decl.name);
  const says = checkSays(place, decl.name, clauses, NOTHING_SAID);
  const does = checkDoes(place, decl.name, clauses);
  const silent = clauses.get("Then") === undefined && clauses.get("Score") === undefined && clauses.effects.length === 0;
  if (silent && does.onMissing.action !== "outcome" && decl.name.name !== "" && !build.report.touches(decl.span)) {
    reportSilent(build, "rule", decl.name);
  }
  return when === undefined ? undefined : { decl, row: null, when, ...says, ...does, span: decl.span };
}

export function reportSilent(build: Build, what: "rule" | "table", name: Ident): void {
  build.report.add("RSK0416", name.span, `the ${what} \`${name.name}\` changes nothing when it matches`, {
    help: `add \`then OUTCOME\`, \`score N\` or \`do …\``,
  });
}

/** What a rule says when it matches. */
export type Says = Pick<RuleInfo, "outcome" | "score" | "reason" | "notice" | "tags">;

export const NOTHING_SAID: Says = { outcome: null, score: null, reason: null, notice: null, tags: [] };

/** What clauses say, and what `otherwise` says where they are silent. */
export function checkSays(place: Place, name: Ident, clauses: Clauses, otherwise: Says): Says {
  const then = clauses.get("Then");
  const score = clauses.get("Score");
  const reason = clauses.get("Reason");
  const notice = clauses.get("Notice");
  const tags = clauses.get("Tags");
  if (score !== undefined) checkScore(place, name, score.score);
  if (reason?.text) checkReason(place, reason);
  return {
    outcome: then === undefined ? otherwise.outcome : checkOutcome(place.build, place.outcomes, then.outcome) ? then.outcome.name : null,
    score: score === undefined ? otherwise.score : score.score,
    reason: reason === undefined ? otherwise.reason : { code: reason.code.name, text: reason.text },
    notice: notice === undefined ? otherwise.notice : { code: notice.code.name, text: notice.text?.value ?? "" },
    tags: tags === undefined ? otherwise.tags : tags.tags.map((tag) => tag.name),
  };
}

function checkScore(place: Place, name: Ident, score: Expr): void {
  const type = place.context.infer(score);
  checkLaws(place, score, name);
  if (type.kind !== "error" && (type.kind !== "number" || type.unit !== null)) {
    place.build.report.add("RSK0201", score.span, `a score is a plain number, this is ${printType(type)}`, {
      help: "divide by a value of the same kind to get a plain number",
    });
  }
}

function checkReason({ build, context, event }: Place, { text }: Extract<RuleClause, { kind: "Reason" }>): void {
  if (text === null) return;
  inferTemplate(context, text);
  for (const part of text.parts) {
    if (typeof part === "string") continue;
    checkFeatureKeys(build, event, part);
    checkManagedLists(build, part);
  }
  checkPrivacy(build, text);
}

/** When a rule matches beyond its condition, and what it does. */
export type Does = Pick<RuleInfo, "hold" | "effects" | "cooldown" | "onMissing"> & Life;

/** The clauses that rules and whole tables have in common. */
export function checkDoes(place: Place, name: Ident, clauses: Clauses): Does {
  return {
    hold: checkHold(place, name, clauses),
    effects: checkEffects(place, name, clauses.effects),
    cooldown: checkCooldown(place, clauses),
    onMissing: checkOnMissing(place, clauses),
    ...checkLife(place, name, clauses),
  };
}

function checkOnMissing({ build, outcomes }: Place, clauses: Clauses): OnMissing {
  const clause = clauses.get("OnMissing");
  if (clause === undefined) return { action: "none" };
  if (clause.action !== "outcome") return { action: clause.action };
  if (clause.outcome === null || !checkOutcome(build, outcomes, clause.outcome)) return { action: "none" };
  return { action: "outcome", outcome: clause.outcome.name };
}

/** Reports a rule or table whose name is taken in its ruleset. */
export function checkNames(build: Build, items: readonly { readonly name: Ident }[]): ReadonlyMap<string, Ident> {
  const names = new Map<string, Ident>();
  for (const { name } of items) {
    const first = names.get(name.name);
    if (first === undefined) names.set(name.name, name);
    else {
      build.report.add("RSK0304", name.span, `the rule \`${name.name}\` is declared twice in this ruleset`, {
        labels: [{ span: first.span, message: "first here" }],
        help: "decisions and counts name rules; give this one another name",
      });
    }
  }
  return names;
}
