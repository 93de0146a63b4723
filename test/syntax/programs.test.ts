import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkFiles } from "../../src/check/check.ts";
import { parseFile } from "../../src/syntax/parse.ts";
import { Report } from "../../src/text/report.ts";
import { rngOf } from "../random.ts";
import { mutate, randomProgram } from "./random.ts";
import { PATH, readFile, told } from "./reading.ts";
import { spanFindings } from "./spans.ts";

const SEEDS = 2_000;
const data: ReadonlyMap<string, string> = new Map([["l.txt", "a\nb\n"]]);

function guarded(seed: number, text: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new Error(`seed ${seed} fails on\n${text}`, { cause: error });
  }
}

/** Whether the checker has no error for a text, warnings aside. */
function isTyped(text: string): boolean {
  const report = new Report();
  checkFiles([parseFile({ path: PATH, text }, report)], data, report);
  return !report.hasErrors;
}

suite("random programs", () => {
  test("what the grammar makes is read without a finding, with spans that nest, and mostly typed", () => {
    let typed = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const text = randomProgram(rngOf(seed));
      guarded(seed, text, () => {
        const { tree, diagnostics } = readFile(text);
        assert.deepEqual(told(diagnostics, text), []);
        assert.deepEqual(spanFindings(tree, text.length, true), []);
        if (isTyped(text)) typed++;
      });
    }
    assert.ok(typed > SEEDS / 4, `only ${typed} of ${SEEDS} have their types right, so the checker is hardly met`);
  });

  test("whatever mistakes are made in it, the tree stays inside the text", () => {
    let broken = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const rng = rngOf(seed);
      const text = mutate(randomProgram(rng), rng);
      guarded(seed, text, () => {
        const { tree, diagnostics } = readFile(text);
        assert.deepEqual(spanFindings(tree, text.length, false), []);
        if (diagnostics.length > 0) broken++;
      });
    }
    assert.ok(broken > SEEDS / 2, `only ${broken} of ${SEEDS} are broken`);
  });
});
