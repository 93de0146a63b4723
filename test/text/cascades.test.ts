import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Report } from "../../src/text/report.ts";
import type { Diagnostic } from "../../src/text/diagnostic.ts";
import type { SourceFile } from "../../src/text/source.ts";
import { at } from "./finding.ts";

const source: SourceFile = { path: "a.risk", text: "feature x = \nrule uses x and y and x and y and z" };
const name = (word: string, occurrence = 1): Parameters<Report["add"]> => [
  "RSK0301",
  at(source, word, occurrence),
  `\`${word}\` is not known here`,
  { fixes: [{ title: "write `w`", applicability: "maybe", edits: [{ span: at(source, word, occurrence), text: "w" }] }] },
];
const damage = { span: { file: source.path, start: 0, end: 12 }, from: 12, words: new Set(["feature", "x"]), nameless: false };

function sorted(fill: (report: Report) => void): readonly Diagnostic[] {
  const report = new Report();
  fill(report);
  return report.sorted();
}

suite("what follows from a mistake is left out", () => {
  test("a name that is missing in several places is told once, with all places, and mended in all", () => {
    const found = sorted((report) => {
      for (const [word, nth] of [["y", 2], ["y", 1], ["z", 1]] as const) report.add(...name(word, nth));
    });
    assert.deepEqual(found.map(({ span, labels }) => [span.start, ...labels.map((label) => label.span.start)]), [
      [at(source, "y").start, at(source, "y", 2).start],
      [at(source, "z").start],
    ]);
    assert.deepEqual(found[0]?.fixes[0]?.edits.map(({ span }) => span.start), [at(source, "y").start, at(source, "y", 2).start]);
  });

  test("many places are counted", () => {
    const long: SourceFile = { path: "b.risk", text: "y ".repeat(30) };
    const [found, ...others] = sorted((report) => {
      for (let i = 1; i <= 30; i++) report.add("RSK0301", at(long, "y", i), "`y` is not known here");
    });
    assert.deepEqual([others.length, found?.labels.length, found?.notes], [0, 8, ["and in 21 more places of this file"]]);
  });

  test("a name in text that could not be read is not missed; others are", () => {
    const found = sorted((report) => {
      report.damaged(damage);
      report.add("RSK0101", { file: source.path, start: 12, end: 12 }, "expected a value");
      report.add(...name("x", 3));
      report.add(...name("y"));
    });
    assert.deepEqual(found.map(({ code }) => code), ["RSK0101", "RSK0301"]);
    assert.match(found[1]?.message ?? "", /`y`/);
  });

  test("a declaration without a name hides one name that is missed, and no more", () => {
    const found = sorted((report) => {
      report.damaged({ ...damage, words: new Set(), nameless: true });
      report.add(...name("y"));
      report.add(...name("y", 2));
      report.add(...name("z"));
    });
    assert.deepEqual(found.map(({ message }) => message), ["`z` is not known here"]);
  });

  test("what stands in text that could not be read is not judged", () => {
    const inside = sorted((report) => {
      report.damaged(damage);
      report.add("RSK0203", { file: source.path, start: 8, end: 9 }, "types differ");
      report.add("RSK0203", { file: "other.risk", start: 8, end: 9 }, "types differ");
    });
    assert.deepEqual(inside.map(({ span }) => span.file), ["other.risk"]);
  });

  test("two wrong calls of one function are two mistakes", () => {
    const found = sorted((report) => {
      report.add("RSK0212", at(source, "y"), "`y` takes 1 argument, 2 are given");
      report.add("RSK0212", at(source, "y", 2), "`y` takes 1 argument, 3 are given");
    });
    assert.equal(found.length, 2);
  });
});
