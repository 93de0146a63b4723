import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { RuleTrace, Trace, TraceNode } from "../../src/engine/trace.ts";
import type { Seen } from "./judge.ts";
import { traced, type Tamper } from "./traced.ts";

/** Random rule sets and events for each; seeds count from 1. */
const PROGRAMS = 150;
const EVENTS = 8;

function nothing(): Seen {
  return { programs: 0, nodes: 0, decisive: 0, flips: 0, featureFlips: 0, results: new Set() };
}

test("what a trace tells is what the interpreter of the syntax tree finds", (t) => {
  const seen = nothing();
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    const fault = traced(seed, EVENTS, seen);
    if (fault !== null) assert.fail(fault);
  }
  const { programs, nodes, decisive, flips, featureFlips, results } = seen;
  t.diagnostic(`${programs} rule sets, ${nodes} nodes, ${decisive} decisive parts, ${flips} and ${featureFlips} changes, ${[...results].join(", ")}`);
  assert.ok(programs > PROGRAMS / 3 && nodes > 50 * programs && decisive > 5 * programs && flips > 2 * programs && featureFlips > programs / 5, "too little was compared");
  assert.deepEqual([...results].toSorted(), ["cooling", "held", "inactive", "matched", "missing", "not matched", "not reached", "off", "outside rollout"]);
});

function inRules(change: (rule: RuleTrace) => RuleTrace): Tamper {
  return (trace: Trace) => Object.fromEntries(Object.entries(trace).map(([name, each]) => [name, { ...each, rules: each.rules.map(change) }]));
}

function inNodes(change: (node: TraceNode) => TraceNode): Tamper {
  const go = (node: TraceNode): TraceNode => change({ ...node, parts: node.parts.map(go) });
  return inRules((rule) => ({ ...rule, tree: rule.tree.map(go) }));
}

/** Mistakes that a trace could make. */
const MISTAKES: Readonly<Record<string, Tamper>> = {
  "a number is one too large": inNodes((node) => (typeof node.value === "number" ? { ...node, value: node.value + 1 } : node)),
  "a missing value is false": inNodes(({ missing, ...node }) => (missing === undefined ? node : { ...node, value: false })),
  "a value stands at its neighbour": inNodes((node) => ({ ...node, column: node.column + 1 })),
  "a change changes nothing": inRules((rule) => ({ ...rule, flip: rule.flip === null || rule.flip.from === null ? null : { ...rule.flip, to: rule.flip.from } })),
  "a change is told the wrong way round": inRules((rule) => ({ ...rule, flip: rule.flip === null ? null : { ...rule.flip, holds: !rule.flip.holds } })),
  "a feature is told for nothing": inRules((rule) => ({ ...rule, featureFlip: rule.featureFlip === null ? null : { ...rule.featureFlip, to: rule.featureFlip.from } })),
  "the last operand decides": inRules(({ tree, ...rule }) => {
    const last = tree[0]?.parts.at(-1);
    return { ...rule, tree, decisive: rule.decisive === null || last === undefined ? rule.decisive : { ...rule.decisive, line: last.line, column: last.column } };
  }),
  "what does not match is missing": inRules((rule) => ({ ...rule, result: rule.result === "not matched" ? "missing" : rule.result })),
};

suite("a mistake in a trace is found", () => {
  for (const [name, tamper] of Object.entries(MISTAKES)) {
    test(name, () => {
      for (let seed = 1; seed <= PROGRAMS; seed++) if (traced(seed, EVENTS, nothing(), tamper) !== null) return;
      assert.fail(`not found in ${PROGRAMS} rule sets`);
    });
  }
});
