import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { plotSvg } from "../../perf/harness/plot.ts";
import { type Level, pareto } from "../../perf/streams/load.ts";
import { STREAMS } from "../../perf/streams/streams.ts";
import { linkProgram } from "../../src/compile/link.ts";
import type { Program } from "../../src/compile/program.ts";
import { Desk } from "../../src/engine/desk.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { analyse } from "../../src/rulesets/build.ts";
import { memoryReader } from "../../src/rulesets/reader.ts";
import { WindowStore } from "../../src/windows/store.ts";

/* The workloads of `perf/streams.ts` are what they claim to be: every event is accepted, every rule has something to say. */

const EVENTS = 40_000;

function programOf(rules: string): Program {
  const { ir, diagnostics } = analyse(memoryReader("rules", new Map([["rules.risk", rules]])), { warnings: { now: null } });
  assert.deepEqual(diagnostics.map(({ code, message }) => `${code} ${message}`), []);
  assert.ok(ir !== null);
  const steps = linkProgram(ir);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

suite("streams of benches", () => {
  for (const { name, rules, events } of STREAMS) {
    test(`${name}: every event is accepted and every rule fires, but rarely`, () => {
      const program = programOf(rules);
      const windows = new WindowStore();
      windows.adopt(program.windows);
      const clock = { now: () => 0 };
      const desk = new Desk({ active: () => program, windows, lists: new ManagedLists(clock), clock });
      const fired = new Map<string, number>();
      let hits = 0;
      let count = 0;
      for (const { type, event } of events("7")) {
        const answer = desk.decide({ type, event: JSON.parse(JSON.stringify(event)), explain: false, version: null });
        assert.ok(answer.kind === "decided", JSON.stringify([answer, event]));
        const ids = Object.values(answer.decision.decisions).flatMap((decision) => decision.rules.map(({ id }) => id));
        if (ids.length > 0) hits++;
        for (const id of ids) fired.set(id, (fired.get(id) ?? 0) + 1);
        if (++count === EVENTS) break;
      }
      const declared = [...rules.matchAll(/^ {2}rule (\w+)/gm)].map(([, id = ""]) => id);
      assert.deepEqual(declared.filter((id) => !fired.has(id)), [], JSON.stringify([...fired]));
      assert.ok(hits < EVENTS / 3, `${hits} events of ${EVENTS} matched: ${JSON.stringify([...fired])}`);
    });
  }
  test("equal seeds give equal events", () => {
    for (const { events } of STREAMS) {
      const [a, b, c] = ["1", "1", "2"].map((seed) => JSON.stringify(events(seed).take(500).toArray()));
      assert.equal(a, b);
      assert.notEqual(a, c);
    }
  });
  test("on the front is what nothing beats in both", () => {
    const level = (answered: number, p99: number): Level => ({ offered: answered, answered, p50: 1, p99, most: p99, us: null });
    const levels = [level(100, 5), level(200, 9), level(150, 12), level(300, 9), level(300, 80)];
    assert.deepEqual([...pareto(levels)], [levels[0], levels[3]]);
  });
  test("a plot is well-formed and holds every point", () => {
    const svg = plotSvg({ title: "a < b", about: 'say "x"', x: "x", y: "y", lines: [{ name: "p99", colour: 0, dashed: false, points: [{ x: 100, y: 1 }, { x: 5_000, y: 40 }, { x: 9_000, y: 900 }] }] });
    const opened = [...svg.matchAll(/<([a-z]+)(?:>|\s[^>]*[^/]>)/g)].map(([, name = ""]) => name);
    const closed = [...svg.matchAll(/<\/([a-z]+)>/g)].map(([, name = ""]) => name);
    const byName = (a: string, b: string): number => a.localeCompare(b);
    assert.deepEqual(opened.toSorted(byName), closed.toSorted(byName));
    assert.equal([...svg.matchAll(/<circle/g)].length, 3);
    assert.match(svg, /a &lt; b/);
    assert.doesNotMatch(svg, /NaN|undefined/);
    const heights = [...svg.matchAll(/cy="([\d.]+)"/g)].map(([, y]) => Number(y));
    assert.deepEqual(heights.toSorted((a, b) => b - a), heights);
  });
});
