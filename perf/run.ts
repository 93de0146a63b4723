import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { basename, join } from "node:path";

/*
 * `npm run bench -- NAME …` runs `perf/NAME.ts` with the arguments that follow.
 * Each file answers one question and says at its top which.
 */

const names = globSync("*.ts", { cwd: import.meta.dirname })
  .map((file) => basename(file, ".ts"))
  .filter((name) => name !== "run")
  .toSorted();

const [name, ...args] = process.argv.slice(2);
if (name === undefined || !names.includes(name)) {
  process.stderr.write(`${name === undefined ? "name a bench" : `there is no bench \`${name}\``}: npm run bench -- NAME [ARG…]\n`);
  for (const each of names) process.stderr.write(`  ${each}\n`);
  process.exitCode = 2;
} else {
  const child = spawnSync(process.execPath, ["--expose-gc", join(import.meta.dirname, `${name}.ts`), ...args], { stdio: "inherit" });
  process.exitCode = child.status ?? 1;
}
