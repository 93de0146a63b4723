import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { linkProgram } from "../../src/compile/link.ts";
import type { Run } from "../../src/compile/program.ts";
import { INDEXED_FROM, withMatching } from "../../src/match/build.ts";
import { withSharedTables } from "../../src/match/share.ts";
import { Builder } from "../../src/rulesets/builder.ts";
import { Dice } from "../oracle/dice.ts";
import { WHOLE } from "../../src/windows/spec.ts";
import { link } from "../oracle/pipeline.ts";
import { put, temporaryFolder } from "../rulesets/folders.ts";
import { randomRules, randomStream } from "./rulesets.ts";
import { engine, lowered } from "./trial.ts";

function rulesOf(count: number): string {
  const rules = Array.from({ length: count }, (_, i) => `rule r${i} { when n >= ${i} then stop }`);
  return `event e {\n  at: timestamp @time\n  who: string @key\n  n: number\n}\nruleset rs on e {\n  outcomes pass < stop\n  ${rules.join("\n  ")}\n}\n`;
}

suite("the index", () => {
  test("is made for rulesets that gain by it", () => {
    for (const [count, isIndexed] of [[INDEXED_FROM - 1, false], [INDEXED_FROM, true]] as const) {
      const [ruleset] = withMatching(lowered(rulesOf(count))).rulesets;
      assert.equal(ruleset?.matching !== null, isIndexed, `${count} rules`);
    }
  });

  test("crosses threads without a copy of what is large in it", () => {
    const program = withSharedTables(withMatching(lowered(randomRules(new Dice(1), 200)), { indexedFrom: 0 }));
    const tables = program.rulesets[0]?.matching;
    assert.ok(tables);
    const copy = structuredClone(tables);
    assert.deepEqual(copy, tables);
    const arrays = [...Object.values(copy), ...copy.columns.flatMap(({ limits, texts }) => [...Object.values(limits ?? {}), ...Object.values(texts ?? {})])].filter((each) => ArrayBuffer.isView(each));
    assert.ok(arrays.length > 20);
    for (const each of arrays) assert.ok(each.buffer instanceof SharedArrayBuffer);
  });

  test("reads a feature only where clauses are left that ask it", () => {
    const rules = Array.from({ length: 40 }, (_, i) => `rule r${i} { when often >= ${i} and place == "p${i % 4}" then stop }`);
    const text = `event e {\n  at: timestamp @time\n  who: string @key\n  place: string\n}\nfeature often = count of e by who over 1h\nruleset rs on e {\n  outcomes pass < stop\n  ${rules.join("\n  ")}\n}\n`;
    const program = link(withMatching(lowered(text)));
    const matching = program.rulesets[0]?.matching;
    assert.ok(matching);
    let reads = 0;
    const run: Run = { feature: () => (reads++, 5), quality: () => WHOLE, listed: () => false };
    const found = (place: string): number => matching.matcher.run([0, "a", place, undefined], run);
    assert.equal(found("elsewhere"), 0);
    assert.equal(reads, 0);
    // 1 and 5 of the rules that ask for p1.
    assert.equal(found("p1"), 2);
    assert.equal(reads, 1);
  });

  test("is linked in a few steps, however many rules there are: each is linked when it is found", () => {
    const ir = withMatching(lowered(rulesOf(2_000)));
    let steps = 0;
    for (const _ of linkProgram(ir)) steps++;
    assert.ok(steps < 20, `${steps} steps`);
    const [ruleset] = link(ir).rulesets;
    assert.equal(ruleset?.rules.length, 2_000);
    assert.equal(ruleset.matching?.asked(1_999).rule, ruleset.rules[1_999]);
  });

  test("comes from the build worker, and decides as asking in turn", async (t) => {
    const text = randomRules(new Dice(2), 34);
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", text);
    const builder = new Builder({ folder });
    t.after(() => builder.close());
    const built = await builder.build();
    const program = built?.made?.program;
    assert.ok(program, JSON.stringify(built?.diagnostics));
    assert.ok(program.rulesets[0]?.matching);
    const [straight, indexed] = [engine(link(lowered(text))), engine(program)];
    for (const arrival of randomStream(new Dice(3), 30)) assert.equal(indexed(arrival, false).text, straight(arrival, false).text);
  });
});
