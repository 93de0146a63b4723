import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type { CompletionItem, CompletionList, InlayHint, SemanticTokens, SignatureHelp, TextEdit } from "vscode-languageserver/node";
import { applied, Editor, positionIn } from "./client.ts";
import { FILES, LISTS, PAYMENTS } from "./rules.ts";

const FILE = "payments.risk";

/** Completion at the `|` of a file's text, by label. */
async function completing(editor: Editor, text: string, path = FILE): Promise<ReadonlyMap<string, CompletionItem>> {
  const at = text.lastIndexOf("|");
  await editor.open(path, text.slice(0, at) + text.slice(at + 1));
  const list = await editor.request<CompletionList>("textDocument/completion", { textDocument: { uri: editor.uri(path) }, position: positionIn(text.slice(0, at), at) });
  return new Map(list.items.map((item) => [item.label, item]));
}

/** Labels with the best rank first. */
function best(items: ReadonlyMap<string, CompletionItem>): readonly string[] {
  const sorted = [...items.values()].toSorted((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1));
  return sorted.filter(({ sortText }) => sortText?.[0] === sorted[0]?.sortText?.[0]).map(({ label }) => label);
}

const HEAD = PAYMENTS.slice(0, PAYMENTS.indexOf("  rule burst"));

function inWhen(condition: string): string {
  return `${HEAD}  rule x {\n    when ${condition}\n    then review\n  }\n}\n`;
}

