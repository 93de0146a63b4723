/*
 * What does a rule cost before the first event: to parse, check, lower, index and link it, in bytes of tables and in memory?
 * Rules of the 44 templates of `perf/rules`, 1,000 to 100,000 in files of 1,000, as one ruleset. Processor time, everything
 * anew in every round, in a process that has built 1,000 rules before. Memory is what the linked program holds once text, tree
 * and what else it was made from are gone.
 *
 *   npm run bench -- build [SIZE,SIZE…] [ROUNDS]
 */
import { checkFiles } from "../src/check/check.ts";
import { linkProgram } from "../src/compile/link.ts";
import type { Program } from "../src/compile/program.ts";
import type { ProgramIr, RulesetIr } from "../src/ir/ir.ts";
import { lowerProgram } from "../src/ir/lower.ts";
import { withMatching } from "../src/match/build.ts";
import { parseFile } from "../src/syntax/parse.ts";
import type { RuleFile } from "../src/syntax/ast.ts";
import { Report as Findings } from "../src/text/report.ts";
import { rngOf } from "../test/random.ts";
import { countOf, readArguments, sizesOf } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import { median } from "./harness/statistics.ts";
import { figure } from "./harness/table.ts";
import { timed } from "./harness/timing.ts";
import type { Written } from "./rules/conditions.ts";
import { EVENT } from "./rules/events.ts";
import { manyRules } from "./rules/templates.ts";

const SEED = 20_261_121;
const SHARE = 0.01;
const RULES_A_FILE = 1_000;
/** Rules from which on one round is enough. */
const MANY = 50_000;
/** What rules may cost together is not asked here: 100,000 of them are more than the limit lets in. */
const COSTLY: ReadonlySet<string> = new Set(["RSK0460", "RSK0461"]);

const STAGES = ["parse", "check", "lower", "index", "link"] as const;
type Stage = (typeof STAGES)[number];

const given = readArguments();
const sizes = sizesOf(given.positional[0], [1_000, 10_000, 100_000]);
const rounds = countOf(given.positional[1], 5);
const report = openReport({ ...given, seed: SEED });

interface Source {
  readonly path: string;
  readonly text: string;
}

/** The files of a folder: the event, and rulesets of some rules each. */
function folderOf(rules: readonly Written[]): readonly Source[] {
  const files: Source[] = [{ path: "event.risk", text: EVENT }];
  for (let at = 0; at < rules.length; at += RULES_A_FILE) {
    const written = rules.slice(at, at + RULES_A_FILE).map(({ rule }, i) => `  rule r${at + i} { when ${rule} then review score 1 reason R${at + i} "rule ${at + i}" }`);
    files.push({ path: `rules${at}.risk`, text: `import payment from "event.risk"\nruleset card${at} on payment {\n  outcomes allow < review\n  policy worst\n${written.join("\n")}\n}` });
  }
  return files;
}

/** All rules in one ruleset: they name fields only, so that they can change places. */
function joined(program: ProgramIr): ProgramIr {
  const [first] = program.rulesets as readonly [RulesetIr];
  return { ...program, rulesets: [{ ...first, rules: program.rulesets.flatMap(({ rules }) => rules) }] };
}

function linked(ir: ProgramIr): Program {
  const steps = linkProgram(ir);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Bytes of typed arrays in plain data. */
function arrayBytes(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, each) => sum + arrayBytes(each), 0);
}

/** Bytes that live objects, and buffers outside of the heap, take. */
function held(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

interface Built {
  readonly us: Readonly<Record<Stage, number>>;
  readonly tables: number;
  readonly program: Program;
}

function build(sources: readonly Source[]): Built {
  const findings = new Findings();
  const parse = timed((): readonly RuleFile[] => sources.map((source) => parseFile(source, findings)));
  const check = timed(() => checkFiles(parse.value, new Map(), findings));
  const mistake = findings.sorted().find(({ code }) => !COSTLY.has(code));
  if (mistake !== undefined) throw new Error(`${mistake.code} ${mistake.message}`);
  const lower = timed(() => joined(lowerProgram(check.value, "v1")));
  const index = timed(() => withMatching(lower.value));
  const link = timed(() => linked(index.value));
  return {
    us: { parse: parse.us, check: check.us, lower: lower.us, index: index.us, link: link.us },
    tables: arrayBytes(index.value.rulesets[0]?.matching),
    program: link.value,
  };
}

interface Round extends Omit<Built, "program"> {
  readonly memory: number;
}

/** A function of its own, so that nothing of a round is within reach when the next one looks at what is held. */
function round(sources: readonly Source[]): Round {
  const before = held();
  const { us, tables, program } = build(sources);
  const memory = held() - before;
  if (program.events.size !== 1) throw new Error("the program has another event");
  return { us, tables, memory };
}

const rows: (readonly string[])[] = [];
// What is made once for all programs is made before it is looked at what one holds.
round(folderOf(manyRules(rngOf(SEED), RULES_A_FILE, SHARE)));
for (const size of sizes) {
  const sources = folderOf(manyRules(rngOf(SEED), size, SHARE));
  const bytes = sources.reduce((sum, { text }) => sum + text.length, 0);
  const measured = Array.from({ length: size >= MANY ? Math.min(rounds, 1) : rounds }, () => round(sources));
  const times = (stage: Stage): readonly number[] => measured.map(({ us }) => us[stage] / size);
  const memory = measured.map((each) => each.memory / size);
  const { tables } = measured[0] as Round;
  for (const stage of STAGES) report.figure(`${stage}, ${size} rules`, times(stage), { unit: "µs a rule", better: "less" });
  report.figure(`tables, ${size} rules`, [tables / size], { unit: "B a rule", better: "less" });
  report.figure(`memory, ${size} rules`, memory, { unit: "B a rule", better: "less" });
  const all = STAGES.reduce((sum, stage) => sum + median(times(stage)), 0);
  rows.push([
    size.toLocaleString("en-US"), String(measured.length), ...STAGES.map((stage) => figure(median(times(stage)))), figure(all), figure((all * size) / 1_000), figure(bytes / size / median(times("parse"))),
    figure(tables / size), figure(median(memory)), figure(tables / 1e6), figure((median(memory) * size) / 1e6),
  ]);
}
report.table(["rules", "rounds", ...STAGES.map((stage) => `${stage} µs`), "all µs a rule", "all ms", "parse MB/s", "tables B a rule", "memory B a rule", "tables MB", "memory MB"], rows);
report.note("memory: heap and buffers that the linked program holds, its tables among them");
report.end();
