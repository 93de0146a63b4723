import type { Value } from "../../src/types/value.ts";
import type { Frame, WindowPlan, WindowSpec } from "../../src/windows/spec.ts";

/** The places of a payment's values in its frame. */
export const CARD = 0;
export const AMOUNT = 1;
export const SHOP = 2;

function spec(name: string, aggregate: WindowSpec["aggregate"], over: number, more: Partial<WindowSpec>): WindowSpec {
  return {
    name, identity: name, source: "payment", keys: ["card"], aggregate, argument: null, domain: "none", over, delay: 0,
    excludingCurrent: false, where: null, value: null, key: (value) => value as string, compare: () => 0, ...more,
  };
}

/**
 * Three windows over payments by card, on which most questions about state are asked: how many there were, what was spent
 * and in how many shops, over so many milliseconds each.
 */
export function threeWindows(count: number, spent: number, shops: number): WindowPlan {
  return {
    features: [
      spec("count", "count", count, {}),
      spec("spent", "sum", spent, { domain: "money", value: (frame) => frame[AMOUNT] as Value }),
      spec("shops", "distinct", shops, { domain: "other", value: (frame) => frame[SHOP] as Value }),
    ],
    logs: [{ source: "payment", keys: ["card"], features: [0, 1, 2] }],
    access: new Map([["payment", [{ log: 0, entity: (frame: Frame) => frame[CARD] as string, records: true }]]]),
  };
}
