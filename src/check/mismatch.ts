import type { Expr } from "../syntax/ast.ts";
import type { Details, Fix, Label } from "../text/diagnostic.ts";
import type { Span } from "../text/span.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { parseAmount } from "../types/money.ts";
import { ERROR, printType, type Type } from "../types/type.ts";
import { convertLiteral, durationUnit, isDelta, isPercent, isPoint, parseUnit, sameDimensions, suffix, type Unit } from "../types/unit.ts";
import type { Use } from "./checked.ts";
import { replace, type Context } from "./context.ts";

/** Two operands of an operator, as far as a message about them needs them. */
interface Operands {
  readonly left: Expr;
  readonly right: Expr;
  readonly opSpan: Span;
  /** As written, for the message. */
  readonly op: string;
}

/** Reports that the operands of a comparison, sum or membership do not fit, with what to write instead. */
export function reportMismatch(context: Context, expr: Operands, left: Type, right: Type): Type {
  const rightOdd = oddOne(expr, left, right);
  const [odd, oddType, good, goodType] = rightOdd
    ? [expr.right, right, expr.left, left]
    : [expr.left, left, expr.right, right];
  const { code, message, details } = describe(context, { odd, oddType, good, goodType, op: expr.op });
  const declared = declaration(context, good);
  const label: Label =
    declared === undefined
      ? { span: good.span, message: `this is ${describeType(goodType)}` }
      : { span: declared, message: `declared here as ${printType(goodType)}` };
  context.report.add(code, odd.span, message, { label: describeType(oddType), labels: [label], ...details });
  return ERROR;
}

/** The side that most likely is the mistake: a literal rather than a name, otherwise the right one. */
function oddOne(expr: Operands, left: Type, right: Type): boolean {
  if (isLiteral(expr.right) !== isLiteral(expr.left)) return isLiteral(expr.right);
  return !(left.kind === "number" && left.unit === null && right.kind !== "number");
}

function isLiteral(expr: Expr): boolean {
  return expr.kind.endsWith("Lit");
}

interface Pair {
  readonly odd: Expr;
  readonly oddType: Type;
  readonly good: Expr;
  readonly goodType: Type;
  readonly op: string;
}

interface Finding {
  readonly code: "RSK0203" | "RSK0204" | "RSK0205" | "RSK0209";
  readonly message: string;
  readonly details: Details;
}

const VERBS: ReadonlyMap<string, string> = new Map([
  ["+", "added to"],
  ["-", "combined by `-` with"],
  ["in", "found among"],
]);

function describe(context: Context, pair: Pair): Finding {
  const { oddType, goodType } = pair;
  const subject = named(pair.good) === undefined ? describeType(goodType) : `${named(pair.good)} is ${describeType(goodType)}, it`;
  const cannot = `${subject} cannot be ${VERBS.get(pair.op) ?? "compared with"} ${describeType(oddType)}`;
  if (goodType.kind === "number" && oddType.kind === "number") return unitMismatch(pair, cannot);
  if (goodType.kind === "number" && oddType.kind === "duration") return durationMismatch(pair, goodType.unit, cannot);
  if (goodType.kind === "duration" && oddType.kind === "number" && pair.odd.kind === "NumberLit") {
    return { code: "RSK0204", message: cannot, details: { help: `give the unit: \`${pair.odd.value}s\`, \`${pair.odd.value}m\` or \`${pair.odd.value}h\`` } };
  }
  if (goodType.kind === "money" && oddType.kind === "money") {
    return { code: "RSK0205", message: cannot, details: { help: "convert one of them first; amounts of two currencies have no order" } };
  }
  if (goodType.kind === "money" && oddType.kind === "number") return moneyMismatch(context, pair, cannot);
  if (goodType.kind === "enum" && oddType.kind === "string" && pair.odd.kind === "StringLit") {
    return { code: "RSK0209", message: `\`${pair.odd.value}\` is none of ${goodType.members.map((each) => `\`${each}\``).join(", ")}`, details: didYouMean(closest(pair.odd.value, goodType.members), pair.odd.span) };
  }
  return { code: "RSK0203", message: cannot, details: wrapFix(pair) };
}

function named(expr: Expr): string | undefined {
  return expr.kind === "Name" ? `\`${expr.name}\`` : expr.kind === "Member" ? `\`${expr.member.name}\`` : undefined;
}

function describeType(type: Type): string {
  if (type.kind === "number" && type.unit !== null && isDelta(type.unit)) return `a difference in ${suffix(type.unit)}`;
  if (type.kind === "number") return type.unit === null ? "a plain number" : `a number in ${type.unit.text}`;
  if (type.kind === "money") return type.currency === null ? "money" : `money in ${type.currency}`;
  return printType(type);
}

function unitMismatch(pair: Pair, message: string): Finding {
  const good = (pair.goodType as Extract<Type, { kind: "number" }>).unit;
  const odd = (pair.oddType as Extract<Type, { kind: "number" }>).unit;
  return { code: "RSK0204", message, details: unitHelp(pair.odd, odd, good) };
}

