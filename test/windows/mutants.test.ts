import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { WindowStore } from "../../src/windows/store.ts";
import { agree, CURSORS, REGIMES } from "./agreement.ts";
import { plant, type Planted, SOUND } from "./plant.ts";

/*
 * The property tests have teeth: each of these bugs, planted in a copy of the source, must turn the named one red. A bug
 * whose place is gone from the source fails too, so that the list stays true.
 */
const folder = isMainThread ? mkdtempSync(join(tmpdir(), "sluice-mutants-")) : "";
if (isMainThread) after(() => rmSync(folder, { recursive: true }));

interface Bug extends Planted {
  readonly bug: string;
  /** Where it shows; `late` unless said. */
  readonly regime?: keyof typeof REGIMES;
}

/** Scenarios tried before a bug counts as unnoticed, fewer where they are long; the seed is fixed, so that the outcome is too. */
const RUNS: Readonly<Record<keyof typeof REGIMES, number>> = { late: 2_000, busy: 500, tooLate: 2_000, crowded: 2_000, masks: 2_000, panes: 400, silent: 300 };

const BUGS: readonly Bug[] = [
  { bug: "an event at the end of the window is left out", file: "window.ts", from: "index < end && rows.time(index) <= upper", to: "index < end && rows.time(index) < upper" },
  { bug: "an event at the open start of the window stays in", file: "window.ts", from: "if (leaves > lower) break;", to: "if (leaves >= lower) break;" },
  { bug: "few rows: equal times are put on the wrong side", file: "rows.ts", from: "this.time(high - 1) > time", to: "this.time(high - 1) >= time" },
  { bug: "many rows: equal times are put on the wrong side", file: "rows.ts", from: "this.time(middle) <= time", to: "this.time(middle) < time", regime: "busy" },
  { bug: "a late event is appended", file: "rows.ts", from: "? this.firstAfter(event.at) : this.size", to: "? this.size : this.size" },
  { bug: "a late event leaves cursors as they were", file: "rows.ts", from: "integers[cursor + 1] as number)) integers[cursor] = DIRTY;", to: "integers[cursor + 1] as number)) void DIRTY;" },
  { bug: "a late event at the very end of a window leaves its cursor as it was", file: "rows.ts", from: "if (index < (integers[cursor + 1] as number))", to: "if (index + 1 < (integers[cursor + 1] as number))" },
  { bug: "excluding the current event does nothing", file: "store.ts", from: "excludingCurrent ? current.index : ALL_ROWS", to: "excludingCurrent ? ALL_ROWS : ALL_ROWS" },
  { bug: "excluding the current event leaves out one more", file: "store.ts", from: "excludingCurrent ? current.index : ALL_ROWS", to: "excludingCurrent ? current.index - 1 : ALL_ROWS" },
  { bug: "the current event is the one before", file: "store.ts", from: "      current.index = ALL_ROWS;\n      current.behind", to: "      current.behind" },
  { bug: "an event that is only asked about is recorded", file: "store.ts", from: "key !== undefined && fold && records", to: "key !== undefined && records" },
  { bug: "a changed definition keeps the state of another", file: "store.ts", from: "new Map(previous?.layout.measures.map((measure) => [measure.spec.identity, measure.serial]))", to: "new Map(previous?.layout.measures.map((measure, index) => [plan.features[index]?.identity ?? measure.spec.identity, measure.serial]))" },
  { bug: "a new measure takes the serial of another", file: "store.ts", from: "?? ++this.#serial", to: "?? this.#serial" },
  { bug: "a new measure counts what was there before it", file: "migrate.ts", from: "if (source === undefined || !old", to: "if (source === undefined) integers[mask] = (integers[mask] as number) | bit;\n    if (source === undefined || !old" },
  { bug: "marks move to the wrong bit", file: "migrate.ts", from: "(integers[mask] as number) | bit", to: "(integers[mask] as number) | source.bit" },
  { bug: "only the first mask is marked", file: "layout.ts", from: "mask: mark.integer", to: "mask: 1", regime: "masks" },
  { bug: "a number goes to another measure", file: "migrate.ts", from: "old.number(index, source)", to: "old.number(index, layout.measures[place] as Measure)" },
  { bug: "a cell goes to another measure", file: "migrate.ts", from: "old.cell(index, source)", to: "old.cell(index, layout.measures[place] as Measure)" },
  { bug: "a currency goes to another measure", file: "migrate.ts", from: "old.code(index, source)", to: "old.code(index, layout.measures[place] as Measure)" },
  { bug: "a fraction is cut where the row is small", file: "rows.ts", from: "if ((number | 0) !== number ||", to: "if (Math.abs(number) >= 2 ** 31 ||" },
  { bug: "an amount beyond 32 bits is cut", file: "rows.ts", from: "(number | 0) !== number", to: "!Number.isInteger(number)" },
  { bug: "a small row forgets that zero was negative", file: "rows.ts", from: "|| (number === 0 && 1 / number < 0)", to: "" },
  { bug: "rows that become wide keep their numbers where they were", file: "rows.ts", from: "this.f64[first + number] = (u32[from + before + number] as number) | 0", to: "this.f64[first + number] = 0" },
  { bug: "a negative number becomes a large one", file: "rows.ts", from: "(this.u32[at + number] as number) | 0", to: "(this.u32[at + number] as number)" },
  { bug: "the high bits of a time are lost", file: "rows.ts", from: "(integers[1] as number) | high", to: "(integers[1] as number) | (high & 0xfff)" },
  { bug: "marks are cut by the time beside them", file: "rows.ts", from: "const HIGH_MASK = 2 ** HIGH_BITS - 1", to: "const HIGH_MASK = 2 ** (HIGH_BITS + 1) - 1" },
  { bug: "wide rows become small in another layout", file: "migrate.ts", from: "rows.allocate(size, old.wide)", to: "rows.allocate(size, false)" },
  { bug: "cursors outlive the layout", file: "migrate.ts", from: "  rows.dropCursors();", to: "" },
  { bug: "another layout counts as the same", file: "layout.ts", from: "a.measures.length === b.measures.length &&", to: "" },
  { bug: "another order of measures counts as the same", file: "layout.ts", from: "return each.serial === other.serial &&", to: "return" },
  { bug: "a kept feature runs on the closures of the old program", file: "log.ts", from: "    this.#layouts[this.#latest] = next;\n    this.#layout = next;", to: "    this.#layout = this.#layouts[this.#latest] as Layout;" },
  { bug: "an earlier read uses the cursor ahead of it", file: "window.ts", from: "rows.time(to - 1) > upper;", to: "rows.time(to - 1) > Infinity;" },
  { bug: "a row that leaves at this very time is thought to stay", file: "window.ts", from: "lower >= (numbers[word + LEAVES] as number)", to: "lower > (numbers[word + LEAVES] as number)" },
  { bug: "an earlier read is thought to lose nothing", file: "window.ts", from: "lower < (numbers[word + BEFORE] as number)", to: "lower < (numbers[word + BEFORE] as number) - 1e6" },
  { bug: "nothing leaves a window that was empty once", file: "window.ts", from: "index < to ? leaves : -Infinity", to: "index < to ? leaves : Infinity" },
  { bug: "nothing leaves a window that was gone through while it was empty", file: "window.ts", from: "rows.time(from) : -Infinity", to: "rows.time(from) : Infinity" },
  { bug: "a window that moves forgets what is before it", file: "window.ts", from: "= before;", to: "= -Infinity;" },
  { bug: "rows behind the end of a window are taken in", file: "window.ts", from: "whole = upper >= rows.newest", to: "whole = true" },
  { bug: "rows that are not counted are counted when they leave", file: "window.ts", from: "this.#get(COUNT) - marks(rows, measure, from, index)", to: "this.#get(COUNT) - (index - from)" },
  { bug: "measures that ask nothing do not count", file: "log.ts", from: "      integers[integer] = bits;", to: "" },
  { bug: "a cursor that is ahead only at its start is used", file: "window.ts", from: "if (begins ||", to: "if (" },
  { bug: "a running sum is taken back where it was rounded", file: "window.ts", from: "(this.#numbers[volume] as number) > Number.MAX_SAFE_INTEGER", to: "(this.#numbers[volume] as number) === Infinity" },
  { bug: "a running sum is taken back with fractions", file: "window.ts", from: "(Number.isSafeInteger(amount) ? Math.abs(amount) : Infinity)", to: "Math.abs(amount)" },
  { bug: "the least value stays when it has left", file: "window.ts", from: "if (this.#get(BEST) === index) this.#spoilt = true;", to: "" },
  { bug: "a value that comes again counts twice", file: "window.ts", from: ": !occurs(rows, measure, cell, this.#get(FROM), index)", to: ": true" },
  { bug: "a value that left still counts", file: "window.ts", from: "if (!occurs(rows, measure, rows.cell(index, measure), index + 1, to))", to: "if (false)" },
  { bug: "a value that left no longer counts where it came again", file: "window.ts", from: "if (!occurs(rows, measure, rows.cell(index, measure), index + 1, to))", to: "" },
  { bug: "currencies that left still count", file: "window.ts", from: "this.#set(OTHERS, this.#get(OTHERS) - 1);\n      return;", to: "return;" },
  { bug: "an average of money ignores currencies", file: "window.ts", from: "return this.#get(OTHERS) > 0;", to: "return this.#get(OTHERS) > 1;" },
  { bug: "a currency that remains is forgotten with the first", file: "window.ts", from: "if (this.mixed) this.#spoilt = true;\n    else", to: "" },
  { bug: "a value that is missing counts", file: "log.ts", from: "if (isMissing(value)) continue;", to: "if (isMissing(value) && cell >= 0) continue;" },
  { bug: "a value is asked for once for all columns", file: "log.ts", from: "(this.#cells[cell] ??= spec.value(frame))", to: "(this.#cells[0] ??= spec.value(frame), this.#cells[cell] = this.#cells[0])" },
  { bug: "what is kept of a window is too short", file: "layout.ts", from: "return spec.over + spec.delay + (spec.lateness ?? LATENESS_MS)", to: "return spec.over" },
  { bug: "what is seen depends on other features of the log", file: "store.ts", from: "rows.newest - keep);", to: "rows.newest - Infinity);", regime: "tooLate" },
  { bug: "trimming leaves cursors where they were", file: "rows.ts", from: "    this.resize(this.size - count);\n    this.#advance(count);", to: "    this.resize(this.size - count);", regime: "tooLate" },
  { bug: "a cursor outlives events let go of", file: "rows.ts", from: "from < count ? DIRTY : from - count", to: "from < count ? 0 : from - count", regime: "tooLate" },
  { bug: "the current event stays where it was when others are let go of", file: "log.ts", from: "this.current.index = index - gone;", to: "this.current.index = index;", regime: "tooLate" },
  { bug: "an unmarked event leaves the newest time as it was", file: "log.ts", from: "if (at > rows.newest) rows.setNewest(at);", to: "if (at > rows.newest && marked) rows.setNewest(at);", regime: "tooLate" },
  { bug: "the oldest event is the one that the window begins with, whether it counts or not", file: "result.ts", from: "while (index < window.to && !rows.marked(index, measure)) index++;", to: "" },
  { bug: "the newest event is the one that the window ends with, whether it counts or not", file: "result.ts", from: "while (index > window.from && !rows.marked(index, measure)) index--;", to: "" },
  { bug: "a change is taken the wrong way", file: "result.ts", from: "rows.number(last, measure) - rows.number(first, measure)", to: "rows.number(first, measure.number) - rows.number(last, measure.number)" },
  { bug: "mixed currencies have a value", file: "result.ts", from: "if (measure.code >= 0 && window.mixed &&", to: "if (measure.code >= 0 && window.mixed && false &&" },
  { bug: "the last amount must not stand beside other currencies", file: "result.ts", from: "&& spec.aggregate !== \"last\" && spec.aggregate !== \"first\"", to: "" },
  { bug: "a rate counts milliseconds", file: "result.ts", from: "difference / (time / SECOND_MS)", to: "difference / time" },
  { bug: "a rate of no time is infinite", file: "result.ts", from: "time === 0 ? feature.still : difference", to: "difference" },
  { bug: "the rate of events is by the minute", file: "result.ts", from: "count / (measure.spec.over / SECOND_MS)", to: "count / (measure.spec.over / SECOND_MS / 60)" },
  { bug: "the deviation is that of the whole population", file: "result.ts", from: "squares / (count - 1)", to: "squares / count" },
  { bug: "the deviation is the variance", file: "result.ts", from: "Math.sqrt(squares / (count - 1))", to: "(squares / (count - 1))" },
  { bug: "values deviate from the oldest", file: "result.ts", from: "mean = ++count === 1 ? value : mean + off / count;", to: "mean = ++count === 1 ? value : mean;" },
  { bug: "one value has a deviation", file: "result.ts", from: "return count < 2 ? feature.few : amount(feature, rows, spread", to: "return amount(feature, rows, spread" },
  { bug: "squares overflow", file: "result.ts", from: "largest > SQUARABLE ? 1 / RESCALE : largest < 1 / SQUARABLE ? RESCALE : 1", to: "1" },
  { bug: "events that do not count deviate", file: "result.ts", from: "    if (!rows.marked(index, measure)) continue;\n    const value", to: "    const value" },
  { bug: "a percentile is one rank too high", file: "result.ts", from: "Math.ceil((percent * count) / 100 - RANK_NOISE)", to: "Math.floor((percent * count) / 100) + 1" },
  { bug: "a percentile rounds its rank", file: "result.ts", from: "Math.ceil((percent * count) / 100 - RANK_NOISE)", to: "Math.round((percent * count) / 100)" },
  { bug: "a late event that is among panes is lost", file: "log.ts", from: "if (panes.load(rows, measure)) panes.put(event);", to: "", regime: "panes" },
  { bug: "a late event is in a pane and in a row", file: "log.ts", from: "      integers[mask] = (integers[mask] as number) & ~bit;\n", to: "", regime: "panes" },
  { bug: "a late event that excludes itself finds itself in its pane", file: "log.ts", from: "if (!measure.spec.excludingCurrent) {", to: "if (measure.spec.over > 0) {", regime: "panes" },
  { bug: "panes do not say how far they reach", file: "spill.ts", from: "if (reached !== -Infinity) panes.reach(reached);", to: "", regime: "panes" },
  { bug: "what spills stays a row too", file: "spill.ts", from: "    rows.unmark(index, measure);\n", to: "", regime: "panes" },
  { bug: "what spills is lost", file: "spill.ts", from: "    panes.put(event);\n", to: "", regime: "panes" },
  { bug: "a value of panes calls itself exact", file: "store.ts", from: "approx: rows !== null && panes.load(rows, measure) && panes.horizon > lower", to: "approx: false", regime: "panes" },
  { bug: "a value is approximate once and for all", file: "store.ts", from: "approx: rows !== null && panes.load(rows, measure) && panes.horizon > lower", to: "approx: rows !== null && panes.load(rows, measure)", regime: "panes" },
  { bug: "panes that the window has left count", file: "blend.ts", from: "(panes.f64[word + NEWEST] as number) <= lower || (panes.f64[word + OLDEST] as number) > upper", to: "(panes.f64[word + OLDEST] as number) > upper", regime: "panes" },
  { bug: "panes that come after the window count", file: "blend.ts", from: "(panes.f64[word + NEWEST] as number) <= lower || (panes.f64[word + OLDEST] as number) > upper", to: "(panes.f64[word + NEWEST] as number) <= lower", regime: "panes" },
  { bug: "rows are left out of a sum with panes", file: "blend.ts", from: "return sum + window.sum + lost;", to: "return sum + lost;", regime: "panes" },
  { bug: "means of panes are taken for one", file: "blend.ts", from: "+ off * off * ((whole.count * count) / total)", to: "", regime: "panes" },
  { bug: "the newest is that of the panes where rows have a newer one", file: "blend.ts", from: "if (last === undefined || inRows) return", to: "if (last === undefined) return", regime: "panes" },
  { bug: "a pane keeps its worst value", file: "panes.ts", from: "sign * ((f64[word + FIRST] as number) - event.number) >= 0", to: "sign * ((f64[word + FIRST] as number) - event.number) <= 0", regime: "panes" },
  { bug: "a pane does not count", file: "panes.ts", from: "const count = (u32[integers + EVENTS] as number) + 1;", to: "const count = 1;", regime: "panes" },
  { bug: "a pane is as long as its window", file: "layout.ts", from: "spec.over / PANES", to: "spec.over", regime: "panes" },
  { bug: "values that are seen again are forgotten with their first sighting", file: "panes.ts", from: "times[word + slot * 2 + 1] = Math.max(times[word + slot * 2 + 1] as number, at);", to: "", regime: "panes" },
  { bug: "a value is forgotten with its first event", file: "blend.ts", from: "        if (at > lower) add(cell);", to: "        if (at > lower + measure.spec.over / 4) add(cell);", regime: "panes" },
  { bug: "percentiles are off by bins", file: "sketch.ts", from: "Math.ceil(Math.log(Math.abs(value)) / LOG_GAMMA) + OFFSET", to: "Math.ceil(Math.log(Math.abs(value)) / LOG_GAMMA) + OFFSET + 1", regime: "panes" },
  { bug: "percentiles of negative values stand upside down", file: "sketch.ts", from: ": ZERO_BIN - bin;", to: ": ZERO_BIN / 2 - OFFSET + bin;", regime: "panes" },
  { bug: "whoever was met last gives way", file: "log.ts", from: "if (idle > longest) [found, longest] = [entity, idle];", to: "if (longest < 0 || idle < longest) [found, longest] = [entity, idle];", regime: "crowded" },
  { bug: "being met again does not count", file: "log.ts", from: "      rows.setHead(TOUCHED, shared.arrival >>> 0);\n", to: "", regime: "crowded" },
  { bug: "there may be one entity more", file: "log.ts", from: "if (this.table.size >= shared.maxKeys)", to: "if (this.table.size > shared.maxKeys)", regime: "crowded" },
  { bug: "nothing is said of what gave way", file: "log.ts", from: "      this.evictedUntil = Math.max(this.evictedUntil, this.#number(entity, NEWEST));\n", to: "", regime: "crowded" },
  { bug: "an entity that comes back calls itself whole", file: "log.ts", from: "Math.max(this.evictedUntil, this.floor));", to: "-Infinity);", regime: "crowded" },
  { bug: "what gave way is whole again", file: "store.ts", from: "const since = Math.max(lower, whole, ", to: "const since = Math.max(lower, ", regime: "crowded" },
  { bug: "an entity that is not there calls itself whole", file: "store.ts", from: "rows === null ? Math.max(log.evictedUntil, log.floor) :", to: "rows === null ? -Infinity :", regime: "crowded" },
  { bug: "the clock follows the fastest", file: "log.ts", from: "Math.min(this.blockEarliest, at)", to: "Math.max(this.blockEarliest === Infinity ? at : this.blockEarliest, at + this.#layout.keep)", regime: "silent" },
  { bug: "the bucket of a key is that of the smaller table", file: "table.ts", from: "const bucket = this.#bucket(integers[at] as number);\n      integers[at + NEXT] = this.first(bucket);", to: "const bucket = old;\n      integers[at + NEXT] = this.first(bucket);", regime: "silent" },
  { bug: "lateness is not looked at", file: "store.ts", from: "const late = current.behind > measure.lateness;", to: "const late = false;", regime: "tooLate" },
  { bug: "lateness is what is kept", file: "store.ts", from: "const late = current.behind > measure.lateness;", to: "const late = current.behind > measure.keep;", regime: "tooLate" },
  { bug: "lateness is five minutes for all", file: "layout.ts", from: "lateness: spec.lateness ?? LATENESS_MS,", to: "lateness: LATENESS_MS,", regime: "tooLate" },
  { bug: "what is kept ignores lateness", file: "layout.ts", from: "+ spec.delay + (spec.lateness ?? LATENESS_MS);", to: "+ spec.delay + LATENESS_MS;", regime: "tooLate" },
  { bug: "a feature knows all from the beginning", file: "store.ts", from: "(log.since.get(measure.serial) ?? Infinity)", to: "-Infinity" },
  { bug: "a feature knows what came before it", file: "log.ts", from: "this.since.set(serial, at)", to: "this.since.set(serial, at - 5)" },
  { bug: "coverage forgets that the window ended in the past", file: "store.ts", from: "(upper - since) / over", to: "(at - since) / over" },
];

