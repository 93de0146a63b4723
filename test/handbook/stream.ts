import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { linkProgram } from "../../src/compile/link.ts";
import type { Decision } from "../../src/engine/decision.ts";
import { Desk } from "../../src/engine/desk.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { openInput } from "../../src/replay/input.ts";
import { parseMapping } from "../../src/replay/mapping.ts";
import { eventSource } from "../../src/replay/records.ts";
import { replay } from "../../src/replay/replay.ts";
import { analyse } from "../../src/rulesets/build.ts";
import { diskReader } from "../../src/rulesets/disk.ts";
import { Report } from "../../src/text/report.ts";
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
  readonly fraud: boolean;
}

export function rowsOf(month: string): readonly Row[] {
  const lines = gunzipSync(readFileSync(monthFile(month))).toString().trimEnd().split("\n").slice(1);
  return lines.map((line) => {
    const [id, at, customer, terminal, amount, fraud] = line.split(",") as [string, string, string, string, string, string];
    return {
      id: Number(id),
      at: Date.parse(`${at}Z`),
      customer: Number(customer),
      terminal: Number(terminal),
      cents: Math.round(Number(amount) * 100),
      fraud: fraud === "1",
    };
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
  const { ir, diagnostics } = analyse(diskReader(new URL(rules, import.meta.url).pathname));
  if (ir === null) throw new Error(`the rules do not check: ${diagnostics.map((each) => each.message).join("; ")}`);
  const steps = linkProgram(ir);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  const program = step.value;
  const report = new Report();
  const text = readFileSync(new URL("map.yaml", import.meta.url), "utf8");
  const source = eventSource(program, parseMapping({ path: "map.yaml", text }, report), null, report);
  if (source === null) throw new Error("the mapping does not fit");
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const clock = { now: () => 0 };
  const desk = new Desk({ active: () => program, windows, lists: new ManagedLists(clock), clock, replayCapacity: 0 });
  const ended = new AbortController();
  let row = -1;
  await replay({
    inputs: months.map((month) => ({ name: month, open: () => openInput(monthFile(month)) })),
    source,
    features: false,
    from: 1,
    decide: (request) => {
      row++;
      const answer = desk.decide({ ...request, explain: wanted(row) });
      if (answer.kind === "decided" && !ended.signal.aborted) onDecision(answer.decision, row);
      if (stop(row)) ended.abort();
      return answer;
    },
    onTime: () => undefined,
    write: null,
    onBad: (file, line, reason) => {
      throw new Error(`${file}:${line} ${reason}`);
    },
    onProgress: () => undefined,
    signal: ended.signal,
  });
}
