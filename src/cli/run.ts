import { readArguments, UsageError } from "./arguments.ts";
import { DONE, WRONG_USAGE, type Command, type ExitCode } from "./command.ts";
import { commandHelp } from "./help.ts";
import { write, type Io } from "./io.ts";

/** Reads the arguments of a command and runs it, or shows its help, or says what is wrong with them. */
export async function runCommand(command: Command, args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    const given = readArguments(command, args);
    if (!given.set.has("help")) return await command.run(given, io);
    await write(io.stdout, commandHelp(command));
    return DONE;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await write(io.stderr, `sluice ${command.name}: ${error.message}\n`);
    return WRONG_USAGE;
  }
}
