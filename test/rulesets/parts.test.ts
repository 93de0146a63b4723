import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { analyse } from "../../src/rulesets/build.ts";
import { batches, PART_WEIGHT, ProgramAssembler, splitProgram, weigh } from "../../src/rulesets/parts.ts";
import { memoryReader } from "../../src/rulesets/reader.ts";
import { MainWork, runInSlices, SLICE_MS } from "../../src/rulesets/slices.ts";
import { linkProgram } from "../../src/compile/link.ts";
import type { ProgramIr } from "../../src/ir/ir.ts";
import { sharedProgram } from "../../src/rulesets/share.ts";
import { goodRules } from "./folders.ts";

const RULES = 600;
const ENTRIES = 5_000;
const DAYS = 800;

function largeProgram(): ProgramIr {
  const rules = Array.from({ length: RULES }, (_, i) => `rule r${i} { when amount > ${i} and card in bad and payments_1h < ${i} then decline }`);
  const files = new Map([
    ["a.risk", goodRules(5).replace("rule large", `${rules.join("\n")}\n rule large`) + 'list bad: string from "bad.txt"\nlist few: string = ["a"]\nrates ecb from "ecb.csv"\n'],
    ["ecb.csv", Array.from({ length: DAYS }, (_, day) => `${new Date(day * 86_400_000).toISOString().slice(0, 10)},EUR,USD,1.0${day}\n`).join("")],
    ["bad.txt", Array.from({ length: ENTRIES }, (_, i) => `card-${i}\n`).join("")],
  ]);
  const { ir, diagnostics } = analyse(memoryReader("m", files));
  assert.deepEqual(diagnostics.filter(({ severity }) => severity === "error"), []);
  assert.ok(ir !== null);
  return ir;
}

suite("a program in parts", () => {
  const ir = largeProgram();
  const code = sharedProgram(ir);
  const parts = [...splitProgram(code)];

  test("is the same when put together again, also after each part crossed to another thread", () => {
    const assembler = new ProgramAssembler();
    for (const part of parts) assembler.add(structuredClone(part));
    assert.deepEqual(assembler.finish(), code);
  });

  test("has no part heavier than the limit, unless it is a single thing", () => {
    assert.ok(parts.length > 5);
    for (const part of parts) {
      const items = Object.values(part).find((value) => Array.isArray(value)) as readonly unknown[] | undefined;
      if (items !== undefined && items.length > 1) assert.ok(items.reduce<number>((sum, item) => sum + weigh(item), 0) <= PART_WEIGHT, part.kind);
    }
    assert.ok(parts.filter((part) => part.kind === "editions").length >= (DAYS * 4) / PART_WEIGHT);
    assert.ok(parts.filter((part) => part.kind === "entries").length >= ENTRIES / PART_WEIGHT);
  });

  test("of few objects is one message, however many rules it has", () => {
    const few = { ...code, lists: [], rates: [] };
    assert.equal([...batches(splitProgram(few))].length, 1);
    assert.ok([...batches(parts)].length > 5);
  });

  test("is weighed by its values", () => {
    assert.equal(weigh(1), 1);
    assert.equal(weigh({ a: 1, b: [1, "x"], c: null }), 6);
  });
});

suite("linking in slices", () => {
  test("lets the event loop run whenever a slice is over, and takes up where it was", async () => {
    let now = 0;
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns++;
      if (!done) setImmediate(count);
    };
    function* steps(): Generator<void, string> {
      for (let i = 0; i < 100; i++) {
        now += 1;
        yield;
      }
      return "linked";
    }
    setImmediate(count);
    const result = await runInSlices(steps(), new MainWork(), () => now);
    done = true;
    assert.equal(result, "linked");
    // A slice holds as many 1 ms steps as fit in half of the limit and one more.
    const slices = Math.floor(100 / (Math.floor(SLICE_MS / 2) + 1));
    assert.ok(turns >= slices, `${turns} turns for ${slices} slices`);
  });

  test("of a large program has a step for every stretch of entries", () => {
    const steps = linkProgram(largeProgram());
    let count = 0;
    while (steps.next().done !== true) count++;
    assert.ok(count > DAYS, `${count} steps`);
  });

  test("passes on what a step throws", async () => {
    // oxlint-disable-next-line require-yield -- a step that throws before it yields is the point
    function* broken(): Generator<void, string> {
      throw new Error("planted");
    }
    await assert.rejects(runInSlices(broken()), /planted/);
  });
});
