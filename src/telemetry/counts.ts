import { HIT_KEPT, type KeptOfHit } from "../compile/program.ts";

interface CountedHit {
  readonly id: string;
  readonly [HIT_KEPT]?: KeptOfHit;
}

interface CountedRuleset {
  readonly outcome: string;
  readonly rules: readonly CountedHit[];
}

/** What the counters need of a decision. */
export interface CountedDecision {
  readonly type: string;
  readonly decisions: Readonly<Record<string, CountedRuleset>>;
}

export interface RuleCount {
  readonly ruleset: string;
  readonly rule: string;
  /** How often the rule matched. */
  hits: number;
  /** How often its condition ended missing. */
  missing: number;
}

export interface OutcomeCount {
  readonly event: string;
  readonly ruleset: string;
  readonly outcome: string;
  count: number;
}

/**
 * Counts of decisions and rules since the process started, by name, so that they go on across reloads. Plain numbers:
 * the exporter reads them when it is asked, a decision only adds. Names come from rule files, never from events.
 */
export class Counts {
  readonly #rules = new Map<string, Map<string, RuleCount>>();
  readonly #outcomes = new Map<string, Map<string, OutcomeCount>>();
  readonly #events = new Map<string, { decided: number; observed: number }>();
  readonly #future = new Map<string, { refuse: number; clamp: number }>();

  decided(decision: CountedDecision, missing: readonly { readonly ruleset: string; readonly rule: string }[]): void {
    this.#event(decision.type).decided += 1;
    for (const ruleset in decision.decisions) {
      const { outcome, rules } = decision.decisions[ruleset] as CountedRuleset;
      this.#outcome(decision.type, ruleset, outcome).count += 1;
      for (const hit of rules) this.#hit(ruleset, hit);
    }
    for (const { ruleset, rule } of missing) this.#rule(ruleset, rule).missing += 1;
  }

  /** An event that was counted without a decision. `type` must be a type of the active rule set. */
  observed(type: string): void {
    this.#event(type).observed += 1;
  }

  /** An event that was too far ahead of the clock. */
  future(type: string, policy: "refuse" | "clamp"): void {
    (this.#future.get(type) ?? put(this.#future, type, { refuse: 0, clamp: 0 }))[policy] += 1;
  }

  rule(ruleset: string, rule: string): Readonly<RuleCount> {
    return this.#rules.get(ruleset)?.get(rule) ?? { ruleset, rule, hits: 0, missing: 0 };
  }

  *rules(): Generator<Readonly<RuleCount>> {
    for (const byRule of this.#rules.values()) yield* byRule.values();
  }

  *outcomes(): Generator<Readonly<OutcomeCount>> {
    for (const byOutcome of this.#outcomes.values()) yield* byOutcome.values();
  }

  *events(): Generator<readonly [type: string, decided: number, observed: number]> {
    for (const [type, { decided, observed }] of this.#events) yield [type, decided, observed];
  }

  *ahead(): Generator<readonly [type: string, refused: number, clamped: number]> {
    for (const [type, { refuse, clamp }] of this.#future) yield [type, refuse, clamp];
  }

  #event(type: string): { decided: number; observed: number } {
    return this.#events.get(type) ?? put(this.#events, type, { decided: 0, observed: 0 });
  }

  /** A hit that always says the same knows where it is counted: an event has a dozen, and finding that takes longer than counting. */
  #hit(ruleset: string, hit: CountedHit): void {
    const kept = hit[HIT_KEPT];
    if (kept?.count && kept.counter === this) {
      kept.count.hits += 1;
      return;
    }
    const count = this.#rule(ruleset, hit.id);
    count.hits += 1;
    if (kept !== undefined) {
      kept.count = count;
      kept.counter = this;
    }
  }

  #rule(ruleset: string, rule: string): RuleCount {
    const byRule = this.#rules.get(ruleset) ?? put(this.#rules, ruleset, new Map<string, RuleCount>());
    return byRule.get(rule) ?? put(byRule, rule, { ruleset, rule, hits: 0, missing: 0 });
  }

  /** Ruleset names are unique, so that a ruleset and an outcome say which event it was. */
  #outcome(event: string, ruleset: string, outcome: string): OutcomeCount {
    const byOutcome = this.#outcomes.get(ruleset) ?? put(this.#outcomes, ruleset, new Map<string, OutcomeCount>());
    return byOutcome.get(outcome) ?? put(byOutcome, outcome, { event, ruleset, outcome, count: 0 });
  }
}

function put<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}
