import { test } from "node:test";
import { WindowStore } from "../../src/windows/store.ts";
import { agree, CURSORS, REGIMES } from "./agreement.ts";

for (const regime of Object.values(REGIMES)) {
  void test(regime.title, () => agree((options) => new WindowStore(options), regime, { numRuns: regime.runs / 2 }));
  void test(`${regime.title}, by cursors`, () => agree((options) => new WindowStore({ ...CURSORS, ...options }), regime, { numRuns: regime.runs }));
}
