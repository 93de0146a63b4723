import { mutantsOf, type Mutant } from "./mutants.ts";
import { passes, theatre, type Theatre, type Trial } from "./run.ts";

export interface MutationResult {
  readonly killed: number;
  /** What no test notices. */
  readonly survivors: readonly Mutant[];
}

/**
 * Runs the tests of each mutant's rulesets against it until one fails.
 * @param trials tests that pass without a mutant
 */
export function runMutants(stage: Theatre, trials: readonly Trial[], deadline = Infinity): MutationResult {
  const survivors: Mutant[] = [];
  let killed = 0;
  for (const mutant of mutantsOf(stage.suite)) {
    const changed = theatre(stage.suite, mutant.program());
    const own = trials.filter(({ script }) => mutant.rulesets.includes(script.ruleset));
    if (own.every((trial) => passes(changed, trial, deadline))) survivors.push(mutant);
    else killed++;
  }
  return { killed, survivors };
}
