import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { DocumentHighlight, DocumentSymbol, FoldingRange, Hover, Location, Range, SelectionRange, SymbolInformation, WorkspaceEdit } from "vscode-languageserver/node";
import { Editor } from "./client.ts";
import { FILES, LISTS, PAYMENTS } from "./rules.ts";

const FILE = "payments.risk";

async function editor(): Promise<Editor> {
  const started = await Editor.start(FILES);
  await started.open(FILE, PAYMENTS);
  return started;
}

function textOf(hover: Hover | null): string {
  return hover !== null && typeof hover.contents === "object" && "value" in hover.contents ? hover.contents.value : "";
}

suite("what a name stands for", () => {
  test("definitions, in this file and in others", async () => {
    await using ed = await editor();
    const define = async (marked: string): Promise<string> => {
      const found = await ed.ask<Location | null>("definition", FILE, marked);
      if (found === null) return "";
      const path = found.uri.slice(ed.uri("").length).replace(/^\//, "");
      const text = path === FILE ? PAYMENTS : LISTS;
      const lines = text.split("\n");
      return `${path}:${lines[found.range.start.line]?.slice(found.range.start.character, found.range.end.character)}:${lines[found.range.start.line]?.trim()}`;
    };
    assert.equal(await define("when card_t|x_1h"), `${FILE}:card_tx_1h:feature card_tx_1h = count of payment by card over 1h`);
    assert.equal(await define("chan|nel == ecom"), `${FILE}:channel:channel: enum(pos, ecom, moto)`);
    assert.equal(await define("channel == e|com"), `${FILE}:ecom:channel: enum(pos, ecom, moto)`);
    assert.equal(await define("not in home_co|untries"), `lists.risk:home_countries:list home_countries: string = ["DE", "FR"]`);
    assert.equal(await define("import home_countries, bl|ocked"), `lists.risk:blocked_cards:list blocked_cards: string managed ttl 30d`);
    assert.equal(await define("payments, {rat|io}"), `${FILE}:ratio:let ratio = amount / usual_amount`);
    assert.equal(await define("then decl|ine"), `${FILE}:decline:outcomes allow < review < decline`);
    assert.equal(await define("and abr|oad("), `${FILE}:abroad:function abroad(p: payment, home: string): bool = p.country != home`);
    assert.equal(await define("= p.coun|try"), `${FILE}:country:country: string`);
    assert.equal(await define("!= ho|me"), `${FILE}:home:function abroad(p: payment, home: string): bool = p.country != home`);
    assert.equal(await define("of payment.am|ount"), `${FILE}:amount:amount: money`);
    assert.equal(await define('from "lis|ts.risk"'), "lists.risk::/// Countries that we ship to.");
    assert.equal(await define("then| decline"), "");
  });

  test("hover tells type, unit, documentation and definition", async () => {
    await using ed = await editor();
    const tell = async (marked: string): Promise<string> => textOf(await ed.ask<Hover | null>("hover", FILE, marked));
    assert.match(await tell("let ratio = am|ount"), /field amount: money[^]*What is paid\.[^]*payments\.risk:8/);
    assert.match(await tell("in home_co|untries"), /Countries that we ship to[^]*list home_countries: string = /);
    assert.match(await tell("over 9|0d"), /90d[^]*7776000000 ms/);
    assert.match(await tell("cou|nt of payment by"), /how many events/);
    assert.match(await tell("place: ge|o"), /a place/);
    // The type of a `let` is known once the folder is checked.
    await ed.until(FILE, (found) => found.length === 0);
    for (let i = 0; i < 100 && !/let ratio: number/.test(await tell("when rat|io")); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.match(await tell("when rat|io"), /let ratio: number[^]*How far from usual/);
    const range = (await ed.ask<Hover | null>("hover", FILE, "when rat|io"))?.range;
    assert.equal(range === undefined ? "" : ed.slice(FILE, range), "ratio");
  });

  test("references and highlights, with and without the declaration", async () => {
    await using ed = await editor();
    await ed.open("lists.risk", LISTS);
    const places = await ed.ask<Location[]>("references", FILE, "card in blocked|_cards", { context: { includeDeclaration: true } });
    assert.deepEqual(places.map(({ uri }) => uri.split("/").at(-1) ?? "").toSorted((a, b) => (a < b ? -1 : 1)), ["lists.risk", FILE, FILE]);
    const uses = await ed.ask<Location[]>("references", FILE, "card in blocked|_cards", { context: { includeDeclaration: false } });
    assert.equal(uses.length, 2);
    const marks = await ed.ask<DocumentHighlight[]>("documentHighlight", FILE, "let rat|io");
    assert.deepEqual(marks.map(({ range, kind }) => `${ed.slice(FILE, range)} ${kind}`), ["ratio 3", "ratio 2", "ratio 2"]);
  });
});

suite("rename", () => {
  test("across files, imports and the holes of reasons, also in a buffer that is not saved", async () => {
    await using ed = await editor();
    await ed.open("lists.risk", LISTS);
    await ed.replace(FILE, "then review", "then review\n    reason R2 \"{ratio}, {card in blocked_cards}\"");
    const done = await ed.ask<WorkspaceEdit>("rename", "lists.risk", "list blocked|_cards", { newName: "stopped" });
    const texts = ed.edited(done);
    assert.equal(texts["lists.risk"], LISTS.replace("blocked_cards", "stopped"));
    assert.equal(texts[FILE], ed.text(FILE).replaceAll("blocked_cards", "stopped"));
    const ratio = ed.edited(await ed.ask<WorkspaceEdit>("rename", FILE, "let rat|io", { newName: "factor" }));
    assert.equal(ratio[FILE], ed.text(FILE).replaceAll("ratio", "factor"));
    const member = ed.edited(await ed.ask<WorkspaceEdit>("rename", FILE, "== eco|m", { newName: "web" }));
    assert.equal(member[FILE], ed.text(FILE).replaceAll("ecom", "web"));
  });

  test("refuses names of the language, reserved words and clashes", async () => {
    await using ed = await editor();
    const range = await ed.ask<Range>("prepareRename", FILE, "let rat|io");
    assert.equal(ed.slice(FILE, range), "ratio");
    const refused = async (marked: string, newName: string): Promise<string> => {
      const outcome = await ed.ask<unknown>("rename", FILE, marked, { newName }).catch((error: unknown) => error);
      return outcome instanceof Error ? outcome.message : "done";
    };
    assert.match(await refused("= cou|nt of payment by card", "many"), /belongs to the language/);
    assert.match(await refused("let rat|io", "and"), /reserved/);
    assert.match(await refused("let rat|io", "größe"), /no name/);
    assert.match(await refused("let rat|io", "amount"), /is field already/);
    assert.match(await refused("let rat|io", "card_tx_1h"), /is feature already/);
    assert.match(await refused("rule bur|st", "far"), /is rule already/);
    assert.match(await refused("then decl|ine", "allow"), /is outcome already/);
    assert.equal(await refused("rule bur|st", "volley"), "done");
  });
});

suite("the shape of a file", () => {
  test("symbols of a file and of the workspace", async () => {
    await using ed = await editor();
    const symbols = await ed.request<DocumentSymbol[]>("textDocument/documentSymbol", { textDocument: { uri: ed.uri(FILE) } });
    assert.deepEqual(symbols.map(({ name }) => name), ["payment", "card_tx_1h", "usual_amount", "last_place", "abroad", "card_payments"]);
    assert.deepEqual(symbols.at(-1)?.children?.map(({ name }) => name), ["ratio", "burst", "far"]);
    assert.deepEqual(symbols[0]?.children?.map(({ name }) => name).slice(0, 3), ["id", "at", "amount"]);
    for (const each of symbols) assert.ok(ed.slice(FILE, each.range).includes(ed.slice(FILE, each.selectionRange)), each.name);
    const found = await ed.request<SymbolInformation[]>("workspace/symbol", { query: "hmcntr" });
    assert.deepEqual(found.map(({ name }) => name), ["home_countries"]);
    assert.equal((await ed.request<SymbolInformation[]>("workspace/symbol", { query: "(((" })).length, 0);
  });

  test("folding and selection", async () => {
    await using ed = await editor();
    const folds = await ed.request<FoldingRange[]>("textDocument/foldingRange", { textDocument: { uri: ed.uri(FILE) } });
    const line = (text: string): number => PAYMENTS.split("\n").findIndex((each) => each.includes(text));
    assert.ok(folds.some(({ startLine, endLine }) => startLine === line("event payment") && endLine === line("place: geo")));
    assert.ok(folds.some(({ startLine, endLine }) => startLine === line("rule burst") && endLine === line("reason R101")));
    const [selection] = await ed.request<SelectionRange[]>("textDocument/selectionRange", { textDocument: { uri: ed.uri(FILE) }, positions: [ed.at(FILE, "channel == e|com")] });
    const steps: string[] = [];
    for (let at = selection; at !== undefined; at = at.parent) steps.push(ed.slice(FILE, at.range));
    assert.deepEqual(steps.slice(0, 2), ["ecom", "channel == ecom"]);
    assert.equal(steps.at(-1), PAYMENTS);
    steps.reduce((inner, outer) => (assert.ok(outer.includes(inner) && outer.length > inner.length), outer));
  });
});
