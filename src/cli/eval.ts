import { readLines } from "../replay/lines.ts";
import { streamInput } from "../replay/input.ts";
import { reportFault } from "../rulesets/build.ts";
import { Report } from "../text/report.ts";
import { printValue } from "../types/print.ts";
import { suffix } from "../types/unit.ts";
import { UsageError } from "./arguments.ts";
import { DONE, FALLS_SHORT, type Arguments, type Command, type ExitCode } from "./command.ts";
import { showDiagnostics } from "./diagnostics.ts";
import { evaluateExpression, type Evaluated } from "./expression.ts";
import { write, type Io } from "./io.ts";
import { runCommand } from "./run.ts";
import { readTagged, TaggedError, writeTagged, type Typed } from "./tagged.ts";

/** What diagnostics call the expression. */
const PATH = "expression";

export const command: Command = {
  name: "eval",
  synopsis: "[EXPR] [--bindings JSON] [--jsonl]",
  summary: "Evaluate one expression of the rule language.",
  about: [
    "Without EXPR the expression is read from standard input.",
    'Bindings say their types: --bindings \'{"x": {"t": "number", "v": 1.5}}\'. Types are null, bool, number, string, list, map,\ntimestamp, duration, money, ip; int, uint and double are numbers.',
    'With --jsonl every line of standard input is {"id", "expr", "bindings"}, and is answered by {"id", "value"},\n{"id", "missing": cause} or {"id", "error": {"code", "message"}}.',
  ],
  flags: [
    { name: "bindings", value: "JSON", about: "values of the names in the expression" },
    { name: "jsonl", value: null, about: "evaluate a line of standard input at a time" },
    { name: "format", value: "FORMAT", choices: ["pretty", "json"], about: "how the value is written" },
  ],
  operands: { least: 0, most: 1 },
  run: evalCommand,
};

export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(command, args, io);
}

async function evalCommand(given: Arguments, io: Io): Promise<ExitCode> {
  const [operand] = given.operands;
  if (given.set.has("jsonl")) {
    if (operand !== undefined || given.values.has("bindings")) throw new UsageError("`--jsonl` reads expressions and bindings from its lines");
    return evalLines(io);
  }
  const source = { path: PATH, text: operand ?? (await readAll(io)) };
  const result = evaluateExpression(source, bindingsOf(given));
  if (given.values.get("format") === "json") {
    await write(io.stdout, `${JSON.stringify(answer(result))}\n`);
  } else if (result.kind === "rejected") {
    await showDiagnostics({ diagnostics: result.diagnostics, sources: [source] }, io);
  } else {
    await write(io.stdout, `${printResult(result)}\n`);
  }
  return result.kind === "rejected" ? FALLS_SHORT : DONE;
}

/** A value as people read it, or why there is none. */
export function printResult(result: Exclude<Evaluated, { kind: "rejected" }>): string {
  if (result.kind === "missing") return `missing: ${result.cause}`;
  const { value, type } = result;
  if (typeof value === "string") return JSON.stringify(value);
  // Reasons round numbers for people; here the exact value is the point.
  if (typeof value === "number" && type.kind === "number") return `${value}${type.unit === null ? "" : suffix(type.unit)}`;
  return printValue(value, type);
}

function bindingsOf(given: Arguments): ReadonlyMap<string, Typed> {
  const text = given.values.get("bindings");
  if (text === undefined) return new Map();
  try {
    return readBindings(JSON.parse(text));
  } catch (error) {
    if (error instanceof TaggedError) throw new UsageError(`--bindings: ${error.message}`);
    throw new UsageError(`--bindings is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readBindings(json: unknown): ReadonlyMap<string, Typed> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw new TaggedError("bindings must be an object");
  return new Map(Object.entries(json).map(([name, value]) => [name, readTagged(value, name)]));
}

async function readAll(io: Io): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8").trimEnd();
}

async function evalLines(io: Io): Promise<ExitCode> {
  let code: ExitCode = DONE;
  for await (const { first, lines } of readLines(streamInput(io.stdin).chunks)) {
    let out = "";
    for (const [i, line] of lines.entries()) {
      if (line === "") continue;
      const result = typeof line === "string" ? evalLine(line) : badLine(line.reason);
      if ("error" in result) code = FALLS_SHORT;
      out += `${JSON.stringify("id" in result ? result : { id: null, line: first + i, ...result })}\n`;
    }
    await write(io.stdout, out);
  }
  return code;
}

/** Answers one line, whatever it holds. */
function evalLine(line: string): object {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return badLine(`the line is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof json !== "object" || json === null || !("expr" in json) || typeof json.expr !== "string") {
    return { ...idOf(json), ...badLine('the line must be of the form {"id", "expr", "bindings"}') };
  }
  try {
    const bindings = readBindings("bindings" in json ? json.bindings : {});
    return { ...idOf(json), ...answer(evaluateExpression({ path: PATH, text: json.expr }, bindings)) };
  } catch (error) {
    return { ...idOf(json), ...(error instanceof TaggedError ? badLine(error.message) : fault(error)) };
  }
}

function idOf(json: unknown): object {
  return typeof json === "object" && json !== null && "id" in json ? { id: json.id } : {};
}

function badLine(message: string): object {
  return { error: { code: "bad_line", message } };
}

/** A fault of ours is told like a mistake in the expression, and the lines after it go on. */
function fault(error: unknown): object {
  const report = new Report();
  reportFault(report, "check", error);
  return answer({ kind: "rejected", diagnostics: report.sorted() });
}

function answer(result: Evaluated): object {
  if (result.kind === "value") return { value: writeTagged(result.value, result.type) };
  if (result.kind === "missing") return { missing: result.cause };
  const first = result.diagnostics[0];
  return { error: { code: first?.code ?? "", message: first?.message ?? "" } };
}
