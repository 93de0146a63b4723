import { checkFolder } from "../store/integrity.ts";
import { UsageError } from "./arguments.ts";
import { DONE, FALLS_SHORT, type Arguments, type Command, type ExitCode } from "./command.ts";
import { write, type Io } from "./io.ts";
import { runCommand } from "./run.ts";

export const command: Command = {
  name: "data",
  synopsis: "check DIR [--format FORMAT]",
  summary: "Look a data folder over.",
  about: [
    "`check` reads all of it and changes nothing, also while a service writes to it: the database, the checksum and the records of every segment, gaps between records, and whether the snapshot is whole.",
    "Exit 0 where nothing is wrong, 1 where something is.",
  ],
  flags: [{ name: "format", value: "FORMAT", choices: ["text", "json"], about: "how it is told (default text)" }],
  operands: { least: 2, most: 2 },
  run: dataCommand,
};

export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(command, args, io);
}

async function dataCommand(given: Arguments, io: Io): Promise<ExitCode> {
  const [action = "", folder = ""] = given.operands;
  if (action !== "check") throw new UsageError(`\`${action}\` is nothing to do with a data folder; usage: \`sluice ${command.name} ${command.synopsis}\``);
  let found: ReturnType<typeof checkFolder>;
  try {
    found = checkFolder(folder);
  } catch (error) {
    await write(io.stderr, `sluice data: ${error instanceof Error ? error.message : String(error)}\n`);
    return FALLS_SHORT;
  }
  if (given.values.get("format") === "json") await write(io.stdout, `${JSON.stringify(found)}\n`);
  else await write(io.stdout, told(found));
  return found.faults.length === 0 ? DONE : FALLS_SHORT;
}

function told({ records, first, last, segments, snapshot, faults }: ReturnType<typeof checkFolder>): string {
  const range = records === 0 ? "no records" : `${records} records, ${first} to ${last}, in ${segments} segments`;
  const behind = snapshot === null ? "no snapshot" : `a snapshot of record ${snapshot}`;
  return [`${range}; ${behind}`, ...(faults.length === 0 ? ["nothing is wrong"] : faults), ""].join("\n");
}
