import { contest, type Case, type Difference } from "./contest.ts";

/** Tries at most this often; a case that is still large then is shown as it is. */
const MAX_TRIES = 300;

/** Every case that is this one without one event, rule, let, ruleset or declaration. */
function* smaller({ sketch, arrivals }: Case): Generator<Case> {
  for (let i = arrivals.length - 1; i >= 0; i--) yield { sketch, arrivals: arrivals.toSpliced(i, 1) };
  for (let i = 0; i < sketch.rulesets.length; i++) {
    yield { sketch: { ...sketch, rulesets: sketch.rulesets.toSpliced(i, 1) }, arrivals };
    const { head, items } = sketch.rulesets[i] as Case["sketch"]["rulesets"][number];
    for (let j = 0; j < items.length; j++) {
      yield { sketch: { ...sketch, rulesets: sketch.rulesets.with(i, { head, items: items.toSpliced(j, 1) }) }, arrivals };
    }
  }
  for (let i = sketch.declarations.length - 1; i >= 0; i--) yield { sketch: { ...sketch, declarations: sketch.declarations.toSpliced(i, 1) }, arrivals };
}

/** The difference of a smaller case, where leaving something out keeps one. */
export function shrink(found: Difference): Difference {
  let best = found;
  let tries = 0;
  for (let shrunk = true; shrunk; ) {
    shrunk = false;
    for (const each of smaller(best.case)) {
      if (++tries > MAX_TRIES) return best;
      const difference = attempt(each);
      if (difference === null) continue;
      best = difference;
      shrunk = true;
      break;
    }
  }
  return best;
}

/** Null also where what is left does not make sense any more. */
function attempt(each: Case): Difference | null {
  try {
    const difference = contest(each);
    return difference?.arrival === null ? null : difference;
  } catch {
    return null;
  }
}
