import assert from "node:assert/strict";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { CodeActionKind, FileChangeType, ResponseError, type CodeAction, type CodeLens, type Diagnostic } from "vscode-languageserver/node";
import { existsSync } from "node:fs";
import { Editor, positionIn } from "./client.ts";
import { FILES, LISTS, PAYMENTS } from "./rules.ts";

const FILE = "payments.risk";
const codesOf = (found: readonly Diagnostic[]): string => found.map(({ code }) => String(code)).join(" ");

async function actions(ed: Editor, marked: string, only?: readonly string[]): Promise<CodeAction[]> {
  const at = ed.at(FILE, marked);
  return ed.request<CodeAction[]>("textDocument/codeAction", { textDocument: { uri: ed.uri(FILE) }, range: { start: at, end: at }, context: { diagnostics: [], ...(only === undefined ? {} : { only }) } });
}

suite("findings", () => {
  test("appear with place, related places and a page, and vanish when mended", async () => {
    await using ed = await Editor.start(FILES);
    await ed.open(FILE, PAYMENTS.replace('abroad(payment, "DE")', 'abroad(payment, 5)'));
    const [found] = await ed.until(FILE, (each) => each.length === 1);
    assert.equal(found?.code, "RSK0211");
    assert.equal(ed.slice(FILE, found.range), "5");
    assert.equal(found.severity, 1);
    assert.equal(found.relatedInformation?.[0]?.location.uri, ed.uri(FILE));
    assert.ok(existsSync(fileURLToPath(found.codeDescription?.href ?? "").replace(/#.*/, "")));
    await ed.replace(FILE, "payment, 5", 'payment, "DE"');
    await ed.until(FILE, (each) => each.length === 0);
  });

  test("of the syntax come with the keystroke, those of the meaning move along", async () => {
    await using ed = await Editor.start(FILES);
    await ed.open(FILE, PAYMENTS.replace('abroad(payment, "DE")', "abroad(payment, 5)"));
    await ed.until(FILE, (each) => codesOf(each) === "RSK0211");
    await ed.replace(FILE, "card_tx_1h >= 10", "card_tx_1h >=");
    const found = await ed.until(FILE, (each) => each.some(({ code }) => code === "RSK0101"));
    const type = found.find(({ code }) => code === "RSK0211");
    assert.ok(type !== undefined);
    assert.equal(ed.slice(FILE, type.range), "5");
    await ed.replace(FILE, "let ratio", "\n\n  let ratio");
    await ed.replace(FILE, "card_tx_1h >=", "card_tx_1h >= 10");
    const [last] = await ed.until(FILE, (each) => codesOf(each) === "RSK0211");
    assert.ok(last !== undefined);
    await ed.until(FILE, ([each]) => each !== undefined && ed.slice(FILE, each.range) === "5");
  });

  test("of a file follow the buffers of others", async () => {
    await using ed = await Editor.start(FILES);
    await ed.open(FILE, PAYMENTS);
    await ed.open("lists.risk", LISTS);
    await ed.replace("lists.risk", "list blocked_cards", "list stopped_cards");
    await ed.until(FILE, (each) => codesOf(each).includes("RSK0307"));
    await ed.close("lists.risk");
    await ed.until(FILE, (each) => each.length === 0);
  });

  test("follow files that are made, renamed and deleted on disk", async () => {
    await using ed = await Editor.start({ [FILE]: PAYMENTS });
    await ed.open(FILE, PAYMENTS);
    await ed.until(FILE, (each) => codesOf(each).includes("RSK0305"));
    ed.write("lists.risk", LISTS);
    await ed.connection.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri: ed.uri("lists.risk"), type: FileChangeType.Created }] });
    await ed.until(FILE, (each) => each.length === 0);
    renameSync(join(ed.root, "lists.risk"), join(ed.root, "other.risk"));
    await ed.connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: [{ uri: ed.uri("lists.risk"), type: FileChangeType.Deleted }, { uri: ed.uri("other.risk"), type: FileChangeType.Created }],
    });
    await ed.until(FILE, (each) => codesOf(each).includes("RSK0305"));
    rmSync(join(ed.root, "other.risk"));
  });

  test("are told of files that are not open", async () => {
    await using ed = await Editor.start({ ...FILES, "broken.risk": "list bad: strin = []\n" });
    await ed.open(FILE, PAYMENTS);
    await ed.until("broken.risk", (each) => codesOf(each) === "RSK0309");
    await ed.close(FILE);
    await ed.until("broken.risk", (each) => each.length === 0);
  });
});

