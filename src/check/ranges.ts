import type { Const } from "../ir/ir.ts";
import type { Expr, FieldDecl } from "../syntax/ast.ts";
import { compareValues } from "../types/equality.ts";
import { printValue } from "../types/print.ts";
import type { FieldRange } from "../types/schema.ts";
import { printType, type Type } from "../types/type.ts";
import type { Build } from "./build.ts";
import { constant } from "./constants.ts";
import type { Context } from "./context.ts";

const ORDERED: ReadonlySet<Type["kind"]> = new Set(["number", "money", "timestamp", "duration"]);

/** The declared range of a field, `in low..high`; null without one, or with one that is reported. */
export function checkRange(build: Build, context: Context, field: FieldDecl, type: Type, value: Const | undefined): FieldRange | null {
  const { range } = field;
  if (range === null || type.kind === "error") return null;
  if (!ORDERED.has(type.kind)) {
    build.report.add("RSK0450", range.span, `a field of type ${printType(type)} has no range`, {
      labels: [{ span: field.type.span, message: printType(type) }],
      help: "only numbers, amounts, times and durations lie in a range",
    });
    return null;
  }
  if (type.kind === "money" && type.currency === null) return noCurrency(build, field);
  const low = end(context, range.low, type);
  const high = end(context, range.high, type);
  if (low === undefined || high === undefined) return null;
  if (compareValues(low, high) > 0) {
    build.report.add("RSK0450", range.span, `the range begins at ${printValue(low, type)} and ends below it, at ${printValue(high, type)}`, {
      help: "write the lower end first",
    });
    return null;
  }
  if (isEnd(value) && field.default !== null && (compareValues(value, low) < 0 || compareValues(value, high) > 0)) {
    build.report.add("RSK0450", field.default.span, `the default ${printValue(value, type)} lies outside of the range of \`${field.name.name}\``, {
      labels: [{ span: range.span, message: "the range" }],
      help: "a default stands for what an event leaves out, so it must be a value that an event may have",
    });
  }
  return { low, high };
}

function isEnd(value: Const | undefined): value is FieldRange["low"] {
  return typeof value === "number" || (typeof value === "object" && value !== null && "minor" in value);
}

function end(context: Context, expr: Expr, type: Type): FieldRange["low"] | undefined {
  const value = constant(context, expr, type);
  return isEnd(value) ? value : undefined;
}

/** An amount in another currency than that of the range would be neither inside nor outside. */
function noCurrency(build: Build, field: FieldDecl): null {
  const range = field.range as NonNullable<FieldDecl["range"]>;
  const literal = range.low.kind === "MoneyLit" ? range.low : range.high.kind === "MoneyLit" ? range.high : undefined;
  const text = `money[${literal?.currency ?? build.currency() ?? "EUR"}]`;
  build.report.add("RSK0450", range.span, "amounts of any currency have no common range", {
    labels: [{ span: field.type.span, message: "declared here without a currency" }],
    help: `declare the field as \`${text}\``,
    fixes: [{ title: `write \`${text}\``, applicability: "maybe", edits: [{ span: field.type.span, text }] }],
  });
  return null;
}
