/*
 * Do the windows count right? All 1,150,370 transactions of the Handbook, from the text of their rows through the mapping,
 * the desk and the windows: after every row the value and the quality of every feature is held against plain loops that
 * share no code with the product. Counts, sums, least and greatest amounts, distinct ones, first, last, change, rates
 * and percentiles must be equal to the bit, means of numbers and deviations to 1e-9. Then again with every row up to
 * five minutes late. Exit 1 where anything differs.
 *
 *   npm run bench -- equality [MONTH…]
 *
 * Months are 04 to 07, all unless given.
 */
import { ASKED } from "../test/handbook/asked.ts";
import { compareAll, delayed, handbookLines } from "../test/handbook/equality.ts";
import { missing } from "../test/handbook/stream.ts";
import { PlainLoops } from "../test/handbook/truth.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";

const given = readArguments();
const months = given.positional.length > 0 ? given.positional : ["04", "05", "06", "07"];
const report = openReport(given);
const write = (line: string): void => void process.stdout.write(`${line}\n`);

if (missing !== false) {
  process.stderr.write(`${missing}; there is nothing to compare\n`);
  process.exit(1);
}

const lines = handbookLines(months);
for (const [title, stream] of [["in order", lines], ["up to 5 minutes late", delayed(lines, 300_000)]] as const) {
  const begun = process.cpuUsage();
  const { rows, compared, differences, examples, late } = await compareAll(stream, new PlainLoops(ASKED), (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${stream.length}`);
  });
  const { user, system } = process.cpuUsage(begun);
  write(`${title}: ${rows} rows, ${ASKED.length} features, ${compared} values with their quality compared, ${late} recordings late, ${Math.round((user + system) / 1e6)} s`);
  report.figure(`${title}: differences`, [differences], { unit: "values", better: "less" });
  report.figure(`${title}: values compared`, [compared], { unit: "values" });
  for (const example of examples) write(`  ${example}`);
  write(`  differences: ${differences}`);
  if (differences > 0) process.exitCode = 1;
}
report.end();
