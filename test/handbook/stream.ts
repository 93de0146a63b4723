import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { linkProgram } from "../../src/compile/link.ts";
import type { EventProgram, Program } from "../../src/compile/program.ts";
import type { Answer, Decision } from "../../src/engine/decision.ts";
import { Desk } from "../../src/engine/desk.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { openInput } from "../../src/replay/input.ts";
import { parseMapping } from "../../src/replay/mapping.ts";
import { eventSource, type EventSource } from "../../src/replay/records.ts";
import { replay, type NamedInput } from "../../src/replay/replay.ts";
import { analyse } from "../../src/rulesets/build.ts";
import { diskReader } from "../../src/rulesets/disk.ts";
import type { RulesReader } from "../../src/rulesets/reader.ts";
import { Report } from "../../src/text/report.ts";
import type { Frame } from "../../src/windows/spec.ts";
import { WindowStore } from "../../src/windows/store.ts";

const data = new URL("../../../shared/data/handbook/", import.meta.url);

/** The public data stand beside the repository; without them there is nothing to compare with. */
export const missing: string | false = existsSync(data) ? false : "the Handbook data are not beside the repository";

export function monthFile(month: string): string {
  return new URL(`transactions-2018-${month}.csv.gz`, data).pathname;
}

export function publishedRows(): readonly (readonly number[])[] {
  const text = gunzipSync(readFileSync(new URL("published-features-2018-06-15.csv.gz", data))).toString();
  return text.trimEnd().split("\n").slice(1).map((line) => line.split(",").map(Number));
}

/** One transaction, read by nothing but `split`: this side of the comparison shares no code with the product. */
export interface Row {
  readonly id: number;
  readonly at: number;
  readonly customer: number;
  readonly terminal: number;
  readonly cents: number;
  /** The amount as the number that its text reads as. */
  readonly value: number;
  readonly fraud: boolean;
}

export function rowsOf(month: string): readonly Row[] {
  return linesOf(month).slice(1).map(rowOf);
}

/** The lines of a month, the header first. */
export function linesOf(month: string): readonly string[] {
  return gunzipSync(readFileSync(monthFile(month))).toString().trimEnd().split("\n");
}

export function rowOf(line: string): Row {
  const [id, at, customer, terminal, amount, fraud] = line.split(",") as [string, string, string, string, string, string];
  return {
    id: Number(id),
    at: Date.parse(`${at}Z`),
    customer: Number(customer),
    terminal: Number(terminal),
    cents: Math.round(Number(amount) * 100),
    value: Number(amount),
    fraud: fraud === "1",
  };
}

/** The parts of the product that decide a stream, put together as `sluice replay` does. */
export interface Product {
  readonly program: Program;
  readonly source: EventSource<Program>;
  readonly windows: WindowStore;
  readonly desk: Desk;
}

export function product(rules: RulesReader, mapping: string): Product {
  const { ir, diagnostics } = analyse(rules);
  if (ir === null) throw new Error(`the rules do not check: ${diagnostics.map((each) => each.message).join("; ")}`);
  const steps = linkProgram(ir);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  const program = step.value;
  const report = new Report();
  const source = eventSource(program, parseMapping({ path: "map.yaml", text: mapping }, report), null, report);
  if (source === null) throw new Error("the mapping does not fit");
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const clock = { now: () => 0 };
  return { program, source, windows, desk: new Desk({ active: () => program, windows, lists: new ManagedLists(clock), clock, replayCapacity: 0 }) };
}

/** Replays a stream through the product; `decide` is called for every event in turn. */
export async function replayThrough(
  { source }: Pick<Product, "source">,
  inputs: readonly NamedInput[],
  decide: (event: EventProgram, frame: Frame) => Answer,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const refuse = (): never => {
    throw new Error("every event is decided from its frame");
  };
  await replay({
    inputs, source, signal,
    desk: { decide: refuse, judge: refuse, decideFrame: decide },
    features: false,
    from: 1,
    onTime: () => undefined,
    write: () => Promise.resolve(),
    onBad: (file, line, reason) => {
      throw new Error(`${file}:${line} ${reason}`);
    },
    onProgress: () => undefined,
  });
}

/**
 * Replays months through the product: the reader, the mapping and the desk of `sluice replay`. Features are asked for
 * on the rows that `wanted` picks; `stop` ends the stream.
 */
export async function replayMonths(
  rules: string,
  months: readonly string[],
  wanted: (row: number) => boolean,
  onDecision: (decision: Decision, row: number) => void,
  stop: (row: number) => boolean = () => false,
): Promise<void> {
  const made = product(diskReader(new URL(rules, import.meta.url).pathname), readFileSync(new URL("map.yaml", import.meta.url), "utf8"));
  const ended = new AbortController();
  let row = -1;
  const inputs = months.map((month) => ({ name: month, open: () => openInput(monthFile(month)) }));
  await replayThrough(made, inputs, (event, frame) => {
    row++;
    const answer = made.desk.decideFrame(event, frame, wanted(row));
    if (answer.kind === "decided" && !ended.signal.aborted) onDecision(answer.decision, row);
    if (stop(row)) ended.abort();
    return answer;
  }, ended.signal);
}
