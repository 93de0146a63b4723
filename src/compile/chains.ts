import { Missing, type Value } from "../types/value.ts";
import type { Closure } from "./program.ts";

/**
 * `and` (decisive false) and `or` (decisive true): one decisive operand decides, whatever is missing elsewhere and on
 * whichever side; otherwise the first missing one shows.
 */
export function chain(operands: readonly Closure[], decisive: boolean): Closure {
  const [first, second, third] = operands;
  if (first !== undefined && second !== undefined && operands.length === 2) return pair(first, second, decisive);
  if (first !== undefined && second !== undefined && third !== undefined && operands.length === 3) return triple(first, second, third, decisive);
  const count = operands.length;
  return (frame, run) => {
    let missing: Missing | undefined;
    for (let i = 0; i < count; i++) {
      const value = (operands[i] as Closure)(frame, run);
      if (value === decisive) return decisive;
      if (missing === undefined && value instanceof Missing) missing = value;
    }
    return missing ?? !decisive;
  };
}

/** Most chains have two operands or three, which are at hand sooner than those of an array. */
function pair(first: Closure, second: Closure, decisive: boolean): Closure {
  return (frame, run) => {
    const a = first(frame, run);
    if (a === decisive) return decisive;
    const b = second(frame, run);
    if (b === decisive) return decisive;
    return firstOf(a, b, !decisive);
  };
}

function triple(first: Closure, second: Closure, third: Closure, decisive: boolean): Closure {
  return (frame, run) => {
    const a = first(frame, run);
    if (a === decisive) return decisive;
    const b = second(frame, run);
    if (b === decisive) return decisive;
    const c = third(frame, run);
    if (c === decisive) return decisive;
    return firstOf(a, b, firstOf(c, c, !decisive));
  };
}

/** The first that is missing, else `otherwise`. */
function firstOf(a: Value | Missing, b: Value | Missing, otherwise: boolean | Missing): boolean | Missing {
  if (a instanceof Missing) return a;
  return b instanceof Missing ? b : otherwise;
}
