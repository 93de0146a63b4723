import type { ExprIr } from "../ir/ir.ts";
import type { Value } from "../types/value.ts";
import type { Closure } from "./program.ts";

/*
 * What conditions mostly are: a field against a constant or another field. One closure does what three would; whatever is
 * not as its type says, above all a missing value, is left to those three.
 */

/** The closure of a short condition, or undefined where it is none. `general` yields the same for every event. */
export function compileLeaf(ir: ExprIr, general: Closure): Closure | undefined {
  switch (ir.op) {
    case "compare":
      if (ir.domain !== "number" || ir.left.op !== "slot") return undefined;
      if (ir.right.op === "const" && typeof ir.right.value === "number") return againstNumber(ir.how, ir.left.slot, ir.right.value, general);
      return undefined;
    case "eq":
      if (ir.left.op !== "slot" || (ir.domain !== "string" && ir.domain !== "number")) return undefined;
      if (ir.right.op === "slot") return sameSlots(ir.left.slot, ir.right.slot, ir.domain, ir.negated, general);
      if (ir.right.op === "const" && typeof ir.right.value === ir.domain) return sameAs(ir.left.slot, ir.right.value, ir.domain, ir.negated, general);
      return undefined;
    case "not":
      return ir.operand.op === "slot" ? notSlot(ir.operand.slot, general) : undefined;
    case "call":
      return compileQuestion(ir.name, ir.args, general);
    default:
      return undefined;
  }
}

function againstNumber(how: "<" | "<=" | ">" | ">=", slot: number, limit: number, general: Closure): Closure {
  switch (how) {
    case "<":
      return (frame, run) => {
        const value = frame[slot];
        return typeof value === "number" ? value < limit : general(frame, run);
      };
    case "<=":
      return (frame, run) => {
        const value = frame[slot];
        return typeof value === "number" ? value <= limit : general(frame, run);
      };
    case ">":
      return (frame, run) => {
        const value = frame[slot];
        return typeof value === "number" ? value > limit : general(frame, run);
      };
    case ">=":
      return (frame, run) => {
        const value = frame[slot];
        return typeof value === "number" ? value >= limit : general(frame, run);
      };
  }
}

function sameAs(slot: number, constant: Value, type: "string" | "number", negated: boolean, general: Closure): Closure {
  return (frame, run) => {
    const value = frame[slot];
    return typeof value === type ? (value === constant) !== negated : general(frame, run);
  };
}

function sameSlots(left: number, right: number, type: "string" | "number", negated: boolean, general: Closure): Closure {
  return (frame, run) => {
    const a = frame[left];
    const b = frame[right];
    return typeof a === type && typeof b === type ? (a === b) !== negated : general(frame, run);
  };
}

function notSlot(slot: number, general: Closure): Closure {
  return (frame, run) => {
    const value = frame[slot];
    return typeof value === "boolean" ? !value : general(frame, run);
  };
}

/** Questions about a text that the engine of JavaScript answers itself. */
function compileQuestion(name: string, [text, other]: readonly ExprIr[], general: Closure): Closure | undefined {
  if (text?.op !== "slot" || other?.op !== "const" || typeof other.value !== "string") return undefined;
  const { slot } = text;
  const { value: part } = other;
  switch (name) {
    case "contains":
      return (frame, run) => {
        const value = frame[slot];
        return typeof value === "string" ? value.includes(part) : general(frame, run);
      };
    case "startsWith":
      return (frame, run) => {
        const value = frame[slot];
        return typeof value === "string" ? value.startsWith(part) : general(frame, run);
      };
    case "endsWith":
      return (frame, run) => {
        const value = frame[slot];
        return typeof value === "string" ? value.endsWith(part) : general(frame, run);
      };
    default:
      return undefined;
  }
}
