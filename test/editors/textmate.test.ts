import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { suite, test } from "node:test";
import type { TokenType } from "chevrotain";
import oniguruma from "vscode-oniguruma";
import vsctm from "vscode-textmate";
import { SCOPE, scopeOfWord, TEXTMATE_FILE, textmateText } from "../../grammar/textmate.ts";
import * as T from "../../grammar/tokens.ts";

const wasm = readFileSync(createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm"));
const library = oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength)).then(() => ({
  createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
  createOnigString: (text: string) => new oniguruma.OnigString(text),
}));

const registry = new vsctm.Registry({
  onigLib: library,
  loadGrammar: async (scope) => (scope === SCOPE ? vsctm.parseRawGrammar(readFileSync(TEXTMATE_FILE, "utf8"), "risk.json") : null),
});

/** The scopes of each piece of a text, innermost last. */
async function scopes(text: string): Promise<readonly { readonly text: string; readonly scopes: readonly string[] }[]> {
  const grammar = await registry.loadGrammar(SCOPE);
  assert.ok(grammar !== null);
  let stack = vsctm.INITIAL;
  return text.split("\n").flatMap((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    return tokens.map((token) => ({ text: line.slice(token.startIndex, token.endIndex), scopes: token.scopes.map((scope) => scope.replace(".sluice-risk", "")) }));
  });
}

async function scopeOf(text: string, piece: string): Promise<string> {
  const found = (await scopes(text)).find((each) => each.text.trim() === piece);
  assert.ok(found !== undefined, `\`${piece}\` is no piece of \`${text}\``);
  return found.scopes.slice(1).join(" ");
}

const SAMPLES: Readonly<Record<string, string>> = {
  Identifier: "amount", ForeignName: "ö", HexNumber: "0xFF", Timestamp: "2026-01-31T09:30:00Z", Money: "5.00 USD", Quantity: "7.1mm/s", Number: "1_000.5",
  Text: '"text"', SmartText: "“text”", OpenText: '"text', Doc: "/// doc", Comment: "// note", ForeignComment: "# note", Semicolon: ";", Like: "like", Between: "between",
};

/** A text that is exactly this token; undefined for the kinds that match nothing. */
function sampleOf({ name, PATTERN }: TokenType): string | undefined {
  if (name.startsWith('"')) return name.slice(1, -1);
  return SAMPLES[name] ?? (typeof PATTERN === "string" ? PATTERN : undefined);
}

suite("the TextMate grammar", () => {
  test("is the one that the tokens make", () => {
    assert.equal(readFileSync(TEXTMATE_FILE, "utf8"), textmateText(), "run `node grammar/textmate.ts`");
  });

  test("knows every token of the language", async () => {
    const kinds = new Set(["Space", "Name", "Never", "Any", "Operator"]);
    for (const token of T.TOKENS) {
      if (kinds.has(token.name)) continue;
      const sample = sampleOf(token);
      assert.ok(sample !== undefined, `no sample of the token ${token.name}`);
      const found = await scopes(sample);
      assert.ok(found.every((piece) => piece.scopes.length > 1), `${token.name}: ${JSON.stringify(found)}`);
      assert.equal(found[0]?.scopes.length, found.at(-1)?.scopes.length, `${token.name} falls apart: ${JSON.stringify(found)}`);
    }
  });

  test("gives every keyword its kind, and none of them inside of a name", async () => {
    for (const word of Object.keys(T.K)) {
      assert.equal(await scopeOf(`x ${word} `, word), scopeOfWord(word));
      assert.equal(await scopeOf(`x ${word}_y `, `${word}_y`), "variable.other");
      assert.equal(await scopeOf(`x.${word} `, word), "variable.other");
    }
    assert.equal(await scopeOf("  score: number", "score"), "variable.other");
  });

  test("tells declarations, texts, holes, numbers and annotations apart", async () => {
    const rule = '  rule burst "Burst {x}" {\n    when amount > 5.00 USD and f(x) // why\n    reason R101 "{card_tx_1h} of {{5}}"\n    notice N1 "no {hole}"\n  }';
    const expected: readonly (readonly [string, string])[] = [
      ["rule", "keyword.declaration"], ["burst", "entity.name.section"], ["Burst {x}", "string.quoted.double"], ["when", "keyword.control.clause"],
      ["5.00 USD", "constant.numeric.money"], ["and", "keyword.operator.word"], ["f", "entity.name.function.call"], ["// why", "comment.line.double-slash"],
      ["R101", "constant.other.code"], ["card_tx_1h", "string.quoted.double meta.embedded.expression variable.other"],
      ["{{", "string.quoted.double constant.character.escape"], ["N1", "constant.other.code"], ["no {hole}", "string.quoted.double"],
    ];
    for (const [piece, scope] of expected) assert.equal(await scopeOf(rule, piece), scope, piece);
    assert.equal(await scopeOf("  at: timestamp @time", "timestamp"), "support.type");
    assert.equal(await scopeOf("  at: timestamp @time", "@time"), "storage.modifier.annotation");
    assert.equal(await scopeOf('    | "5411" | - => review | 10 | R203 "{x} is" |', "x"), "string.quoted.double meta.embedded.expression variable.other");
    assert.equal(await scopeOf('x = """a\n"b" \\n\n""" and', "\\n"), "string.quoted.triple constant.character.escape");
    assert.equal(await scopeOf('x = """a\n"b"\n""" and', "and"), "keyword.operator.word");
    assert.equal(await scopeOf("temperature in 5degC..7degC", "5degC"), "constant.numeric.quantity");
    assert.equal(await scopeOf("temperature in 5degC..7degC", ".."), "keyword.operator.range");
  });

  test("a text without its closing quote ends with its line", async () => {
    assert.equal(await scopeOf('card == "open\nthen review', "then"), "keyword.control.clause");
  });
});
