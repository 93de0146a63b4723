import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ROOT } from "./machine.ts";

export interface Named {
  readonly name: string;
  /** The question that the bench answers, as it stands at the top of its file. */
  readonly question: string;
}

/** All benches: files of `perf` but the one that starts them. */
export function benches(): readonly Named[] {
  return globSync("*.ts", { cwd: join(ROOT, "perf") })
    .map((file) => basename(file, ".ts"))
    .filter((name) => name !== "run")
    .toSorted()
    .map((name) => ({ name, question: questionOf(readFileSync(join(ROOT, "perf", `${name}.ts`), "utf8")) }));
}

/** The first question of the comment at the top of a bench, in one line; empty where there is none. */
export function questionOf(text: string): string {
  const comment = /^\/\*(?<body>.*?)\*\//s.exec(text)?.groups?.["body"] ?? "";
  const prose = comment.replaceAll(/^\s*\*?\s?/gm, " ").replaceAll(/\s+/g, " ").trim();
  return /^[^?]*\?/.exec(prose)?.[0] ?? "";
}

/** Flags that `npm start` gives the process: benches run with the same. */
export function flagsOfStart(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly scripts: { readonly start: string } };
  return scripts.start.split(" ").filter((word) => word.startsWith("--"));
}
