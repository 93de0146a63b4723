import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { suite, test } from "node:test";
import type { MakeKernel } from "../../src/match/kernel.ts";
import { compiledKernel, vectorKernel } from "../../src/match/vectors.ts";
import { tryOut } from "./trial.ts";

/*
 * Bugs planted in the text of the kernel in WebAssembly are found by comparing decisions. Each is one that its author
 * could have made: a bound, a finding, an address, a mask.
 */
const SIMD = fileURLToPath(new URL("../../src/match/simd.ts", import.meta.url));

/** Rulesets that a broken kernel may hide from. */
const PROGRAMS = 30;

const BUGS: Readonly<Record<string, readonly [right: string, wrong: string]>> = {
  "owners of one word": ["set(address, add(at.marks, wordsIn(or(shl(shr(owner, word(5))", "set(address, add(at.marks, wordsIn(or(shl(shr(owner, word(6))"],
  "only the first 32 owners are told": ["setBit(shr(owner, word(5))),", ""],
  "a finding is taken for sure": ["and(clause, word(2 ** FINDING - 1)), address)", "word(FOUND_TRUE), address)"],
  "half of a vector": ["return [0, 1].flatMap", "return [0].flatMap"],
  "three words of what is not sure": ["return [0, 1, 2, 3].flatMap((number) => [\n        set(bits, lane(left, number))", "return [0, 1, 2].flatMap((number) => [\n        set(bits, lane(left, number))"],
  "words of clauses overlap": ["next(first, 64),", "next(first, 63),"],
  "a clause that is not sure says all": ["otherwise, word(FOUND_ASK)", "otherwise, word(FOUND_TRUE)"],
  "what is missing is true": ["select(equal(finding, word(FOUND_TRUE)), otherwise,", "select(equal(finding, word(FOUND_TRUE)), word(FOUND_TRUE),"],
  "what is not known is missing": ["word(FOUND_ASK), word(FOUND_MISSING))", "word(FOUND_MISSING), word(FOUND_MISSING))"],
  "sure and not are confused": ["when(isZero(and(shr(known", "when((and(shr(known"],
  "a row has one vector more": ["less(vector, toOf(place))", "less(vector, add(toOf(place), word(1)))"],
  "a row has one vector less": ["atLeast(vector, from)", "greater(vector, from)"],
  "rows begin at the first vector": ["add(sub(shr(place, word(PLACE_AT)), from), vector)", "add(shr(place, word(PLACE_AT)), vector)"],
  "only one part of a text is known": ["whilst(i, [\n          setVector(left, orVector", "when(word(0), [\n          setVector(left, orVector"],
  "parts of a text are and-ed": ["setVector(left, orVector(left, rowOf", "setVector(left, andVector(left, rowOf"],
  "costly columns are not asked": ["setVector(left, andVector(left, askVector(possible", "setVector(sure, andVector(left, askVector(possible"],
  "what is surely true is not looked up": ["askVector(vectorOf, [placeOf(parts, entry, each), vector])", "left"],
  "classes are never too low": ["when(less(each, lowest), [set(lowest, each)]),\n          next(entry", "next(entry"],
  "cheap classes are never too low": ["next(unsureEnd, 4),\n    when(less(each, lowest), [set(lowest, each)]),", "next(unsureEnd, 4),"],
  "cheap classes are all sure": ["next(unsureEnd, 4),", ""],
  "what cheap columns say surely is not looked up": ["set(i, at.unsure),", "set(i, unsureEnd),"],
  "every cluster is simple": ["const isSimple = and(equal(lowest, word(FIRST)), equal(cheap, load(tables, cluster)));", "const isSimple = word(1);"],
  "the last row tells where to begin": ["when(greater(first, from), [set(from, first)])", "set(from, first)"],
  "the last row tells where to end": ["set(to, select(less(toOf(place), to), toOf(place), to))", "set(to, toOf(place))"],
  "the row of the class before": ["placeOf(parts, entry, add(each, word(FIRST))))),", "placeOf(parts, entry, add(each, word(FIRST - 1))))),"],
  "the row of the class before in one vector": ["placeOf(parts, entry, add(each, word(FIRST)))), word(PLACE_AT))", "placeOf(parts, entry, add(each, word(FIRST - 1)))), word(PLACE_AT))"],
  "vectors are or-ed": ["andVector(left, loadVector(tables, add(begin", "orVector(left, loadVector(tables, add(begin"],
  "columns of one vector are or-ed": ["andVector(left, loadVector(tables, add(at.rows", "orVector(left, loadVector(tables, add(at.rows"],
  "one of several vectors is looked at": ["when(equal(load(tables, cluster, 12), word(1)),", "when(word(1),"],
  "the first vector is left out": ["set(vector, from),", "set(vector, add(from, word(1))),"],
  "marks stay": ["storeVector(scratch, marks, NO_BITS),", ""],
  "missing before asked": ["set(missing, and(not(or(sure, asked)), load", "set(missing, and(not(sure), load"],
  "what no clause speaks for is forgotten": ["whilst(less(each, at.alwaysEnd)", "when(word(0)"],
  "the last cluster is forgotten": ["whilst(less(cluster, at.clustersEnd)", "whilst(less(cluster, sub(at.clustersEnd, words(20)))"],
};

/** The kernel out of the changed text. */
async function broken([right, wrong]: readonly [string, string]): Promise<MakeKernel> {
  const source = readFileSync(SIMD, "utf8");
  assert.equal(source.split(right).length, 2, `\`${right}\` stands once in the kernel`);
  const code = stripTypeScriptTypes(source.replace(right, () => wrong)).replaceAll(/from "(\.\/[a-z]+\.ts)"/g, (_, path: string) => `from ${JSON.stringify(new URL(path, pathToFileURL(SIMD)).href)}`);
  const { kernelModule } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { readonly kernelModule: () => Uint8Array<ArrayBuffer> };
  const module = compiledKernel(kernelModule());
  assert.ok(module, "the broken kernel is still a module");
  return (tables, classes) => vectorKernel(tables, classes, module) as NonNullable<ReturnType<typeof vectorKernel>>;
}

suite("a broken kernel is found", () => {
  for (const [name, bug] of Object.entries(BUGS)) {
    test(name, async (t) => {
      const kernels = { broken: await broken(bug) };
      for (let seed = 1; seed <= PROGRAMS; seed++) {
        const alike = seed % 2 === 0;
        const thresholds = { indexedFrom: 0, ...(seed % 4 < 2 ? {} : { sharedBy: 0 }) };
        if (tryOut({ seed, size: alike ? 700 : 60, events: 8, thresholds, alike, kernels }) === null) continue;
        t.diagnostic(`seed ${seed}`);
        return;
      }
      assert.fail(`not found in ${PROGRAMS} rulesets`);
    });
  }
});
