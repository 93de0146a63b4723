import type { ConditionalExpr, Expr, ListExpr, MapExpr, MemberExpr, IndexExpr, Template, UnaryExpr } from "../syntax/ast.ts";
import { BOOL, ERROR, isLast, NULL, NUMBER, STRING, TIMESTAMP, printType, type Type } from "../types/type.ts";
import { parseTimestamp } from "../types/time.ts";
import { parseAmount } from "../types/money.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { fail, isError, requireBool, type Context } from "./context.ts";
import { inferBinary } from "./binary.ts";
import { inferCall } from "./calls.ts";
import { inferMembership } from "./membership.ts";
import { inferName } from "./names.ts";
import { inferQuantity } from "./quantities.ts";
import { fit, joinTypes } from "./fit.ts";
import { pointOperand } from "./temperature.ts";
import { isPoint } from "../types/unit.ts";
import type { Report } from "../text/report.ts";
import type { Tables } from "./checked.ts";
import type { Scope } from "./scope.ts";

/** Inference of the expressions that see one scope. */
export function inference(report: Report, tables: Tables, scope: Scope): Context {
  const context: Context = {
    report,
    tables,
    scope,
    infer: (expr, expected) => {
      const type = inferKind(context, expr, expected);
      tables.types.set(expr, type);
      return type;
    },
    within: (inner) => inference(report, tables, inner),
  };
  return context;
}

function inferKind(context: Context, expr: Expr, expected: Type | undefined): Type {
  switch (expr.kind) {
    case "NumberLit":
      return NUMBER;
    case "StringLit":
      return inferString(expr.value, expected);
    case "BoolLit":
      return BOOL;
    case "NullLit":
      return NULL;
    case "QuantityLit":
      return inferQuantity(context, expr, expected);
    case "MoneyLit":
      return inferMoney(context, expr);
    case "TimestampLit":
      return inferTimestamp(context, expr);
    case "Name":
      return inferName(context, expr, expected);
    case "Member":
      return inferMember(context, expr);
    case "Index":
      return inferIndex(context, expr);
    case "Call":
      return inferCall(context, expr, expected);
    case "Unary":
      return inferUnary(context, expr, expected);
    case "Binary":
      return inferBinary(context, expr, expected);
    case "In":
      return inferMembership(context, expr);
    case "IsMissing":
      context.infer(expr.operand);
      return BOOL;
    case "Conditional":
      return inferConditional(context, expr, expected);
    case "ListLit":
      return inferList(context, expr, expected);
    case "MapLit":
      return inferMap(context, expr);
    case "Error":
      return ERROR;
  }
}

/** A text literal that is a member where an enum is wanted stands for that member. */
function inferString(value: string, expected: Type | undefined): Type {
  return expected?.kind === "enum" && expected.members.includes(value) ? expected : STRING;
}

function inferMoney(context: Context, expr: Extract<Expr, { kind: "MoneyLit" }>): Type {
  const money = parseAmount(expr.amount, expr.currency);
  if (typeof money === "string") return fail(context, "RSK0207", expr.span, money);
  context.tables.literals.set(expr, money);
  return { kind: "money", currency: money.currency };
}

function inferTimestamp(context: Context, expr: Extract<Expr, { kind: "TimestampLit" }>): Type {
  const ms = parseTimestamp(expr.text, false);
  if (ms === undefined) {
    return fail(context, "RSK0208", expr.span, `\`${expr.text}\` is not a date or time that exists`, {
      help: "write a date `2026-01-31`, or a time with its zone `2026-01-31T09:30:00Z`",
    });
  }
  context.tables.literals.set(expr, ms);
  return TIMESTAMP;
}

function inferUnary(context: Context, expr: UnaryExpr, expected: Type | undefined): Type {
  if (expr.op === "not") {
    requireBool(context, expr.operand, "`not`");
    return BOOL;
  }
  const type = context.infer(expr.operand, expected);
  if (type.kind === "number" && isPoint(type.unit) && expr.operand.kind !== "QuantityLit") return pointOperand(context, expr.operand, type.unit, "-");
  if (type.kind === "number" || type.kind === "money" || type.kind === "duration" || type.kind === "error") {
    context.tables.operators.set(expr, type.kind === "money" ? "money.negate" : "number.negate");
    return type;
  }
  return fail(context, "RSK0202", expr.span, `\`-\` needs a number, an amount or a duration, this is ${printType(type)}`);
}

function inferMember(context: Context, expr: MemberExpr): Type {
  const object = context.infer(expr.object);
  const { name, span } = expr.member;
  if (isError(object)) return ERROR;
  if (object.kind === "geo" && (name === "lat" || name === "lon")) {
    context.tables.operators.set(expr, `geo.${name}`);
    return NUMBER;
  }
  if (object.kind === "record") {
    const field = object.fields.find((each) => each.name === name);
    if (field !== undefined) {
      if (isLast(object)) context.tables.operators.set(expr, `last.${name}`);
      return field.type;
    }
    return unknownMember(context, expr, object.name, object.fields.map((each) => each.name));
  }
  if (object.kind === "map" && object.key.kind === "string") {
    context.tables.operators.set(expr, "map.index");
    return object.value;
  }
  return fail(context, "RSK0213", span, `${printType(object)} has no field \`${name}\``);
}

