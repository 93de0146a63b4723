import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { formatFile } from "../../src/format/format.ts";
import { Dice } from "../oracle/dice.ts";
import { sketch, source } from "../oracle/programs.ts";
import { rngOf, type Rng } from "../random.ts";
import { mutate, randomProgram } from "../syntax/random.ts";
import { ink, meaning } from "./meaning.ts";
import { noisy, respaced } from "./noise.ts";

/** `FORMAT_FILES=50000 node --test test/format/random.test.ts` is the long run; `FUZZ_SEED` starts it elsewhere. */
const FILES = Number(process.env["FORMAT_FILES"] ?? 1_200);
const FIRST = Number(process.env["FUZZ_SEED"] ?? 20_261_127);
const WIDTH = 100;
/** What may pass the width: a line with a comment, and a text on a line of its own. */
const UNBROKEN = /\/\/|^\s*[rR]?["']/;

const rules = join(import.meta.dirname, "../../rules");
const shipped = globSync("**/*.risk", { cwd: rules }).toSorted().map((file) => readFileSync(join(rules, file), "utf8"));

/** A file out of one of the generators or a shipped one, with comments, white space and spellings at random. */
function file(rng: Rng): string {
  const text = rng.pick([
    () => randomProgram(rng),
    () => randomProgram(rng),
    () => source(sketch(new Dice(rng.below(2 ** 31)))),
    () => rng.pick(shipped),
  ])();
  return noisy(text, rng);
}

function each(count: number, visit: (rng: Rng) => void): void {
  for (let seed = FIRST; seed < FIRST + count; seed++) {
    try {
      visit(rngOf(seed));
    } catch (error) {
      throw new Error(`FUZZ_SEED=${seed}`, { cause: error });
    }
  }
}

suite("formatting random files", () => {
  test(`keeps the meaning and is idempotent, ${FILES} files from seed ${FIRST}`, (t) => {
    let good = 0;
    each(FILES, (rng) => {
      const text = file(rng);
      const before = meaning(text);
      const { text: formatted, diagnostics } = formatFile({ path: "a.risk", text });
      assert.ok(diagnostics.every(({ code }) => code !== "RSK0509"), `refused:\n${text}`);
      assert.equal(formatFile({ path: "a.risk", text: formatted }).text, formatted, text);
      if (before.errors > 0) return;
      good++;
      assert.deepEqual(meaning(formatted), before, text);
      // A row with a comment inside of it stays as it is.
      if (/^\s*\|/m.test(text)) return;
      const long = formatted.split(/\r?\n/).filter((line) => line.length > WIDTH && !UNBROKEN.test(line));
      assert.deepEqual(long, [], "lines that could have been broken");
      assert.ok(!/[ \t]\r?\n/.test(formatted), "blanks at the end of a line");
      assert.ok(!/\n\s*\n\s*\n/.test(formatted), "two empty lines");
    });
    t.diagnostic(`${good} without mistakes`);
    assert.ok(good > FILES * 0.7, `${good} good`);
  });

  test(`looks the same whatever blanks the author had, ${FILES / 8} files from seed ${FIRST}`, () => {
    each(FILES / 8, (rng) => {
      const text = rng.chance(0.7) ? randomProgram(rng) : source(sketch(new Dice(rng.below(2 ** 31))));
      const other = respaced(text, rng);
      assert.deepEqual(meaning(text).tree, meaning(other).tree);
      assert.equal(meaning(other).errors, 0, other);
      const [one, two] = [text, other].map((each) => formatFile({ path: "a.risk", text: each }).text);
      assert.equal(one, two);
    });
  });

  test(`never loses text that is broken, ${FILES / 4} files from seed ${FIRST}`, (t) => {
    let partly = 0;
    each(FILES / 4, (rng) => {
      const text = mutate(file(rng), rng);
      const { text: formatted } = formatFile({ path: "a.risk", text });
      assert.equal(ink(formatted), ink(text), text);
      assert.equal(formatFile({ path: "a.risk", text: formatted }).text, formatted, text);
      if (formatted !== text && meaning(text).errors > 0) partly++;
    });
    t.diagnostic(`${partly} with mistakes and formatted around them`);
    assert.ok(partly > FILES * 0.125, `${partly} formatted`);
  });
});
