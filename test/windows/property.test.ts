import { test } from "node:test";
import { WindowStore } from "../../src/windows/store.ts";
import { agree, CURSORS, REGIMES } from "./agreement.ts";

for (const regime of Object.values(REGIMES)) {
  void test(regime.title, () => agree(() => new WindowStore(), regime, { numRuns: regime.runs / 2 }));
  void test(`${regime.title}, by cursors`, () => agree(() => new WindowStore(CURSORS), regime, { numRuns: regime.runs }));
}
