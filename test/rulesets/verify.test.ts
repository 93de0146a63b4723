import assert from "node:assert/strict";
import { suite, test, type TestContext } from "node:test";
import { systemClock } from "../../src/clock.ts";
import { analyse, VERIFY_MS } from "../../src/rulesets/build.ts";
import { Builder, BUILD_TIMEOUT_MS } from "../../src/rulesets/builder.ts";
import { checkSources } from "../../src/rulesets/check.ts";
import { memoryReader } from "../../src/rulesets/reader.ts";
import { Registry } from "../../src/rulesets/registry.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { goodRules, put, temporaryFolder } from "./folders.ts";

const TESTS = `import cards from "cards.risk"
test "more than ten is declined" for cards { when payment { card: "c", amount: 11 } expect outcome decline }
test "ten is not" for cards { when payment { card: "c", amount: 10 } expect outcome allow }
`;

function registryOf(t: TestContext, folder: string): Registry {
  const builder = new Builder({ folder });
  t.after(() => builder.close());
  return new Registry({ builder, windows: new WindowStore(), clock: systemClock });
}

suite("a reload runs the tests of the folder", () => {
  test("rules whose tests fail do not become active, and the status says what failed and why", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "cards.risk", goodRules(10));
    await put(folder, "cards.tests.risk", TESTS);
    const registry = registryOf(t, folder);
    await registry.reload();
    const first = registry.status();
    assert.deepEqual([first.lastAttempt?.ok, first.stale], [true, false], JSON.stringify(first.lastAttempt));
    assert.ok(first.lastAttempt?.stages.some(({ name }) => name === "verify"));

    await put(folder, "cards.risk", goodRules(9));
    await registry.reload();
    const { version, stale, lastAttempt } = registry.status();
    assert.deepEqual([version, stale, lastAttempt?.ok, lastAttempt?.stage, lastAttempt?.error], [first.version, true, false, "verify", null]);
    const [finding] = lastAttempt?.diagnostics ?? [];
    assert.deepEqual([finding?.code, finding?.span.file, finding?.span.line], ["RSK0851", "cards.tests.risk", 3]);
    assert.match(finding?.message ?? "", /"ten is not": the outcome is `decline`, `allow` is expected/);
    assert.deepEqual(finding?.labels.map(({ span, message }) => [span.file, span.line, message]), [["cards.risk", 12, "true: `amount` is 10"]]);
    assert.equal(registry.active()?.version, first.version);

    await put(folder, "cards.tests.risk", TESTS.replaceAll("10", "9").replaceAll("11", "10"));
    await registry.reload();
    assert.deepEqual([registry.status().stale, registry.status().lastAttempt?.ok], [false, true]);
  });

  test("tests that take too long fail the reload", () => {
    const many = `test "many" for cards { given payment { card: "c", amount: 1 } repeat 9999 when payment { card: "c", amount: 1 } expect no rules }`;
    const files = new Map([["cards.risk", `${goodRules(10)}${many}`]]);
    const { ir, failed, diagnostics } = analyse(memoryReader("rules", files), { verifyMs: 1 });
    assert.deepEqual([ir, failed, diagnostics.map(({ code, span }) => [code, files.get(span.file)?.slice(span.start, span.end)])], [null, "verify", [["RSK0853", '"many"']]]);
    assert.ok(VERIFY_MS < BUILD_TIMEOUT_MS / 2, "a build ends by its tests before it ends by its time");
  });

  test("checking does not run tests, and says what is wrong with them", () => {
    const wrong = TESTS.replace("outcome decline", "outcome allow");
    const sources = (text: string) => [{ path: "cards.risk", text: goodRules(10) }, { path: "cards.tests.risk", text }];
    assert.deepEqual(checkSources(sources(wrong)).diagnostics, []);
    assert.deepEqual(checkSources(sources(wrong.replace("outcome allow", "outcome alow"))).diagnostics.map(({ code }) => code), ["RSK0810"]);
    const failing = analyse(memoryReader("rules", new Map(sources(wrong).map(({ path, text }) => [path, text]))), { verifyMs: VERIFY_MS });
    assert.equal(failing.failed, "verify");
  });
});
