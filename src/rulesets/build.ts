import { analyseProgram } from "../analysis/analyse.ts";
import type { Checked } from "../check/checked.ts";
import type { ProgramIr } from "../ir/ir.ts";
import { lowerTests } from "../ir/tests.ts";
import type { RuleFile, StringLit } from "../syntax/ast.ts";
import type { Diagnostic } from "../text/diagnostic.ts";
import { diagnosticsJson, type LocatedDiagnostic } from "../text/json.ts";
import { candidates } from "../text/path.ts";
import { Report } from "../text/report.ts";
import { runSuite } from "../testing/run.ts";
import type { Suite } from "../testing/suite.ts";
import { byPath, type SourceFile } from "../text/source.ts";
import { Folder } from "./folder.ts";
import { Memory } from "./memory.ts";
import type { RulesReader } from "./reader.ts";

/**
 * Longest that the tests of a folder may take at a reload. A test takes well below a millisecond; somebody waits for the
 * rules that they have saved.
 */
export const VERIFY_MS = 10_000;

/** Every stage between a save and the active program; the last four run where decisions are made, but for the work of `warm`. */
export type StageName = "read" | "parse" | "lists" | "check" | "lower" | "analyse" | "verify" | "index" | "transfer" | "link" | "warm" | "activate";

export interface StageTime {
  readonly name: StageName;
  /** Milliseconds from the start of the attempt. */
  readonly startMs: number;
  readonly durationMs: number;
}

/** The content of a folder in short, with the list files that its rule files name. */
export interface Content {
  /** Equal for equal rule files, also for such as cannot be read. */
  readonly rules: string;
  /** Equal for equal rule files and list files. */
  readonly all: string;
  readonly named: readonly NamedFile[];
}

/** A path as the rule file `from` names it. */
interface NamedFile {
  readonly from: string;
  readonly target: string;
}

/** What the stages that need no running service make of a rules folder. */
export interface Analysis {
  /** Content hash of all files; null when the folder could not be read. */
  readonly version: string | null;
  /** Where the version comes from, to tell later whether anything has changed. */
  readonly content: Content;
  readonly sources: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
  readonly stages: readonly StageTime[];
  /** The first stage with an error, or null. */
  readonly failed: StageName | null;
  /** What is known of the meaning of the files, also of those with errors; null when checking was not reached. */
  readonly checked: Checked | null;
  /** Null when any stage found an error. */
  readonly ir: ProgramIr | null;
  /** The tests of the folder; null without a program. */
  readonly suite: Suite | null;
}

export interface AnalyseOptions {
  /** Run the tests of the folder, for at most so many milliseconds; left out unless given. */
  readonly verifyMs?: number;
  /** Give large rulesets an index, for one who decides many events. */
  readonly indexed?: boolean;
  /** Look for warnings; `now` in milliseconds since 1970 for those that depend on the day, null to leave these out. */
  readonly warnings?: {
    readonly now: number | null;
    /** With more rules and rows than this the folder is not looked at; without it always. */
    readonly most?: number;
  };
}

interface Build {
  readonly report: Report;
  readonly folder: Folder;
  readonly reader: RulesReader;
  readonly parsed: Map<string, RuleFile>;
  readonly named: NamedFile[];
  /** Texts of list files by path. */
  readonly data: Map<string, string>;
  readonly options: AnalyseOptions;
  readonly memory: Memory;
  checked: Checked | null;
  ir: ProgramIr | null;
  suite: Suite | null;
}

interface Stage {
  readonly name: StageName;
  /** Whether the stage makes sense after errors of the stages before it. */
  readonly afterErrors: boolean;
  run(build: Build): void;
}

/** In order. Parsing goes on after a bad file and checking after a syntax error, so that one run finds every mistake. */
const STAGES: readonly Stage[] = [
  { name: "read", afterErrors: true, run: (build) => build.folder.readRules() },
  { name: "parse", afterErrors: true, run: parseAll },
  { name: "lists", afterErrors: true, run: readLists },
  { name: "check", afterErrors: true, run: check },
  { name: "lower", afterErrors: false, run: lower },
  { name: "analyse", afterErrors: false, run: warn },
  { name: "verify", afterErrors: false, run: verify },
  { name: "index", afterErrors: false, run: index },
];

function parseAll(build: Build): void {
  // Files that are imported join the map while it is walked, and are walked in their turn.
  for (const source of build.folder.rules.values()) {
    const file = build.memory.parse(source, build.report);
    build.parsed.set(source.path, file);
    if (build.reader.follow) followImports(build, file);
  }
}

function followImports(build: Build, file: RuleFile): void {
  for (const decl of file.decls) {
    if (decl.kind !== "Import") continue;
    findFirst(file.path, decl.from.value, (path) => build.folder.readImport(path, decl.from.span));
  }
}

function readLists(build: Build): void {
  for (const file of build.parsed.values()) {
    for (const { value, span } of listPaths(file)) {
      build.named.push({ from: file.path, target: value });
      const found = findFirst(file.path, value, (each) => build.folder.readList(each, span));
      // A file that is there but cannot be used is reported already; the checker must not call it absent as well.
      if (found !== undefined) build.data.set(found, build.folder.lists.get(found)?.text ?? "");
    }
  }
}

function listPaths(file: RuleFile): readonly StringLit[] {
  return file.decls.flatMap((decl) => ((decl.kind === "List" || decl.kind === "Rates") && decl.source?.kind === "file" ? [decl.source.path] : []));
}

