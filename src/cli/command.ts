import type { Io } from "./io.ts";

/** The work is done. */
export const DONE = 0;
/** The input falls short: diagnostics, bad lines. */
export const FALLS_SHORT = 1;
/** The command was not understood. */
export const WRONG_USAGE = 2;

export type ExitCode = typeof DONE | typeof FALLS_SHORT | typeof WRONG_USAGE;

export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  /** What its value is called in help, such as `DIR`; null for one that takes none. */
  readonly value: string | null;
  /** The values it may have, when they are few. */
  readonly choices?: readonly string[];
  readonly about: string;
}

/** What was given on the command line, by the names of help. */
export interface Arguments {
  readonly operands: readonly string[];
  /** Values of flags that take one. */
  readonly values: ReadonlyMap<string, string>;
  /** Flags that take no value and were given. */
  readonly set: ReadonlySet<string>;
}

/** A command of the command line: what help and parsing need to know, and the work itself. */
export interface Command {
  readonly name: string;
  /** What follows the name, as help shows it. */
  readonly synopsis: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Paragraphs below the summary. */
  readonly about: readonly string[];
  readonly flags: readonly Flag[];
  /** How many arguments it takes beside flags. */
  readonly operands: { readonly least: number; readonly most: number };
  run(given: Arguments, io: Io): Promise<ExitCode>;
}
