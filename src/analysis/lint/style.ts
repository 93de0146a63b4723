import type { FeatureInfo, ListInfo } from "../../check/checked.ts";
import type { Decl, Expr, Ident } from "../../syntax/ast.ts";
import { walkExpr } from "../../syntax/walk.ts";
import type { Report } from "../../text/report.ts";
import type { Span } from "../../text/span.ts";
import { keyOf } from "../../types/equality.ts";
import { printDuration } from "../../types/time.ts";
import type { Linted } from "./lint.ts";

/** Entries beyond this make a list data, which belongs into a file of its own. */
export const MAX_INLINE_ENTRIES = 200;

const DAY_MS = 86_400_000;
/** A year and a month: far enough to compare with the same season of last year. */
export const MAX_REACH_MS = 400 * DAY_MS;

/** Names, entries that stand twice, and what is larger than it should be. */
export function lintStyle({ report, files, checked }: Linted): void {
  for (const { decls } of files) for (const decl of decls) lintNames(report, decl);
  for (const list of checked.lists) lintList(report, list);
  for (const feature of checked.features) lintWindow(report, feature);
  for (const { rules } of checked.rulesets) for (const { when } of rules) lintLiterals(report, when);
}

const SNAKE_CASE = /^_?[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;

function lintName(report: Report, { name, span }: Ident): void {
  if (name === "" || SNAKE_CASE.test(name)) return;
  const better = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").replaceAll(/[-_]+/g, "_").toLowerCase();
  report.add("RSK0603", span, `\`${name}\` is not written in snake_case`, { help: `call it \`${better}\`; \`was\` keeps the state of a rule that is renamed` });
}

function lintNames(report: Report, decl: Decl): void {
  if (decl.kind === "List" || decl.kind === "Rates" || decl.kind === "Function" || decl.kind === "Feature") lintName(report, decl.name);
  if (decl.kind !== "Ruleset") return;
  lintName(report, decl.name);
  for (const item of decl.items) {
    if (item.kind === "Rule" || item.kind === "Table" || item.kind === "Let") lintName(report, item.name);
    if (item.kind === "Outcomes") for (const name of item.names) lintName(report, name);
  }
}

function lintList(report: Report, { decl, entries }: ListInfo): void {
  if (decl.source?.kind !== "inline") return;
  const { items } = decl.source;
  if (items.length > MAX_INLINE_ENTRIES) {
    report.add("RSK0611", decl.name.span, `the list \`${decl.name.name}\` has ${items.length} entries`, { help: `put them into a file, one a line: \`from "${decl.name.name}.txt"\`` });
  }
  if (entries.length === items.length) twice(report, items, entries.map((entry) => keyOf(entry)));
}

function lintLiterals(report: Report, condition: Expr): void {
  walkExpr(condition, (expr) => {
    if (expr.kind === "In" && expr.container.kind === "ListLit") twice(report, expr.container.items, expr.container.items.map(literalKey));
  });
}

function literalKey(expr: Expr): string | number | null {
  switch (expr.kind) {
    case "StringLit":
      return `"${expr.value}`;
    case "NumberLit":
      return expr.value;
    case "Name":
      return expr.name;
    default:
      return null;
  }
}

function twice(report: Report, items: readonly Expr[], keys: readonly (string | number | null)[]): void {
  const seen = new Map<string | number, Span>();
  items.forEach(({ span }, i) => {
    const key = keys[i] ?? null;
    if (key === null) return;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, span);
    else {
      const edit = { span: { ...span, start: items[i - 1]?.span.end ?? span.start }, text: "" };
      report.add("RSK0604", span, "this entry is there already", { labels: [{ span: first, message: "first here" }], fixes: [{ title: "remove the second", applicability: "maybe", edits: [edit] }] });
    }
  });
}

function lintWindow(report: Report, { decl, over, delay }: FeatureInfo): void {
  if (over + delay <= MAX_REACH_MS) return;
  const clause = decl.clauses.find((each) => each.kind === "Over");
  report.add("RSK0610", clause?.span ?? decl.name.span, `the window reaches back ${printDuration(over + delay)}, and every event stays in memory for as long`, {
    help: "a shorter window says nearly the same for most rules",
  });
}
