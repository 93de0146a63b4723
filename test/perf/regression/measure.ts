import { getHeapStatistics } from "node:v8";
import { median } from "../../../perf/harness/statistics.ts";
import { processorUs } from "../../../perf/harness/timing.ts";
import type { Measured } from "./verdict.ts";
import { type Call, PATHS } from "./paths.ts";

/*
 * `node measure.ts BASE TREE PATH…`: both trees in one process, by turns, so that what the machine does besides meets both.
 * A line of JSON for each path.
 */

const WARM_US = 200_000;
const ROUND_US = 10_000;
const ROUNDS = 21;
/** Answers that must be equal before anything is timed. */
const COMPARED = 300;

interface Side {
  readonly call: Call;
  /** Goes on where the call before has ended: windows move on with time. */
  next: number;
}

function repeat(side: Side, count: number): void {
  for (let i = 0; i < count; i++) side.call(side.next++);
}

/** Calls that fill a round, once the side is warm. */
function warm(side: Side): number {
  const start = processorUs();
  let count = 0;
  while (processorUs() - start < WARM_US) {
    repeat(side, 1);
    count++;
  }
  const before = processorUs();
  const some = Math.max(1, Math.floor(count / 5));
  repeat(side, some);
  return Math.max(1, Math.round((ROUND_US / (processorUs() - before)) * some));
}

/** Microseconds and bytes that a call takes. */
function round(side: Side, count: number): { readonly us: number; readonly bytes: number } {
  const bytes = getHeapStatistics().total_allocated_bytes;
  const start = processorUs();
  repeat(side, count);
  const us = processorUs() - start;
  return { us: us / count, bytes: (getHeapStatistics().total_allocated_bytes - bytes) / count };
}

async function measure(name: string, base: string, tree: string): Promise<Measured> {
  const setUp = PATHS[name];
  if (setUp === undefined) throw new Error(`there is no path \`${name}\``);
  const sides: readonly [Side, Side] = [{ call: await setUp(base), next: 0 }, { call: await setUp(tree), next: 0 }];
  for (let i = 0; i < COMPARED; i++) {
    const [was, is] = sides.map((side) => JSON.stringify(side.call(side.next++)));
    if (was !== is) return { name, incomparable: `call ${i} answers otherwise` };
  }
  // The same number of calls for both, so that state grows alike.
  const count = Math.min(...sides.map(warm));
  const rounds = sides.map((): { readonly us: number; readonly bytes: number }[] => []);
  for (let i = 0; i < ROUNDS; i++) for (const which of i % 2 === 0 ? [0, 1] : [1, 0]) rounds[which]?.push(round(sides[which] as Side, count));
  const ratio = (of: "us" | "bytes"): number => median(Array.from({ length: ROUNDS }, (_, i) => (rounds[1]?.[i]?.[of] ?? Number.NaN) / (rounds[0]?.[i]?.[of] ?? Number.NaN)));
  return { name, incomparable: null, time: ratio("us"), bytes: ratio("bytes"), us: median(rounds[1]?.map(({ us }) => us) ?? []) };
}

const [base = "", tree = "", ...names] = process.argv.slice(2);
for (const name of names) {
  let measured: Measured;
  try {
    measured = await measure(name, base, tree);
  } catch (error) {
    measured = { name, incomparable: error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error) };
  }
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}
