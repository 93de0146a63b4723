import { implementation, seesMissing } from "../types/functions/table.ts";
import { Missing, type Value } from "../types/value.ts";
import type { Const, ExprIr } from "./ir.ts";

export function constantOf(value: Const): ExprIr {
  return { op: "const", value };
}

/** A call, or its result where all arguments are constants. */
export function call(name: string, args: readonly ExprIr[]): ExprIr {
  const constants: Const[] = [];
  for (const arg of args) {
    if (arg.op !== "const") return { op: "call", name, args };
    constants.push(arg.value);
  }
  if (seesMissing(name) !== undefined) return { op: "call", name, args };
  const run = implementation(name);
  if (run === undefined) throw new Error(`there is no operation \`${name}\``);
  const value = run(...(constants as Value[]));
  if (value instanceof Missing) return { op: "missing", cause: value.cause, quotient: value.quotient };
  return isConst(value) ? constantOf(value) : { op: "call", name, args };
}

function isConst(value: Value): value is Const & Value {
  return !(value instanceof Map) && !(typeof value === "object" && value !== null && "at" in value && "value" in value);
}