suite("code actions", () => {
  test("a fix makes the file valid; a safe one is preferred", async () => {
    await using ed = await Editor.start(FILES);
    await ed.open(FILE, PAYMENTS.replace("channel == ecom", "channel = ecom").replace("ratio > 5", "ratoi > 5"));
    await ed.until(FILE, (each) => each.length === 2);
    const [safe] = await actions(ed, "channel |= ecom");
    assert.equal(safe?.isPreferred, true);
    assert.match(ed.edited(safe.edit ?? {})[FILE] ?? "", /channel == ecom/);
    const [maybe] = await actions(ed, "when rat|oi > 5");
    assert.equal(maybe?.isPreferred, false);
    assert.match(ed.edited(maybe.edit ?? {})[FILE] ?? "", /when ratio > 5/);
    const [all] = await actions(ed, "when rat|oi > 5", [CodeActionKind.SourceFixAll]);
    assert.equal(all?.kind, "source.fixAll.sluice");
    const mended = ed.edited(all.edit ?? {})[FILE] ?? "";
    assert.ok(mended.includes("channel == ecom") && mended.includes("ratoi"));
    assert.deepEqual(await actions(ed, "let rat|io", [CodeActionKind.QuickFix]), []);
  });

  test("an import that is missing is put in", async () => {
    await using ed = await Editor.start(FILES);
    await ed.open(FILE, PAYMENTS.replace("import home_countries, blocked_cards", "import blocked_cards"));
    await ed.until(FILE, (each) => codesOf(each) === "RSK0302");
    const [add] = await actions(ed, "in home|_countries");
    assert.match(ed.edited(add?.edit ?? {})[FILE] ?? "", /^import home_countries from "lists\.risk"\n/);
  });
});

const TESTED = `${PAYMENTS}
test "abroad" for card_payments {
  when payment { card: "c1", amount: 2.00 USD, country: "US", channel: ecom }
  expect outcome allow
}
test "wrong" for card_payments {
  when payment { card: "c1", amount: 2.00 USD, country: "US", channel: ecom }
  expect outcome decline
}
`;

interface Ran {
  readonly ran: boolean;
  readonly passed: number;
  readonly failed: number;
}

suite("tests from where they stand", () => {
  test("a lens for each test; what fails stands where it was expected", async () => {
    await using ed = await Editor.start(FILES);
    await ed.open(FILE, TESTED);
    const lenses = await ed.request<CodeLens[]>("textDocument/codeLens", { textDocument: { uri: ed.uri(FILE) } });
    assert.deepEqual(lenses.map(({ command }) => command?.title), ["run test", "run all 2 tests of this file", "run test"]);
    assert.equal(ed.slice(FILE, lenses[2]?.range ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }), '"wrong"');
    const run = (lens: CodeLens | undefined): Promise<Ran> => ed.request<Ran>("workspace/executeCommand", { command: lens?.command?.command, arguments: lens?.command?.arguments });
    const [one, all, wrong] = lenses;
    const { ran, passed, failed } = await run(one);
    assert.deepEqual([ran, passed, failed], [true, 1, 0]);
    const every = await run(all);
    assert.deepEqual([every.passed, every.failed], [1, 1]);
    assert.equal((await run(wrong)).failed, 1);
    const [found] = await ed.until(FILE, (each) => codesOf(each) === "RSK0851");
    assert.match(found === undefined ? "" : ed.slice(FILE, found.range), /outcome decline/);
    await ed.replace(FILE, "outcome decline\n}", "outcome allow\n}");
    assert.equal((await run(wrong)).passed, 1, "the buffer counts, not the file");
    await ed.until(FILE, (each) => each.length === 0);
    await ed.replace(FILE, "ratio > 5", "ratoi > 5");
    assert.equal((await run(one)).ran, false);
    const refused = await ed.request<unknown>("workspace/executeCommand", { command: "sluice.runTest", arguments: ["file:///nowhere.risk"] }).catch((error: unknown) => error);
    assert.ok(refused instanceof ResponseError);
  });
});

suite("positions", () => {
  test("count UTF-16 units, behind emoji and with Windows line ends", async () => {
    await using ed = await Editor.start(FILES);
    const text = PAYMENTS.replace('"DE") and', '"🚀🚀") and ratoi > 1 and').replaceAll("\n", "\r\n");
    await ed.open(FILE, text);
    const [found] = await ed.until(FILE, (each) => each.length === 1);
    assert.equal(found === undefined ? "" : ed.slice(FILE, found.range), "ratoi");
    assert.deepEqual(found?.range.start, positionIn(text, text.indexOf("ratoi")));
  });
});
