import { basename } from "node:path";

/** The command line of a bench, `NAME [ARG…] [--json FILE] [--option VALUE…]`. */
export interface Arguments {
  /** Name of the bench: that of its file. */
  readonly name: string;
  /** As they were given, without `--json`. */
  readonly arguments: readonly string[];
  readonly json: string | null;
  readonly positional: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

/** Reads the command line; an option that the bench does not know is refused, since it would change nothing. */
export function readArguments(known: readonly string[] = [], argv: readonly string[] = process.argv): Arguments {
  const given = argv.slice(2);
  const positional: string[] = [];
  const options = new Map<string, string>();
  for (let i = 0; i < given.length; i++) {
    const word = given[i] ?? "";
    // Flags of V8 such as `--max-semi-space-size=16` are nothing of a bench's own.
    if (!word.startsWith("--") || word.includes("=")) {
      positional.push(word);
      continue;
    }
    const name = word.slice(2);
    const value = given[++i];
    if (name !== "json" && !known.includes(name)) throw new Error(`there is no option \`--${name}\`${known.length === 0 ? "" : `; there are ${known.map((each) => `--${each}`).join(", ")}, --json`}`);
    if (value === undefined) throw new Error(`\`--${name}\` needs a value`);
    options.set(name, value);
  }
  const json = options.get("json") ?? null;
  options.delete("json");
  const rest = given.filter((word, i) => word !== "--json" && given[i - 1] !== "--json");
  return { name: basename(argv[1] ?? "", ".ts"), arguments: rest, json, positional, options };
}

/** Numbers between commas, such as `10,100,1000`. */
export function sizesOf(text: string | undefined, otherwise: readonly number[]): readonly number[] {
  if (text === undefined) return otherwise;
  const sizes = text.split(",").map(Number);
  if (!sizes.every((size) => Number.isInteger(size) && size > 0)) throw new Error(`\`${text}\` are no whole numbers above 0`);
  return sizes;
}

export function countOf(text: string | undefined, otherwise: number): number {
  return sizesOf(text, [otherwise])[0] ?? otherwise;
}
