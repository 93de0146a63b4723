import type { CallExpr, Expr } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { minorDigits } from "../types/currency.ts";
import { rateBetween, tableOf } from "../types/rates.ts";
import { ERROR, printType, type Type } from "../types/type.ts";
import type { RatesInfo } from "./checked.ts";
import { fail, importFix, type Context } from "./context.ts";

/** `convert(amount, USD)` and `convert(amount, USD, rates)`; the currency and the rates are names and no values. */
export function inferConvert(context: Context, expr: CallExpr, args: readonly Expr[]): Type {
  const [money, currency, named] = args;
  const type = money === undefined ? ERROR : context.infer(money);
  if (money === undefined || currency === undefined || args.length > 3) {
    return fail(context, "RSK0212", expr.callee.span, `\`convert\` takes 2 to 3 arguments, ${args.length === 0 ? "none is" : `${args.length} are`} given`, {
      help: "write `convert(amount, USD)`",
    });
  }
  if (type.kind !== "money" && type.kind !== "error") {
    fail(context, "RSK0211", money.span, `\`convert\` takes money, this is ${printType(type)}`);
  }
  const target = currencyOf(context, currency);
  if (context.scope.rates === undefined) {
    return fail(context, "RSK0453", expr.callee.span, "`convert` takes the rates of a rules folder, which are not known here", { help: "write the amount out" });
  }
  const rates = named === undefined ? onlyRates(context, expr) : ratesNamed(context, named);
  if (target === undefined) return { kind: "money", currency: null };
  const result: Type = { kind: "money", currency: target };
  if (rates === undefined) return result;
  context.tables.callees.set(expr, { kind: "convert", money, currency: target, rates });
  if (type.kind === "money" && type.currency !== null) checkPath(context, expr, rates, type.currency, target);
  return result;
}

function currencyOf(context: Context, expr: Expr): string | undefined {
  if (expr.kind === "Name" && minorDigits(expr.name) !== undefined) {
    context.tables.uses.set(expr, { kind: "currency", type: ERROR });
    return expr.name;
  }
  if (expr.kind === "Error") return undefined;
  const text = expr.kind === "StringLit" ? expr.value : expr.kind === "Name" ? expr.name.toUpperCase() : "";
  const details = didYouMean(minorDigits(text) === undefined ? undefined : text, expr.span, "write the code itself: `convert(amount, USD)`");
  fail(context, "RSK0454", expr.span, "the second argument of `convert` is an ISO 4217 currency code, as written in amounts", details);
  return undefined;
}

function onlyRates(context: Context, expr: CallExpr): RatesInfo | undefined {
  const all = context.scope.rates?.all() ?? [];
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  if (only === undefined) {
    fail(context, "RSK0453", expr.callee.span, "no rates of exchange are declared", {
      help: "declare them: `rates ecb { from 2026-11-01 { 1 EUR = 1.0832 USD } }`, or `rates ecb from \"ecb.csv\"`",
    });
  } else {
    const names = all.map(({ decl }) => `\`${decl.name.name}\``);
    fail(context, "RSK0453", expr.callee.span, `${all.length} rates of exchange are declared: ${names.join(", ")}`, {
      help: `say which: \`convert(…, …, ${only.decl.name.name})\``,
    });
  }
  return undefined;
}

function ratesNamed(context: Context, expr: Expr): RatesInfo | undefined {
  if (expr.kind === "Error") return undefined;
  if (expr.kind !== "Name") {
    fail(context, "RSK0453", expr.span, "the third argument of `convert` is the name of declared rates");
    return undefined;
  }
  const rates = context.scope.rates?.find(expr.name);
  if (rates !== undefined) {
    context.tables.uses.set(expr, { kind: "rates", rates, type: ERROR });
    return rates;
  }
  const all = context.scope.rates?.all() ?? [];
  const reach = context.scope.outOfReach(expr.name);
  if (reach?.importFrom !== undefined && all.some(({ decl }) => decl.name.name === expr.name)) {
    fail(context, reach.code, expr.span, reach.message, { help: reach.help, fixes: [importFix(context.scope.file, expr.name, reach.importFrom)] });
    return undefined;
  }
  const close = closest(expr.name, all.map(({ decl }) => decl.name.name));
  fail(context, "RSK0453", expr.span, `there are no rates \`${expr.name}\``, didYouMean(close, expr.span, "declare them: `rates NAME { from 2026-11-01 { 1 EUR = 1.0832 USD } }`"));
  return undefined;
}

/** A conversion that no edition can make would be missing for every event. */
function checkPath(context: Context, expr: CallExpr, { decl, editions }: RatesInfo, from: string, to: string): void {
  if (from === to || editions.length === 0 || editions.some(({ rates }) => rateBetween(tableOf(rates), from, to) !== undefined)) return;
  fail(context, "RSK0455", expr.span, `no edition of \`${decl.name.name}\` leads from ${from} to ${to}`, {
    labels: [{ span: decl.name.span, message: "declared here" }],
    help: `add a rate between ${from} and ${to}, or of both with a third currency`,
  });
}
