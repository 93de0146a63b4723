import { writeFileSync } from "node:fs";
import type { TokenType } from "chevrotain";
import * as T from "./tokens.ts";

/*
 * The TextMate grammar for editors, made from the tokens. Writes `editors/vscode/syntaxes/sluice-risk.tmLanguage.json`
 * when it is run; a test holds the file against it. Oniguruma reads the same regular expressions as long as they have
 * no `[^]`; texts are therefore written here as begin and end.
 */

export const SCOPE = "source.sluice-risk";

interface Pattern {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly include?: string;
  readonly captures?: Captures;
  readonly beginCaptures?: Captures;
  readonly endCaptures?: Captures;
  readonly contentName?: string;
  readonly patterns?: readonly Pattern[];
}

type Captures = Readonly<Record<string, { readonly name: string }>>;

/** What a word is, in the terms that colour themes know. Words that stand in no group are clauses. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  "keyword.operator.word": ["and", "or", "not", "in", "is"],
  "constant.language": ["true", "false", "null", "missing", "present"],
  "storage.type": ["enum", "map"],
  "keyword.declaration": ["import", "event", "list", "rates", "function", "feature", "ruleset", "rule", "table", "let", "test"],
};
const CLAUSE = "keyword.control.clause";

/** The scope of a keyword. */
export function scopeOfWord(word: string): string {
  return Object.entries(GROUPS).find(([, words]) => words.includes(word))?.[0] ?? CLAUSE;
}

function scoped(name: string): string {
  return `${name}.sluice-risk`;
}

/** Soft words are names before a colon and behind a point. */
function wordPatterns(): Pattern[] {
  const groups = Map.groupBy(Object.keys(T.K), scopeOfWord);
  return [...groups].map(([scope, words]) => ({
    name: scoped(scope),
    match: String.raw`(?<![.@\w])(?:${words.toSorted((a, b) => b.length - a.length).join("|")})\b(?!\s*:(?!:))`,
  }));
}

/** Declarations whose name is coloured as what it declares. */
const DECLARED: readonly (readonly [words: readonly string[], scope: string])[] = [
  [["event"], "entity.name.type"],
  [["function"], "entity.name.function"],
  [["ruleset", "rule", "table"], "entity.name.section"],
  [["list", "feature", "rates", "let"], "variable.other.constant"],
];

function declarationPatterns(): Pattern[] {
  return DECLARED.map(([words, scope]) => ({
    match: String.raw`^\s*(${words.join("|")})\s+([A-Za-z_]\w*)\b(?!\s*:\s*=)`,
    captures: { 1: { name: scoped("keyword.declaration") }, 2: { name: scoped(scope) } },
  }));
}

function source(type: TokenType): string {
  const { PATTERN } = type;
  if (PATTERN instanceof RegExp) return PATTERN.source;
  if (typeof PATTERN === "string") return PATTERN.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  throw new TypeError(`the token ${type.name} has no pattern that an editor can read`);
}

function token(scope: string, ...types: readonly TokenType[]): Pattern {
  return { name: scoped(scope), match: types.map(source).join("|") };
}

const ESCAPE: Pattern = { name: scoped("constant.character.escape"), match: String.raw`\\(?:[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)` };
const HOLE: readonly Pattern[] = [
  { name: scoped("constant.character.escape"), match: String.raw`\{\{|\}\}` },
  {
    name: scoped("meta.embedded.expression"),
    begin: String.raw`\{`,
    end: String.raw`\}`,
    beginCaptures: { 0: { name: scoped("punctuation.section.embedded.begin") } },
    endCaptures: { 0: { name: scoped("punctuation.section.embedded.end") } },
    patterns: [{ include: "#expression" }],
  },
];

function quoted(scope: string, begin: string, end: string, inside: readonly Pattern[]): Pattern {
  return { name: scoped(scope), begin, end, patterns: inside };
}

/** Longer quotes first; a text on one line ends with its line, as the lexer has it. */
const TEXTS: readonly Pattern[] = [
  quoted("string.quoted.triple.raw", String.raw`(?<!\w)[rR]"""`, '"""', []),
  quoted("string.quoted.triple.raw", String.raw`(?<!\w)[rR]'''`, "'''", []),
  quoted("string.quoted.double.raw", String.raw`(?<!\w)[rR]"`, '"|$', []),
  quoted("string.quoted.single.raw", String.raw`(?<!\w)[rR]'`, "'|$", []),
  quoted("string.quoted.triple", '"""', '"""', [ESCAPE]),
  quoted("string.quoted.triple", "'''", "'''", [ESCAPE]),
  quoted("string.quoted.double", '"', '"|$', [ESCAPE]),
  quoted("string.quoted.single", "'", "'|$", [ESCAPE]),
];

