import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { LSPErrorCodes, ResponseError, type CompletionList, type DocumentSymbol } from "vscode-languageserver/node";
import { CancellationTokenSource } from "vscode-languageserver/node";
import { Completion } from "../../src/lsp/completion.ts";
import { Document, MAX_TEXT } from "../../src/lsp/document.ts";
import { Folder } from "../../src/lsp/folder.ts";
import { foldingRanges, selectionRanges } from "../../src/lsp/folding.ts";
import { hover } from "../../src/lsp/hover.ts";
import { inlayHints } from "../../src/lsp/hints.ts";
import { references } from "../../src/lsp/references.ts";
import { placeIn } from "../../src/lsp/items.ts";
import { signatureHelp } from "../../src/lsp/signature.ts";
import { documentSymbols } from "../../src/lsp/symbols.ts";
import { semanticTokens } from "../../src/lsp/tokens.ts";
import { rngOf } from "../random.ts";
import { Editor, positionIn } from "./client.ts";
import { FILES, LISTS, PAYMENTS } from "./rules.ts";

const FILE = "payments.risk";

const TESTED = `${PAYMENTS}
test "a burst" for card_payments {
  given payment { card: "c1", amount: 1.00 USD, country: "US", channel: ecom } at -50m repeat 9 every 5m
  when payment { card: "c1", amount: 2.00 USD, country: "US", channel: ecom }
  expect outcome decline
  expect rule burst
}
`;

/** What an author's fingers do: a word, a mark, a broken text, and now and then a stretch deleted. */
const STROKES: readonly string[] = ["a", "e", " ", "\n", "{", "}", "(", ")", '"', "|", ".", "@", "=", "==", ">", "5", "5m", "rule x {\n", "when ", "then ", "amount", "/// doc\n", "// c\n", "🚀", "event e {\n", "}\n}\n", "\r\n", "\u0000", '"""', "'", "test ", "import a from \""];

