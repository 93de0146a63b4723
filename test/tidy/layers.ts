import type { Findings, TextFile } from "./files.ts";
import { type Import, importsOf, packageOf } from "./imports.ts";

/*
 * Who may import whom, as data. A room is a folder of `src`, or `grammar`; a single file at the top of `src` is its own
 * room. A room may import itself. `room/file` opens one door of a room: a file of interfaces without code behind it.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  text: [],
  clock: [],
  config: [],
  types: ["text"],
  grammar: ["text", "syntax/ast", "types/functions/signature", "types/functions/forms", "types/functions/table"],
  syntax: ["grammar", "text"],
  format: ["syntax", "text"],
  windows: ["types"],
  check: ["syntax/ast", "syntax/walk", "types", "text", "ir/ir", "ir/plan", "windows/spec"],
  ir: ["match/tables", "check", "syntax/ast", "syntax/walk", "types", "text", "windows/spec"],
  match: ["ir/ir", "ir/children", "types"],
  compile: ["ir", "match", "types", "windows/spec", "text/span", "text/source"],
  store: ["types", "text", "windows/bytes"],
  engine: ["compile", "match/tables", "windows", "types", "clock", "store/record", "store/marks", "store/batch", "store/frames", "store/idhash", "store/protocol", "store/queries", "store/reader"],
  analysis: ["check", "ir", "compile", "syntax/ast", "syntax/walk", "types", "text", "windows/spec"],
  explain: ["ir/ir", "ir/children", "ir/origins", "compile", "engine", "windows", "types", "text"],
  testing: ["ir", "compile", "engine", "windows", "types", "text"],
  rulesets: ["match", "analysis", "syntax", "check", "ir", "testing", "compile", "engine", "windows", "types", "text", "clock"],
  backfill: ["rulesets", "engine/reach", "compile", "ir", "store", "windows", "types"],
  lsp: ["rulesets", "check", "format", "testing", "syntax", "grammar", "types", "text"],
  replay: ["rulesets", "compile", "engine", "windows", "types", "text"],
  telemetry: ["compile/program"],
  simulate: [],
  upkeep: ["engine", "store", "windows", "compile", "clock", "config"],
  http: ["engine", "rulesets", "store", "telemetry", "compile/program", "types", "text", "clock"],
};

/** The composition root and the commands may import every room. */
const TOP: ReadonlySet<string> = new Set(["cli", "service", "main"]);

/** Packages that only some rooms may name. A trailing star stands for every package of the scope. */
export const CONFINED: Readonly<Record<string, readonly string[]>> = {
  chevrotain: ["grammar", "syntax"],
  fastify: ["http"],
  "@fastify/*": ["http"],
  "@scalar/*": ["http"],
  "@opentelemetry/*": ["telemetry"],
  "vscode-languageserver": ["lsp", "cli"],
  "vscode-languageserver-textdocument": ["lsp"],
};

export function roomOf(path: string): string {
  const [top = "", second = ""] = path.split("/");
  return top === "src" ? second.replace(/\.ts$/, "") : top;
}

/** Imports that go up, sideways, or to a package that is not for this room. */
export function layerFindings(files: readonly TextFile[]): Findings {
  return files.flatMap((file) => importsOf(file).flatMap((each) => [...upward(each), ...confined(each)]));
}

function upward(each: Import): string[] {
  if (each.target === null) return [];
  const [from, to] = [roomOf(each.from), roomOf(each.target)];
  if (from === to || TOP.has(from)) return TOP.has(to) && from !== to && from === "cli" && to === "main" ? [finding(each, from, to)] : [];
  const allowed = LAYERS[from];
  if (allowed === undefined) return [`${each.from}:${each.line}: the room \`${from}\` is not in the layer table`];
  const door = each.target.replace(/^src\//, "").replace(/\.ts$/, "");
  return allowed.includes(to) || allowed.includes(door) ? [] : [finding(each, from, to)];
}

function finding(each: Import, from: string, to: string): string {
  return `${each.from}:${each.line}: \`${from}\` may not import \`${to}\` (${each.specifier})`;
}

function confined(each: Import): string[] {
  const name = packageOf(each.specifier);
  if (name === null) return [];
  const rooms = CONFINED[name] ?? CONFINED[`${name.split("/")[0]}/*`];
  if (rooms === undefined || rooms.includes(roomOf(each.from))) return [];
  return [`${each.from}:${each.line}: only ${rooms.join(" and ")} may import \`${name}\``];
}

/** Relative imports that name a folder, leave out the ending, or lead nowhere. */
export function pathFindings(files: readonly TextFile[], known: ReadonlySet<string>): Findings {
  return files.flatMap((file) =>
    importsOf(file)
      .filter((each) => each.target !== null && !known.has(each.target))
      .map((each) => `${file.path}:${each.line}: \`${each.specifier}\` is no file`),
  );
}

/** Files that need each other at run time; imports of types alone do not count. One finding a cycle. */
export function cycleFindings(files: readonly TextFile[]): Findings {
  const edges = new Map(
    files.map((file) => [file.path, importsOf(file).flatMap((each) => (each.target === null || each.typeOnly ? [] : [each.target]))]),
  );
  const done = new Set<string>();
  const findings: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) findings.push(`${path}:1: import cycle ${[...trail.slice(start), path].join(" → ")}`);
    if (start !== -1 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return findings;
}

/** File names that say nothing of what is inside. */
const VAGUE = /(?:^|\/)(?:index|utils?|helpers?|misc|common)(?:\.ts$|\/)/;

export function nameFindings(paths: readonly string[]): Findings {
  return paths.filter((path) => VAGUE.test(path)).map((path) => `${path}:1: the name says nothing of what is inside`);
}
