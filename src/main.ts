#!/usr/bin/env -S node --max-semi-space-size=32
import type { Command } from "./cli/command.ts";
import type { Io } from "./cli/io.ts";

/** The oldest Node that runs TypeScript without a build and has all that is used here. */
const LEAST_NODE = 26;

type Run = (args: readonly string[], io: Io) => Promise<number>;

interface Entry {
  readonly summary: string;
  /** Commands are loaded when they are run, so that `check` need not wait for a web server. */
  load(): Promise<{ readonly run: Run; readonly command: Command }>;
}

const COMMANDS: ReadonlyMap<string, Entry> = new Map([
  ["serve", { summary: "decide events over HTTP", load: () => import("./cli/serve.ts") }],
  ["check", { summary: "parse, type and analyse rule files", load: () => import("./cli/check.ts") }],
  ["fmt", { summary: "format rule files", load: () => import("./cli/fmt.ts") }],
  ["test", { summary: "run the tests of rule files", load: () => import("./cli/test.ts") }],
  ["eval", { summary: "evaluate one expression", load: () => import("./cli/eval.ts") }],
  ["replay", { summary: "decide a recorded stream", load: () => import("./cli/replay.ts") }],
  ["explain", { summary: "tell why an event was decided as it was", load: () => import("./cli/explain.ts") }],
  ["lsp", { summary: "serve an editor", load: () => import("./cli/lsp.ts") }],
  ["simulate", { summary: "make a stream of events with labelled fraud", load: () => import("./cli/simulate.ts") }],
  ["data", { summary: "look a data folder over", load: () => import("./cli/data.ts") }],
  ["new", { summary: "start a rules folder", load: () => import("./cli/new.ts") }],
  ["repl", { summary: "evaluate expressions as they are typed", load: () => import("./cli/repl.ts") }],
  ["completions", { summary: "complete commands and flags in a shell", load: loadCompletions }],
]);

/** Completions are made out of all commands, this table included. */
async function loadCompletions(): Promise<{ readonly run: Run; readonly command: Command }> {
  const { completionsCommand, runCompletions } = await import("./cli/completions.ts");
  const others = [...COMMANDS].filter(([name]) => name !== "completions").map(([, entry]) => entry);
  const load = async (): Promise<readonly Command[]> => [...(await Promise.all(others.map((entry) => entry.load()))).map(({ command }) => command), completionsCommand(load)];
  return { run: (args, io) => runCompletions(load, args, io), command: completionsCommand(load) };
}

/** The command line. Yields the exit code. */
async function main(args: readonly string[], io: Io): Promise<number> {
  const [name = "", ...rest] = args;
  const entry = COMMANDS.get(name);
  if (entry !== undefined) return (await entry.load()).run(rest, io);
  const { programHelp } = await import("./cli/help.ts");
  const help = programHelp([...COMMANDS].map(([command, { summary }]) => [command, summary]));
  if (name === "--help" || name === "help") io.stdout.write(help);
  else if (name === "--version") io.stdout.write(`${(await import("./cli/version.ts")).packageVersion()}\n`);
  else {
    const { closest } = await import("./text/suggest.ts");
    const near = closest(name, COMMANDS.keys());
    const hint = near === undefined ? "see `sluice --help`" : `did you mean \`sluice ${near}\`?`;
    io.stderr.write(name === "" ? help : `sluice: there is no command \`${name}\`; ${hint}\n`);
    return 2;
  }
  return 0;
}

if (Number(process.versions.node.split(".")[0]) < LEAST_NODE) {
  process.stderr.write(`sluice needs Node ${LEAST_NODE} or later, this is ${process.versions.node}; \`npx sluice\` runs the one it brings along\n`);
  process.exitCode = 2;
} else {
  const { endOnClosedPipe } = await import("./cli/io.ts");
  endOnClosedPipe(process.stdout);
  endOnClosedPipe(process.stderr);
  process.exitCode = await main(process.argv.slice(2), process);
}
