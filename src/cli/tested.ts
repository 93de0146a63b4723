import { join } from "node:path";
import type { Covered, RulesetCoverage } from "../testing/coverage.ts";
import { junit, type Reported } from "../testing/junit.ts";
import type { Mutant } from "../testing/mutants.ts";
import type { TrialResult } from "../testing/run.ts";
import type { MutationResult } from "../testing/survivors.ts";
import type { Diagnostic } from "../text/diagnostic.ts";
import { diagnosticsJson } from "../text/json.ts";
import { renderPretty } from "../text/render.ts";
import { byPath, LineMap, type SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";
import { relocate, showDiagnostics } from "./diagnostics.ts";
import { painter, write, type Io, type Paint } from "./io.ts";

/** What came of the tests of one path. */
export interface Tested {
  readonly folder: string;
  /** By paths in the folder. */
  readonly sources: readonly SourceFile[];
  readonly results: readonly TrialResult[];
  /** Null when it was not asked for. */
  readonly coverage: readonly RulesetCoverage[] | null;
  /** Null when it was not asked for, or tests fail without it. */
  readonly mutation: MutationResult | null;
}

/** Whether all tests pass and what is measured reaches a threshold in percent. */
export function isEnough(tested: readonly Tested[], threshold: number): boolean {
  const passed = tested.every(({ results }) => results.every(({ findings }) => findings.length === 0));
  return passed && [coverageOf(tested), mutationOf(tested)].every((share) => share === null || share.percent >= threshold);
}

interface Share {
  readonly part: number;
  readonly all: number;
  readonly percent: number;
}

function share(part: number, all: number): Share {
  return { part, all, percent: all === 0 ? 100 : (100 * part) / all };
}

function coverageOf(tested: readonly Tested[]): Share | null {
  const rulesets = tested.flatMap(({ coverage }) => coverage ?? []);
  if (tested.every(({ coverage }) => coverage === null)) return null;
  return share(sum(rulesets.map((each) => each.seen)), sum(rulesets.map((each) => each.all)));
}

function mutationOf(tested: readonly Tested[]): Share | null {
  const results = tested.flatMap(({ mutation }) => (mutation === null ? [] : [mutation]));
  if (results.length === 0) return null;
  const killed = sum(results.map((each) => each.killed));
  return share(killed, killed + sum(results.map((each) => each.survivors.length)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** Finds lines of the files of one path. */
class Places {
  readonly #tested: Tested;
  readonly #maps = new Map<string, LineMap>();

  constructor(tested: Tested) {
    this.#tested = tested;
  }

  at(span: Span): { readonly file: string; readonly line: number; readonly column: number; readonly text: string } {
    let map = this.#maps.get(span.file);
    if (map === undefined) {
      map = new LineMap(this.#tested.sources.find(({ path }) => path === span.file)?.text ?? "");
      this.#maps.set(span.file, map);
    }
    const { line, column } = map.positionOf(span.start);
    return { file: join(this.#tested.folder, span.file), line, column, text: map.lineText(line).trim() };
  }

  text(span: Span): string {
    const source = this.#tested.sources.find(({ path }) => path === span.file)?.text ?? "";
    const text = source.slice(span.start, span.end).replaceAll(/\s+/g, " ");
    return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
  }
}

/** Longer conditions are cut. */
const MAX_QUOTED = 60;

// For machines

export function reportJson(tested: readonly Tested[], threshold: number): string {
  const coverage = coverageOf(tested);
  const mutation = mutationOf(tested);
  return `${JSON.stringify({
    ok: isEnough(tested, threshold),
    tests: tested.flatMap(testsJson),
    ...(coverage === null ? {} : { coverage: { ...coverage, rulesets: tested.flatMap(coverageJson) } }),
    ...(mutation === null ? {} : { mutants: { killed: mutation.part, all: mutation.all, percent: mutation.percent, survivors: tested.flatMap(survivorsJson) } }),
  })}\n`;
}

function testsJson(one: Tested): readonly object[] {
  const places = new Places(one);
  return one.results.map(({ trial, findings, durationMs }) => {
    const { file, line } = places.at((trial.row ?? trial.script).span);
    const moved = relocate({ diagnostics: findings, sources: one.sources }, one.folder);
    const diagnostics = diagnosticsJson(moved.diagnostics, byPath(moved.sources));
    return { name: trial.name, ruleset: trial.script.ruleset, file, line, passed: findings.length === 0, durationMs, diagnostics };
  });
}

function coverageJson(one: Tested): readonly object[] {
  const places = new Places(one);
  return (one.coverage ?? []).map(({ ruleset, seen, all, items }) => ({
    ruleset,
    part: seen,
    all,
    percent: share(seen, all).percent,
    items: items.map(({ kind, name, row, span, seen: shown, unseen }) => {
      const { file, line, column } = places.at(span);
      return { kind, name, row, file, line, column, seen: shown, unseen };
    }),
  }));
}

function survivorsJson(one: Tested): readonly object[] {
  const places = new Places(one);
  return (one.mutation?.survivors ?? []).map(({ kind, span, from, to, advice, rulesets }) => {
    const { file, line, column } = places.at(span);
    return { kind, file, line, column, from, to, advice, rulesets };
  });
}

export function reportJunit(tested: readonly Tested[]): string {
  const reported = tested.flatMap((one): readonly Reported[] => {
    const places = new Places(one);
    return one.results.map((result) => ({ result, ...places.at((result.trial.row ?? result.trial.script).span) }));
  });
  const sources = byPath(tested.flatMap(({ sources: own }) => own));
  return junit(reported, (findings) => renderPretty(findings, sources, { colour: false }));
}

// For people

/** Results go to standard output, what is wrong with failing tests to standard error. */
export async function reportPretty(tested: readonly Tested[], threshold: number, io: Io): Promise<void> {
  const paint = painter(io.stdout);
  for (const one of tested) {
    const suites = Map.groupBy(one.results, ({ trial }) => trial.script.ruleset);
    for (const [ruleset, results] of suites) {
      const lines = results.map(({ trial, findings }) => `  ${findings.length === 0 ? paint("green", "✓") : paint("red", "✗")} ${printable(trial.name)}`);
      await write(io.stdout, `${ruleset}\n${lines.join("\n")}\n\n`);
    }
    const findings: readonly Diagnostic[] = one.results.flatMap((each) => each.findings);
    await showDiagnostics(relocate({ diagnostics: findings, sources: one.sources }, one.folder), io);
  }
  const coverage = coverageOf(tested);
  const mutation = mutationOf(tested);
  if (coverage !== null) await write(io.stdout, tested.map((one) => coverageText(one, paint)).join(""));
  if (mutation !== null) await write(io.stdout, tested.map((one) => survivorsText(one, paint)).join(""));
  const results = tested.flatMap((one) => one.results);
  const failed = results.filter(({ findings }) => findings.length > 0).length;
  const ms = sum(results.map((each) => each.durationMs));
  const lines = [
    `${results.length} test${results.length === 1 ? "" : "s"}: ${paint(failed > 0 ? "red" : "green", `${results.length - failed} passed, ${failed} failed`)} (${ms.toFixed(0)} ms)`,
    ...(coverage === null ? [] : [`coverage: ${percentText(coverage, threshold, paint)}`]),
    ...(mutation === null ? [] : [`mutants noticed: ${percentText(mutation, threshold, paint)}`]),
  ];
  await write(io.stdout, `${lines.join("\n")}\n`);
}

/** A name may hold characters that would steer a terminal. */
function printable(name: string): string {
  return name.replaceAll(/\p{Cc}/gu, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
}

function percentText({ part, all, percent }: Share, threshold: number, paint: Paint): string {
  const text = `${percent.toFixed(1)} % (${part} of ${all})`;
  return percent < threshold ? `${paint("red", text)}, below ${threshold} %` : text;
}

function coverageText(one: Tested, paint: Paint): string {
  const places = new Places(one);
  const blocks = (one.coverage ?? []).map(({ ruleset, seen, all, items }) => {
    const { percent } = share(seen, all);
    const open = items.filter(({ unseen }) => unseen.length > 0).map((item) => uncovered(item, places, paint));
    return [`coverage of ${ruleset}: ${percent.toFixed(1)} % (${seen} of ${all})`, ...open, ""].join("\n");
  });
  return blocks.map((block) => `${block}\n`).join("");
}

function uncovered({ kind, name, row, span, unseen }: Covered, places: Places, paint: Paint): string {
  const { file, line, column, text } = places.at(span);
  const rule = row === null ? `\`${name}\`` : `row ${row} of \`${name}\``;
  const head = `  ${file}:${line}:${column} `;
  if (kind === "outcome") return `${head}outcome \`${name}\` never reached`;
  const what = kind === "condition" ? `condition \`${places.text(span)}\` of ${rule}` : kind === "list" ? `being in ${rule}` : rule;
  return `${head}${what} never ${list(unseen)}\n    ${paint("dim", `${line} | ${text}`)}`;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function survivorsText(one: Tested, paint: Paint): string {
  const survivors = one.mutation?.survivors ?? [];
  const places = new Places(one);
  return survivors.map((mutant) => `${survivor(mutant, places, paint)}\n\n`).join("");
}

function survivor({ span, from, to, advice }: Mutant, places: Places, paint: Paint): string {
  const { file, line, column, text } = places.at(span);
  const change = to === "nothing" ? `that ${from} is left out` : `\`${to}\` instead of \`${from}\``;
  return `  ${file}:${line}:${column} no test notices ${change}\n    ${paint("dim", `${line} | ${text}`)}\n    ${advice}`;
}
