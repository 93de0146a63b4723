import { createInterface } from "node:readline";
import { linkList } from "../compile/lists.ts";
import { analyse, type Analysis } from "../rulesets/build.ts";
import { diskReader } from "../rulesets/disk.ts";
import { closest } from "../text/suggest.ts";
import { eventDecoder } from "../types/decode.ts";
import { builtins } from "../types/functions/table.ts";
import type { Violation } from "../types/schema.ts";
import { printType } from "../types/type.ts";
import { Missing, type Value } from "../types/value.ts";
import { DONE, FALLS_SHORT, type Arguments, type Command, type ExitCode } from "./command.ts";
import { relocate, showDiagnostics } from "./diagnostics.ts";
import { printResult } from "./eval.ts";
import { evaluateExpression, typeExpression, type Bound, type Surroundings } from "./expression.ts";
import { write, type Io } from "./io.ts";
import { runCommand } from "./run.ts";

export const command: Command = {
  name: "repl",
  synopsis: "[DIR]",
  summary: "Evaluate expressions of the rule language as they are typed.",
  about: [
    "DIR is a rules folder, whose functions and lists can be used; `:load DIR` does the same.",
    "`let name = EXPR` keeps a value, `:type EXPR` tells a type, `:event {…}` makes the fields of an event known,\n`:help` tells the rest. The tab key completes names.",
  ],
  flags: [],
  operands: { least: 0, most: 1 },
  run: repl,
};

export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(command, args, io);
}

/** Longest line that is taken; more is no expression that a person types. */
const MAX_LINE = 64 * 1024;

async function repl(given: Arguments, io: Io): Promise<ExitCode> {
  const session = new Session(io);
  const [folder] = given.operands;
  let good = folder === undefined || (await session.take(`:load ${folder}`));
  const person = io.stdout.isTTY === true && "isTTY" in io.stdin && io.stdin.isTTY === true;
  const lines = createInterface({
    input: io.stdin,
    ...(person ? { output: io.stdout, prompt: "> ", completer: (line: string) => session.complete(line) } : {}),
    crlfDelay: Infinity,
  });
  if (person) {
    await write(io.stdout, "`:help` tells what can be typed here, `:quit` leaves.\n");
    lines.prompt();
  }
  for await (const line of lines) {
    if (line.trim() === ":quit") break;
    good = (await session.take(line)) && good;
    if (person) lines.prompt();
  }
  lines.close();
  // A person has seen what went wrong; a script is told.
  return good || person ? DONE : FALLS_SHORT;
}

interface Action {
  readonly about: string;
  readonly take: (session: Session, rest: string) => Promise<boolean>;
}

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  [":load", { about: ":load DIR            use the functions, lists and events of a rules folder", take: (session, rest) => session.load(rest) }],
  [":event", { about: ":event [TYPE] JSON   make the fields of an event known", take: (session, rest) => session.event(rest) }],
  [":type", { about: ":type EXPR           tell the type of an expression", take: (session, rest) => session.type(rest) }],
  [":names", { about: ":names               list the names that are known", take: (session) => session.names() }],
  [":help", { about: ":help                show this", take: (session) => session.help() }],
  [":quit", { about: ":quit                leave", take: () => Promise.resolve(true) }],
]);

/** What one run of the command has learnt so far. */
class Session {
  readonly #io: Io;
  readonly #lets = new Map<string, Bound>();
  #fields: ReadonlyMap<string, Bound> = new Map();
  #folder: Analysis | null = null;
  #around: Surroundings | undefined;

  constructor(io: Io) {
    this.#io = io;
  }

  /** Does what a line says; whether that was possible. */
  async take(line: string): Promise<boolean> {
    const text = line.trim();
    if (text === "" || text.startsWith("//")) return true;
    if (line.length > MAX_LINE) return this.#refuse(`the line is longer than ${MAX_LINE} characters`);
    if (text.startsWith(":")) return this.#act(text);
    const named = /^let\s+([A-Za-z_]\w*)\s*=(?!=)(.*)$/s.exec(text);
    return this.#evaluate(named?.[2] ?? text, named?.[1]);
  }

