import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { linkProgram as Link } from "../../../src/compile/link.ts";
import type { Program } from "../../../src/compile/program.ts";
import type { Answer } from "../../../src/engine/decision.ts";
import type { Desk as Desks } from "../../../src/engine/desk.ts";
import type { ManagedLists as Lists } from "../../../src/engine/lists.ts";
import type { analyse as Analyse } from "../../../src/rulesets/build.ts";
import type { memoryReader as Reader } from "../../../src/rulesets/reader.ts";
import type { parseFile as Parse } from "../../../src/syntax/parse.ts";
import type { Report as Reports } from "../../../src/text/report.ts";
import type { WindowStore as Stores } from "../../../src/windows/store.ts";
import { EVENT, payment } from "../../../perf/rules/events.ts";
import { manyRules } from "../../../perf/rules/templates.ts";
import { rngOf } from "../../random.ts";

/* The ways that are hot in a service and at its reloads, each as one call of a tree of sources, whichever revision it is of. */

/** One call, which takes some micro- or milliseconds; yields what came out, to be compared between trees. */
export type Call = (number: number) => unknown;

/** The sources in a folder; what they export is what this revision exports, or the path cannot be compared. */
async function load<T>(root: string, file: string): Promise<T> {
  return (await import(pathToFileURL(join(root, file)).href)) as T;
}

const SEED = 20_261_121;

async function programOf(root: string, text: string): Promise<Program> {
  const { analyse } = await load<{ readonly analyse: typeof Analyse }>(root, "src/rulesets/build.ts");
  const { memoryReader } = await load<{ readonly memoryReader: typeof Reader }>(root, "src/rulesets/reader.ts");
  const { linkProgram } = await load<{ readonly linkProgram: typeof Link }>(root, "src/compile/link.ts");
  const { ir, diagnostics } = analyse(memoryReader("rules", new Map([["rules.risk", text]])), { indexed: true });
  if (ir === null) throw new Error(`${diagnostics[0]?.code} ${diagnostics[0]?.message}`);
  const steps = linkProgram(ir);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** What an answer says, without what differs from call to call. */
function said(answer: Answer): unknown {
  return answer.kind === "decided" ? { ...answer.decision.decisions, degraded: answer.decision.degraded } : answer;
}

/** Takes an event in and decides it, as a service does, but for HTTP and the log. */
async function deciding(root: string, text: string, type: string, eventOf: (number: number) => object): Promise<Call> {
  const { Desk } = await load<{ readonly Desk: typeof Desks }>(root, "src/engine/desk.ts");
  const { ManagedLists } = await load<{ readonly ManagedLists: typeof Lists }>(root, "src/engine/lists.ts");
  const { WindowStore } = await load<{ readonly WindowStore: typeof Stores }>(root, "src/windows/store.ts");
  const program = await programOf(root, text);
  const clock = { now: () => 0 };
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const desk = new Desk({ active: () => program, windows, lists: new ManagedLists(clock), clock, replayCapacity: 0 });
  return (number) => said(desk.decide({ type, event: eventOf(number), explain: false, version: null }));
}

const EVENTS = 512;

function payments(): (number: number) => object {
  const rng = rngOf(SEED);
  const made = JSON.parse(JSON.stringify(Array.from({ length: EVENTS }, (_, i) => payment(rng, i)))) as readonly object[];
  return (number) => made[number % EVENTS] as object;
}

function rulesText(rules: readonly string[]): string {
  const written = rules.map((rule, i) => `  rule r${i} { when ${rule} then review score 1 reason R${i} "rule ${i}" }`);
  return `${EVENT}\nruleset card on payment {\n  outcomes allow < review\n  policy worst\n${written.join("\n")}\n}`;
}

const THOUSAND = (): string => rulesText(manyRules(rngOf(SEED), 1_000, 0.01).map(({ rule }) => rule));

const FEATURES = [
  "count of purchase by card over 1h", "count of purchase by card over 1d", "count of purchase by card over 7d", "sum of purchase.amount by card over 1d",
  "distinct of purchase.shop by card over 7d", "average of purchase.amount by card over 30d excluding current", "max of purchase.amount by card over 7d",
  "count of purchase by shop over 1h", "distinct of purchase.card by shop over 1d", "sum of purchase.amount by shop over 7d",
];
const WINDOWS = `event purchase {
  at: timestamp @time
  card: string @key
  shop: string @key
  amount: number
}
${FEATURES.map((feature, i) => `feature f${i} = ${feature}`).join("\n")}
ruleset card on purchase {
  outcomes allow < review
  rule all { when ${FEATURES.map((_, i) => `f${i} > ${i * 50}`).join(" or ")} then review reason R1 "{f0} {f3} {f5}" }
}`;
const START = Date.UTC(2026, 0, 1);
/** Between two events; at a thousand cards each has some ten in a day. */
const STEP_MS = 8_000;

function purchase(number: number): object {
  const spread = (salt: number): number => Math.imul(number ^ salt, 0x9e3779b1) >>> 8;
  return { at: new Date(START + number * STEP_MS).toISOString(), card: `c${spread(0x51ed27) % 1_000}`, shop: `s${spread(0x2f0b43) % 300}`, amount: 1 + (spread(0x77ab11) % 200) };
}

async function parsing(root: string): Promise<Call> {
  const { parseFile } = await load<{ readonly parseFile: typeof Parse }>(root, "src/syntax/parse.ts");
  const { Report } = await load<{ readonly Report: typeof Reports }>(root, "src/text/report.ts");
  const text = rulesText(manyRules(rngOf(SEED), 40, 0.01).map(({ rule }) => rule));
  return () => {
    const report = new Report();
    const { decls } = parseFile({ path: "rules.risk", text }, report);
    return [decls.map(({ kind }) => kind), report.sorted().length];
  };
}

/** Each with its set-up; a set-up that throws means that the tree is too different to be compared. */
export const PATHS: Readonly<Record<string, (root: string) => Promise<Call>>> = {
  "decide with 1,000 rules": (root) => deciding(root, THOUSAND(), "payment", payments()),
  "windows: fold in and read ten features": (root) => deciding(root, WINDOWS, "purchase", purchase),
  "decode an event of 24 fields": (root) => deciding(root, rulesText(["amount > 1000000"]), "payment", payments()),
  "parse 40 rules": parsing,
};
