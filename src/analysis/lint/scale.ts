import type { RulesetInfo, Tables } from "../../check/checked.ts";
import type { Expr } from "../../syntax/ast.ts";
import { walkExpr } from "../../syntax/walk.ts";
import type { Span } from "../../text/span.ts";
import type { Linted } from "./lint.ts";

/** Others that a number must stand out from: fewer are no custom. */
const LEAST_OTHERS = 3;
/** The others must be of one size: the largest at most this many times the smallest. */
const ONE_SIZE = 10;
/** So many times above or below all others is another scale: percent and ratio, cents and euros. */
const OTHER_SCALE = 50;

interface Literal {
  readonly value: number;
  readonly span: Span;
}

/** Numbers that stand far out from all others that the same field or feature is compared with. */
export function lintScale({ report, checked }: Linted): void {
  const byName = new Map<string, Literal[]>();
  for (const ruleset of checked.rulesets) collect(ruleset, checked.tables, byName);
  for (const [key, literals] of byName) {
    for (const literal of literals) {
      const others = literals.filter((other) => other !== literal && other.value !== literal.value);
      if (others.length < LEAST_OTHERS) continue;
      const sizes = others.map(({ value }) => value);
      const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
      if (most > least * ONE_SIZE || (literal.value < most * OTHER_SCALE && literal.value > least / OTHER_SCALE)) continue;
      const name = key.split(" ")[1] ?? "";
      const nearest = others.toSorted((a, b) => a.value - b.value)[0] as Literal;
      report.add("RSK0710", literal.span, `\`${name}\` is compared with ${least === most ? least : `${least} to ${most}`} elsewhere, and here with ${literal.value}`, {
        labels: [{ span: nearest.span, message: "compared with this here" }],
        help: "look whether it is the unit that was meant: percent or ratio, minor or major units, seconds or milliseconds",
      });
    }
  }
}

function collect({ rules, event }: RulesetInfo, tables: Tables, into: Map<string, Literal[]>): void {
  const seen = new Set<Expr>();
  for (const { when } of rules) {
    walkExpr(when, (expr) => {
      if (expr.kind !== "Binary" || !ORDERED.has(expr.op) || seen.has(expr)) return;
      seen.add(expr);
      const pair = pairOf(expr.left, expr.right) ?? pairOf(expr.right, expr.left);
      if (pair === null) return;
      const use = tables.uses.get(pair.name);
      if (use?.kind !== "field" && use?.kind !== "feature") return;
      const owner = use.kind === "field" ? event.schema.name : "feature";
      const key = `${owner} ${pair.name.name} ${pair.unit}`;
      const known = into.get(key) ?? [];
      into.set(key, known);
      if (pair.value > 0) known.push({ value: pair.value, span: pair.span });
    });
  }
}

const ORDERED: ReadonlySet<string> = new Set(["<", "<=", ">", ">="]);

interface Pair {
  readonly name: Extract<Expr, { kind: "Name" }>;
  readonly value: number;
  readonly unit: string;
  readonly span: Span;
}

/** Zero and negative numbers have no scale. */
function pairOf(name: Expr, literal: Expr): Pair | null {
  if (name.kind !== "Name") return null;
  const { span } = literal;
  switch (literal.kind) {
    case "NumberLit":
      return { name, value: literal.value, unit: "", span };
    case "QuantityLit":
      return { name, value: literal.value, unit: literal.unit, span };
    case "MoneyLit":
      return { name, value: Number(literal.amount), unit: literal.currency, span };
    default:
      return null;
  }
}
