import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { compare } from "./harness/compare.ts";
import { benches, flagsOfStart } from "./harness/names.ts";

/*
 * `npm run bench -- NAME [ARG…] [--json FILE]` runs `perf/NAME.ts` with the flags of `npm start`; with `--compare REV` it
 * runs against this tree and against that revision in turn. Each file answers one question, which stands at its top.
 */

function list(): void {
  const all = benches();
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const { name, question } of all) process.stdout.write(`  ${name.padEnd(width)}  ${question}\n`);
}

function main([name, ...args]: readonly string[]): number {
  if (name === undefined || !benches().some((each) => each.name === name)) {
    const text = `${name === undefined ? "" : `there is no bench \`${name}\`; `}npm run bench -- NAME [ARG…] [--json FILE] [--compare REV]`;
    (name === undefined ? process.stdout : process.stderr).write(`${text}\n`);
    list();
    return name === undefined ? 0 : 2;
  }
  const at = args.indexOf("--compare");
  if (at !== -1) {
    const revision = args[at + 1];
    if (revision === undefined) throw new Error("`--compare` needs a revision");
    return compare(name, args.toSpliced(at, 2), revision);
  }
  const child = spawnSync(process.execPath, ["--expose-gc", ...flagsOfStart(), join(import.meta.dirname, `${name}.ts`), ...args], { stdio: "inherit" });
  return child.status ?? 1;
}

process.exitCode = main(process.argv.slice(2));