function unknownMember(context: Context, expr: MemberExpr, owner: string, names: readonly string[]): Type {
  const { name, span } = expr.member;
  const close = closest(name, names);
  return fail(context, "RSK0213", span, `\`${owner}\` has no field \`${name}\``, didYouMean(close, span, `its fields are ${names.map((each) => `\`${each}\``).join(", ")}`));
}

function inferIndex(context: Context, expr: IndexExpr): Type {
  const object = context.infer(expr.object);
  const index = context.infer(expr.index);
  if (isError(object, index)) return ERROR;
  if (object.kind === "list") {
    if (index.kind !== "number" || index.unit !== null) {
      return fail(context, "RSK0214", expr.index.span, `a list is indexed by a number, this is ${printType(index)}`);
    }
    context.tables.operators.set(expr, "list.index");
    return object.element;
  }
  if (object.kind === "map") {
    if (!fit(index, object.key)) {
      return fail(context, "RSK0214", expr.index.span, `this map is indexed by ${printType(object.key)}, this is ${printType(index)}`);
    }
    context.tables.operators.set(expr, "map.index");
    return object.value;
  }
  return fail(context, "RSK0214", expr.span, `${printType(object)} cannot be indexed`, {
    help: "only lists and maps have items",
  });
}

function inferConditional(context: Context, expr: ConditionalExpr, expected: Type | undefined): Type {
  requireBool(context, expr.condition, "the condition of `? :`");
  const whenTrue = context.infer(expr.whenTrue, expected);
  const whenFalse = context.infer(expr.whenFalse, expected ?? whenTrue);
  const joined = joinTypes(whenTrue, whenFalse);
  if (joined !== undefined) return joined;
  return fail(
    context,
    "RSK0210",
    expr.whenFalse.span,
    `both results of \`? :\` must have one type, this is ${printType(whenFalse)}`,
    { labels: [{ span: expr.whenTrue.span, message: printType(whenTrue) }] },
  );
}

function inferList(context: Context, expr: ListExpr, expected: Type | undefined): Type {
  const wanted = expected?.kind === "list" ? expected.element : undefined;
  let element: Type | undefined;
  for (const item of expr.items) {
    const type = context.infer(item, wanted ?? element);
    const joined = element === undefined ? type : joinTypes(element, type);
    if (joined === undefined) {
      const first = expr.items[0] as Expr;
      return fail(context, "RSK0210", item.span, `the items of a list have one type, this is ${printType(type)}`, {
        labels: [{ span: first.span, message: printType(element as Type) }],
      });
    }
    element = joined;
  }
  return { kind: "list", element: element ?? wanted ?? ERROR };
}

const KEY_KINDS: ReadonlySet<Type["kind"]> = new Set(["string", "number", "bool", "enum", "error"]);

function inferMap(context: Context, expr: MapExpr): Type {
  let key: Type | undefined;
  let value: Type | undefined;
  for (const entry of expr.entries) {
    const keyType = context.infer(entry.key, key);
    const valueType = context.infer(entry.value, value);
    if (!KEY_KINDS.has(keyType.kind)) {
      return fail(context, "RSK0210", entry.key.span, `the key of a map is text, a whole number or true/false, this is ${printType(keyType)}`);
    }
    if (entry.key.kind === "NumberLit" && !Number.isInteger(entry.key.value)) {
      return fail(context, "RSK0210", entry.key.span, "the key of a map is text, a whole number or true/false, this is a fraction");
    }
    const keys: Type | undefined = key === undefined ? keyType : joinTypes(key, keyType);
    const values: Type | undefined = value === undefined ? valueType : joinTypes(value, valueType);
    if (keys === undefined || values === undefined) {
      const [wrong, type] = keys === undefined ? [entry.key, keyType] : [entry.value, valueType];
      return fail(context, "RSK0210", wrong.span, `the ${keys === undefined ? "keys" : "values"} of a map have one type, this is ${printType(type)}`);
    }
    key = keys;
    value = values;
  }
  return { kind: "map", key: key ?? STRING, value: value ?? ERROR };
}

/** Infers the holes of a template. */
export function inferTemplate(context: Context, template: Template): void {
  for (const part of template.parts) {
    if (typeof part === "string") continue;
    const type = context.infer(part);
    if (type.kind === "record" && !isLast(type)) {
      fail(context, "RSK0202", part.span, "an event cannot be printed", { help: "name one of its fields" });
    }
  }
}

