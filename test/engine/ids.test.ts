import assert from "node:assert/strict";
import { test } from "node:test";
import { Ids } from "../../src/engine/ids.ts";

/** RFC 9562, section 5.7, with the example of its appendix A.6: 2022-02-22T19:22:22.00Z is 0x017F22E279B0. */
const EXAMPLE_TIME = Date.parse("2022-02-22T19:22:22.000Z");

test("an id is a UUID of version 7 that begins with its time", () => {
  const id = new Ids().next(EXAMPLE_TIME);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(id.startsWith("017f22e2-79b0-7"));
});

test("ids of one millisecond differ, all their random bits vary, and later ones sort behind earlier ones", () => {
  const ids = new Ids();
  const made = Array.from({ length: 20_000 }, () => ids.next(EXAMPLE_TIME));
  assert.equal(new Set(made).size, made.length);
  const bits = made.map((id) => BigInt(`0x${id.replaceAll("-", "").slice(12)}`));
  const ones = bits.reduce((all, each) => all | each, 0n);
  const zeros = bits.reduce((all, each) => all | ~each, 0n) & ((1n << 80n) - 1n);
  const fixed = (0xf000_0000_0000_0000_0000n | 0x0000_c000_0000_0000_0000n) & ((1n << 80n) - 1n);
  assert.equal(ones & zeros & ~fixed, ((1n << 80n) - 1n) & ~fixed);
  assert.ok(made.every((id) => id < ids.next(EXAMPLE_TIME + 1)));
});

test("a time before 1970 counts as 1970", () => {
  assert.ok(new Ids().next(-5).startsWith("00000000-0000-7"));
});
