import type { RuleInfo } from "../../check/checked.ts";
import type { RuleClause } from "../../syntax/ast.ts";
import type { Span } from "../../text/span.ts";
import type { Linted } from "./lint.ts";

const DAY_MS = 86_400_000;

/** Who answers for rules, and rules whose time has come or gone. Habits are asked for only where a folder has them. */
export function lintLife({ report, checked, now }: Linted): void {
  const rules = checked.rulesets.flatMap((ruleset) => ruleset.rules).filter(({ row }) => row === null || row.number === 1);
  const owned = rules.some(({ owner }) => owner !== null);
  const reviewed = rules.some(({ reviewBy }) => reviewBy !== null);
  const ownerless = new Set(owned ? checked.rulesets.filter((ruleset) => ruleset.rules.length > 1 && ruleset.rules.every(({ owner }) => owner === null)) : []);
  // One finding for one cause: such a ruleset lacks one clause.
  for (const { decl } of ownerless) report.add("RSK0606", decl.name.span, `the rules of \`${decl.name.name}\` have no owner`, { help: "name in the ruleset who answers for them: `owner \"…\"`" });
  const told = new Set([...ownerless].flatMap((ruleset) => ruleset.rules));
  for (const rule of rules) {
    const { name } = rule.decl;
    const word = rule.row === null ? "rule" : "table";
    if (owned && rule.owner === null && !told.has(rule)) report.add("RSK0606", name.span, `the ${word} \`${name.name}\` has no owner`, { help: "name who answers for it: `owner \"…\"`, or once for all in the ruleset" });
    if (reviewed && rule.reviewBy === null && rule.mode !== "live") {
      report.add("RSK0612", clauseSpan(rule, "Mode"), `the ${word} \`${name.name}\` is ${rule.mode} and nothing says for how long`, { help: "add `review by` and a day" });
    }
    if (now === null) continue;
    // The day itself is still in time.
    if (rule.reviewBy !== null && now >= rule.reviewBy + DAY_MS) report.add("RSK0608", clauseSpan(rule, "ReviewBy"), `the ${word} \`${name.name}\` is due for review`, { help: "look whether it is still right, and name the next day" });
    const until = rule.active?.until ?? null;
    if (until !== null && now >= until) report.add("RSK0609", clauseSpan(rule, "Active"), `the ${word} \`${name.name}\` is not active any more`, { help: "take it out, or move the end of its time" });
  }
}

function clauseSpan({ decl }: RuleInfo, kind: RuleClause["kind"]): Span {
  return decl.clauses.find((clause) => clause.kind === kind)?.span ?? decl.name.span;
}
