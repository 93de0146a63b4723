/*
 * What does the service answer, and how soon, for the three streams of the field: time series (readings of machines), event
 * sourcing (accounts and their orders) and change data capture (rows before and after)? Each with rules and windows of its
 * own (`perf/streams/*.risk`), as NDJSON over a connection that stays open, against `sluice serve` in a process of its own.
 * First as fast as it takes them, then at shares of that at random moments: latency from the moment an event was due,
 * written by a producer that flushes every millisecond.
 *
 *   npm run bench -- streams [NAME,NAME…] [SECONDS] [--durability memory|none|os|disk] [--svg FILE]
 */
import { writeFileSync } from "node:fs";
import { random } from "../src/simulate/random.ts";
import { countOf, readArguments } from "./harness/arguments.ts";
import { plotSvg } from "./harness/plot.ts";
import { openReport } from "./harness/report.ts";
import { figure } from "./harness/table.ts";
import { capacity, type Level, type Lines, offer, pareto } from "./streams/load.ts";
import { serve } from "./streams/service.ts";
import { type Stream, STREAMS } from "./streams/streams.ts";

const SEED = "20261121";
const SHARES = [0.1, 0.25, 0.5, 0.7, 0.85, 0.95];
/** Before anything is measured, for the compiler and the windows. */
const WARM_MS = 3_000;
const CAPACITY_MS = 3_000;

const given = readArguments(["durability", "svg"]);
const wanted = given.positional[0]?.split(",");
const seconds = countOf(given.positional[1], 4);
const durability = given.options.get("durability") ?? "os";
const svg = given.options.get("svg");
const report = openReport({ ...given, seed: SEED });
report.note(`durability ${durability}; ${seconds} s a level`);

function linesOf(stream: Stream): Lines {
  const events = stream.events(SEED);
  return () => Buffer.from(`${JSON.stringify(events.next().value)}\n`);
}

interface Measured {
  readonly stream: Stream;
  readonly most: number;
  readonly levels: readonly Level[];
}

async function measure(stream: Stream): Promise<Measured> {
  const service = await serve(stream.rules, durability);
  try {
    const lines = linesOf(stream);
    const chance = random(SEED, "arrivals");
    await capacity(service, lines, WARM_MS);
    const most = await capacity(service, lines, CAPACITY_MS);
    const levels: Level[] = [];
    for (const share of SHARES) levels.push(await offer(service, lines, share * most, seconds * 1_000, () => chance.next()));
    return { stream, most, levels };
  } finally {
    await service.stop();
  }
}

const measured: Measured[] = [];
for (const stream of STREAMS.filter(({ name }) => wanted === undefined || wanted.includes(name))) {
  const result = await measure(stream);
  measured.push(result);
  const { name, what } = stream;
  const { most, levels } = result;
  const best = pareto(levels);
  report.note(`\n${name}, ${what}: ${figure(most)} events/s as fast as they are taken`);
  report.table(
    ["offered/s", "share", "answered/s", "p50 ms", "p99 ms", "most ms", "service µs an event", "on the front"],
    levels.map((level) => [
      figure(level.offered), figure(level.offered / most), figure(level.answered), figure(level.p50), figure(level.p99), figure(level.most), level.us === null ? "–" : figure(level.us), best.has(level) ? "yes" : "beaten",
    ]),
  );
  report.figure(`${name}: capacity`, [most], { unit: "events/s", better: "more" });
  for (const [i, level] of levels.entries()) {
    report.figure(`${name}: p50 at ${SHARES[i]}`, [level.p50], { unit: "ms", better: "less" });
    report.figure(`${name}: p99 at ${SHARES[i]}`, [level.p99], { unit: "ms", better: "less" });
    if (level.us !== null) report.figure(`${name}: processor time at ${SHARES[i]}`, [level.us], { unit: "µs an event", better: "less" });
  }
}
if (svg !== undefined && measured.length > 0) {
  const lines = measured.flatMap(({ stream, levels }, colour) =>
    (["p99", "p50"] as const).map((which) => ({ name: `${stream.name} ${which}`, colour, dashed: which === "p50", points: levels.map((level) => ({ x: level.answered, y: level[which] })) })),
  );
  const about = measured.map(({ stream, levels }) => `${stream.name}: ${levels.map(({ answered, p99 }) => `${figure(answered)} events a second at a p99 of ${figure(p99)} ms`).join(", ")}`).join("; ");
  writeFileSync(svg, plotSvg({ title: `NDJSON streams, durability ${durability}`, about, x: "events answered a second", y: "latency, ms", lines }));
  report.note(`drawn in ${svg}`);
}
report.end();
