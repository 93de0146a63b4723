import type { Expr, InExpr, RangeExpr } from "../syntax/ast.ts";
import { parseCidr } from "../types/ip.ts";
import { BOOL, ERROR, printType, type Type } from "../types/type.ts";
import { fail, isError, replace, type Context } from "./context.ts";
import { isNoMember } from "./binary.ts";
import { fit } from "./fit.ts";
import { reportMismatch } from "./mismatch.ts";
import { needsExpected } from "./names.ts";
import { isFlexible } from "./quantities.ts";

/** `x in y`: a range, a declared list, a list or map value, or a block of addresses. */
export function inferMembership(context: Context, expr: InExpr): Type {
  const { container } = expr;
  if (container.kind === "Range") return inferRange(context, expr, container);
  const [item, held] = inferSides(context, expr.item, container);
  if (isError(item, held)) return BOOL;
  const use = context.tables.uses.get(container);
  switch (held.kind) {
    case "list":
      return inferInList(context, expr, item, held.element, use?.kind === "list");
    case "map":
      context.tables.operators.set(expr, "map.has");
      return fit(item, held.key) ? BOOL : mismatch(context, expr, item, held.key);
    case "cidr":
      context.tables.operators.set(expr, "cidr.has");
      return item.kind === "ip" ? BOOL : mismatch(context, expr, item, { kind: "ip" });
    default:
      return notAContainer(context, expr, held);
  }
}

function inferSides(context: Context, item: Expr, container: Expr): readonly [Type, Type] {
  if (isFlexible(item) || (item.kind === "Name" && needsExpected(context, item.name))) {
    const held = context.infer(container);
    return [context.infer(item, held.kind === "list" ? held.element : undefined), held];
  }
  const type = context.infer(item);
  return [type, context.infer(container, { kind: "list", element: type })];
}

function inferInList(context: Context, expr: InExpr, item: Type, element: Type, declared: boolean): Type {
  const addressInBlocks = item.kind === "ip" && element.kind === "cidr";
  if (addressInBlocks && !declared) {
    return fail(context, "RSK0202", (expr.container as Expr).span, "an address is looked up in one block or in a declared list of blocks", {
      help: "declare `list name: cidr = [\"…\"]`, or join `ip in cidr(…)` with `or`",
    });
  }
  if (!declared) context.tables.operators.set(expr, "list.has");
  const { container } = expr;
  const odd = container.kind === "ListLit" ? container.items.find((each) => isNoMember(each, context.tables.typeOf(each), item)) : undefined;
  if (odd !== undefined) return reportMismatch(context, { left: expr.item, right: odd, opSpan: expr.opSpan, op: "in" }, item, context.tables.typeOf(odd));
  if (addressInBlocks || fit(item, element) || fit(element, item)) return BOOL;
  return mismatch(context, expr, item, element);
}

function mismatch(context: Context, expr: InExpr, item: Type, wanted: Type): Type {
  const container = expr.container as Expr;
  if (container.kind === "ListLit" && container.items[0] !== undefined) {
    const odd = container.items.find((each) => !fit(context.tables.typeOf(each), item)) ?? container.items[0];
    return reportMismatch(
      context,
      { left: expr.item, right: odd, opSpan: expr.opSpan, op: "in" },
      item,
      context.tables.typeOf(odd),
    );
  }
  context.report.add("RSK0203", expr.item.span, `this is ${printType(item)}, what it is looked up in holds ${printType(wanted)}`, {
    labels: [{ span: container.span, message: printType(context.tables.typeOf(container)) }],
  });
  return ERROR;
}

function notAContainer(context: Context, expr: InExpr, held: Type): Type {
  const container = expr.container as Expr;
  if (container.kind === "StringLit") {
    const block = parseCidr(container.value);
    const text = block === undefined ? `[${JSON.stringify(container.value)}]` : `cidr(${JSON.stringify(container.value)})`;
    return fail(context, "RSK0202", container.span, "`in` needs a list, a range, a map or an address block, this is text", {
      help: `write \`${text}\``,
      fixes: [replace("make it a container", container.span, text)],
    });
  }
  return fail(context, "RSK0202", container.span, `\`in\` needs a list, a range, a map or an address block, this is ${printType(held)}`);
}

const ORDERED: ReadonlySet<Type["kind"]> = new Set(["number", "money", "timestamp", "duration", "string"]);

function inferRange(context: Context, expr: InExpr, range: RangeExpr): Type {
  const item = context.infer(expr.item);
  const low = context.infer(range.low, item);
  const high = context.infer(range.high, item);
  if (isError(item, low, high)) return BOOL;
  if (!ORDERED.has(item.kind)) {
    return fail(context, "RSK0202", expr.item.span, `${printType(item)} has no order, so it lies in no range`);
  }
  for (const [end, type] of [[range.low, low], [range.high, high]] as const) {
    if (!fit(type, item)) {
      return reportMismatch(context, { left: expr.item, right: end, opSpan: expr.opSpan, op: "in" }, item, type);
    }
  }
  return BOOL;
}