/** A code and a text with holes: behind `reason`, and in the cells of tables, where codes are capitals and digits. */
function reason(begin: string): Pattern {
  return {
    begin,
    end: '"|$',
    beginCaptures: {
      1: { name: scoped(CLAUSE) },
      2: { name: scoped("constant.other.code") },
      3: { name: scoped("string.quoted.double") },
    },
    endCaptures: { 0: { name: scoped("string.quoted.double") } },
    contentName: scoped("string.quoted.double"),
    patterns: [ESCAPE, ...HOLE],
  };
}

const REASONS: readonly Pattern[] = [
  { match: String.raw`^\s*(notice)\s+([A-Za-z_]\w*)`, captures: { 1: { name: scoped(CLAUSE) }, 2: { name: scoped("constant.other.code") } } },
  reason(String.raw`\b(reason)\s+([A-Za-z_]\w*)\s+(")(?!"")`),
  reason(String.raw`(?<=\|)(\s*)([A-Z]+\d+)\s+(")(?!"")`),
];

const TYPES = String.raw`(:)\s*(string|bool|number|money|timestamp|duration|ip|cidr|geo)\b`;

/** The whole grammar as the file holds it. */
export function textmate(): object {
  return {
    $schema: "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
    name: "Sluice rules",
    scopeName: SCOPE,
    fileTypes: ["risk"],
    patterns: [{ include: "#comments" }, { include: "#reasons" }, { include: "#declarations" }, { include: "#expression" }],
    repository: {
      comments: {
        patterns: [
          { name: scoped("comment.line.documentation"), match: "///(?!/).*$" },
          { name: scoped("comment.line.double-slash"), match: "//.*$" },
          { name: scoped("invalid.illegal.comment"), match: "#.*$" },
          quoted("invalid.illegal.comment", String.raw`/\*`, String.raw`\*/`, []),
        ],
      },
      reasons: { patterns: REASONS },
      declarations: { patterns: declarationPatterns() },
      expression: {
        patterns: [
          { include: "#comments" },
          ...TEXTS,
          token("invalid.illegal.quotes", T.SmartText),
          { match: TYPES, captures: { 1: { name: scoped("punctuation.separator") }, 2: { name: scoped("support.type") } } },
          { name: scoped("storage.modifier.annotation"), match: String.raw`@[A-Za-z_]\w*` },
          ...wordPatterns(),
          { name: scoped("entity.name.function.call"), match: String.raw`\b[A-Za-z_]\w*(?=\()` },
          { name: scoped("variable.other"), match: String.raw`\b${source(T.Identifier)}` },
          token("invalid.illegal.name", T.ForeignName),
          token("constant.numeric.hex", T.HexNumber),
          token("constant.other.timestamp", T.Timestamp),
          token("constant.numeric.money", T.Money),
          token("constant.numeric.quantity", T.Quantity),
          token("keyword.operator.range", T.DotDot),
          token("constant.numeric", T.Number_),
          token("keyword.operator", T.EqEqEq, T.NotEqEq, T.EqEq, T.NotEq, T.SqlNotEq, T.LessEq, T.EqLess, T.GreaterEq, T.EqGreater, T.LessSign, T.GreaterSign, T.NotSign, T.Less, T.Greater, T.AndAnd, T.And1, T.OrOr, T.Or1, T.Eq, T.Bang, T.Question, T.Plus, T.Minus, T.Star, T.Slash, T.Percent),
          token("punctuation.section", T.LBrace, T.RBrace, T.LParen, T.RParen, T.LBracket, T.RBracket),
          token("punctuation.separator", T.Comma, T.Dot, T.Colon, T.At),
          token("invalid.illegal.semicolon", T.Semicolon),
        ],
      },
    },
  };
}

/** Where the editors take it from. */
export const TEXTMATE_FILE = new URL("../editors/vscode/syntaxes/sluice-risk.tmLanguage.json", import.meta.url);

export function textmateText(): string {
  return `${JSON.stringify(textmate(), null, 2)}\n`;
}

if (import.meta.main) writeFileSync(TEXTMATE_FILE, textmateText());
