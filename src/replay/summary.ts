import type { Decision } from "../engine/decision.ts";
import type { Program } from "../compile/program.ts";
import { printTimestamp } from "../types/time.ts";

/** What a replay came to. */
export interface Summary {
  readonly version: string;
  /** Files that were given. */
  readonly files: number;
  /** Records met, bad ones too; header lines and blank lines are none. */
  readonly rows: number;
  readonly decided: number;
  /** Those of the decided that had been decided before, and were not counted again. */
  readonly replayed: number;
  readonly bad: number;
  /** Records before the first one that was asked for. */
  readonly skipped: number;
  readonly rulesets: readonly RulesetSummary[];
  /** First and last event time, RFC 3339; null when nothing was decided. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** False when it was stopped before the end. */
  readonly complete: boolean;
}

export interface RulesetSummary {
  readonly name: string;
  /** From best to worst. */
  readonly outcomes: readonly Count[];
  /** In the order of the rule file. */
  readonly rules: readonly Count[];
}

export interface Count {
  readonly name: string;
  readonly count: number;
}

interface RulesetTally {
  readonly outcomes: Map<string, number>;
  readonly rules: Map<string, number>;
}

/** Counts what a replay decides. */
export class Tally {
  rows = 0;
  decided = 0;
  replayed = 0;
  bad = 0;
  skipped = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  readonly #program: Program;
  readonly #rulesets: ReadonlyMap<string, RulesetTally>;

  constructor(program: Program) {
    this.#program = program;
    this.#rulesets = new Map(
      program.rulesets.map(({ name, outcomes, rules }) => [
        name,
        { outcomes: new Map(outcomes.map((each) => [each, 0])), rules: new Map(rules.map((rule) => [rule.id, 0])) },
      ]),
    );
  }

  /** `at` is the time of the event, null when it has none; `replayed` says that it had been decided before. */
  add(decisions: Decision["decisions"], replayed: boolean, at: number | null): void {
    this.decided++;
    if (replayed) this.replayed++;
    if (at !== null) {
      if (at < this.#first) this.#first = at;
      if (at > this.#last) this.#last = at;
    }
    for (const name in decisions) {
      const made = decisions[name];
      const tally = this.#rulesets.get(name);
      if (made === undefined || tally === undefined) continue;
      increment(tally.outcomes, made.outcome);
      for (const hit of made.rules) increment(tally.rules, hit.id);
    }
  }

  summary(files: number, seconds: number, complete: boolean): Summary {
    const { rows, decided, replayed, bad, skipped } = this;
    return {
      version: this.#program.version,
      files,
      rows,
      decided,
      replayed,
      bad,
      skipped,
      rulesets: [...this.#rulesets].map(([name, { outcomes, rules }]) => ({ name, outcomes: counts(outcomes), rules: counts(rules) })),
      firstAt: this.#first <= this.#last ? printTimestamp(this.#first) : null,
      lastAt: this.#first <= this.#last ? printTimestamp(this.#last) : null,
      seconds,
      rowsPerSecond: seconds > 0 ? Math.round(rows / seconds) : 0,
      complete,
    };
  }
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function counts(tally: ReadonlyMap<string, number>): readonly Count[] {
  return [...tally].map(([name, count]) => ({ name, count }));
}
