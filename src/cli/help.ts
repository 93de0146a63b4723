import { HELP } from "./arguments.ts";
import type { Command } from "./command.ts";

/** Help of one command. */
export function commandHelp(command: Command): string {
  const flags = [...command.flags, HELP].map(({ name, value, choices, about }) => [
    value === null ? `--${name}` : `--${name} ${choices?.join("|") ?? value}`,
    about,
  ]);
  return [
    `usage: sluice ${[command.name, command.synopsis].join(" ").trimEnd()}`,
    `\n${command.summary}\n`,
    ...command.about.map((paragraph) => `${paragraph}\n`),
    ...table(flags),
    "\nexit: 0 done, 1 the input falls short, 2 wrong usage\n",
  ].join("\n");
}

/** Help of the program: its commands in one line each. */
export function programHelp(commands: readonly (readonly [string, string])[]): string {
  return [
    "usage: sluice COMMAND …",
    "\nA hot-reloadable risk-rule engine: typed rule files become decisions.\n",
    ...table(commands),
    "\n`sluice COMMAND --help` tells more; `sluice --version` prints the version.\n",
  ].join("\n");
}

function table(rows: readonly (readonly (string | undefined)[])[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name?.length ?? 0));
  return rows.map(([name = "", about = ""]) => `  ${name.padEnd(width)}  ${about}`);
}