function findFirst(from: string, target: string, read: (path: string) => boolean): string | undefined {
  return candidates(from, target).find((path) => read(path));
}

function check(build: Build): void {
  // A rule file that is not there would make every name from it unknown.
  if (build.folder.incomplete) return;
  build.checked = build.memory.check([...build.parsed.values()], build.data, build.report);
}

function lower(build: Build): void {
  const { folder, memory, checked } = build;
  if (checked === null) return;
  const { ir, origins } = memory.lower(checked, folder.version(), [...folder.rules.values()]);
  build.ir = ir;
  build.suite = { ir, tests: lowerTests(checked), origins, sources: byPath(folder.sources()) };
}

/** Looks for what is right and still not meant. It finds warnings alone, so that it never stops a build. */
function warn({ parsed, folder, checked, ir, reader, report, options: { warnings } }: Build): void {
  if (checked === null || ir === null || warnings === undefined) return;
  analyseProgram({ files: [...parsed.values()], sources: byPath(folder.sources()), checked, ir, now: warnings.now, whole: !reader.follow }, report);
}

function verify({ suite, report, options: { verifyMs } }: Build): void {
  if (suite === null || verifyMs === undefined || suite.tests.length === 0) return;
  const { findings, overdue } = runSuite(suite, { limitMs: verifyMs });
  report.addAll(findings);
  if (overdue === null) return;
  report.add("RSK0853", overdue.script.span, `the tests of this folder took more than ${verifyMs / 1_000} s, this one was not finished`, {
    help: "let `given feature` stand for many events; `sluice test` tells how long each test takes",
  });
}

/** After the tests, which link many programs that differ in little and run few events. */
function index(build: Build): void {
  if (build.ir !== null) build.ir = build.memory.index(build.ir);
}

/**
 * Runs the stages that need no running service. Never throws: a fault of ours becomes a diagnostic of its stage.
 * @param memory of who builds one folder over and over; what is built is the same with it and without
 */
export function analyse(reader: RulesReader, options: AnalyseOptions = {}, memory = new Memory()): Analysis {
  const report = new Report();
  const build: Build = {
    report,
    folder: new Folder(reader, report),
    reader,
    parsed: new Map(),
    named: [],
    data: new Map(),
    options,
    memory,
    checked: null,
    ir: null,
    suite: null,
  };
  const begun = performance.now();
  const stages: StageTime[] = [];
  let failed: StageName | null = null;
  for (const stage of STAGES) {
    if (failed !== null && !stage.afterErrors) continue;
    if (stage.name === "analyse" && !isLookedAt(build)) continue;
    if (stage.name === "verify" && options.verifyMs === undefined) continue;
    if (stage.name === "index" && options.indexed !== true) continue;
    const start = performance.now();
    const sound = runStage(stage, build);
    stages.push({ name: stage.name, startMs: start - begun, durationMs: performance.now() - start });
    if (failed === null && report.hasErrors) failed = stage.name;
    if (!sound) break;
  }
  return { ...summary(build), stages, failed, checked: build.checked, ir: failed === null ? build.ir : null, suite: failed === null ? build.suite : null };
}

function isLookedAt({ ir, options: { warnings } }: Build): boolean {
  if (warnings === undefined) return false;
  const rules = ir?.rulesets.reduce((sum, ruleset) => sum + ruleset.rules.length, 0) ?? 0;
  return rules <= (warnings.most ?? Infinity);
}

function runStage(stage: Stage, build: Build): boolean {
  try {
    stage.run(build);
    return true;
  } catch (error) {
    build.memory.forget();
    reportFault(build.report, stage.name, error);
    return false;
  }
}

/** Tells of a fault of ours as one more diagnostic, so that a build answers whatever happens inside it. */
export function reportFault(report: Report, stage: StageName, error: unknown): void {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const place = error instanceof Error ? error.stack?.split("\n").find((line) => line.trimStart().startsWith("at ")) : undefined;
  report.add("RSK0508", { file: ".", start: 0, end: 0 }, `internal error in the stage \`${stage}\`: ${text}`, {
    help: "this is a fault of sluice, not of the rules; please report it with the rule files that cause it",
    notes: place === undefined ? [] : [place.trim()],
  });
}

/** A fault of ours outside of the stages above, as the only diagnostic. */
export function faultDiagnostics(stage: StageName, error: unknown): readonly LocatedDiagnostic[] {
  const report = new Report();
  reportFault(report, stage, error);
  return diagnosticsJson(report.sorted(), new Map());
}

function summary(build: Build): Omit<Analysis, "stages" | "failed" | "checked" | "ir" | "suite"> {
  const { folder, report, named } = build;
  const content: Content = { rules: folder.rulesFingerprint(), all: folder.fingerprint(), named };
  const version = folder.rules.size === 0 ? null : folder.version();
  return { version, content, sources: folder.sources(), diagnostics: report.sorted() };
}

/** Whether the folder still holds exactly what an earlier analysis saw. Reads everything, parses nothing. */
export function isUnchanged(reader: RulesReader, content: Content): boolean {
  const folder = new Folder(reader, new Report());
  folder.readRules();
  if (folder.rulesFingerprint() !== content.rules) return false;
  const nowhere = { file: ".", start: 0, end: 0 };
  for (const { from, target } of content.named) findFirst(from, target, (path) => folder.readList(path, nowhere));
  return folder.fingerprint() === content.all;
}
