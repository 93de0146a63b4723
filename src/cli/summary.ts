import type { Count, Summary } from "../replay/summary.ts";

/** The table at the end of a replay. */
export function printSummary(summary: Summary): string {
  const { rows, decided, replayed, bad, skipped, firstAt, lastAt, seconds, rowsPerSecond, version, files, complete } = summary;
  const head: (readonly [string, string])[] = [
    ["rules", version],
    ["files", count(files)],
    ["rows", count(rows)],
    ["decided", count(decided)],
    ["bad", count(bad)],
  ];
  if (replayed > 0) head.push(["replayed", `${count(replayed)} decided before, and not counted again`]);
  if (skipped > 0) head.push(["skipped", count(skipped)]);
  if (firstAt !== null && lastAt !== null) head.push(["event time", `${firstAt} to ${lastAt}`]);
  head.push(["took", `${seconds.toFixed(2)} s, ${count(rowsPerSecond)} rows/s`]);
  const blocks = [lines(head)];
  for (const { name, outcomes, rules } of summary.rulesets) {
    blocks.push(`${name}\n${tally("outcome", outcomes, decided)}`);
    if (rules.length > 0) blocks.push(tally("rule", rules, decided));
  }
  if (!complete) blocks.push("interrupted: the stream goes on after this");
  return `${blocks.join("\n\n")}\n`;
}

function lines(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}

function tally(title: string, counts: readonly Count[], of: number): string {
  const names = Math.max(title.length, ...counts.map(({ name }) => name.length));
  const numbers = Math.max("count".length, ...counts.map((each) => count(each.count).length));
  const row = (name: string, number: string, part: string): string => `  ${name.padEnd(names)}  ${number.padStart(numbers)}  ${part.padStart(7)}`;
  const share = (number: number): string => (of === 0 ? "" : `${((number * 100) / of).toFixed(2)} %`);
  return [row(title, "count", "share"), ...counts.map((each) => row(each.name, count(each.count), share(each.count)))].join("\n");
}

function count(number: number): string {
  return number.toLocaleString("en");
}
