import type { Closure, HoldProgram, Run } from "../compile/program.ts";
import { Missing, type Value } from "../types/value.ts";
import type { Frame } from "../windows/spec.ts";
import type { RuleStates } from "./states.ts";

/**
 * Whether a condition with state matches at an event: it has held for as long as it must, or it has fired before and was not
 * cleared. Where both hold, clearing wins. The state takes the event up, unless a newer one of the entity was seen.
 */
export function holds(when: Closure, hold: HoldProgram, frame: Frame, run: Run, at: number, states: RuleStates): boolean | Missing {
  const value = when(frame, run);
  const entity = hold.entity(frame);
  if (entity instanceof Missing) return entity;
  const held = states.held(hold.state, entity);
  const { clear } = hold;
  const clearing = clear === null ? false : clear.when(frame, run);
  const isNewest = at >= held.newest;
  if (isNewest) {
    held.newest = at;
    held.since = sinceOf(held.since, value, at);
    held.clearSince = sinceOf(held.clearSince, clearing, at);
  }
  const fires = lasted(value, held.since, hold.duration, at);
  if (clear === null) {
    if (isNewest) states.keep(hold.state, entity, held);
    return value instanceof Missing ? value : fires;
  }
  const latched = !lasted(clearing, held.clearSince, clear.duration, at) && (held.latched || fires);
  if (isNewest) {
    held.latched = latched;
    states.keep(hold.state, entity, held);
  }
  return !latched && value instanceof Missing ? value : latched;
}

/** False begins anew; what is missing says nothing. */
function sinceOf(since: number | null, value: Value | Missing, at: number): number | null {
  if (value === true) return since ?? at;
  return value === false ? null : since;
}

/** Whether what is true now has been so for long enough. */
export function lasted(value: Value | Missing, since: number | null, duration: number, at: number): boolean {
  return value === true && (duration === 0 || (since !== null && at - since >= duration));
}
