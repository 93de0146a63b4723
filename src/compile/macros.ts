import type { MacroIr, MacroName } from "../ir/ir.ts";
import { MAX_STEPS } from "../types/functions/limits.ts";
import { Missing, type Value } from "../types/value.ts";
import type { Closure } from "./program.ts";

const TOO_MANY = new Missing(`a macro visits more than ${MAX_STEPS} elements`);

/** What one element does to the result. */
interface Fold {
  /** Takes what the body yields for an element; whatever it returns but undefined is the result at once. */
  readonly take: (result: Value | Missing, item: Value) => Value | Missing | undefined;
  readonly end: () => Value | Missing;
}

/** One decisive element decides, whatever is missing elsewhere; otherwise the first missing one shows. */
function decided(decisive: boolean): Fold {
  let missing: Missing | undefined;
  return {
    take: (result) => {
      if (result === decisive) return decisive;
      if (result instanceof Missing) missing ??= result;
      return undefined;
    },
    end: () => missing ?? !decisive,
  };
}

/** As in CEL nothing is absorbed: one that is missing could be the second. */
function exactlyOne(): Fold {
  let found = 0;
  return {
    take: (result) => {
      if (result instanceof Missing) return result;
      if (result === true) found++;
      return undefined;
    },
    end: () => found === 1,
  };
}

function collected(kept: (result: Value, item: Value) => Value | undefined): Fold {
  const items: Value[] = [];
  return {
    take: (result, item) => {
      if (result instanceof Missing) return result;
      const value = kept(result, item);
      if (value !== undefined) items.push(value);
      return undefined;
    },
    end: () => items,
  };
}

const FOLDS: Readonly<Record<MacroName, () => Fold>> = {
  exists: () => decided(true),
  all: () => decided(false),
  exists_one: exactlyOne,
  filter: () => collected((result, item) => (result === true ? item : undefined)),
  map: () => collected((result) => result),
};

/** The closure of a macro, from those of its parts. */
export function macro(ir: MacroIr, over: Closure, where: Closure | null, body: Closure): Closure {
  const { slot, steps } = ir;
  const begin = FOLDS[ir.macro];
  const forget = ir.forget.map((each) => each.slot);
  return (frame, run) => {
    const held = over(frame, run);
    if (held instanceof Missing) return held;
    if (steps.outermost) frame[steps.slot] = 0;
    const fold = begin();
    for (const item of (held instanceof Map ? held.keys() : held) as Iterable<Value>) {
      const count = (frame[steps.slot] as number) + 1;
      if (count > MAX_STEPS) return TOO_MANY;
      frame[steps.slot] = count;
      frame[slot] = item;
      for (const each of forget) frame[each] = undefined;
      const taken = where === null ? true : where(frame, run);
      if (taken instanceof Missing) return taken;
      if (taken !== true) continue;
      const result = fold.take(body(frame, run), item);
      if (result !== undefined) return result;
    }
    return fold.end();
  };
}