function unitHelp(odd: Expr, from: Unit | null, to: Unit | null): Details {
  const value = odd.kind === "NumberLit" || odd.kind === "QuantityLit" ? odd.value : undefined;
  const point = from === null || to === null ? undefined : pointHelp(from, to);
  if (point !== undefined) return { help: point };
  if (value === undefined) return { help: "bring both sides to one unit" };
  if (to === null) {
    if (!isPercent(from)) return { help: "the other side has no unit; declare it with one or leave this one out" };
    return suggestion(odd, "write the ratio", String(Number((value / 100).toPrecision(12))), "maybe");
  }
  if (from === null && isPercent(to) && value !== 0 && value <= 1) {
    return suggestion(odd, "write the ratio as a percentage", `${Number((value * 100).toPrecision(12))}%`, "maybe");
  }
  if (from === null) return suggestion(odd, "give the unit", `${value}${suffix(to)}`, "maybe");
  if (!sameDimensions(from, to)) return { help: `write a value in ${to.text}` };
  return suggestion(odd, `convert to ${suffix(to)}`, `${convertLiteral(value, from, to)}${suffix(to)}`, "safe");
}

/** Help for a temperature beside a difference of temperatures; undefined where both are one or the other. */
function pointHelp(from: Unit, to: Unit): string | undefined {
  if (isPoint(from) === isPoint(to) || !(isDelta(from) || isDelta(to))) return undefined;
  const unit = isPoint(from) ? from : to;
  return `one is a temperature, the other a difference of temperatures: compare a difference with \`x - 20${suffix(unit)}\``;
}

function suggestion(odd: Expr, title: string, text: string, applicability: Fix["applicability"]): Details {
  return { help: `${title}: \`${text}\``, fixes: [replace(title, odd.span, text, applicability)] };
}

/** `latency > 5s` where latency counts milliseconds as a plain number. */
function durationMismatch(pair: Pair, unit: Unit | null, message: string): Finding {
  if (pair.odd.kind === "QuantityLit" && unit !== null) {
    const from = parseUnit(pair.odd.unit === "m" ? "min" : pair.odd.unit);
    if (from !== undefined && durationUnit(pair.odd.unit) !== undefined) {
      return { code: "RSK0204", message, details: unitHelp(pair.odd, from, unit) };
    }
  }
  return { code: "RSK0204", message, details: { help: "declare the number with a unit of time, or compare durations" } };
}

/** What stands in a suggestion where a folder names no currency at all; the suggestion says `maybe`. */
const ANY_CURRENCY = "EUR";

/** `amount > 1000`: the currency is that of the other side, else the one that the folder names most. */
function moneyMismatch(context: Context, pair: Pair, message: string): Finding {
  if (pair.odd.kind !== "NumberLit") return { code: "RSK0203", message, details: { help: "amounts are compared with amounts" } };
  const figure = String(pair.odd.value);
  const declared = (pair.goodType as Extract<Type, { kind: "money" }>).currency;
  const likely = declared === null ? [context.scope.currency?.() ?? ANY_CURRENCY, ANY_CURRENCY] : [declared];
  // Not every figure is an amount: yen have no decimal places.
  const currency = likely.find((code) => typeof parseAmount(figure, code) !== "string");
  if (currency === undefined) return { code: "RSK0203", message, details: { help: `write an amount of ${likely[0] ?? ANY_CURRENCY} with no more decimal places than it has` } };
  const title = `give the currency: \`${figure} ${currency}\``;
  const { span } = pair.odd;
  // The digits stay as they are written; an exponent, which no amount has, is shorter than its figure.
  const fix = span.end - span.start < figure.length ? replace(title, span, `${figure} ${currency}`) : replace(title, { ...span, start: span.end }, ` ${currency}`);
  return { code: "RSK0203", message, details: { help: title, fixes: [fix] } };
}

/** Text beside an address or a time was meant to be read as one. */
function wrapFix(pair: Pair): Details {
  const { odd, goodType } = pair;
  if (odd.kind !== "StringLit") return {};
  if (goodType.kind === "ip" || goodType.kind === "cidr" || goodType.kind === "timestamp" || goodType.kind === "duration") {
    return suggestion(odd, `read it as ${goodType.kind}`, `${goodType.kind}(${JSON.stringify(odd.value)})`, "maybe");
  }
  if (goodType.kind === "number" && /^-?\d+(?:\.\d+)?$/.test(odd.value)) {
    return suggestion(odd, "leave out the quotes", odd.value, "maybe");
  }
  if (goodType.kind === "bool" && (odd.value === "true" || odd.value === "false")) {
    return suggestion(odd, "leave out the quotes", odd.value, "maybe");
  }
  return {};
}

/** Where the thing behind a name is declared, for a second label. */
function declaration(context: Context, expr: Expr): Span | undefined {
  const use: Use | undefined = context.tables.uses.get(expr);
  switch (use?.kind) {
    case "field":
      return use.event.decl.fields[use.index]?.type.span;
    case "feature":
      return use.feature.decl.name.span;
    case "let":
      return use.info.decl.name.span;
    default:
      return undefined;
  }
}
