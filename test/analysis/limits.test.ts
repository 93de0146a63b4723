import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MAX_BOXES, MAX_PIECES, product, subtract, union, type Box, type Region } from "../../src/analysis/boxes.ts";
import { Subjects } from "../../src/analysis/subjects.ts";
import { numbers, tagged } from "../../src/analysis/values.ts";
import { interval, point } from "../../src/analysis/line.ts";
import type { EventIr } from "../../src/ir/ir.ts";
import { lowerProgram } from "../../src/ir/lower.ts";
import { checkSources } from "../../src/rulesets/check.ts";
import { check } from "../oracle/pipeline.ts";

const FIELDS = Array.from({ length: 120 }, (_, i) => `n${i}`);

function subjects(): Subjects {
  const { checked } = check(`event e {\n${FIELDS.map((name) => `${name}: number`).join("\n")}\n}\n`);
  const made = new Subjects(lowerProgram(checked, "v").events[0] as EventIr, []);
  FIELDS.forEach((_, slot) => made.of({ op: "slot", slot }));
  return made;
}

const at = (id: number, value: number): Box => new Map([[id, numbers(point(value))]]);
const one = (box: Box): Region => ({ boxes: [box], exact: true });

suite("what takes too many boxes is left open", () => {
  test("a union up to the limit is exact, and beyond it everything", () => {
    const all = subjects();
    const regions = (count: number): readonly Region[] => Array.from({ length: count }, (_, i) => one(at(i, 1)));
    assert.deepEqual([union(all, regions(MAX_BOXES)).boxes.length, union(all, regions(MAX_BOXES)).exact], [MAX_BOXES, true]);
    const beyond = union(all, regions(MAX_BOXES + 1));
    assert.deepEqual([beyond.boxes.map((box) => box.size), beyond.exact], [[0], false]);
  });
  test("a product leaves factors out and stays larger than the truth", () => {
    const all = subjects();
    const factor = (i: number): Region => ({ boxes: [at(2 * i, 1), at(2 * i + 1, 1)], exact: true });
    const five = product(all, [0, 1, 2, 3, 4].map(factor));
    assert.deepEqual([five.boxes.length, five.exact], [32, true]);
    const six = product(all, [0, 1, 2, 3, 4, 5].map(factor));
    assert.deepEqual([six.boxes.length, six.exact], [32, false]);
    assert.equal(product(all, [...[0, 1, 2, 3, 4, 5].map(factor), one(at(50, 1)), one(at(50, 2))]).boxes.length, 0);
  });
  test("what falls into too many pieces is not taken apart", () => {
    const all = subjects();
    const wide = (count: number): Box => new Map(Array.from({ length: count }, (_, id) => [id, numbers(interval(0, false, 1, false))]));
    assert.equal(subtract(all, [new Map()], wide(MAX_PIECES))?.length, MAX_PIECES);
    assert.equal(subtract(all, [new Map()], wide(MAX_PIECES + 1)), null);
  });
  test("no claim is made of a condition beyond the limit", () => {
    const alternatives = Array.from({ length: 7 }, (_, i) => `(n${i} > 1 or n${i} < -1 and m${i} > 1)`);
    const text = (count: number): string => `event e {\n${alternatives.map((_, i) => `n${i}: number\nm${i}: number`).join("\n")}\nlast: number\n}\nruleset r on e {\n  outcomes a < b\n  policy first\n  rule x { when last > 1 and ${alternatives.slice(0, count).join(" and ")} then b }\n  rule y { when last > 2 and ${alternatives.slice(0, count).join(" and ")} then b }\n}\n`;
    const codes = (count: number): readonly string[] => checkSources([{ path: "a.risk", text: text(count) }]).diagnostics.map((each) => each.code).filter((code) => code === "RSK0704");
    assert.deepEqual(codes(5), ["RSK0704"]);
    assert.deepEqual(codes(7), []);
  });
});

test("boxes of one enum are joined", () => {
  const { checked } = check("event e {\n  c: enum(x, y, z)\n}\n");
  const all = new Subjects(lowerProgram(checked, "v").events[0] as EventIr, []);
  const { id } = all.of({ op: "slot", slot: 0 });
  const region = union(all, ["x", "y", "z"].map((tag) => one(new Map([[id, tagged([tag])]]))));
  assert.deepEqual(region.boxes.map((box) => box.size), [0]);
});
