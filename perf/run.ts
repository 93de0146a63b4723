import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/*
 * `npm run bench -- NAME …` runs `perf/NAME.ts` with the arguments that follow, and with the flags of `npm start`.
 * Each file answers one question and says at its top which.
 */

const names = globSync("*.ts", { cwd: import.meta.dirname })
  .map((file) => basename(file, ".ts"))
  .filter((name) => name !== "run")
  .toSorted();

function flagsOfStart(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as { readonly scripts: { readonly start: string } };
  return scripts.start.split(" ").filter((word) => word.startsWith("--"));
}

const [name, ...args] = process.argv.slice(2);
if (name === undefined || !names.includes(name)) {
  process.stderr.write(`${name === undefined ? "name a bench" : `there is no bench \`${name}\``}: npm run bench -- NAME [ARG…]\n`);
  for (const each of names) process.stderr.write(`  ${each}\n`);
  process.exitCode = 2;
} else {
  const child = spawnSync(process.execPath, ["--expose-gc", ...flagsOfStart(), join(import.meta.dirname, `${name}.ts`), ...args], { stdio: "inherit" });
  process.exitCode = child.status ?? 1;
}
