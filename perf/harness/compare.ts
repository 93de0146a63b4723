import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkOut, overlay, withdraw } from "./checkout.ts";
import { ROOT } from "./machine.ts";
import { flagsOfStart } from "./names.ts";
import type { Figure, Results } from "./report.ts";
import { median, ratioOf, type Spread } from "./statistics.ts";
import { type Cell, figure, tableText } from "./table.ts";

/** Processes of each revision, in turn. Fewer could all agree by chance. */
export const PAIRS = 5;
/** A difference below this share is none, however steady: the placing of code in memory makes as much. */
const NOTHING = 0.05;

export type Verdict = "faster" | "slower" | "better" | "worse" | "no difference seen";

/** What is said of a figure whose pairs have this ratio: something only where all pairs agree. */
export function verdictOf({ unit, better }: Pick<Figure, "unit" | "better">, { median, least, most }: Spread): Verdict {
  if (better === null || Math.abs(median - 1) < NOTHING || (least <= 1 && most >= 1)) return "no difference seen";
  const improved = better === "less" ? median < 1 : median > 1;
  if (/^(?:ns|µs|ms|s)\b|\/s$/.test(unit)) return improved ? "faster" : "slower";
  return improved ? "better" : "worse";
}

/** Rows for the figures that both sides told in every pair. */
export function comparison(ours: readonly Results[], theirs: readonly Results[]): readonly (readonly Cell[])[] {
  const medians = (all: readonly Results[], name: string): readonly number[] => all.flatMap(({ figures }) => figures.filter((each) => each.name === name).map(({ spread }) => spread.median));
  return (ours[0]?.figures ?? []).flatMap((each) => {
    const [mine, other] = [medians(ours, each.name), medians(theirs, each.name)];
    if (mine.length !== other.length || mine.length === 0) return [];
    const ratio = ratioOf(mine, other);
    return [[each.name, figure(median(mine)), figure(median(other)), each.unit, `${figure(ratio.median)} ×`, `${figure(ratio.least)} to ${figure(ratio.most)}`, verdictOf(each, ratio)]];
  });
}

interface Side {
  readonly folder: string;
  readonly results: Results[];
}

/** Runs a bench of a tree once; null where it fails or tells no figures. */
function runBench(folder: string, name: string, args: readonly string[], json: string): Results | null {
  rmSync(json, { force: true });
  const { status, stderr } = spawnSync(process.execPath, ["--expose-gc", ...flagsOfStart(), join(folder, "perf", `${name}.ts`), ...args, "--json", json], { cwd: folder, encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  if (status === 0 && existsSync(json)) return JSON.parse(readFileSync(json, "utf8")) as Results;
  process.stderr.write(stderr);
  return null;
}

/**
 * Runs a bench of this tree against two programs, that of this tree and that of another revision, process by process in
 * turn, and prints what differs. Where this tree's bench does not run against the other, each is measured by its own.
 */
export function compare(name: string, args: readonly string[], revision: string, pairs = PAIRS): number {
  const other = checkOut(revision);
  const scratch = mkdtempSync(join(tmpdir(), "sluice-compare-"));
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  try {
    overlay(other.folder);
    const [mine, theirs]: readonly [Side, Side] = [{ folder: ROOT, results: [] }, { folder: other.folder, results: [] }];
    const run = (side: Side): boolean => {
      const results = runBench(side.folder, name, args, join(scratch, "results.json"));
      if (results !== null) side.results.push(results);
      return results !== null;
    };
    say(`${name}: this tree against ${other.revision}, ${pairs} processes each, in turn`);
    if (!run(theirs)) {
      withdraw(other.folder);
      say(`the bench of this tree does not run against ${other.revision}, so that one is measured by its own`);
      if (!run(theirs)) return refuse(`\`${name}\` of ${other.revision} does not run or writes no figures`);
    }
    for (let pair = 0; pair < pairs; pair++) {
      const turn = pair % 2 === 0 ? [mine] : [theirs, mine];
      if (pair > 0 && pair % 2 === 0) turn.push(theirs);
      for (const side of turn) if (!run(side)) return refuse(`\`${name}\` failed, or writes no figures with --json`);
    }
    const rows = comparison(mine.results, theirs.results);
    if (rows.length === 0) return refuse("the two revisions have no figure in common");
    say(`\n${tableText(["figure", "this tree", other.revision, "unit", "ratio", "least to most", "verdict"], rows)}`);
    return 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    other.remove();
  }
}

function refuse(why: string): number {
  process.stderr.write(`${why}\n`);
  return 1;
}
