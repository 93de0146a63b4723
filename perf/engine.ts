/*
 * How long does one event take against 10 to 100,000 rules, of which it matches 1 % or 20 %, with the index, without it,
 * and as a chain of `if` that a good programmer would write by hand? Rules of 44 templates over events of 24 fields. All
 * give the same answers before any is timed. Times are those of the processor, in rounds of each in turn.
 *
 *   npm run bench -- engine [SIZE,SIZE…] [ROUNDS]
 */
import type { EventProgram, Run } from "../src/compile/program.ts";
import { evaluate } from "../src/engine/evaluate.ts";
import type { RuleHit } from "../src/engine/decision.ts";
import { RuleStates } from "../src/engine/states.ts";
import { withMatching } from "../src/match/build.ts";
import { eventDecoder } from "../src/types/decode.ts";
import { Missing } from "../src/types/value.ts";
import { type Frame, WHOLE } from "../src/windows/spec.ts";
import { link } from "../test/oracle/pipeline.ts";
import { rngOf } from "../test/random.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import type { Written } from "./rules/conditions.ts";
import { payment, type Payment } from "./rules/events.ts";
import { programOf } from "./rules/program.ts";
import { manyRules } from "./rules/templates.ts";

const given = readArguments();
const sizes = (given.positional[0] ?? "10,100,1000,10000,100000").split(",").map(Number);
const rounds = Number(given.positional[1] ?? 7);
const SHARES = [0.01, 0.2];
const EVENTS = 256;
const SEED = 20_261_121;
/** Processor time of one way in one round, in microseconds. */
const ROUND_US = 60_000;

/** Rules of one function by hand: the compiler gives up on much longer ones. */
const RULES_A_FUNCTION = 100;

type Chain = (event: Payment, out: unknown[]) => void;

/** The rules as a chain of `if`; `each` says what a match does. */
function chain(rules: readonly Written[], each: (number: number) => string): Chain {
  const functions: Chain[] = [];
  for (let at = 0; at < rules.length; at += RULES_A_FUNCTION) {
    const lines = rules.slice(at, at + RULES_A_FUNCTION).map(({ hand }, i) => `if (${hand}) { ${each(at + i)} }`);
    // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- code written by hand for comparison, made up here
    functions.push(new Function("e", "out", lines.join("\n")) as Chain);
  }
  return (event, out) => {
    for (const part of functions) part(event, out);
  };
}

const hitBy = (i: number): string =>
  `out.push({ id: "r${i}", row: null, outcome: "review", score: 1, reason: { code: "R${i}", text: "rule ${i}" }, notice: null, tags: [], mode: "live" });`;

const RUN: Run = { feature: () => new Missing("no features here"), quality: () => WHOLE, listed: () => false };

