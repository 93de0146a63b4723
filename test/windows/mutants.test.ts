import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { WindowStore } from "../../src/windows/store.ts";
import { agree, REGIMES } from "./agreement.ts";

/*
 * The property tests have teeth: each of these bugs, planted in a copy of the source, must turn the named one red. A bug
 * whose place is gone from the source fails too, so that the list stays true.
 */
const source = join(import.meta.dirname, "../../src/windows");
const folder = mkdtempSync(join(tmpdir(), "sluice-mutants-"));
after(() => rmSync(folder, { recursive: true }));

interface Bug {
  readonly bug: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Where it shows; `late` unless said. */
  readonly regime?: keyof typeof REGIMES;
}

/** Scenarios tried before a bug counts as unnoticed; the seed is fixed, so that the outcome is too. */
const RUNS = 2_000;

const BUGS: readonly Bug[] = [
  { bug: "an event at the end of the window is left out", file: "window.ts", from: "(times[index] as number) <= upper", to: "(times[index] as number) < upper" },
  { bug: "an event at the open start of the window stays in", file: "window.ts", from: "(times[index] as number) <= lower", to: "(times[index] as number) < lower" },
  { bug: "binary search puts equal times on the wrong side", file: "entity.ts", from: "(times[middle] as number) <= time", to: "(times[middle] as number) < time" },
  { bug: "a late event is appended", file: "entity.ts", from: "if (size > 0 && at < this.newest) return this.#insert(at, row);", to: "" },
  { bug: "a late event leaves cursors as they were", file: "entity.ts", from: "window.dirty = true", to: "window.dirty = false" },
  { bug: "a late event at the very end of a window leaves its cursor as it was", file: "entity.ts", from: "position < window.to)", to: "position + 1 < window.to)" },
  { bug: "excluding the current event leaves out all of its time", file: "store.ts", from: "? current.position : Infinity", to: "? Math.min(current.position, entity.base + entity.times.findIndex((time) => time >= this.#at)) : Infinity" },
  { bug: "excluding the current event does nothing", file: "store.ts", from: "? current.position : Infinity", to: "? Infinity : Infinity" },
  { bug: "the current event is the one before", file: "store.ts", from: "current.position = Infinity;", to: "" },
  { bug: "an event that is only asked about is recorded", file: "store.ts", from: "key !== undefined && fold && access.records", to: "key !== undefined && access.records" },
  { bug: "a changed definition of the same name keeps its state", file: "store.ts", from: "new Map(previous?.measures.map((measure) => [measure.spec.identity, measure.serial]))", to: "new Map(previous?.measures.map((measure, index) => [plan.features[index]?.identity ?? measure.spec.identity, measure.serial]))" },
  { bug: "a new measure takes the serial of another", file: "store.ts", from: "?? ++this.#serial", to: "?? this.#serial" },
  { bug: "a new measure counts what was there before it", file: "entity.ts", from: "if (source >= 0) copyMarks(", to: "copyMarks(" },
  { bug: "marks move to the wrong bit", file: "entity.ts", from: "const writeBit = bitOf(place)", to: "const writeBit = bitOf(source)" },
  { bug: "only the first mask is marked", file: "measure.ts", from: "return Math.floor(place / MASK_BITS)", to: "return 0", regime: "masks" },
  { bug: "a column goes to another measure", file: "entity.ts", from: "old.columns[source] as number", to: "column" },
  { bug: "a cursor goes to another measure", file: "entity.ts", from: "this.windows[source] as", to: "(this.windows[place] ?? null) as" },
  { bug: "a kept feature runs on the closures of the old program", file: "log.ts", from: "this.#measures = measures;", to: "if (this.#measures.length === 0) this.#measures = measures;" },
  { bug: "an earlier read moves the cursor back without folding", file: "window.ts", from: "else if (at < window.at) return peek(feature, entity, at, limit);", to: "" },
  { bug: "the running sum is trusted with fractions", file: "accumulator.ts", from: "this.#rough > 0 || this.#drifted", to: "this.#drifted" },
  { bug: "the running sum is trusted when it was rounded", file: "accumulator.ts", from: "this.#rough > 0 || this.#drifted", to: "this.#rough > 0" },
  { bug: "what a sum was rounded to stays", file: "accumulator.ts", from: "this.#rough === 0 && volume <= Number.MAX_SAFE_INTEGER", to: "this.#rough === 0" },
  { bug: "of equal values the oldest is given", file: "accumulator.ts", from: "as Value, value) >= 0)", to: "as Value, value) > 0)" },
  { bug: "currencies that left still count", file: "accumulator.ts", from: "if (--(this.#counts[at] as number) === 0)", to: "if (--(this.#counts[at] as number) < 0)" },
  { bug: "an average of money ignores currencies", file: "accumulator.ts", from: "return this.#codes.length > 1", to: "return this.#codes.length > 2" },
  { bug: "a value that is missing is folded", file: "log.ts", from: "if (isMissing(value)) counted = false;", to: "if (isMissing(value)) stored = measure.filler;" },
  { bug: "an entity forgets too early", file: "measure.ts", from: "KEPT_REACHES * (spec.over + spec.delay) + KEPT_SLACK", to: "spec.over + spec.delay" },
  { bug: "what is seen depends on other features of the log", file: "window.ts", from: "entity.newest - keep", to: "entity.newest - Infinity", regime: "tooLate" },
  { bug: "trimming moves positions", file: "entity.ts", from: "this.base += count;", to: "", regime: "tooLate" },
  { bug: "a cursor outlives events let go of", file: "window.ts", from: "window.dirty || window.from < entity.base", to: "window.dirty", regime: "tooLate" },
];

for (const [number, { bug, file, from, to, regime }] of BUGS.entries()) {
  void test(`planted: ${bug}`, async () => {
    const { WindowStore: Mutant } = await plant(number, file, from, to);
    assert.throws(() => agree(() => new Mutant(), REGIMES[regime ?? "late"], { seed: 1, numRuns: RUNS, endOnFailure: true }), /Property failed/);
  });
}

async function plant(number: number, file: string, from: string, to: string): Promise<{ WindowStore: typeof WindowStore }> {
  const types = pathToFileURL(join(source, "../types")).href;
  let planted = false;
  for (const name of readdirSync(source).filter((each) => each.endsWith(".ts"))) {
    let text = readFileSync(join(source, name), "utf8");
    if (name === file) {
      planted = text.includes(from);
      text = text.replaceAll(from, () => to);
    }
    text = text.replaceAll('"../types/', () => `"${types}/`).replaceAll(/"\.\/(\w+)\.ts"/g, (_, room: string) => `"./${number}-${room}.ts"`);
    writeFileSync(join(folder, `${number}-${name}`), text);
  }
  assert.ok(planted, `\`${from}\` is not in ${file}`);
  return (await import(pathToFileURL(join(folder, `${number}-store.ts`)).href)) as { WindowStore: typeof WindowStore };
}
