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
  { bug: "an event at the end of the window is left out", file: "window.ts", from: "(numbers[index * stride] as number) <= upper", to: "(numbers[index * stride] as number) < upper" },
  { bug: "an event at the open start of the window stays in", file: "window.ts", from: "(numbers[index * stride] as number) <= lower", to: "(numbers[index * stride] as number) < lower" },
  { bug: "binary search puts equal times on the wrong side", file: "entity.ts", from: "this.time(middle) <= time", to: "this.time(middle) < time" },
  { bug: "a late event is appended", file: "entity.ts", from: "at < this.newest ? this.firstAfter(at) : this.size", to: "at < this.newest ? this.size : this.size" },
  { bug: "a late event leaves cursors as they were", file: "entity.ts", from: "this.cursors[cursor] = DIRTY", to: "void DIRTY" },
  { bug: "a late event at the very end of a window leaves its cursor as it was", file: "entity.ts", from: "if (this.base + index < (", to: "if (this.base + index + 1 < (" },
  { bug: "excluding the current event leaves out all of its time", file: "store.ts", from: "? current.position : Infinity", to: "? Math.min(current.position, entity.base + entity.firstAfter(this.#at - 0.5)) : Infinity" },
  { bug: "excluding the current event does nothing", file: "store.ts", from: "? current.position : Infinity", to: "? Infinity : Infinity" },
  { bug: "the current event is the one before", file: "store.ts", from: "current.position = Infinity;", to: "" },
  { bug: "an event that is only asked about is recorded", file: "store.ts", from: "key !== undefined && fold && access.records", to: "key !== undefined && access.records" },
  { bug: "a changed definition keeps the state of another", file: "store.ts", from: "new Map(previous?.layout.measures.map((measure) => [measure.spec.identity, measure.serial]))", to: "new Map(previous?.layout.measures.map((measure, index) => [plan.features[index]?.identity ?? measure.spec.identity, measure.serial]))" },
  { bug: "a new measure takes the serial of another", file: "store.ts", from: "?? ++this.#serial", to: "?? this.#serial" },
  { bug: "a new measure counts what was there before it", file: "entity.ts", from: "if (source === undefined || ((old", to: "if (source === undefined) this.numbers[start + mask] = (this.numbers[start + mask] as number) | bit;\n      if (source === undefined || ((old" },
  { bug: "marks move to the wrong bit", file: "entity.ts", from: "(this.numbers[start + mask] as number) | bit", to: "(this.numbers[start + mask] as number) | source.bit" },
  { bug: "only the first mask is marked", file: "measure.ts", from: "mask: 1 + Math.floor(place / MASK_BITS)", to: "mask: 1", regime: "masks" },
  { bug: "a number goes to another measure", file: "entity.ts", from: "old.numbers[row + source.number]", to: "old.numbers[row + number]" },
  { bug: "a cursor goes to another measure", file: "entity.ts", from: "cursors.slice(source.place * CURSOR, (source.place + 1) * CURSOR)", to: "cursors.slice(0, CURSOR)" },
  { bug: "a kept feature runs on the closures of the old program", file: "log.ts", from: "    this.#layout = next;", to: "    this.#layout = { ...next, measures: next.measures.map((each) => this.#layout.measures.find(({ serial }) => serial === each.serial) === undefined ? each : { ...each, spec: (this.#layout.measures.find(({ serial }) => serial === each.serial) as typeof each).spec }) };" },
  { bug: "an earlier read uses the cursor ahead of it", file: "window.ts", from: "if (ahead) return peek(feature, entity, at, limit);", to: "" },
  { bug: "the running sum is trusted with fractions", file: "accumulator.ts", from: "this.#rough > 0 || this.#drifted", to: "this.#drifted" },
  { bug: "the running sum is trusted when it was rounded", file: "accumulator.ts", from: "this.#rough > 0 || this.#drifted", to: "this.#rough > 0" },
  { bug: "what a sum was rounded to stays", file: "accumulator.ts", from: "this.#rough === 0 && volume <= Number.MAX_SAFE_INTEGER", to: "this.#rough === 0" },
  { bug: "of equal values the oldest is given", file: "accumulator.ts", from: "position) >= 0)", to: "position) > 0)" },
  { bug: "currencies that left still count", file: "currencies.ts", from: "if (count > 1) this.#others?.set(code, count - 1);\n      else this.#others?.delete(code);", to: "this.#others?.set(code, count - 1);" },
  { bug: "an average of money ignores currencies", file: "currencies.ts", from: "this.#others !== null && this.#others.size > 0", to: "this.#others !== null && this.#others.size > 1" },
  { bug: "a value that is missing counts", file: "log.ts", from: "if (isMissing(value)) continue;", to: "if (isMissing(value) && cell >= 0) continue;" },
  { bug: "an entity forgets too early", file: "measure.ts", from: "KEPT_REACHES * (spec.over + spec.delay) + KEPT_SLACK", to: "spec.over + spec.delay" },
  { bug: "what is seen depends on other features of the log", file: "window.ts", from: "entity.newest - keep", to: "entity.newest - Infinity", regime: "tooLate" },
  { bug: "trimming moves positions", file: "entity.ts", from: "this.base += count;", to: "", regime: "tooLate" },
  { bug: "a cursor outlives events let go of", file: "window.ts", from: "if (from < 0) rebuild", to: "if (from + base < 0) rebuild", regime: "tooLate" },
  { bug: "a cell goes to another measure", file: "entity.ts", from: "old.layout.width + source.cell", to: "old.layout.width + cell" },
  { bug: "a fold goes to another measure", file: "entity.ts", from: "folds[source.place] ?? null", to: "folds[0] ?? null" },
  { bug: "another layout counts as the same", file: "entity.ts", from: "a.measures.length === b.measures.length && a", to: "a" },
  { bug: "a currency that remains is forgotten with the first", file: "currencies.ts", from: "else if (--this.#count === 0) this.#promote();", to: "else this.#count--;" },
  { bug: "a cursor that is ahead only at its start is used", file: "window.ts", from: "|| (from > 0 && (numbers[(from - 1) * stride] as number) > lower)", to: "" },
  { bug: "the oldest event is the one that the window begins with, whether it counts or not", file: "rows.ts", from: "while (!marked(measure, rows, position)) position++;", to: "" },
  { bug: "a change is taken the wrong way", file: "statistics.ts", from: "numberAt(measure, rows, this.#newest) - numberAt(measure, rows, first)", to: "numberAt(measure, rows, first) - numberAt(measure, rows, this.#newest)" },
  { bug: "the newest value of a change is that of another event", file: "statistics.ts", from: "    this.#newest = position;", to: "    this.#newest ||= position;" },
  { bug: "a change ignores currencies", file: "statistics.ts", from: "if (this.#currencies?.mixed === true) return feature.mixed;\n    const { measure } = feature;\n    const first", to: "const { measure } = feature;\n    const first" },
  { bug: "a rate counts milliseconds", file: "statistics.ts", from: "- timeAt(rows, first)) / SECOND_MS", to: "- timeAt(rows, first)) / 1" },
  { bug: "a rate of no time is infinite", file: "statistics.ts", from: "seconds === 0 ? feature.still : difference", to: "difference" },
  { bug: "the rate of events is by the minute", file: "window.ts", from: "count / (over / SECOND_MS)", to: "count / (over / SECOND_MS / 60)" },
  { bug: "the deviation is that of the whole population", file: "statistics.ts", from: "squares / (count - 1)", to: "squares / count" },
  { bug: "the deviation is the variance", file: "statistics.ts", from: "Math.sqrt(squares / (count - 1))", to: "(squares / (count - 1))" },
  { bug: "values deviate from the oldest", file: "statistics.ts", from: "mean = ++count === 1 ? value : mean + off / count;", to: "mean = ++count === 1 ? value : mean;" },
  { bug: "one value has a deviation", file: "statistics.ts", from: "if (count < 2) return feature.few;\n    const deviation", to: "const deviation" },
  { bug: "squares overflow", file: "statistics.ts", from: "largest > SQUARABLE ? 1 / RESCALE : largest < 1 / SQUARABLE ? RESCALE : 1", to: "1" },
  { bug: "events that do not count deviate", file: "statistics.ts", from: "    if (!marked(measure, rows, position)) continue;\n    const value = numberAt", to: "    const value = numberAt" },
  { bug: "a percentile is one rank too high", file: "statistics.ts", from: "Math.ceil((percent * count) / 100 - RANK_NOISE)", to: "Math.floor((percent * count) / 100) + 1" },
  { bug: "a percentile rounds its rank", file: "statistics.ts", from: "Math.ceil((percent * count) / 100 - RANK_NOISE)", to: "Math.round((percent * count) / 100)" },
  { bug: "values that left still rank", file: "statistics.ts", from: "this.#values.splice(this.#firstFrom(numberAt(measure, rows, position)), 1);", to: "" },
  { bug: "values rank in order of arrival", file: "statistics.ts", from: "this.#values.splice(this.#firstFrom(value), 0, value);", to: "this.#values.push(value);" },
  { bug: "what is looked up without an event stays in the fold", file: "window.ts", from: "measure.scratch?.clear();", to: "" },
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
