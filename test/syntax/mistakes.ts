import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lexer } from "../../grammar/tokens.ts";
import { STARTER } from "../../src/cli/starter.ts";
import { checkSources } from "../../src/rulesets/check.ts";
import type { Diagnostic } from "../../src/text/diagnostic.ts";
import type { SourceFile } from "../../src/text/source.ts";
import { rngOf, type Rng } from "../random.ts";

/** Rule files that are valid together. */
export interface Folder {
  readonly files: readonly SourceFile[];
  readonly data: ReadonlyMap<string, string>;
}

const ROOT = join(import.meta.dirname, "..", "..");

/** A table, life of rules and effects, which the shipped rules hold little of. */
const TABLE = `event payment {
  at: timestamp @time
  amount: money
  items: number in 0..1000
  card: string @key
  channel: enum(pos, ecom, moto)
}
list blocked: string managed ttl 30d
ruleset checks on payment {
  outcomes allow < review < decline
  default allow
  rule held "Held" {
    when items > 5 for 5m by card
    clear when items < 2
    then review
    notice N1 "please wait"
    do add card to blocked for 1d
    do emit seen { card: mask(card), items: items }
    cooldown 15m
    on missing no match
    mode shadow
    rollout 25% by card
    active from 2026-01-01 until 2026-12-31
    owner "risk"
  }
  table limits "Limits" first {
    | items | channel   => then    | score | reason |
    | > 10  | ecom      => decline | 40    | L1     |
    | 5..9  | pos, moto => review  | -     | L2     |
  }
}
`;

/** The shipped rules and a new folder as they are, and every whole example of the reference as a folder of its own. */
export function validFolders(): readonly Folder[] {
  const rules = join(ROOT, "rules");
  const read = (path: string): SourceFile => ({ path, text: readFileSync(join(rules, path), "utf8") });
  const files = globSync("**/*.risk", { cwd: rules }).toSorted().map(read);
  const data = globSync("**/*.{txt,csv}", { cwd: rules }).map(read);
  const page = readFileSync(join(ROOT, "grammar", "language.md"), "utf8");
  const examples = [...page.matchAll(/^```risk\n([^]*?)^```$/gm)].map(([, text = ""]) => ({ files: [{ path: "example.risk", text }], data: new Map() }));
  const starter = Object.entries(STARTER).filter(([path]) => path.endsWith(".risk")).map(([path, text]) => ({ path, text }));
  const all = [{ files: starter, data: new Map() }, { files: [{ path: "table.risk", text: TABLE }], data: new Map() }, { files, data: new Map(data.map(({ path, text }) => [path, text])) }, ...examples];
  return all.filter((folder) => errorsIn(folder.files, folder.data).length === 0);
}

export type Kind = "delete" | "insert" | "replace" | "swap" | "misspell";
export const KINDS: readonly Kind[] = ["delete", "insert", "replace", "swap", "misspell"];

/** One changed token. */
export interface Mistake {
  readonly folder: Folder;
  readonly file: SourceFile;
  readonly kind: Kind;
  /** Offset of the change. */
  readonly at: number;
  /** The token there, and what came of it. */
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

interface Token {
  readonly image: string;
  readonly start: number;
  readonly end: number;
}

function tokensOf(text: string): readonly Token[] {
  return lexer.tokenize(text).tokens.map(({ image, startOffset }) => ({ image, start: startOffset, end: startOffset + image.length }));
}

/** Every place of every file of a folder, with one kind of mistake in it. */
export function* mistakesIn(folder: Folder, kind: Kind, seed: number): Generator<Mistake> {
  const rng = rngOf(seed);
  for (const file of folder.files) {
    const tokens = tokensOf(file.text);
    for (let i = 0; i < tokens.length; i++) {
      const made = mistake(folder, file, tokens, i, kind, rng);
      if (made !== undefined) yield made;
    }
  }
}

function mistake(folder: Folder, file: SourceFile, tokens: readonly Token[], i: number, kind: Kind, rng: Rng): Mistake | undefined {
  const token = tokens[i];
  const next = tokens[i + 1];
  if (token === undefined) return undefined;
  const { image, start, end } = token;
  const put = (to: string, until = end, from = image): Mistake => ({ folder, file, kind, at: start, from, to, text: joined(file.text.slice(0, start), to, file.text.slice(until)) });
  switch (kind) {
    case "delete":
      return put("");
    case "insert":
      return put(`${rng.pick(tokens).image} ${image}`);
    case "replace":
      return put(rng.pick(tokens).image);
    case "swap": {
      if (next === undefined) return undefined;
      const between = file.text.slice(end, next.start);
      return put(`${next.image}${between === "" ? " " : between}${image}`, next.end, `${image} ${next.image}`);
    }
    case "misspell":
      return /^[A-Za-z_]\w{2,}$/.test(image) ? put(misspelt(image, rng)) : undefined;
  }
}

/** Texts one behind the other, apart where they would grow into one token. */
function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").reduce((before, after) => (/[\w.%]$/.test(before) && /^[\w.%]/.test(after) ? `${before} ${after}` : before + after));
}

/** A word with one letter left out, doubled, or swapped with its neighbour. */
function misspelt(word: string, rng: Rng): string {
  const at = 1 + rng.below(word.length - 1);
  switch (rng.below(3)) {
    case 0:
      return word.slice(0, at) + word.slice(at + 1);
    case 1:
      return word.slice(0, at) + word.charAt(at) + word.slice(at);
    default:
      return word.slice(0, at - 1) + word.charAt(at) + word.charAt(at - 1) + word.slice(at + 1);
  }
}

/** The errors that a mistake makes. */
export function findingsOf({ folder, file, text }: Mistake): readonly Diagnostic[] {
  const files = folder.files.map((each) => (each === file ? { path: file.path, text } : each));
  return errorsIn(files, folder.data);
}

/** Warnings are about rules that can be read and have a meaning. */
function errorsIn(files: Folder["files"], data: Folder["data"]): readonly Diagnostic[] {
  return checkSources(files, data).diagnostics.filter(({ severity }) => severity === "error");
}
