import { parseArgs } from "node:util";
import { closest } from "../text/suggest.ts";
import type { Arguments, Command, Flag } from "./command.ts";

/** A command line that cannot be understood; the message says how to write it. */
export class UsageError extends Error {}

/** Every command has it. */
export const HELP: Flag = { name: "help", value: null, about: "show this help" };

/** Fits arguments to a command. Throws a `UsageError` that names the nearest flag for one that does not exist. */
export function readArguments(command: Command, args: readonly string[]): Arguments {
  const flags = [...command.flags, HELP];
  const options = Object.fromEntries(flags.map(({ name, value }) => [name, { type: value === null ? "boolean" : "string" } as const]));
  // Not strict: the errors of `parseArgs` name neither the command nor the nearest flag.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const operands: string[] = [];
  const values = new Map<string, string>();
  const set = new Set<string>();
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const flag = flags.find(({ name }) => token.rawName === `--${name}`) ?? unknownFlag(command, token.rawName, flags);
    if (values.has(flag.name) || set.has(flag.name)) throw new UsageError(`\`--${flag.name}\` is given twice`);
    if (flag.value === null) {
      if (token.value !== undefined) throw new UsageError(`\`--${flag.name}\` takes no value`);
      set.add(flag.name);
    } else values.set(flag.name, valueOf(flag, token.value, token.inlineValue === true));
  }
  if (!set.has(HELP.name)) count(command, operands);
  return { operands, values, set };
}

function valueOf(flag: Flag, value: string | undefined, inline: boolean): string {
  if (value === undefined || value === "" || (!inline && value.length > 1 && value.startsWith("-"))) {
    throw new UsageError(`\`--${flag.name}\` needs a value: \`--${flag.name} ${flag.value}\``);
  }
  if (flag.choices !== undefined && !flag.choices.includes(value)) {
    const near = closest(value, flag.choices);
    const hint = near === undefined ? `use one of ${flag.choices.join(", ")}` : `did you mean \`${near}\`?`;
    throw new UsageError(`\`--${flag.name}\` cannot be \`${value}\`; ${hint}`);
  }
  return value;
}

function unknownFlag(command: Command, raw: string, flags: readonly Flag[]): never {
  const near = closest(raw.replace(/^-+/, ""), flags.map(({ name }) => name));
  const hint = near === undefined ? `see \`sluice ${command.name} --help\`` : `did you mean \`--${near}\`?`;
  throw new UsageError(`there is no flag \`${raw}\`; ${hint}`);
}

function count(command: Command, operands: readonly string[]): void {
  const { least, most } = command.operands;
  const usage = `usage: \`sluice ${command.name} ${command.synopsis}\``;
  if (operands.length < least) throw new UsageError(`an argument is missing; ${usage}`);
  if (operands.length > most) throw new UsageError(`\`${operands[most]}\` is one argument too many; ${usage}`);
}

/** A whole number of at least `least` out of a flag; `absent` where it is not given. */
export function wholeNumber(given: Arguments, name: string, least: number, absent: number): number {
  const text = given.values.get(name);
  if (text === undefined) return absent;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new UsageError(`\`--${name}\` needs a whole number of at least ${least}, not \`${text}\``);
  }
  return value;
}
