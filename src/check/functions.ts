import type { Expr, FunctionDecl } from "../syntax/ast.ts";
import { children } from "../syntax/walk.ts";
import { printType, type Type } from "../types/type.ts";
import { conversion, isDelta, isPoint, sameDimensions, sameUnit } from "../types/unit.ts";
import type { Build } from "./build.ts";
import type { FunctionInfo } from "./checked.ts";
import { fit } from "./fit.ts";
import { inference } from "./infer.ts";
import { checkManagedLists } from "./laws/managed.ts";
import { functionScope } from "./scopes.ts";
import { resolveType } from "./typeexpr.ts";

/** The types of a function as declared; its body is checked once all signatures are known. */
export function checkSignature(build: Build, file: string, decl: FunctionDecl): FunctionInfo {
  const params = decl.params.map((param) => ({ name: param.name.name, type: resolveType(build, file, param.type) }));
  decl.params.forEach((param, i) => {
    if (params.findIndex((each) => each.name === param.name.name) !== i) {
      build.report.add("RSK0304", param.name.span, `the parameter \`${param.name.name}\` is given twice`);
    }
    const other = build.symbols.visible(file, param.name.name);
    if (other !== undefined && (other.decl.kind === "List" || other.decl.kind === "Feature")) {
      build.report.add("RSK0310", param.name.span, `\`${param.name.name}\` is also the name of a ${other.decl.kind.toLowerCase()}`, {
        labels: [{ span: other.decl.name.span, message: "declared here" }],
        help: "names never shadow; rename the parameter",
      });
    }
  });
  return { decl, params, returns: resolveType(build, file, decl.returns) };
}

/** The body must have the declared type; a number in another unit of the same kind is converted to the declared one. */
export function checkBody(build: Build, file: string, info: FunctionInfo): void {
  const context = inference(build.report, build.tables, functionScope(build, file, info.params));
  const { body } = info.decl;
  const type = context.infer(body, info.returns);
  checkManagedLists(build, body);
  if (fit(type, info.returns) || convert(build, body, type, info.returns)) return;
  build.report.add("RSK0216", body.span, `this is ${printType(type)}, \`${info.decl.name.name}\` is declared to yield ${printType(info.returns)}`, {
    labels: [{ span: info.decl.returns.span, message: "declared here" }],
  });
}

function convert(build: Build, body: Expr, from: Type, to: Type): boolean {
  if (from.kind !== "number" || to.kind !== "number" || from.unit === null || to.unit === null) return false;
  if (!sameDimensions(from.unit, to.unit)) return false;
  // A difference has no place on a scale.
  if ((isPoint(from.unit) && isDelta(to.unit)) || (isDelta(from.unit) && isPoint(to.unit))) return false;
  if (sameUnit(from.unit, to.unit)) return true;
  const step = conversion(from.unit, to.unit);
  const before = build.tables.conversions.get(body);
  const factor = (before?.factor ?? 1) * step.factor;
  build.tables.conversions.set(body, { factor, divisor: before?.divisor ?? 1, shift: (before?.shift ?? 0) * step.factor + step.shift });
  return true;
}

/** Functions are single expressions and never call themselves, not by way of others either: every rule ends. */
export function checkRecursion(build: Build): void {
  const state = new Map<FunctionInfo, "open" | "done">();
  const visit = (info: FunctionInfo): void => {
    state.set(info, "open");
    for (const { info: callee, call } of calls(build, info.decl.body)) {
      if (state.get(callee) === "open") {
        build.report.add("RSK0412", call.span, `\`${callee.decl.name.name}\` ends up calling itself`, {
          labels: [{ span: callee.decl.name.span, message: "declared here" }],
          help: "functions cannot be recursive; write the steps out",
        });
      } else if (!state.has(callee)) visit(callee);
    }
    state.set(info, "done");
  };
  for (const info of build.functions.values()) if (!state.has(info)) visit(info);
}

/** Calls of declared functions in an expression. */
export function calls(build: Build, root: Expr): readonly { readonly info: FunctionInfo; readonly call: Expr }[] {
  const found: { info: FunctionInfo; call: Expr }[] = [];
  const pending: Expr[] = [root];
  for (let expr = pending.pop(); expr !== undefined; expr = pending.pop()) {
    const callee = build.tables.callees.get(expr);
    if (callee?.kind === "function") found.push({ info: callee.info, call: expr });
    pending.push(...children(expr));
  }
  return found;
}
