import { relative } from "node:path";
import type { run } from "node:test";
import { spec as specReporter } from "node:test/reporters";
import { inspect } from "node:util";

/** How a run ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

type Events = ReturnType<typeof run>;
type Output = NodeJS.WritableStream;

/** The last summary is that of the whole run. A test that was cancelled did not pass. */
function counting(stream: Events): () => Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let failures = 0;
  stream.on("test:fail", () => (failures += 1));
  stream.on("test:summary", (summary) => {
    if (summary.file !== undefined) return;
    counts.passed = summary.counts.passed;
    counts.skipped = summary.counts.skipped;
    counts.failed = summary.counts.tests - counts.passed - counts.skipped;
  });
  // A suite or file that fails outside of its tests is no test of the summary and must still not pass.
  return () => (failures > 0 && counts.failed === 0 ? { ...counts, failed: failures } : counts);
}

/** Node's own tree of every test, for people who watch. */
export async function spec(stream: Events, output: Output): Promise<Counts> {
  const counts = counting(stream);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const printed = stream.compose(new specReporter());
  printed.on("end", resolve);
  printed.on("error", reject);
  printed.pipe(output, { end: false });
  await promise;
  return counts();
}

/** A line for each file, every failure in full, every skipped test with its reason: for logs. */
export async function compact(stream: Events, output: Output, root: string): Promise<Counts> {
  const counts = counting(stream);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.on("test:fail", (test) => {
    const failure = test.details.error;
    // The suite around a failed test fails too and has nothing to add.
    if ("failureType" in failure && failure.failureType === "subtestsFailed") return;
    const error: unknown = failure.cause ?? failure;
    const text = error instanceof Error ? (error.stack ?? error.message) : inspect(error, { depth: 5 });
    output.write(`FAIL ${place(test.file, root)}: ${test.name}\n${text.replaceAll(/^/gm, "     ")}\n`);
  });
  stream.on("test:pass", (test) => {
    if (test.skip === undefined || test.skip === false) return;
    output.write(`skipped: ${test.name}${typeof test.skip === "string" ? ` (${test.skip})` : ""}\n`);
  });
  stream.on("test:diagnostic", (note) => {
    // The notes of the root are the summary; what a test says about its input stays.
    if (note.file !== undefined) output.write(`     ${note.message}\n`);
  });
  stream.on("test:stderr", (data) => output.write(data.message));
  stream.on("test:stdout", (data) => output.write(data.message));
  stream.on("test:summary", (summary) => {
    if (summary.file === undefined) return;
    const { passed, tests } = summary.counts;
    const seconds = (summary.duration_ms / 1000).toFixed(1);
    output.write(`${summary.success ? "ok  " : "FAIL"} ${place(summary.file, root)} ${passed}/${tests} (${seconds} s)\n`);
  });
  stream.on("end", resolve);
  stream.on("error", reject);
  stream.resume();
  await promise;
  return counts();
}

function place(file: string | undefined, root: string): string {
  return file === undefined ? "?" : relative(root, file);
}