/** Processor time of this thread in microseconds. */
function spent(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

/** Microseconds an event takes by each way: the median of rounds in which all are run in turn. */
function measure(ways: readonly (() => void)[]): readonly number[] {
  const counts = ways.map((way) => {
    const start = spent();
    let count = 0;
    while (spent() - start < ROUND_US) {
      way();
      count++;
    }
    return Math.max(1, count);
  });
  const times: number[][] = ways.map(() => []);
  for (let round = 0; round < rounds; round++) {
    ways.forEach((way, i) => {
      const count = counts[i] as number;
      const start = spent();
      for (let j = 0; j < count; j++) way();
      times[i]?.push((spent() - start) / count / EVENTS);
    });
  }
  return times.map(median);
}

interface Line {
  readonly rules: number;
  readonly share: number;
  readonly found: number;
  readonly decided: number;
  readonly straight: number;
  readonly ifs: number;
  readonly hits: number;
}

function decode(event: EventProgram, payments: readonly Payment[]): readonly Frame[] {
  const decoder = eventDecoder(event.schema);
  return payments.map((each) => {
    const frame: Frame = Array.from({ length: event.frameSize });
    decoder(each, frame, []);
    return frame;
  });
}

function bench(count: number, share: number): Line {
  const rng = rngOf(SEED);
  const rules = manyRules(rng, count, share);
  // As they come: texts of a parser are other objects than texts of a program.
  const payments = JSON.parse(JSON.stringify(Array.from({ length: EVENTS }, (_, i) => payment(rng, i)))) as readonly Payment[];
  const ir = programOf(rules);
  const [straight, indexed] = [link(ir), link(withMatching(ir, { indexedFrom: 0 }))].map((program) => program.events.get("payment") as EventProgram) as [EventProgram, EventProgram];
  const frames = decode(straight, payments);
  const states = new RuleStates();
  const matching = indexed.rulesets[0]?.matching;
  if (!matching) throw new Error("there is no index");
  const ifs = chain(rules, (i) => `out.push(${i});`);
  const hits = chain(rules, hitBy);
  let matched = 0;
  payments.forEach((event, i) => {
    const byHand: RuleHit[] = [];
    hits(event, byHand);
    const wanted = JSON.stringify(byHand);
    for (const program of [straight, indexed]) {
      const { decisions } = evaluate(program, frames[i] as Frame, RUN, 0, states);
      if (JSON.stringify(decisions["card"]?.rules) !== wanted) throw new Error(`another answer to event ${i}`);
    }
    matched += byHand.length;
  });
  let sink = 0;
  const deciding = (program: EventProgram) => () => {
    for (const frame of frames) sink += evaluate(program, frame, RUN, 0, states).decisions["card"]?.rules.length ?? 0;
  };
  const chained = (way: Chain) => () => {
    for (const event of payments) {
      const out: unknown[] = [];
      way(event, out);
      sink += out.length;
    }
  };
  const finding = (): void => {
    for (const frame of frames) sink += matching.matcher.run(frame, RUN);
  };
  const [found, decided, straightly, byIfs, byHits] = measure([finding, deciding(indexed), deciding(straight), chained(ifs), chained(hits)]) as [number, number, number, number, number];
  if (sink === 0) throw new Error("nothing was decided");
  return { rules: count, share: matched / EVENTS / count, found, decided, straight: straightly, ifs: byIfs, hits: byHits };
}

const us = (time: number): string => time.toPrecision(3).padStart(10);
const times = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 0)} ×`.padStart(9);

const report = openReport({ ...given, seed: SEED });
process.stdout.write(`medians of ${rounds} rounds, µs of processor time an event\n`);
process.stdout.write("   rules  matched      index   decision   straight        ifs  ifs+hits   ifs/index  hits/decision  straight/decision\n");
const lines: Line[] = [];
for (const share of SHARES) {
  for (const count of sizes) {
    const line = bench(count, share);
    lines.push(line);
    const { found, decided, straight, ifs, hits } = line;
    const title = `${count} rules, ${share * 100} %`;
    for (const [name, time] of [["index", found], ["decision", decided], ["straight", straight]] as const) report.figure(`${name}, ${title}`, [time], { unit: "µs an event", better: "less" });
    report.figure(`if chain / index, ${title}`, [ifs / found], { unit: "×", better: "more" });
    process.stdout.write(
      `${String(count).padStart(8)} ${`${(line.share * 100).toFixed(1)} %`.padStart(8)} ${us(found)} ${us(decided)} ${us(straight)} ${us(ifs)} ${us(hits)} ${times(ifs / found)} ${times(hits / decided)} ${times(straight / decided)}\n`,
    );
  }
}

const first = (count: number): Line | undefined => lines.find((line) => line.rules === count);
const [few, ten, many] = [first(100), first(10_000), first(100_000)];
if (few && ten) process.stdout.write(`G3  t(10,000)/t(100) = ${(ten.found / few.found).toFixed(2)} (goal 4)\n`);
if (ten && many) process.stdout.write(`G3  t(100,000)/t(10,000) = ${(many.found / ten.found).toFixed(2)} (goal 6)\n`);
report.end();