suite("completion", () => {
  const cases: readonly (readonly [what: string, text: string, all: readonly string[], none: readonly string[]])[] = [
    ["declarations at the top", "|", ["event", "feature", "ruleset", "import", "feature …"], ["when", "payment"]],
    ["outcomes behind `then`", `${HEAD}  rule x {\n    when threeds\n    then |\n  }\n}\n`, ["allow", "review", "decline"], ["amount", "when"]],
    ["policies", PAYMENTS.replace("policy worst", "policy |"), ["worst", "first", "sum"], ["allow"]],
    ["clauses of a rule", `${HEAD}  rule x {\n    |\n  }\n}\n`, ["when", "then", "score", "reason", "tags"], ["and", "event", "amount"]],
    ["parts of a ruleset", `${HEAD}\n  |\n}\n`, ["rule", "let", "rule …"], ["when", "event"]],
    ["values and functions in a condition", inWhen("|"), ["amount", "card_tx_1h", "ratio", "abroad", "home_countries", "min", "coalesce", "not", "true"], ["then", "burst"]],
    ["operators behind a value", inWhen("amount |"), ["and", "or", "==", "<", "in", "is", "not"], ["amount", "event"]],
    ["fields behind a point", inWhen("payment.|"), ["amount", "card", "channel"], ["card_tx_1h", "min"]],
    ["what `last of` has", inWhen("last_place.|"), ["value", "at"], ["amount"]],
    ["enum members behind `==`", inWhen("channel == |"), ["pos", "ecom", "moto", "amount"], []],
    ["units behind a number", inWhen("amount > 5|"), ["m", "degC", "km", "h"], ["amount"]],
    ["currencies behind an amount", inWhen("amount > 5.00 U|"), ["USD", "EUR"], ["m"]],
    ["annotations", "event e {\n  a: string @|\n}\n", ["id", "time", "key", "pii"], ["string"]],
    ["types", `${LISTS}event e {\n  a: |\n}\n`, ["string", "money", "number", "enum", "list", "e"], ["home_countries"]],
    ["aggregates", "feature x = |", ["count", "sum", "last", "exists"], ["payment"]],
    ["events behind `of`", `${HEAD.slice(0, HEAD.indexOf("/// Payments"))}feature x = count of |`, ["payment"], ["count"]],
    ["fields of the folded event", `${HEAD.slice(0, HEAD.indexOf("/// Payments"))}feature x = sum of payment.|`, ["amount"], ["count"]],
    ["keys behind `by`", `${HEAD.slice(0, HEAD.indexOf("/// Payments"))}feature x = count of payment by |`, ["card", "customer"], ["amount", "channel"]],
    ["names of other files in an import", "import |", ["home_countries", "blocked_cards"], ["event"]],
    ["paths of an import", 'import a from "|', ["lists.risk"], [FILE]],
    ["values in the hole of a reason", inWhen('threeds\n    reason R1 "so {am|'), ["amount", "ratio"], ["then"]],
    ["the event of a ruleset", "event e {\n  a: string\n}\nruleset r on |", ["e"], ["ruleset"]],
    ["parameters in the body of a function", "function f(left: number): bool = le|", ["left"], ["then"]],
    ["clauses of the life of a rule", inWhen("threeds\n    |"), ["cooldown", "on", "mode", "rollout", "active", "owner", "review", "was", "do", "clear", "for"], ["import"]],
    ["modes", inWhen("threeds\n    mode |"), ["live", "shadow", "off"], ["amount"]],
    ["keys behind `for 5m by`", inWhen("threeds for 5m by |"), ["card", "customer"], ["amount"]],
    ["lists of an effect", inWhen("threeds\n    do add card to |"), ["blocked_cards"], ["amount"]],
    ["outcomes behind `on missing`", inWhen("threeds\n    on missing |"), ["review", "no"], ["amount"]],
    ["hit policies of a table", `${HEAD}  table limits |\n}\n`, ["first", "unique", "all"], ["amount"]],
    ["results of a table", `${HEAD}  table limits {\n    | channel => |`, ["then", "score", "reason"], ["amount"]],
    ["members of an enum in a cell", `${HEAD}  table limits {\n    | channel | country => then |\n    | ecom | - => review |\n    | |`, ["pos", "ecom", "in", "is"], []],
    ["rulesets of a test", `${PAYMENTS}test "x" for |`, ["card_payments"], ["payment"]],
    ["events of a test", `${PAYMENTS}test "x" for card_payments {\n  given |`, ["payment", "feature", "list"], ["amount"]],
    ["fields of an event", `${PAYMENTS}test "x" for card_payments {\n  when payment { am|`, ["amount", "channel"], ["ratio"]],
    ["members of an enum in an event", `${PAYMENTS}test "x" for card_payments {\n  when payment { amount: 5 EUR, channel: |`, ["pos", "ecom"], []],
    ["what can be expected", `${PAYMENTS}test "x" for card_payments {\n  when payment { }\n  expect |`, ["outcome", "score", "rule", "no", "list", "feature"], ["when"]],
    ["outcomes that are expected", `${PAYMENTS}test "x" for card_payments {\n  when payment { }\n  expect outcome |`, ["review"], ["burst"]],
    ["rules that are expected", `${PAYMENTS}test "x" for card_payments {\n  when payment { }\n  expect rule |`, ["burst", "far"], ["review"]],
  ];
  let ed: Editor;
  before(async () => (ed = await Editor.start(FILES)));
  after(() => ed[Symbol.asyncDispose]());
  for (const [what, text, all, none] of cases) {
    test(what, async () => {
      const items = await completing(ed, text);
      assert.deepEqual(all.filter((label) => !items.has(label)), [], [...items.keys()].join(" "));
      assert.deepEqual(none.filter((label) => items.has(label)), []);
    });
  }

  test("what is asked for stands above", async () => {
    assert.deepEqual([...best(await completing(ed, inWhen("channel == |")))].toSorted((a, b) => (a < b ? -1 : 1)), ["ecom", "moto", "pos"]);
    assert.deepEqual([...best(await completing(ed, inWhen("card in |")))].toSorted((a, b) => (a < b ? -1 : 1)), ["blocked_cards", "home_countries"]);
  });

  test("nothing in a comment or in plain text", async () => {
    assert.equal((await completing(ed, inWhen("amount // and |"))).size, 0);
    assert.equal((await completing(ed, inWhen('card == "am|'))).size, 0);
  });

  test("a broken line does not hide what comes behind it", async () => {
    const items = await completing(ed, `${HEAD}  rule x {\n    when amount amount > > 5\n    then |\n  }\n}\n`);
    assert.deepEqual(["allow", "review", "decline"].filter((each) => !items.has(each)), []);
  });

  test("replaces the word, puts the cursor between brackets, and tells more when asked", async () => {
    const items = await completing(ed, inWhen("card_t|"));
    const item = items.get("card_tx_1h");
    assert.ok(item?.textEdit !== undefined && "range" in item.textEdit);
    assert.equal(ed.slice(FILE, item.textEdit.range), "card_t");
    const more = await ed.request<CompletionItem>("completionItem/resolve", item);
    assert.match(JSON.stringify(more.documentation), /Payments of the card in the last hour/);
    assert.equal(items.get("abroad")?.textEdit?.newText, "abroad($1)");
  });
});

