import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { run } from "node:test";
import { compact, type Counts, spec } from "./report.ts";

/*
 * `npm test`: the type checker, the linter, the search for unused code, then every `test/**\/*.test.ts`. Installs nothing.
 * Arguments narrow it: a check by its name, test files by a part of their path (`npm test -- windows lint`).
 */

/** Longest that one test file may take; a test that hangs must fail and not hold the whole run. */
const FILE_TIMEOUT_MS = 300_000;
/** Test files at once: the machines that run this have two cores, and some files time things. */
const CONCURRENCY = 2;

interface Check {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const checks: readonly Check[] = [
  { name: "typecheck", command: "tsc", args: ["--noEmit", "-p", "."] },
  { name: "lint", command: "oxlint", args: ["--type-aware", "--deny-warnings"] },
  { name: "knip", command: "knip", args: ["--no-progress", "--treat-config-hints-as-errors"] },
];

const root = join(import.meta.dirname, "..");

function refuseOldNode(): void {
  const [major = "0"] = process.versions.node.split(".");
  if (Number(major) >= 26) return;
  process.stderr.write(
    `these tests need Node 26 or later, and this is ${process.version}: start them with \`npm test\`, ` +
      "which finds the Node that `npm ci` has put into node_modules/.bin\n",
  );
  process.exit(2);
}

/** Runs one check; its output is shown only where it fails. */
function runCheck(check: Check): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const began = performance.now();
  const child = spawn(join(root, "node_modules", ".bin", check.command), check.args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (text: Buffer) => (output += text.toString()));
  child.stderr.on("data", (text: Buffer) => (output += text.toString()));
  child.on("error", (error) => (output += `${error.message}\n`));
  child.on("close", (code) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    process.stdout.write(`${code === 0 ? "ok  " : "FAIL"} ${check.name} (${seconds} s)\n`);
    if (code !== 0) process.stdout.write(`${output.trimEnd()}\n`);
    resolve(code === 0);
  });
  return promise;
}

async function runFiles(files: readonly string[]): Promise<Counts> {
  const stream = run({ cwd: root, files, concurrency: CONCURRENCY, timeout: FILE_TIMEOUT_MS });
  return process.stdout.isTTY ? spec(stream, process.stdout) : compact(stream, process.stdout, root);
}

async function main(filters: readonly string[]): Promise<number> {
  const wanted = (name: string): boolean => filters.length === 0 || filters.some((filter) => name.includes(filter));
  const files = globSync("test/**/*.test.ts", { cwd: root }).filter(wanted).toSorted();
  const selected = checks.filter((check) => wanted(check.name));
  if (files.length + selected.length === 0) {
    process.stderr.write(`no test file and no check matches ${filters.join(", ")}\n`);
    return 2;
  }
  const results = await Promise.all(selected.map(runCheck));
  const counts = files.length === 0 ? { passed: 0, failed: 0, skipped: 0 } : await runFiles(files.map((file) => join(root, file)));
  const passed = counts.passed + results.filter(Boolean).length;
  const failed = counts.failed + results.filter((good) => !good).length;
  process.stdout.write(`${passed} passed, ${failed} failed, ${counts.skipped} skipped\n`);
  return failed === 0 ? 0 : 1;
}

refuseOldNode();
process.exitCode = await main(process.argv.slice(2));
