import { Readable } from "node:stream";
import { isMissing, type Missing, type Value } from "../../src/types/value.ts";
import { streamInput } from "../../src/replay/input.ts";
import { memoryReader } from "../../src/rulesets/reader.ts";
import { ASKED, MAPPING, ruleText, type Asked } from "./asked.ts";
import { linesOf, product, replayThrough, rowOf } from "./stream.ts";
import type { PlainLoops, Truth } from "./truth.ts";

export interface Comparison {
  readonly rows: number;
  /** Values compared, and as many qualities. */
  readonly compared: number;
  readonly differences: number;
  /** The first of them in words. */
  readonly examples: readonly string[];
  /** Rows that came after later ones of their customer or terminal; one that did so for both counts twice. */
  readonly late: number;
}

/** Lines of a piece of the stream. */
const PIECE = 4_096;
const EXAMPLES = 5;
/** Of means and deviations, whose last digits are a matter of the order of operations. */
const TOLERANCE = 1e-9;
const HEADER = "TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_FRAUD,TX_FRAUD_SCENARIO";

/** The lines of the months that are wanted, without headers. */
export function handbookLines(months: readonly string[], wanted: (line: string) => boolean = () => true): readonly string[] {
  return months.flatMap((month) => {
    const [header, ...lines] = linesOf(month);
    if (header !== HEADER) throw new Error(`the columns of ${month} are ${header}`);
    return lines.filter(wanted);
  });
}

/** As if every line had come up to so many milliseconds after its time, by a hash of its number. */
export function delayed(lines: readonly string[], most: number): readonly string[] {
  const arrivals = lines.map((line, number) => rowOf(line).at + (Math.imul(number ^ 0x51ed27, 0x9e3779b1) >>> 8) % (most + 1));
  return [...lines.keys()].toSorted((a, b) => (arrivals[a] as number) - (arrivals[b] as number)).map((number) => lines[number] as string);
}

/**
 * Decides every line with the product, from its text on, and holds the value and the quality of every feature against
 * plain loops. `onRows` is told how many are done, now and then.
 */
export async function compareAll(lines: readonly string[], truth: { arrive: PlainLoops["arrive"] }, onRows: (rows: number) => void = () => undefined): Promise<Comparison> {
  const { program, source, windows, desk } = product(memoryReader("handbook", new Map([["handbook.risk", ruleText()]])), MAPPING);
  const numbers = ASKED.map(({ name }) => program.windows.features.findIndex((each) => each.name === name));
  if (numbers.includes(-1) || numbers.length !== program.windows.features.length) throw new Error("the program has other features");
  let rows = 0;
  let differences = 0;
  const examples: string[] = [];
  const differ = (asked: Asked, found: unknown, expected: unknown): void => {
    if (differences++ < EXAMPLES) examples.push(`row ${rows + 1}: ${asked.name} is ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
  };
  await replayThrough({ source }, [{ name: "handbook", open: () => streamInput(Readable.from(pieces(lines))) }], (event, frame) => {
    const answer = desk.decideFrame(event, frame, false);
    const row = rowOf(lines[rows] as string);
    truth.arrive(row).forEach(({ value, coverage }, index) => {
      const asked = ASKED[index] as Asked;
      const number = numbers[index] as number;
      const found = windows.read(number);
      if (!equal(asked, found, value)) differ(asked, plain(found), value);
      const quality = windows.quality(number);
      if (quality.coverage !== coverage || quality.approx || quality.evicted || quality.late) differ(asked, quality, { coverage });
    });
    rows++;
    if (rows % PIECE === 0) onRows(rows);
    return answer;
  });
  if (rows !== lines.length) throw new Error(`${rows} rows were decided, not ${lines.length}`);
  return { rows, compared: rows * ASKED.length, differences, examples, late: windows.stats.late };
}

function* pieces(lines: readonly string[]): Generator<Buffer, void> {
  yield Buffer.from(`${HEADER}\n`);
  for (let from = 0; from < lines.length; from += PIECE) yield Buffer.from(`${lines.slice(from, from + PIECE).join("\n")}\n`);
}

/** In the units of the plain loops. */
function plain(value: Value | Missing): Truth {
  if (isMissing(value)) return null;
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "object" && value !== null && "minor" in value) return value.minor;
  if (typeof value === "object" && value !== null && "at" in value) {
    const { value: newest, at } = value as unknown as { readonly value: Value; readonly at: number };
    return { value: plain(newest) as number, at };
  }
  throw new TypeError(`no value of a feature: ${JSON.stringify(value)}`);
}

function equal({ fold, of }: Asked, found: Value | Missing, expected: Truth): boolean {
  const value = plain(found);
  if (typeof value === "object" && value !== null) {
    return typeof expected === "object" && expected !== null && value.value === expected.value && value.at === expected.at;
  }
  const rounded = fold === "stddev" || (of === "value" && fold === "average");
  if (!rounded || typeof value !== "number" || typeof expected !== "number") return Object.is(value, expected);
  return expected === 0 ? value === 0 : Math.abs(value - expected) <= TOLERANCE * Math.abs(expected);
}