suite("while typing", () => {
  test("signature help follows the arguments", async () => {
    await using ed = await Editor.start(FILES);
    const help = async (text: string): Promise<SignatureHelp | null> => {
      const at = text.indexOf("|");
      await ed.open(FILE, text.replace("|", ""));
      return ed.request<SignatureHelp | null>("textDocument/signatureHelp", { textDocument: { uri: ed.uri(FILE) }, position: positionIn(text.slice(0, at), at) });
    };
    const declared = await help(inWhen('abroad(payment, "D|"'));
    assert.equal(declared?.signatures[0]?.label, "abroad(p: payment, home: string): bool");
    assert.equal(declared?.activeParameter, 1);
    assert.equal(declared?.signatures[0]?.documentation, "Whether the card is used abroad.");
    assert.match((await help(inWhen("min(min(1, 2), |")))?.signatures[0]?.label ?? "", /^min\(/);
    assert.equal((await help(inWhen("card.startsWith(|")))?.activeParameter, 1);
    assert.equal(await help(inWhen("(amount |")), null);
  });

  test("inlay hints: types of `let`s, parameters, thresholds", async () => {
    await using ed = await Editor.start(FILES);
    await ed.open(FILE, PAYMENTS);
    const ask = async (): Promise<string[]> => {
      const range = { start: { line: 0, character: 0 }, end: positionIn(PAYMENTS, PAYMENTS.length) };
      const hints = await ed.request<InlayHint[]>("textDocument/inlayHint", { textDocument: { uri: ed.uri(FILE) }, range });
      return hints.map(({ position, label }) => `${PAYMENTS.split("\n")[position.line]?.slice(0, position.character).trim()}⟨${typeof label === "string" ? label : ""}⟩`);
    };
    let hints = await ask();
    for (let i = 0; i < 100 && !hints.some((each) => each.startsWith("let")); i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      hints = await ask();
    }
    assert.ok(hints.includes("let ratio⟨: number⟩"), hints.join("\n"));
    assert.ok(hints.includes("feature usual_amount⟨: money⟩"), hints.join("\n"));
    assert.ok(hints.includes("score 60⟨→ review at 50⟩"), hints.join("\n"));
    assert.ok(hints.includes("when ratio > 5 and abroad(payment,⟨home:⟩") || hints.includes("when ratio > 5 and abroad(payment, ⟨home:⟩".replace(" ⟨", "⟨")), hints.join("\n"));
  });

  test("formatting, of a file and of a range, around a broken clause too", async () => {
    await using ed = await Editor.start(FILES);
    const untidy = PAYMENTS.replace("when ratio > 5 and", "when    ratio>5   &&").replace("let ratio = amount", "let ratio   =   amount");
    await ed.open(FILE, untidy);
    const options = { tabSize: 4, insertSpaces: false };
    const whole = await ed.request<TextEdit[]>("textDocument/formatting", { textDocument: { uri: ed.uri(FILE) }, options });
    const tidy = applied(untidy, whole);
    assert.ok(tidy.includes("let ratio = amount / usual_amount"));
    assert.ok(tidy.includes("when ratio > 5 and abroad"));
    const start = ed.at(FILE, "|let ratio");
    const part = applied(untidy, await ed.request<TextEdit[]>("textDocument/rangeFormatting", { textDocument: { uri: ed.uri(FILE) }, range: { start, end: { line: start.line + 1, character: 0 } }, options }));
    assert.ok(part.includes("let ratio = amount / usual_amount"));
    assert.ok(part.includes("when    ratio>5   &&"));
    await ed.replace(FILE, "then review", "then > review");
    const broken = applied(ed.text(FILE), await ed.request<TextEdit[]>("textDocument/formatting", { textDocument: { uri: ed.uri(FILE) }, options }));
    assert.ok(broken.includes("let ratio = amount / usual_amount") && broken.includes("then > review"));
  });

  test("semantic tokens tell names apart, also in a range", async () => {
    await using ed = await Editor.start(FILES);
    await ed.open(FILE, PAYMENTS);
    const legend = ed.initialized.capabilities.semanticTokensProvider;
    const types = legend?.legend.tokenTypes ?? [];
    const decode = ({ data }: SemanticTokens): string[] => {
      let [line, character] = [0, 0];
      const found: string[] = [];
      for (let i = 0; i < data.length; i += 5) {
        const [down = 0, right = 0, length = 0, type = 0] = data.slice(i, i + 5);
        character = down === 0 ? character + right : right;
        line += down;
        found.push(`${PAYMENTS.split("\n")[line]?.slice(character, character + length)} ${types[type]}`);
      }
      return found;
    };
    const all = decode(await ed.request<SemanticTokens>("textDocument/semanticTokens/full", { textDocument: { uri: ed.uri(FILE) } }));
    for (const each of ["payment struct", "amount property", "card_tx_1h variable", "abroad function", "ecom enumMember", "decline enumMember", "string type", "p parameter", "burst method", "card_payments namespace", "count function"]) {
      assert.ok(all.includes(each), `${each}: ${all.join(", ")}`);
    }
    const start = ed.at(FILE, "|rule far");
    const part = decode(await ed.request<SemanticTokens>("textDocument/semanticTokens/range", { textDocument: { uri: ed.uri(FILE) }, range: { start, end: { line: start.line + 4, character: 0 } } }));
    assert.ok(part.length > 0 && part.length < all.length);
    assert.deepEqual(part, all.slice(-part.length));
  });
});