  async #act(text: string): Promise<boolean> {
    const [word = ""] = text.split(/\s/, 1);
    const action = ACTIONS.get(word);
    if (action !== undefined) return action.take(this, text.slice(word.length).trim());
    const near = closest(word, ACTIONS.keys());
    return this.#refuse(`there is no \`${word}\`; ${near === undefined ? "`:help` tells what there is" : `did you mean \`${near}\`?`}`);
  }

  get #bindings(): ReadonlyMap<string, Bound> {
    return new Map([...this.#fields, ...this.#lets]);
  }

  async #evaluate(text: string, name: string | undefined): Promise<boolean> {
    const source = { path: "input", text };
    const result = evaluateExpression(source, this.#bindings, this.#around);
    if (result.kind === "rejected") {
      await showDiagnostics({ diagnostics: result.diagnostics, sources: [source] }, this.#io);
      return false;
    }
    if (name !== undefined) {
      const typed = typeExpression(source, this.#bindings, this.#around);
      if (typed.kind === "typed") this.#lets.set(name, { type: typed.type, value: result.kind === "value" ? result.value : new Missing(result.cause) });
    }
    await this.#say(name === undefined ? printResult(result) : `${name} = ${printResult(result)}`);
    return true;
  }

  async type(text: string): Promise<boolean> {
    const source = { path: "input", text };
    const typed = typeExpression(source, this.#bindings, this.#around);
    if (typed.kind === "typed") await this.#say(printType(typed.type));
    else await showDiagnostics({ diagnostics: typed.diagnostics, sources: [source] }, this.#io);
    return typed.kind === "typed";
  }

  async load(folder: string): Promise<boolean> {
    if (folder === "") return this.#refuse("name a rules folder: `:load rules`");
    const analysis = analyse(diskReader(folder));
    const { checked, ir, diagnostics, sources } = analysis;
    await showDiagnostics(relocate({ diagnostics, sources }, folder), this.#io);
    if (checked === null || ir === null) return false;
    this.#folder = analysis;
    this.#around = { checked, lists: ir.lists.map((list) => finish(linkList(list))) };
    this.#fields = new Map();
    await this.#say(`${folder}: ${counted(checked.events.length, "event")}, ${counted(checked.lists.length, "list")}, ${counted(checked.functions.length, "function")}`);
    return true;
  }

  async event(rest: string): Promise<boolean> {
    const events = this.#folder?.checked?.events ?? [];
    if (events.length === 0) return this.#refuse("an event needs its declaration: `:load` a rules folder first");
    const named = /^([A-Za-z_]\w*)\s*(.*)$/s.exec(rest);
    const event = named === null ? (events.length === 1 ? events[0] : undefined) : events.find((each) => each.schema.name === named[1]);
    if (event === undefined) return this.#refuse(`name one of the events: ${events.map((each) => `\`${each.schema.name}\``).join(", ")}`);
    let json: unknown;
    try {
      json = JSON.parse(named?.[2] ?? rest);
    } catch (error) {
      return this.#refuse(`this is no JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
    const values: (Value | Missing | undefined)[] = [];
    const violations: Violation[] = [];
    eventDecoder(event.schema)(json, values, violations);
    if (violations.length > 0) return this.#refuse(violations.map(({ path, message }) => `${path === "" ? "the event" : path}: ${message}`).join("\n"));
    const fields = event.schema.fields.map(({ name, type }, i): [string, Bound] => [name, { type, value: values[i] ?? new Missing(`field ${name}`) }]);
    this.#fields = new Map(fields);
    await this.#say(`${event.schema.name}: ${fields.map(([name]) => name).join(", ")}`);
    return true;
  }

  async names(): Promise<boolean> {
    const own = [...this.#bindings].map(([name, { type }]) => `${name}: ${printType(type)}`);
    const lent = this.#around?.checked;
    const lists = lent?.lists.map((each) => `${each.decl.name.name}: list[${printType(each.element)}]`) ?? [];
    const functions = lent?.functions.map((each) => `${each.decl.name.name}(${each.params.map(({ name, type }) => `${name}: ${printType(type)}`).join(", ")}): ${printType(each.returns)}`) ?? [];
    const all = [...own, ...lists, ...functions];
    await this.#say(all.length === 0 ? "no names yet; `let x = 1` makes one" : all.join("\n"));
    return true;
  }

  async help(): Promise<boolean> {
    await this.#say(["EXPR                 evaluate an expression", "let NAME = EXPR      keep a value", ...[...ACTIONS.values()].map(({ about }) => about)].join("\n"));
    return true;
  }

  /** What the last word of a line may become. */
  complete(line: string): [string[], string] {
    const word = /[:A-Za-z_][\w]*$/.exec(line)?.[0] ?? "";
    const lent = this.#around?.checked;
    const events = this.#folder?.checked?.events.map((each) => each.schema.name) ?? [];
    const declared = [...(lent?.lists ?? []), ...(lent?.functions ?? [])].map((each) => each.decl.name.name);
    const known = line.startsWith(":") && word === line.trim() ? [...ACTIONS.keys()] : [...this.#bindings.keys(), ...declared, ...(line.startsWith(":event") ? events : []), ...builtins.keys(), ...WORDS];
    return [word === "" ? [] : [...new Set(known)].filter((each) => each.startsWith(word)).toSorted(), word];
  }

  async #say(text: string): Promise<void> {
    await write(this.#io.stdout, `${text}\n`);
  }

  async #refuse(text: string): Promise<boolean> {
    await write(this.#io.stderr, `${text}\n`);
    return false;
  }
}

const WORDS: readonly string[] = ["and", "or", "not", "in", "is", "missing", "present", "true", "false", "null", "let"];

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Runs steps to their end. */
function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
