import type { Payment } from "../rules/events.ts";
import type { Decide } from "./peer.ts";

/** Asks one function a rule, as all do whose language knows conditions but no sets of rules. */
export function askEach(rules: readonly ((event: Payment) => unknown)[]): Decide {
  return (event) => {
    const found: number[] = [];
    for (let i = 0; i < rules.length; i++) if (rules[i]?.(event) === true) found.push(i);
    return found;
  };
}
