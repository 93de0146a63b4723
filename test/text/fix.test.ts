import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import type { Diagnostic, Edit, Fix } from "../../src/text/diagnostic.ts";
import { applyFixes, safeFixes } from "../../src/text/fix.ts";
import { finding } from "./finding.ts";

const edit = (start: number, end: number, text: string): Edit => ({ span: { file: "a", start, end }, text });
const fix = (applicability: Fix["applicability"], ...edits: readonly Edit[]): Fix => ({ title: "x", applicability, edits });
const told = (...fixes: readonly Fix[]): Diagnostic => finding("RSK0101", { file: "a", start: 0, end: 1 }, "x", { fixes });

suite("fixes", () => {
  test("edits are offsets of the text before, in any order", () => {
    assert.equal(applyFixes("abcdef", [edit(4, 5, ""), edit(0, 1, "XY"), edit(2, 2, "-")]), "XYb-cdf");
  });
  test("an insertion stands before a replacement at the same place, and insertions keep their order", () => {
    assert.equal(applyFixes("abc", [edit(1, 2, "B"), edit(1, 1, "1"), edit(1, 1, "2")]), "a12Bc");
  });
  test("edits that overlap or leave the text are refused", () => {
    for (const edits of [[edit(0, 3, ""), edit(2, 4, "")], [edit(0, 9, "")], [edit(-1, 0, "")], [edit(2, 1, "")]]) {
      assert.throws(() => applyFixes("abcdef", edits), RangeError);
    }
  });
  test("any edits that lie apart do what replacing from the end does", () => {
    const parts = fc.array(fc.tuple(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 })), { maxLength: 8 });
    fc.assert(
      fc.property(parts, (pieces) => {
        let text = "";
        let expected = "";
        const edits: Edit[] = [];
        for (const [kept, old, put] of pieces) {
          edits.push(edit(text.length + kept.length + 1, text.length + kept.length + 1 + old.length, put));
          text += `${kept}|${old}`;
          expected += `${kept}|${put}`;
        }
        assert.equal(applyFixes(text, edits.toReversed()), expected);
      }),
    );
  });
  test("only safe fixes are made unseen, the first of each finding, and none that clashes with one before", () => {
    const [one, two, three, four] = [fix("safe", edit(0, 2, "")), fix("safe", edit(5, 6, "x")), fix("safe", edit(1, 3, "")), fix("safe", edit(8, 8, "y"), edit(5, 5, "z"))];
    assert.deepEqual(safeFixes([told(one), told(fix("maybe", edit(3, 4, ""))), told(fix("maybe", edit(4, 5, "")), two), told(three), told(four)]), [one, two]);
    assert.deepEqual(safeFixes([told(fix("safe", edit(3, 3, "a"))), told(fix("safe", edit(3, 3, "b")))]).length, 1);
    assert.deepEqual(safeFixes([]), []);
  });
});
