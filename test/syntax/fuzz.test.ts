import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkFiles } from "../../src/check/check.ts";
import { linkProgram } from "../../src/compile/link.ts";
import { lowerProgram } from "../../src/ir/lower.ts";
import { parseFile } from "../../src/syntax/parse.ts";
import { renderPretty } from "../../src/text/render.ts";
import { Report } from "../../src/text/report.ts";
import { rngOf, type Rng } from "../random.ts";
import { mutate, randomProgram } from "./random.ts";

/** `FUZZ_PROGRAMS=50000 node --test test/syntax/fuzz.test.ts` is the long run. */
const PROGRAMS = Number(process.env["FUZZ_PROGRAMS"] ?? 20_000);
/** What no text may take to parse and check, in milliseconds of processor time. */
const LIMIT_MS = 50;
/** The first programs meet code that is not compiled yet; their time says nothing of the text. */
const WARM_UP = 500;
/** A pause of the garbage collector can fall on any program; a slow text is slow each time. */
const TRIES = 5;

const rules = join(import.meta.dirname, "../../rules");
const shipped = globSync("**/*.risk", { cwd: rules }).toSorted().map((file) => readFileSync(join(rules, file), "utf8"));

/** A program made from the grammar, a shipped file or a stretch of one, most of them with mistakes put in. */
function program(rng: Rng): string {
  if (rng.chance(0.6)) return rng.chance(0.3) ? randomProgram(rng) : mutate(randomProgram(rng), rng);
  const text = rng.pick(shipped);
  const from = rng.chance(0.5) ? 0 : rng.below(text.length);
  return mutate(text.slice(from, from + 200 + rng.below(2_000)), rng);
}

/** Everything that is done with text from authors; yields whether it had no errors. */
function take(text: string): boolean {
  const report = new Report();
  const source = { path: "fuzz.risk", text };
  const checked = checkFiles([parseFile(source, report)], new Map(), report);
  for (const { span, labels, fixes } of report.sorted()) {
    const spans = [span, ...labels.map((label) => label.span), ...fixes.flatMap((fix) => fix.edits.map((edit) => edit.span))];
    for (const { start, end } of spans) assert.ok(start >= 0 && start <= end && end <= text.length, `span ${start}..${end} of ${text.length}`);
  }
  renderPretty(report.sorted(), new Map([[source.path, source]]), { colour: false });
  if (report.hasErrors) return false;
  const steps = linkProgram(lowerProgram(checked, "fuzz"));
  while (steps.next().done !== true);
  return true;
}

function cpuMs(run: () => void): number {
  const begun = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(begun);
  return (user + system) / 1_000;
}

test(`${PROGRAMS} programs, grammar-made and mutated, never make parser or checker throw or take over ${LIMIT_MS} ms`, () => {
  const first = Number(process.env["FUZZ_SEED"] ?? 20_261_121);
  let valid = 0;
  for (let i = 0; i < PROGRAMS; i++) {
    const seed = first + i;
    const text = program(rngOf(seed));
    const told = (problem: string): string => `seed ${seed} (FUZZ_SEED=${seed}): ${problem}\n${text.slice(0, 2_000)}`;
    let took = 0;
    try {
      took = cpuMs(() => {
        if (take(text)) valid++;
      });
    } catch (error) {
      assert.fail(told(String(error instanceof Error ? error.stack : error)));
    }
    if (i < WARM_UP) continue;
    for (let again = 1; took > LIMIT_MS && again < TRIES; again++) took = Math.min(took, cpuMs(() => take(text)));
    assert.ok(took <= LIMIT_MS, told(`took ${took.toFixed(1)} ms`));
  }
  // Programs made from the grammar must often be right, or only the reporting of mistakes would be tried.
  assert.ok(valid > PROGRAMS / 20, `only ${valid} programs had no errors`);
});
