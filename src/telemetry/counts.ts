/** What the counters need of a decision. */
export interface CountedDecision {
  readonly type: string;
  readonly decisions: Readonly<Record<string, { readonly outcome: string; readonly rules: readonly { readonly id: string }[] }>>;
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
    for (const ruleset of Object.keys(decision.decisions)) {
      const each = decision.decisions[ruleset];
      if (each === undefined) continue;
      this.#outcome(decision.type, ruleset, each.outcome).count += 1;
      for (const { id } of each.rules) this.#rule(ruleset, id).hits += 1;
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
