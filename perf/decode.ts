/*
 * How long is it from the bytes of an event to its decision under 1,000 rules, against `JSON.parse` of the same bytes, and
 * where does the time go? Events of 24 fields, some 630 bytes each, thousands of them, so that no text is met twice that
 * would not be met twice in life. All ways give the same frames before any is timed. Times are those of the processor, in
 * rounds of each in turn.
 *
 *   npm run bench -- decode [RULES] [ROUNDS]
 */
import { deepEqual } from "node:assert/strict";
import type { EventProgram, Run } from "../src/compile/program.ts";
import { evaluate } from "../src/engine/evaluate.ts";
import { RuleStates } from "../src/engine/states.ts";
import { parseJson } from "../src/http/body.ts";
import { withMatching } from "../src/match/build.ts";
import { eventDecoder } from "../src/types/decode.ts";
import { Page } from "../src/types/page.ts";
import { EventScanner } from "../src/types/scan.ts";
import { Missing } from "../src/types/value.ts";
import { type Frame, WHOLE } from "../src/windows/spec.ts";
import { link } from "../test/oracle/pipeline.ts";
import { rngOf } from "../test/random.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import { median } from "./harness/statistics.ts";
import { threadUs } from "./harness/timing.ts";
import { payment } from "./rules/events.ts";
import { programOf } from "./rules/program.ts";
import { manyRules } from "./rules/templates.ts";

const given = readArguments();
const count = Number(given.positional[0] ?? 1_000);
const rounds = Number(given.positional[1] ?? 15);
const EVENTS = 8_192;
const SEED = 20_261_121;

const RUN: Run = { feature: () => new Missing("no features here"), quality: () => WHOLE, listed: () => false };

const rng = rngOf(SEED);
const program = link(withMatching(programOf(manyRules(rng, count, 0.01)), { indexedFrom: 0 })).events.get("payment") as EventProgram;
const bodies = Array.from({ length: EVENTS }, (_, i) => Buffer.from(JSON.stringify(payment(rng, i))));
const decode = eventDecoder(program.schema);
const page = new Page();
const scanner = new EventScanner(program.schema);
const states = new RuleStates();
const blank: Frame = Array.from({ length: program.frameSize }, () => undefined);

function strict(bytes: Uint8Array): unknown {
  const parsed = parseJson(bytes);
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return parsed.value;
}

function decoded(event: unknown): Frame {
  const frame = blank.slice();
  decode(event, frame, []);
  return frame;
}

const clear: Frame = [...scanner.absent, ...blank.slice(scanner.absent.length)];

function scanned(bytes: Buffer): Frame {
  const frame = clear.slice();
  if (!page.load(bytes) || scanner.scan(page, 0, frame) !== bytes.length) throw new Error("the scanner gave up");
  return frame;
}

const texts = bodies.map(String);
const values = bodies.map(strict);
const frames = values.map(decoded);
let sink = 0;

const ways: readonly { readonly name: string; readonly run: (i: number) => void }[] = [
  { name: "`JSON.parse` of the bytes", run: (i) => (sink += (JSON.parse((bodies[i] as Buffer).toString()) as { hour: number }).hour) },
  { name: "… of text that is there", run: (i) => (sink += (JSON.parse(texts[i] as string) as { hour: number }).hour) },
  { name: "strict parse", run: (i) => (sink += (strict(bodies[i] as Buffer) as { hour: number }).hour) },
  { name: "decode what is parsed", run: (i) => (sink += decoded(values[i]).length) },
  { name: "strict parse, decode", run: (i) => (sink += decoded(strict(bodies[i] as Buffer)).length) },
  { name: `decide under ${count} rules`, run: (i) => (sink += evaluate(program, frames[i] as Frame, RUN, 0, states).fired.length) },
  { name: "strict parse, decode, decide", run: (i) => (sink += evaluate(program, decoded(strict(bodies[i] as Buffer)), RUN, 0, states).fired.length) },
  { name: "scan", run: (i) => (sink += scanned(bodies[i] as Buffer).length) },
  { name: "scan, decide", run: (i) => (sink += evaluate(program, scanned(bodies[i] as Buffer), RUN, 0, states).fired.length) },
];
bodies.forEach((body, i) => deepEqual(scanned(body), frames[i]));

const times: number[][] = ways.map(() => []);
for (let round = -3; round < rounds; round++) {
  ways.forEach(({ run }, way) => {
    const start = threadUs();
    for (let i = 0; i < EVENTS; i++) run(i);
    if (round >= 0) times[way]?.push((threadUs() - start) / EVENTS);
  });
}
if (Number.isNaN(sink)) throw new Error("nothing was done");

const bytes = bodies.reduce((sum, body) => sum + body.length, 0) / EVENTS;
const report = openReport({ ...given, seed: SEED });
process.stdout.write(`${bytes.toFixed(0)} bytes an event, medians of ${rounds} rounds, µs of processor time an event\n`);
const base = median(times[0] as number[]);
ways.forEach(({ name }, way) => {
  const time = median(times[way] as number[]);
  report.figure(name, times[way] as number[], { unit: "µs an event", better: "less" });
  process.stdout.write(`${name.padEnd(34)} ${time.toFixed(2).padStart(7)} ${`${(time / base).toFixed(2)} ×`.padStart(8)}\n`);
});
process.stdout.write(`G5  bytes to decision under ${count} rules (goal 0.75 × \`JSON.parse\`)\n`);
report.end();
