import { compileExpr } from "../compile/closures.ts";
import type { Closure } from "../compile/program.ts";
import type { EventIr, ExprIr, RulesetIr } from "../ir/ir.ts";
import type { Span } from "../text/span.ts";
import { Missing } from "../types/value.ts";
import { conditionsIn } from "./explain.ts";
import { partsOf } from "./parts.ts";
import { canBeMissing } from "./presence.ts";
import type { Audience, Theatre, Trial } from "./run.ts";

/** What one thing of a ruleset has been seen to do, of all that it can do. */
export interface Covered {
  readonly kind: "condition" | "rule" | "outcome" | "list";
  /** Name of the rule, outcome or list; of a condition the rule that it stands in. */
  readonly name: string;
  /** Number of the row of a table, or null. */
  readonly row: number | null;
  readonly span: Span;
  readonly seen: readonly string[];
  readonly unseen: readonly string[];
}

export interface RulesetCoverage {
  readonly ruleset: string;
  readonly seen: number;
  readonly all: number;
  readonly items: readonly Covered[];
}

/** Something that is asked at every event under test. */
interface Probe {
  readonly item: Omit<Covered, "seen" | "unseen">;
  readonly wanted: readonly string[];
  readonly seen: Set<string>;
  readonly closures: readonly Closure[];
}

/** What the tests of one ruleset have shown of it. */
class Tally {
  readonly #ruleset: RulesetIr;
  readonly #probes: readonly Probe[];
  readonly #outcomes: readonly Probe[];
  readonly #rules: readonly Probe[];

  constructor(stage: Theatre, ruleset: RulesetIr) {
    this.#ruleset = ruleset;
    this.#probes = [...conditionProbes(stage, ruleset), ...listProbes(stage, ruleset)];
    this.#outcomes = reachable(ruleset).map((name) => bare({ kind: "outcome", name, row: null, span: ruleset.span }, ["reached"]));
    this.#rules = ruleset.rules
      .filter((rule) => rule.mode !== "off")
      .map((rule) => bare({ kind: "rule", name: rule.id, row: rule.row, span: rule.span }, ["matches", "stays silent"]));
  }

  readonly audience: Audience = {
    given: null,
    before: () => (frame, run) => {
      for (const { seen, closures } of this.#probes) {
        for (const closure of closures) {
          const value = closure(frame, run);
          seen.add(value instanceof Missing ? "missing" : value === true ? "true" : "false");
        }
      }
    },
    after: ({ outcome, rules }) => {
      this.#outcomes.find(({ item }) => item.name === outcome)?.seen.add("reached");
      for (const { item, seen } of this.#rules) {
        seen.add(rules.some((hit) => hit.id === item.name && hit.row === item.row) ? "matches" : "stays silent");
      }
    },
  };

  coverage(): RulesetCoverage {
    const probes = [...this.#rules, ...this.#probes, ...this.#outcomes];
    const items = probes.map(({ item, wanted, seen }) => ({
      ...item,
      seen: wanted.filter((each) => seen.has(each)),
      unseen: wanted.filter((each) => !seen.has(each)),
    }));
    const seen = items.reduce((sum, item) => sum + item.seen.length, 0);
    const all = items.reduce((sum, item) => sum + item.seen.length + item.unseen.length, 0);
    return { ruleset: this.#ruleset.name, seen, all, items: items.toSorted((a, b) => a.span.start - b.span.start) };
  }
}

function bare(item: Probe["item"], wanted: readonly string[]): Probe {
  return { item, wanted, seen: new Set(), closures: [] };
}

/** Outcomes that some rule, threshold or default can give. */
function reachable({ outcomes, rules, thresholds, default: fallback }: RulesetIr): readonly string[] {
  const named = new Set([fallback, ...thresholds.map((each) => each.outcome)]);
  for (const { outcome, onMissing, mode } of rules) {
    if (mode !== "live") continue;
    if (outcome !== null) named.add(outcome);
    if (onMissing.action === "outcome") named.add(onMissing.outcome);
  }
  return outcomes.filter((outcome) => named.has(outcome));
}

/** The atomic conditions of a rule: what stands between its `and`, `or` and `not`. */
function atomsOf(ir: ExprIr): readonly ExprIr[] {
  const inner = conditionsIn(ir);
  if (inner.length > 0) return inner.flatMap(atomsOf);
  return ir.op === "const" || ir.op === "missing" ? [] : [ir];
}

/** What is written once is one condition to its author: a `let`, the body of a function that is called twice. */
function conditionProbes(stage: Theatre, ruleset: RulesetIr): readonly Probe[] {
  const event = stage.ir.events.find(({ schema }) => schema.name === ruleset.event) as EventIr;
  const presence = { ir: stage.suite.ir, schema: event.schema, origins: stage.suite.origins };
  const atoms = ruleset.rules.filter((rule) => rule.mode !== "off").flatMap((rule) => {
    const conditions = [rule.when, ...(rule.hold?.clear ? [rule.hold.clear.when] : [])];
    return conditions.flatMap(atomsOf).map((atom) => ({ rule, atom, span: stage.suite.origins.get(atom)?.span ?? rule.span }));
  });
  return [...Map.groupBy(atoms, ({ span }) => JSON.stringify(span)).values()].map((group): Probe => {
    const [{ rule, span }] = group as [(typeof group)[number]];
    const open = group.some(({ atom }) => canBeMissing(atom, presence));
    const closures = group.map(({ atom }) => compileExpr(atom, stage.lookups));
    const wanted = open ? ["true", "false", "missing"] : ["true", "false"];
    return { item: { kind: "condition", name: rule.id, row: rule.row, span }, wanted, seen: new Set(), closures };
  });
}

function listProbes(stage: Theatre, ruleset: RulesetIr): readonly Probe[] {
  const asked = new Map<number, Set<ExprIr>>();
  for (const rule of ruleset.rules) {
    if (rule.mode === "off") continue;
    for (const part of partsOf(rule.when)) {
      if (part.op === "inList") asked.set(part.list, (asked.get(part.list) ?? new Set()).add(part));
    }
  }
  return [...asked].map(([list, parts]): Probe => {
    const span = [...parts].map((part) => stage.suite.origins.get(part)?.span).find((each) => each !== undefined) ?? ruleset.span;
    const closures = [...parts].map((part) => compileExpr(part, stage.lookups));
    return { item: { kind: "list", name: stage.ir.lists[list]?.name ?? "", row: null, span }, wanted: ["true", "false"], seen: new Set(), closures };
  });
}

/** Collects, while tests run, what they show of their rulesets. */
export class Coverage {
  readonly #tallies: ReadonlyMap<string, Tally>;

  constructor(stage: Theatre) {
    this.#tallies = new Map(stage.ir.rulesets.map((ruleset) => [ruleset.name, new Tally(stage, ruleset)]));
  }

  audience({ script }: Trial): Audience | undefined {
    return this.#tallies.get(script.ruleset)?.audience;
  }

  rulesets(): readonly RulesetCoverage[] {
    return [...this.#tallies.values()].map((tally) => tally.coverage());
  }
}
