/*
 * How do the rule engines of npm, and an `if` chain that a good programmer would write by hand, compare with the index on
 * the same rules? Rules of the 44 templates of `perf/rules` in each one's own words, over events of 24 fields of which 1 %
 * of the rules hold. All give the same answers before any is timed; processor time, all in turn in every round.
 *
 *   npm run bench -- peers install           installs them into perf/node_modules, pinned; nothing else needs them
 *   npm run bench -- peers [SIZE,SIZE…] [ROUNDS] [--only NAME,NAME…]
 */
import { rngOf } from "../test/random.ts";
import { countOf, readArguments, sizesOf } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import { ratioOf, ratiosOf } from "./harness/statistics.ts";
import { figure } from "./harness/table.ts";
import { interleave, processorUs, type Timing, type Way } from "./harness/timing.ts";
import { bufCel, celJs } from "./peers/cel.ts";
import { filtrex } from "./peers/filtrex.ts";
import { hand } from "./peers/hand.ts";
import { installPeers } from "./peers/install.ts";
import { jsonLogic } from "./peers/jsonlogic.ts";
import { jsonRules } from "./peers/jsonrules.ts";
import { CannotSay, type Decide, type Peer, pinned } from "./peers/peer.ts";
import { sluice } from "./peers/sluice.ts";
import { zen } from "./peers/zen.ts";
import type { Written } from "./rules/conditions.ts";
import { payment, type Payment } from "./rules/events.ts";
import { manyRules, TEMPLATES } from "./rules/templates.ts";

const PEERS: readonly Peer[] = [hand, jsonLogic, celJs, bufCel, filtrex, zen, jsonRules];
const SEED = 20_261_121;
const SHARE = 0.01;
const EVENTS = 256;
/** Processor time of one way in one round, in microseconds; an event that has begun is finished. */
const ROUND_US = 100_000;
/** What comparing the answers of one peer may take, in microseconds; a slow one answers fewer events. */
const COMPARE_US = 1_500_000;
/** A peer that would take longer for an event is left out of a size. */
const MOST_US_AN_EVENT = 5_000_000;
/** How much a peer may slow down from one size to the next, tenfold rules and then some. */
const GROWTH = 12;

/** Least ratios to reach, by size: against the best peer of npm and against two by name. */
const GOALS: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  best: { 100: 5, 1_000: 150, 10_000: 1_000 },
  [hand.name]: { 10: 0.4, 100: 1.5, 1_000: 15, 10_000: 100 },
  [zen.name]: { 100: 300, 1_000: 1_500, 10_000: 5_000 },
  [jsonRules.name]: { 100: 3_000, 1_000: 25_000, 10_000: 100_000 },
};

const given = readArguments(["only"]);
if (given.positional[0] === "install") {
  const missing = installPeers();
  process.stdout.write(missing.length === 0 ? "all peers are installed\n" : `could not be installed: ${missing.join(", ")}\n`);
  process.exit(missing.length === 0 ? 0 : 1);
}
const sizes = sizesOf(given.positional[0], [10, 100, 1_000, 10_000]);
const rounds = countOf(given.positional[1], 5);
const only = given.options.get("only")?.split(",");
const report = openReport({ ...given, seed: SEED });

/** Tries each template on a peer: tells whether it is there, and which templates it has no words for. */
async function silent(peer: Peer): Promise<ReadonlySet<number> | null> {
  const cannot = new Set<number>();
  for (const [i, rule] of manyRules(rngOf(SEED), TEMPLATES.length, SHARE).entries()) {
    try {
      await peer.prepare([rule.asks]);
    } catch (error) {
      if (!(error instanceof CannotSay) && isAbsent(error)) return null;
      report.note(`${peer.name} cannot say template ${i + 1}, \`${rule.rule}\`: ${messageOf(error)}`);
      cannot.add(i);
    }
  }
  return cannot;
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "MODULE_NOT_FOUND" || error.code === "ERR_MODULE_NOT_FOUND" || error.code === "ERR_DLOPEN_FAILED");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}

/** A peer that answers as the rules mean, and how long an event took while it was asked. */
interface Ready {
  readonly peer: Peer;
  readonly decide: Decide;
  readonly usAnEvent: number;
}

/** Compares answers, as many as there is time for; null where one differs. */
async function examine(peer: Peer, decide: Decide, events: readonly Payment[], wanted: readonly (readonly number[])[]): Promise<Ready | null> {
  const start = processorUs();
  let asked = 0;
  for (const [i, event] of events.entries()) {
    const found = (await decide(event)).toSorted((a, b) => a - b);
    if (found.join() !== wanted[i]?.join()) {
      report.note(`${peer.name} is left out: it finds ${found.join()} in event ${i}, where ${wanted[i]?.join()} hold`);
      return null;
    }
    asked++;
    if (processorUs() - start > COMPARE_US) break;
  }
  if (asked < events.length) report.note(`${peer.name}: answers compared on ${asked} of ${events.length} events`);
  return { peer, decide, usAnEvent: (processorUs() - start) / asked };
}

let sink = 0;

/** Asks one event after the other, again and again. */
function asking(decide: Decide, events: readonly Payment[]): () => number | Promise<number> {
  let at = 0;
  return () => {
    const found = decide(events[at++ % events.length] as Payment);
    if (!(found instanceof Promise)) {
      sink += found.length;
      return 1;
    }
    return found.then((numbers) => {
      sink += numbers.length;
      return 1;
    });
  };
}

