import { divisionByZero } from "../types/functions/operators.ts";
import { Missing, type Value } from "../types/value.ts";
import type { Closure } from "./program.ts";

const NOT_A_NUMBER = new Missing("not a number");

/** Why an operation on two numbers has no result. */
export function firstMissing(a: Value | Missing, b: Value | Missing): Missing {
  if (a instanceof Missing) return a;
  return b instanceof Missing ? b : NOT_A_NUMBER;
}

/** The four operations on numbers as closures of their own, since rules compute with little else. */
export function compileArithmetic(name: string, left: Closure, right: Closure): Closure | undefined {
  switch (name) {
    case "number.add":
      return (frame, run) => {
        const a = left(frame, run);
        const b = right(frame, run);
        return typeof a === "number" && typeof b === "number" ? a + b : firstMissing(a, b);
      };
    case "number.subtract":
      return (frame, run) => {
        const a = left(frame, run);
        const b = right(frame, run);
        return typeof a === "number" && typeof b === "number" ? a - b : firstMissing(a, b);
      };
    case "number.multiply":
      return (frame, run) => {
        const a = left(frame, run);
        const b = right(frame, run);
        return typeof a === "number" && typeof b === "number" ? a * b : firstMissing(a, b);
      };
    case "number.divide":
      return (frame, run) => {
        const a = left(frame, run);
        const b = right(frame, run);
        if (typeof a !== "number" || typeof b !== "number") return firstMissing(a, b);
        return b === 0 ? divisionByZero(a) : a / b;
      };
    default:
      return undefined;
  }
}
