import type { Expr, Ident } from "../../syntax/ast.ts";
import type { Span } from "../../text/span.ts";
import type { Build } from "../build.ts";
import type { RulesetInfo } from "../checked.ts";
import { Costs } from "../cost.ts";

/**
 * Steps that one rule, one `let` or the filter of one window may come to for one event: at the very most a tenth of a
 * second, within which no other event is decided. Two macros inside of each other are within it, what searches in texts
 * is not for as many items.
 */
export const MAX_RULE_COST = 10_000_000;

/** Steps of all rules of a ruleset: at the very most half a second. Ten thousand plain rules are a hundredth of it. */
export const MAX_SET_COST = 50_000_000;

const HELP = "keep macros and what searches in texts out of macros, and look values up in a declared list";

interface Named {
  readonly name: Ident;
  readonly span: Span;
}

/** Reports rules and lets that could cost too much, or else that all of them together could. */
export function checkCosts(build: Build, ruleset: RulesetInfo): void {
  const costs = new Costs(build.tables);
  const places = new Set<Ident>();
  const report = ({ name, span }: Named, what: string, cost: number): void => {
    if (cost <= MAX_RULE_COST || places.has(name)) return;
    places.add(name);
    // What is too large is told already.
    if (build.report.touches(span, "RSK0415")) return;
    build.report.add("RSK0460", name.span, `${what} \`${name.name}\` can cost ${shown(cost)} steps for one event, ${shown(MAX_RULE_COST)} are allowed`, { help: HELP });
  };
  for (const { decl } of ruleset.lets) report(decl, "the value of", costs.of(decl.value));
  const shared = costs.sharedBy(ruleset);
  let total = shared.cost;
  for (const rule of ruleset.rules) {
    const known = build.costs.get(rule) ?? costs.ofRule(rule, shared.known);
    build.costs.set(rule, known);
    report(rule.decl, rule.row === null ? "the rule" : "a row of", known.alone);
    total += known.part;
  }
  if (places.size > 0 || total <= MAX_SET_COST) return;
  build.report.add("RSK0461", ruleset.decl.name.span, `the rules of \`${ruleset.decl.name.name}\` can cost ${shown(total)} steps for one event, ${shown(MAX_SET_COST)} are allowed in all`, {
    help: "compute what several rules need once in a `let`, or decide less in one ruleset",
  });
}

/** Reports the filter of a window that could cost too much. */
export function checkFilterCost(build: Build, condition: Expr, name: Ident): void {
  const cost = new Costs(build.tables).of(condition);
  if (cost <= MAX_RULE_COST) return;
  build.report.add("RSK0460", condition.span, `the filter of \`${name.name}\` can cost ${shown(cost)} steps for one event, ${shown(MAX_RULE_COST)} are allowed`, { help: HELP });
}

/** `2,500,000` */
function shown(cost: number): string {
  return String(Math.ceil(cost)).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}
