import { test } from "node:test";
import { WindowStore } from "../../src/windows/store.ts";
import { agree, REGIMES } from "./agreement.ts";

for (const regime of Object.values(REGIMES)) {
  void test(regime.title, () => agree(() => new WindowStore(), regime, { numRuns: regime.runs }));
}
