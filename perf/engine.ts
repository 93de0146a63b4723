/*
 * How long does one event take against 10 to 100,000 rules, of which it matches 1 % or 20 %, with the index, without it,
 * and as a chain of `if` by hand, beside `JSON.parse` of the event? Rules of 44 templates over events of 24 fields, six of
 * them asking what no index tells at once. All give the same answers before any is timed. Times are those of the
 * processor, in rounds of each in turn.
 *
 * The chain is what a good programmer would write without thinking of an index: one `if` a rule over the fields of the
 * event, constants written out, `&&` and `||` in the order of the rule, `===`, `includes` on a literal list, patterns as
 * literals; 100 rules a function, since the compiler gives up on much longer ones; warm. It puts out the numbers of the
 * rules that match, as the index does when what it cannot tell is asked (`ids`), or the same hits as a decision has.
 *
 *   npm run bench -- engine [SIZE,SIZE…] [ROUNDS]
 */
import type { EventProgram, Matching, Run } from "../src/compile/program.ts";
import { evaluate } from "../src/engine/evaluate.ts";
import type { RuleHit } from "../src/engine/decision.ts";
import { RuleStates } from "../src/engine/states.ts";
import { withMatching } from "../src/match/build.ts";
import { FINDING, FOUND_TRUE } from "../src/match/tables.ts";
import { eventDecoder } from "../src/types/decode.ts";
import { Missing } from "../src/types/value.ts";
import { type Frame, WHOLE } from "../src/windows/spec.ts";
import { link } from "../test/oracle/pipeline.ts";
import { rngOf } from "../test/random.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import { median } from "./harness/statistics.ts";
import { threadUs } from "./harness/timing.ts";
import type { Written } from "./rules/conditions.ts";
import { payment, type Payment } from "./rules/events.ts";
import { programOf } from "./rules/program.ts";
import { manyRules } from "./rules/templates.ts";

const given = readArguments();
const sizes = (given.positional[0] ?? "10,100,1000,10000,100000").split(",").map(Number);
const rounds = Number(given.positional[1] ?? 7);
const SHARES = [0.01, 0.2];
const EVENTS = 256;
/** From so many rules on, what takes milliseconds an event is left out: asking in turn, since it would take minutes. */
const MANY = 100_000;
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

/** Microseconds an event takes by each way: the median of rounds in which all are run in turn. */
function measure(ways: readonly (() => void)[]): readonly number[] {
  const counts = ways.map((way) => {
    const start = threadUs();
    let count = 0;
    while (threadUs() - start < ROUND_US) {
      way();
      count++;
    }
    return Math.max(1, count);
  });
  const times: number[][] = ways.map(() => []);
  for (let round = 0; round < rounds; round++) {
    ways.forEach((way, i) => {
      const count = counts[i] as number;
      const start = threadUs();
      for (let j = 0; j < count; j++) way();
      times[i]?.push((threadUs() - start) / count / EVENTS);
    });
  }
  return times.map(median);
}

const HEADS = { found: "index", ids: "ids", decided: "decision", straight: "in turn", ifs: "ifs", hits: "ifs+hits", parsed: "parse" };

interface Line {
  readonly rules: number;
  readonly wanted: number;
  readonly share: number;
  /** The index alone: rules that match, with those of which something must be asked. */
  readonly found: number;
  /** Those that match. */
  readonly ids: number;
  readonly decided: number;
  readonly straight: number;
  readonly ifs: number;
  readonly hits: number;
  readonly parsed: number;
}