interface Stroke {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function stroke(text: string, rng: ReturnType<typeof rngOf>): Stroke {
  const start = rng.below(text.length + 1);
  if (rng.chance(0.3)) return { start, end: Math.min(text.length, start + rng.below(rng.chance(0.1) ? 200 : 6)), text: "" };
  return { start, end: start, text: rng.pick(STROKES) };
}

suite("whatever is typed", () => {
  test("no provider throws or leaves the text, and pieces cover what they say", () => {
    for (let round = 0; round < 12; round++) {
      const rng = rngOf(20_261_121 + round);
      const folder = new Folder(null, (path) => `untitled:${path}`);
      folder.openFile("untitled:lists.risk", "lists.risk", LISTS, 1);
      const document = folder.openFile("untitled:a", FILE, TESTED, 1);
      const completion = new Completion();
      for (let step = 0; step < 40; step++) {
        const { start, end, text } = stroke(document.text, rng);
        const expected = document.text.slice(0, start) + text + document.text.slice(end);
        folder.edit(FILE, [{ range: { start: positionOf(document, start), end: positionOf(document, end) }, text }], step + 2);
        assert.equal(document.text.length, expected.length, `seed ${rng.seed}, step ${step}`);
        const at = rng.below(document.text.length + 1);
        try {
          inOrder(document);
          completion.complete(folder, document, at, true);
          hover(folder, document, at);
          references(folder, document, at, true);
          signatureHelp(folder, document, at);
          documentSymbols(document);
          foldingRanges(document);
          selectionRanges(document, [positionOf(document, at)]);
          semanticTokens(folder, document, null);
          inlayHints(folder, document, document.range({ start: 0, end: document.text.length }));
          for (const each of folder.diagnostics(FILE)) assert.ok(each.span.start <= document.text.length);
        } catch (error) {
          throw new Error(`seed ${rng.seed}, step ${step}:\n${document.text}`, { cause: error });
        }
      }
    }
  });

  test("pieces agree with the whole once the author pauses", () => {
    for (let round = 0; round < 40; round++) {
      const rng = rngOf(7_000 + round);
      const document = new Document("untitled:a", FILE, TESTED, 1);
      for (let step = 0; step < 6; step++) {
        const { start, end, text } = stroke(document.text, rng);
        document.edit([{ range: { start: positionOf(document, start), end: positionOf(document, end) }, text }], step + 2);
      }
      const names = shape(document);
      document.settle();
      const settled = shape(document);
      document.read();
      assert.deepEqual(settled, shape(document), `seed ${rng.seed}\nbefore the pause ${names.join(" ")}\n${document.text}`);
    }
  });

  test("the server lives through random keystrokes and answers at the end", async () => {
    await using ed = await Editor.start(FILES);
    await ed.open(FILE, TESTED);
    const rng = rngOf(4_711);
    const asked: Promise<unknown>[] = [];
    for (let step = 0; step < 150; step++) {
      const { start, end, text } = stroke(ed.text(FILE), rng);
      // The client of the test counts lines by `\n` alone, and no editor sends a lone surrogate.
      if (text.includes("\r") || /[\uD800-\uDFFF]/.test(ed.text(FILE).slice(start - 1, end + 1))) continue;
      await ed.edit(FILE, start, end, text);
      const position = positionIn(ed.text(FILE), Math.min(start + text.length, ed.text(FILE).length));
      for (const method of ["completion", "hover", "definition", "signatureHelp", "documentHighlight"]) {
        asked.push(ed.request(`textDocument/${method}`, { textDocument: { uri: ed.uri(FILE) }, position }).catch((error: unknown) => error));
      }
    }
    const answers = await Promise.all(asked);
    const faults = answers.filter((each) => each instanceof ResponseError && each.code !== LSPErrorCodes.ContentModified);
    assert.deepEqual(faults, [], `seed ${rng.seed}`);
    await ed.edit(FILE, 0, ed.text(FILE).length, PAYMENTS);
    await ed.until(FILE, (each) => each.length === 0);
    const symbols = await ed.request<DocumentSymbol[]>("textDocument/documentSymbol", { textDocument: { uri: ed.uri(FILE) } });
    assert.equal(symbols.at(-1)?.name, "card_payments");
  });
});

function positionOf(document: Document, offset: number): { line: number; character: number } {
  return document.range({ start: offset, end: offset }).start;
}

/** Pieces follow each other inside of the text, and the name of each stands where it says. */
function inOrder(document: Document): void {
  let end = 0;
  for (const item of document.items) {
    assert.ok(item.at >= end && item.at + item.length <= document.text.length, `${item.node?.kind} at ${item.at}`);
    ({ end } = { end: item.at + item.length });
    const { node } = item;
    if (node !== null && "name" in node && node.name.kind === "Ident" && node.name.name !== "") {
      const place = placeIn(item, node.name.span);
      assert.equal(document.text.slice(place.start, place.end), node.name.name);
    }
  }
}

function shape(document: Document): readonly string[] {
  return document.items.map(({ node, at, length }) => `${node?.kind ?? "-"} ${at} ${length}`);
}

suite("the protocol", () => {
  test("shutdown and exit end the process with 0, exit alone with 1", async () => {
    const polite = await Editor.start(FILES);
    assert.equal(await polite.stop(), 0);
    const rude = await Editor.start(FILES);
    await rude.connection.sendNotification("exit");
    assert.equal(await rude.exit, 1);
    await polite[Symbol.asyncDispose]();
    await rude[Symbol.asyncDispose]();
  });

  test("a request that is cancelled is not worked on, one that is outdated says so", async () => {
    await using ed = await Editor.start(FILES);
    await ed.open(FILE, PAYMENTS);
    const source = new CancellationTokenSource();
    const params = { textDocument: { uri: ed.uri(FILE) }, position: { line: 0, character: 0 } };
    const answer = ed.connection.sendRequest("textDocument/hover", params, source.token).catch((error: unknown) => error);
    source.cancel();
    const outcome = await answer;
    assert.ok(outcome instanceof ResponseError && outcome.code === LSPErrorCodes.RequestCancelled);
    // Whether the change overtakes the request is chance; in so many tries it does.
    const isLate = (result: unknown): boolean => result instanceof ResponseError && result.code === LSPErrorCodes.ContentModified;
    let outdated = false;
    for (let round = 0; round < 100 && !outdated; round++) {
      const late = Array.from({ length: 5 }, () => ed.request("textDocument/completion", params).catch((error: unknown) => error));
      await ed.edit(FILE, 0, 0, "\n");
      outdated = (await Promise.all(late)).some(isLate);
    }
    assert.ok(outdated);
  });

  test("texts that are no files, files in no folder, and files that are not open", async () => {
    await using ed = await Editor.start(FILES, { workspace: false });
    await ed.open("untitled:Untitled-1", "list a: strin = []\n");
    await ed.until("untitled:Untitled-1", (found) => found.some(({ code }) => code === "RSK0309"));
    await ed.open(FILE, PAYMENTS.replace("ratio > 5", "ratoi > 5"));
    await ed.until(FILE, (found) => found.length === 1 && found[0]?.code === "RSK0301");
    const none = await ed.request<unknown>("textDocument/hover", { textDocument: { uri: "file:///nowhere/x.risk" }, position: { line: 9, character: 9 } });
    assert.equal(none, null);
    const tokens = await ed.request<unknown>("textDocument/semanticTokens/full", { textDocument: { uri: "file:///nowhere/x.risk" } });
    assert.deepEqual(tokens, { data: [] });
    const far = await ed.request<CompletionList>("textDocument/completion", { textDocument: { uri: ed.uri(FILE) }, position: { line: 100_000, character: 100_000 } });
    assert.ok(Array.isArray(far.items));
  });

  test("two folders keep their names apart", async () => {
    await using ed = await Editor.start({ "a/rules/x.risk": "list a: string = []\n", "b/rules/x.risk": "list a: string = []\n" });
    await ed.open("a/rules/x.risk", "list a: string = []\nlist b: strin = []\n");
    await ed.open("b/rules/x.risk", "list a: string = []\nlist b: strin = []\n");
    await ed.until("a/rules/x.risk", (found) => found.length === 1);
    await ed.until("b/rules/x.risk", (found) => found.length === 1);
  });

  test("a file that is too long is told and not read", () => {
    const folder = new Folder(null, (path) => `untitled:${path}`);
    const document = folder.openFile("untitled:a", FILE, `// ${"x".repeat(MAX_TEXT)}\n`, 1);
    assert.equal(document.oversized, true);
    assert.deepEqual(document.items, []);
    assert.deepEqual(foldingRanges(document), []);
    folder.edit(FILE, [{ text: LISTS }], 2);
    assert.equal(document.items.length, 2);
  });
});