/** A bug that keeps a scenario from ending is noticed too; no sound store takes so long. */
const PATIENCE_MS = 60_000;

if (isMainThread) {
  for (const regime of ["late", "busy", "tooLate", "crowded", "panes", "silent"] as const) {
    void test(`with nothing planted there is nothing to notice: ${regime}`, async () => {
      assert.equal(await outcome(SOUND, regime), "unnoticed");
    });
  }
  for (const [number, { bug, regime, ...planted }] of BUGS.entries()) {
    void test(`planted: ${bug}`, async () => {
      assert.notEqual(await outcome(plant(folder, number, planted), regime ?? "late"), "unnoticed");
    });
  }
} else {
  const { store, regime } = workerData as { readonly store: string; readonly regime: keyof typeof REGIMES };
  const { WindowStore: Mutant } = (await import(store)) as { WindowStore: typeof WindowStore };
  try {
    agree((options) => new Mutant({ ...CURSORS, ...options }), REGIMES[regime], { seed: 1, numRuns: RUNS[regime], endOnFailure: true });
    parentPort?.postMessage("unnoticed");
  } catch (error) {
    parentPort?.postMessage(/Property failed/.test(String(error)) ? "noticed" : "unnoticed");
  }
}

async function outcome(store: string, regime: keyof typeof REGIMES): Promise<string> {
  const worker = new Worker(import.meta.filename, { workerData: { store, regime } });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  worker.once("message", resolve).once("error", reject);
  const timer = setTimeout(() => resolve("endless"), PATIENCE_MS);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