/** The numbers of the rules that match. */
function idsOf(matching: Matching, frame: Frame, out: unknown[]): void {
  const { matcher } = matching;
  const count = matcher.run(frame, RUN);
  for (let i = 0; i < count; i++) {
    const each = matcher.found[i] as number;
    const owner = each >> FINDING;
    if ((each & 3) === FOUND_TRUE) out.push(owner);
    else {
      const { rule, rest } = matching.asked(owner);
      if ((rest ?? rule.when)(frame, RUN) === true) out.push(owner);
    }
  }
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
  const texts = payments.map((each) => JSON.stringify(each));
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
    const [ids, idsByHand]: [unknown[], unknown[]] = [[], []];
    idsOf(matching, frames[i] as Frame, ids);
    ifs(event, idsByHand);
    if (ids.join(" ") !== idsByHand.join(" ")) throw new Error(`other rules match event ${i}`);
    for (const program of count < MANY ? [straight, indexed] : [indexed]) {
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
  const telling = (): void => {
    for (const frame of frames) {
      const out: unknown[] = [];
      idsOf(matching, frame, out);
      sink += out.length;
    }
  };
  const parsing = (): void => {
    for (const text of texts) sink += (JSON.parse(text) as Payment).hour;
  };
  const nothing = (): void => undefined;
  const ways = [finding, telling, deciding(indexed), count < MANY ? deciding(straight) : nothing, chained(ifs), chained(hits), parsing];
  const [found, ids, decided, inTurn, byIfs, byHits, parsed] = measure(ways) as [number, number, number, number, number, number, number];
  if (sink === 0) throw new Error("nothing was decided");
  return { rules: count, wanted: share, share: matched / EVENTS / count, found, ids, decided, straight: count < MANY ? inTurn : Number.NaN, ifs: byIfs, hits: byHits, parsed };
}

const us = (time: number): string => (Number.isNaN(time) ? "-" : time >= 100 ? time.toFixed(0) : time.toPrecision(3));

const report = openReport({ ...given, seed: SEED });
report.note(`medians of ${rounds} rounds, µs of processor time an event`);
const lines: Line[] = [];
for (const share of SHARES) {
  for (const count of sizes) {
    // So many hits an event are a matter of writing them down; asked for only by name.
    if (count >= MANY && share > 0.1 && given.positional[0] === undefined) continue;
    const line = bench(count, share);
    lines.push(line);
    const title = `${count} rules, ${share * 100} %`;
    for (const name of ["found", "ids", "decided", "straight", "ifs", "hits", "parsed"] as const) {
      if (!Number.isNaN(line[name])) report.figure(`${HEADS[name]}, ${title}`, [line[name]], { unit: "µs an event", better: "less" });
    }
  }
}
report.table(
  ["rules", "matched", ...Object.values(HEADS)],
  lines.map((line) => [line.rules, `${(line.share * 100).toFixed(1)} %`, ...[line.found, line.ids, line.decided, line.straight, line.ifs, line.hits, line.parsed].map(us)]),
);

const goals: (readonly string[])[] = [];

/** A goal of the project beside what is measured with 1 % of the rules matching. */
function goal(name: string, what: string, ratio: number | undefined, bound: string): void {
  if (ratio === undefined || Number.isNaN(ratio)) return;
  goals.push([name, what, ratio.toFixed(2), bound]);
  report.figure(`${name}: ${what}`, [ratio], { unit: "×", better: bound.startsWith("≥") ? "more" : "less" });
}

const few = (count: number): Line | undefined => lines.find((line) => line.rules === count && line.wanted === SHARES[0]);
const between = (a: number | undefined, b: number | undefined): number | undefined => (a === undefined || b === undefined ? undefined : a / b);

for (const [count, bound] of [[10, "≥ 0.40"], [100, "≥ 1.5"], [1_000, "≥ 15"], [10_000, "≥ 100"]] as const) {
  const line = few(count);
  goal("G1", `if chain / index, ids, ${count} rules`, between(line?.ifs, line?.ids), bound);
  goal("G1", `if chain / decision, hits, ${count} rules`, between(line?.hits, line && Math.min(line.decided, line.straight)), bound);
}
goal("G3", "ids, 10,000 rules / 100", between(few(10_000)?.ids, few(100)?.ids), "≤ 4");
goal("G3", "ids, 100,000 rules / 10,000", between(few(100_000)?.ids, few(10_000)?.ids), "≤ 6");
for (const [count, bound] of [[1_000, "≤ 0.33"], [10_000, "≤ 1.0"]] as const) {
  goal("G4", `ids / JSON.parse of the event, ${count} rules`, between(few(count)?.ids, few(count)?.parsed), bound);
  goal("G4", `decision / JSON.parse of the event, ${count} rules`, between(few(count)?.decided, few(count)?.parsed), bound);
}
report.table(["goal", "what", "measured", "wanted"], goals);
report.end();
