import assert from "node:assert/strict";
import { test } from "node:test";
import { rngOf } from "../random.ts";
import { findingsOf, KINDS, type Mistake, mistakesIn, validFolders } from "./mistakes.ts";

/*
 * One wrong token anywhere in valid rules is one mistake, and should give one finding. A token that was replaced or swapped
 * may come to mean something else that is wrong in two ways, so a small share is allowed.
 */

/** Mistakes of each kind that a run tries, spread over all places. */
const SAMPLE = 80;
/** The share that may give more than one finding, and more than two. Measured over every place: 0.5 % and 0.1 %. */
const MAX_SEVERAL = 0.05;
const MAX_MANY = 0.01;

const seed = Math.floor(Math.random() * 2 ** 31);

function told(mistake: Mistake): string {
  const line = mistake.file.text.slice(0, mistake.at).split("\n").length;
  const found = findingsOf(mistake).map(({ code, message }) => `  ${code} ${message}`);
  return [`${mistake.kind} at ${mistake.file.path}:${line}: «${mistake.from}» → «${mistake.to}»`, ...found].join("\n");
}

test(`one wrong token is told once (seed ${seed})`, (t) => {
  t.diagnostic(`seed ${seed}`);
  const folders = validFolders();
  assert.ok(folders.length > 3, "the shipped rules, a new folder, the table and the reference are valid");
  const rng = rngOf(seed);
  const counts: number[] = [];
  const several: Mistake[] = [];
  for (const kind of KINDS) {
    const all = folders.flatMap((folder) => [...mistakesIn(folder, kind, seed)]);
    assert.ok(all.length > SAMPLE, kind);
    for (let i = 0; i < SAMPLE; i++) {
      const mistake = rng.pick(all);
      const found = findingsOf(mistake).length;
      counts.push(found);
      if (found > 1) several.push(mistake);
    }
  }
  const share = (least: number): number => counts.filter((count) => count >= least).length / counts.length;
  const report = (): string => `seed ${seed}\n${several.map(told).join("\n")}`;
  assert.ok(share(1) > 0.85, `only ${share(1)} of the mistakes are noticed; seed ${seed}`);
  assert.ok(share(2) <= MAX_SEVERAL, `${share(2)} give more than one finding\n${report()}`);
  assert.ok(share(3) <= MAX_MANY, `${share(3)} give more than two findings\n${report()}`);
});
