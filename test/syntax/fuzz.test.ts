import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkFiles } from "../../src/check/check.ts";
import type { RuleFile } from "../../src/syntax/ast.ts";
import { parseFile } from "../../src/syntax/parse.ts";
import type { Diagnostic } from "../../src/text/diagnostic.ts";
import { Report } from "../../src/text/report.ts";
import { rngOf } from "../random.ts";
import { mutate, randomProgram } from "./random.ts";
import { PATH, told } from "./reading.ts";
import { spanFindings } from "./spans.ts";

/** Seeds from 1; each gives two programs, one as the grammar makes it and one with mistakes. */
const SEEDS = 25_000;
/** No program may take longer, in milliseconds. */
const MOST = 50;
/** A pause of the machine is not the program's: it is slow when it is slow each time. */
const ATTEMPTS = 5;

const data: ReadonlyMap<string, string> = new Map([["l.txt", "a\nb\n"]]);

interface Run {
  readonly tree: RuleFile;
  /** Findings of the parser alone. */
  readonly syntax: readonly Diagnostic[];
  readonly all: readonly Diagnostic[];
  readonly milliseconds: number;
}

/** The whole way from text to findings. */
function run(text: string): Run {
  const report = new Report();
  const began = performance.now();
  const tree = parseFile({ path: PATH, text }, report);
  const syntax = report.sorted();
  checkFiles([tree], data, report);
  return { tree, syntax, all: report.sorted(), milliseconds: performance.now() - began };
}

function mustBeQuick(text: string, first: number): void {
  let best = first;
  for (let attempt = 1; attempt < ATTEMPTS && best > MOST; attempt++) best = Math.min(best, run(text).milliseconds);
  assert.ok(best <= MOST, `${best.toFixed(1)} ms`);
}

function mustPointInside(diagnostics: readonly Diagnostic[], text: string): void {
  for (const { span, labels, fixes, code } of diagnostics) {
    for (const each of [span, ...labels.map((label) => label.span), ...fixes.flatMap((fix) => fix.edits.map((edit) => edit.span))]) {
      assert.ok(each.start >= 0 && each.start <= each.end && each.end <= text.length, `${code} at ${each.start}..${each.end} of ${text.length}`);
    }
  }
}

function guarded(seed: number, text: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new Error(`seed ${seed} fails on\n${text}`, { cause: error });
  }
}

suite("random rule text never makes the parser or the checker throw, or take long", () => {
  test(`${SEEDS} programs of the grammar are read without a finding, most of them typed`, () => {
    let typed = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const text = randomProgram(rngOf(seed));
      guarded(seed, text, () => {
        const { tree, syntax, all, milliseconds } = run(text);
        assert.deepEqual(told(syntax, text), []);
        assert.deepEqual(spanFindings(tree, text.length, true), []);
        mustPointInside(all, text);
        mustBeQuick(text, milliseconds);
        if (all.every((each) => each.severity === "warning")) typed++;
      });
    }
    assert.ok(typed > SEEDS / 2, `only ${typed} of ${SEEDS} have their types right, so the checker is hardly met`);
  });

  test(`${SEEDS} programs with mistakes`, () => {
    let broken = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const rng = rngOf(seed);
      const text = mutate(randomProgram(rng), rng);
      guarded(seed, text, () => {
        const { tree, syntax, all, milliseconds } = run(text);
        assert.deepEqual(spanFindings(tree, text.length, false), []);
        mustPointInside(all, text);
        mustBeQuick(text, milliseconds);
        if (syntax.length > 0) broken++;
      });
    }
    assert.ok(broken > SEEDS / 2, `only ${broken} of ${SEEDS} are broken`);
  });
});