/** What the index tells alone; the whole decision with its hits; the same from the object that a parser made. */
const SLUICE = "sluice: ";
const FIND = `${SLUICE}index`;
const DECIDE = `${SLUICE}decision`;
const READ = `${SLUICE}read and decide`;

async function measure(rules: readonly Written[], events: readonly Payment[], ready: readonly Ready[]): Promise<readonly Timing[]> {
  const us = sluice(rules);
  const frames = events.map(us.decode);
  const all = (each: (i: number) => number) => (): number => {
    for (let i = 0; i < events.length; i++) sink += each(i);
    return events.length;
  };
  const { find } = us;
  const ours: Way[] = [
    ...(find === null ? [] : [{ name: FIND, run: all((i) => find(frames[i] as (typeof frames)[number])) }]),
    { name: DECIDE, run: all((i) => us.decide(frames[i] as (typeof frames)[number])) },
    { name: READ, run: all((i) => us.decide(us.decode(events[i] as Payment))) },
  ];
  return await interleave([...ours, ...ready.map(({ peer, decide }) => ({ name: peer.name, run: asking(decide, events) }))], { rounds, roundUs: ROUND_US });
}

const present: Peer[] = [];
const left = new Set<number>();
for (const peer of PEERS.filter(({ name }) => only === undefined || only.includes(name) || name === hand.name)) {
  const cannot = await silent(peer);
  if (cannot === null) report.note(`${peer.name} is not there: npm run bench -- peers install`);
  else present.push(peer);
  for (const template of cannot ?? []) left.add(template);
}
const versions = pinned();
for (const { name, how, package: pack } of present) report.note(`${name}${pack === null ? "" : ` ${versions[pack]}`}: ${how}`);
report.note(left.size === 0 ? `all ${TEMPLATES.length} templates can be said by all` : `${TEMPLATES.length - left.size} of ${TEMPLATES.length} templates: the others cannot be said by all`);

const usual = new Map<Peer, number>();
for (const [step, size] of sizes.entries()) {
  const rng = rngOf(SEED);
  const rules = manyRules(rng, size, SHARE).filter((_, i) => !left.has(i % TEMPLATES.length));
  // As they come: texts of a parser are other objects than texts of a program.
  const events = JSON.parse(JSON.stringify(Array.from({ length: EVENTS }, (_, i) => payment(rng, i)))) as readonly Payment[];
  const wanted = events.map((event) => rules.flatMap(({ holds }, i) => (holds(event) ? [i] : [])));
  const { found } = sluice(rules);
  events.forEach((event, i) => {
    if (found(event).join() !== wanted[i]?.join()) throw new Error(`sluice finds ${found(event).join()} in event ${i}, where ${wanted[i]?.join()} hold`);
  });
  const ready: Ready[] = [];
  for (const peer of present) {
    const expected = (usual.get(peer) ?? 0) * (step === 0 ? 1 : Math.max(GROWTH, (size / (sizes[step - 1] ?? size)) * (GROWTH / 10)));
    if (expected > MOST_US_AN_EVENT) {
      report.note(`${peer.name} is left out at ${size} rules: an event would take some ${figure(expected / 1e6)} s`);
      continue;
    }
    const answered = await examine(peer, await peer.prepare(rules.map(({ asks }) => asks)), events, wanted);
    if (answered === null) continue;
    ready.push(answered);
    usual.set(peer, answered.usAnEvent);
  }
  tell(size, rules.length, wanted.flat().length / events.length, await measure(rules, events, ready));
}
if (sink === 0) throw new Error("nothing was found");
report.end();

/** Prints a size: each way with its spread, its ratio to ours, and the ratio that is the goal. */
function tell(size: number, rules: number, matched: number, timings: readonly Timing[]): void {
  const ours = [FIND, DECIDE, READ].flatMap((name) => timings.filter((each) => each.name === name));
  const others = timings.filter((each) => !ours.includes(each));
  const best = others.filter(({ name }) => name !== hand.name).toSorted((a, b) => a.spread.median - b.spread.median)[0];
  for (const timing of timings) report.figure(`${timing.name}, ${size} rules`, timing.rounds, { unit: "µs an event", better: "less" });
  for (const timing of others) {
    for (const each of ours) report.figure(`${timing.name} / ${each.name}, ${size} rules`, ratiosOf(timing.rounds, each.rounds), { unit: "×", better: "more" });
  }
  const times = (timing: Timing, by: Timing): number => ratioOf(timing.rounds, by.rounds).median;
  const goal = (timing: Timing): string => {
    const wanted = [GOALS[timing.name]?.[size], timing === best ? GOALS["best"]?.[size] : undefined].filter((each) => each !== undefined);
    const reached = (least: number): string => ours.slice(0, -1).map((each) => `${each.name.slice(SLUICE.length)} ${times(timing, each) >= least ? "met" : "MISSED"}`).join(", ");
    return wanted.map((least) => `≥ ${figure(least)} ×: ${reached(least)}`).join("; ");
  };
  report.note(`\n${rules.toLocaleString("en-US")} rules, an event matches ${figure(matched)} of them; µs of processor time an event, median of ${rounds} rounds`);
  report.table(
    ["way", "µs", "least", "most", ...ours.map(({ name }) => `/ ${name.slice(SLUICE.length)}`), "goal"],
    timings.map((timing) => [
      timing.name, figure(timing.spread.median), figure(timing.spread.least), figure(timing.spread.most), ...ours.map((each) => `${figure(times(timing, each))} ×`), others.includes(timing) ? goal(timing) : "",
    ]),
  );
}
