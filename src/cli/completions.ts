import { DONE, type Arguments, type Command, type ExitCode, type Flag } from "./command.ts";
import { HELP, UsageError } from "./arguments.ts";
import { write, type Io } from "./io.ts";
import { runCommand } from "./run.ts";

/** A command as completions know it. */
type Known = Pick<Command, "name" | "summary" | "flags">;

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

const SCRIPTS: Readonly<Record<Shell, (commands: readonly Known[]) => string>> = { bash, zsh, fish };

/** `sluice completions`, over the commands that the program has. */
export function completionsCommand(load: () => Promise<readonly Command[]>): Command {
  return {
    name: "completions",
    synopsis: SHELLS.join("|"),
    summary: "Write a script that completes commands, flags and their values in a shell.",
    about: [
      "bash: sluice completions bash > ~/.local/share/bash-completion/completions/sluice",
      "zsh:  sluice completions zsh > _sluice, in a folder of $fpath",
      "fish: sluice completions fish > ~/.config/fish/completions/sluice.fish",
    ],
    flags: [],
    operands: { least: 1, most: 1 },
    run: async (given: Arguments, io: Io): Promise<ExitCode> => {
      const shell = SHELLS.find((each) => each === given.operands[0]);
      if (shell === undefined) throw new UsageError(`there are completions for ${SHELLS.join(", ")}, not for \`${given.operands[0]}\``);
      await write(io.stdout, SCRIPTS[shell](await load()));
      return DONE;
    },
  };
}

/** The command as `main` runs it. */
export function runCompletions(load: () => Promise<readonly Command[]>, args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(completionsCommand(load), args, io);
}

function flagsOf(command: Known): readonly Flag[] {
  return [...command.flags, HELP];
}

/** Text between single quotes of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function bash(commands: readonly Known[]): string {
  const words = commands.map((command) => `    ${command.name}) flags=${quoted(flagsOf(command).map(({ name }) => `--${name}`).join(" "))} ;;`);
  const values = commands.flatMap((command) =>
    flagsOf(command).flatMap(({ name, choices }) => (choices === undefined ? [] : [`    ${command.name}:--${name}) choices=${quoted(choices.join(" "))} ;;`])),
  );
  return `# bash completion of sluice
_sluice() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} flags='' choices=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(["--help", "--version", ...commands.map(({ name }) => name)].join(" "))} -- "$word"))
    return
  fi
  case "$command:$before" in
${values.join("\n")}
  esac
  if [ -n "$choices" ]; then
    COMPREPLY=($(compgen -W "$choices" -- "$word"))
    return
  fi
  case "$command" in
${words.join("\n")}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _sluice sluice
`;
}

/** Text inside of a zsh specification, where brackets and colons have a meaning. */
function zshText(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, String.raw`\$&`);
}

function zshFlag({ name, value, choices, about }: Flag): string {
  const argument = value === null ? "" : `:${zshText(value)}:${choices === undefined ? "_files" : `(${choices.join(" ")})`}`;
  return quoted(`--${name}[${zshText(about)}]${argument}`);
}

function zsh(commands: readonly Known[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = commands.map((command) => `    ${command.name}) _arguments ${flagsOf(command).map(zshFlag).join(" ")} '*:file:_files' ;;`);
  return `#compdef sluice
_sluice() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command=\${words[2]}
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join("\n")}
  esac
}
_sluice "$@"
`;
}

/** Text between single quotes of fish, which knows two escapes there. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}

function fish(commands: readonly Known[]): string {
  const lines = commands.flatMap(({ name, summary, flags }) => [
    `complete -c sluice -n __fish_use_subcommand -f -a ${name} -d ${fishQuoted(summary)}`,
    ...[...flags, HELP].map((flag) => {
      const takes = flag.value === null ? "" : flag.choices === undefined ? " -r" : ` -x -a ${fishQuoted(flag.choices.join(" "))}`;
      return `complete -c sluice -n '__fish_seen_subcommand_from ${name}' -l ${flag.name}${takes} -d ${fishQuoted(flag.about)}`;
    }),
  ]);
  return `# fish completion of sluice\n${lines.join("\n")}\n`;
}
