import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "./arguments.ts";
import { DONE, type Arguments, type Command, type ExitCode } from "./command.ts";
import { write, type Io } from "./io.ts";
import { runCommand } from "./run.ts";
import { STARTER } from "./starter.ts";

export const command: Command = {
  name: "new",
  synopsis: "DIR",
  summary: "Start a rules folder: an event, a list, three rules and their tests.",
  about: ["DIR is made; one that has something in it is left alone."],
  flags: [],
  operands: { least: 1, most: 1 },
  run: start,
};

export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(command, args, io);
}

async function start(given: Arguments, io: Io): Promise<ExitCode> {
  const [folder = ""] = given.operands;
  if (!isFree(folder)) throw new UsageError(`\`${folder}\` is there already and not an empty folder; name another`);
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(STARTER)) {
    // Never over a file that has come meanwhile.
    writeFileSync(join(folder, path), text, { flag: "wx" });
    await write(io.stdout, `${join(folder, path)}\n`);
  }
  await write(io.stdout, `\nNow \`sluice check ${folder}\`, \`sluice test ${folder}\`, then \`sluice serve --rules ${folder}\`.\n`);
  return DONE;
}

function isFree(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return true;
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return false;
    throw error;
  }
}
