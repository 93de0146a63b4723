import { createToken, Lexer, tokenMatcher, type IToken, type TokenType } from "chevrotain";
import { matchOpenText } from "./opentext.ts";

/*
 * The words and marks of the language. Only a few words are reserved; every other keyword is soft: it belongs to the
 * category `Name`, so it is a keyword where the grammar asks for it and a name everywhere else.
 */

/** Identifiers and soft keywords. */
export const Name = createToken({ name: "Name", pattern: Lexer.NA });
/** Matches nothing: asked for where a name must be, and a word stands that begins the next clause. */
export const Never = createToken({ name: "Never", pattern: Lexer.NA });
/** Every token, for skipping what cannot be read. */
export const Any = createToken({ name: "Any", pattern: Lexer.NA });

export const Identifier = createToken({ name: "Identifier", pattern: /[A-Za-z_][A-Za-z0-9_]*/, categories: [Name, Any] });

/** The part of a name from its first letter outside of `a-z`; joined to what stands before it, with a report. */
export const ForeignName = createToken({
  name: "ForeignName",
  pattern: /[\u00AA\u00B5\u00BA\u00C0-\u167F\u1681-\u1FFF\u2C00-\u2DFF\u3040-\uD7FF\uD800-\uDFFF\uF900-\uFEFE][\w\u00AA-\u00FF\u0100-\u167F\u1681-\u1FFF\u2C00-\u2DFF\u3040-\uDFFF\uF900-\uFEFE]*/,
  line_breaks: false,
  categories: [Name, Any],
});

const RESERVED = ["and", "or", "not", "in", "is", "missing", "present", "true", "false", "null", "enum", "feature", "list"] as const;
const SOFT = [
  "import", "from", "event", "function", "ruleset", "rule", "let", "on", "outcomes", "policy", "default", "thresholds", "at",
  "when", "then", "score", "reason", "tags", "of", "by", "over", "where", "ending", "ago", "lateness", "excluding", "current", "managed",
  "ttl", "map", "clear", "for", "notice", "do", "add", "to", "remove", "emit", "cooldown", "no", "match", "mode", "rollout", "active", "until", "owner",
  "review", "was", "table", "rates", "test", "given", "has", "clock", "repeat", "every", "expect", "outcome", "rules", "row", "cases",
] as const;


type Word = (typeof RESERVED)[number] | (typeof SOFT)[number];

function words(list: readonly Word[], categories: TokenType[]): [Word, TokenType][] {
  return list.map((word) => [
    word,
    createToken({ name: `"${word}"`, pattern: new RegExp(word), longer_alt: Identifier, categories: [...categories] }),
  ]);
}

/** Keyword tokens by word. */
export const K = Object.fromEntries([...words(RESERVED, [Any]), ...words(SOFT, [Name, Any])]) as Record<Word, TokenType>;

const RESERVED_TYPES: ReadonlySet<TokenType> = new Set(RESERVED.map((word) => K[word]));

/** Whether a token is a word that cannot be a name. */
export function isReserved(token: IToken): boolean {
  return RESERVED_TYPES.has(token.tokenType);
}

function mark(name: string, pattern: string | RegExp, ...categories: TokenType[]): TokenType {
  return createToken({ name, pattern, categories: [...categories, Any] });
}

/** What stands between two operands, and what people write instead. */
export const Operator = createToken({ name: "Operator", pattern: Lexer.NA });
K.and.CATEGORIES?.push(Operator);
K.or.CATEGORIES?.push(Operator);

/** SQL's `LIKE` and `BETWEEN` in any case: names, unless they stand where an operator must. */
export const Like = createToken({ name: "Like", pattern: /[lL][iI][kK][eE]/, longer_alt: Identifier, categories: [Name, Any] });
export const Between = createToken({ name: "Between", pattern: /[bB][eE][tT][wW][eE][eE][nN]/, longer_alt: Identifier, categories: [Name, Any] });

export const DotDot = mark("DotDot", "..", Operator);
/** JavaScript's `===` and `!==`, read as `==` and `!=` with a report. */
export const EqEqEq = mark("EqEqEq", "===", Operator);
export const NotEqEq = mark("NotEqEq", "!==", Operator);
export const EqEq = mark("EqEq", "==", Operator);
export const NotEq = mark("NotEq", "!=", Operator);
/** SQL's `<>`, read as `!=` with a report. */
export const SqlNotEq = mark("SqlNotEq", "<>", Operator);
export const LessEq = mark("LessEq", "<=", Operator);
/** `=<`, read as `<=` with a report. */
export const EqLess = mark("EqLess", "=<", Operator);
export const GreaterEq = mark("GreaterEq", ">=", Operator);
/** `=>`, read as `>=` with a report. */
export const EqGreater = mark("EqGreater", "=>", Operator);
/** `≤ ≥ ≠`, as word processors make them, read as `<= >= !=` with a report. */
export const LessSign = mark("LessSign", "≤", Operator);
export const GreaterSign = mark("GreaterSign", "≥", Operator);
export const NotSign = mark("NotSign", "≠", Operator);
export const Less = mark("Less", "<", Operator);
export const Greater = mark("Greater", ">", Operator);
export const AndAnd = mark("AndAnd", "&&", Operator);
/** A single `&`, read as `and` with a report. */
export const And1 = mark("And1", "&", Operator);
export const OrOr = mark("OrOr", "||", Operator);
/** A single `|`, read as `or` with a report. */
export const Or1 = mark("Or1", "|", Operator);
export const Eq = mark("Eq", "=", Operator);
export const Bang = mark("Bang", "!");
export const Question = mark("Question", "?");
export const LBrace = mark("LBrace", "{");
export const RBrace = mark("RBrace", "}");
export const LParen = mark("LParen", "(");
export const RParen = mark("RParen", ")");
export const LBracket = mark("LBracket", "[");
export const RBracket = mark("RBracket", "]");
export const Comma = mark("Comma", ",");
export const Dot = mark("Dot", ".");
export const Colon = mark("Colon", ":");
export const At = mark("At", "@");
export const Plus = mark("Plus", "+", Operator);
export const Minus = mark("Minus", "-", Operator);
export const Star = mark("Star", "*", Operator);
export const Slash = mark("Slash", "/", Operator);
export const Percent = mark("Percent", "%", Operator);

export const HexNumber = mark("HexNumber", /0[xX][0-9a-fA-F]+(?![A-Za-z0-9_])/);
/** `2026-01-31`, `2026-01-31T09:30:00.5Z` */
export const Timestamp = mark("Timestamp", /\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?(?![\w])/);
/** `5.00 USD`; `AND` is a word and no currency. */
export const Money = mark("Money", /\d[\d_]*(?:\.\d+)? ?(?!AND)[A-Z]{3}(?![A-Za-z0-9_])/);
/** `5m`, `7.1mm/s`, `20%`; a `%` before an operand is the remainder. */
export const Quantity = mark(
  "Quantity",
  /\d[\d_]*(?:\.\d+)?(?:%(?![\w("'])|(?![eE][+-]?\d)[A-Za-z]+(?:[/*][A-Za-z]+)*(?![A-Za-z0-9_]))/,
);
export const Number_ = mark("Number", /(?:\d[\d_]*)?\.\d+(?:[eE][+-]?\d+)?|\d[\d_]*(?:[eE][+-]?\d+)?/);

export const Text = createToken({
  name: "Text",
  pattern:
    /[rR]"""[^]*?"""|[rR]'''[^]*?'''|[rR]"(?!"")[^"\n]*"|[rR]'(?!'')[^'\n]*'|"""(?:\\[^]|[^\\])*?"""|'''(?:\\[^]|[^\\])*?'''|"(?!"")(?:\\.|[^"\\\n])*"|'(?!'')(?:\\.|[^'\\\n])*'/,
  line_breaks: true,
  start_chars_hint: ["r", "R", '"', "'"],
  categories: [Any],
});
/** Text in typographic quotes, read as text with a report. */
export const SmartText = mark("SmartText", /[“”„«][^“”„«»\n]*[“”»]|[‘’][^‘’\n]*[‘’]/, Text);
/** Text whose closing quote is missing, read as text with a report. */
export const OpenText = createToken({
  name: "OpenText",
  pattern: matchOpenText,
  line_breaks: true,
  start_chars_hint: ["r", "R", '"', "'", "“", "”", "„", "‘", "’"],
  categories: [Text, Any],
});

export const Doc = createToken({ name: "Doc", pattern: /\/\/\/(?!\/)[^\n]*/, group: "docs" });
export const Comment = createToken({ name: "Comment", pattern: /\/\/[^\n]*/, group: "comments" });
/** Comments of other languages and the semicolon: read over with a report. */
export const ForeignComment = createToken({
  name: "ForeignComment",
  pattern: /#[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|(?![^]))/,
  line_breaks: true,
  start_chars_hint: ["#", "/"],
  group: "foreign",
});
export const Semicolon = createToken({ name: "Semicolon", pattern: ";", group: "foreign" });
export const Space = createToken({ name: "Space", pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true });

/** Longer words first, since the lexer takes the first that fits: `in` would hide `including`. */
const KEYWORDS = Object.values(K).toSorted((a, b) => b.name.length - a.name.length);

/** Soft keywords that begin a clause which can follow an expression. */
export const CLAUSE_WORDS: ReadonlySet<TokenType> = new Set([
  K.when, K.then, K.score, K.reason, K.tags, K.let, K.rule, K.outcomes, K.policy, K.default, K.thresholds, K.import, K.event, K.function,
  K.ruleset, K.clear, K.notice, K.do, K.cooldown, K.on, K.mode, K.rollout, K.active, K.owner, K.review, K.was, K.table, K.rates, K.test, K.for,
  K.given, K.clock, K.expect, K.cases,
]);

/** What must stand behind a word for it to begin its clause, where a name and more would fit others: `review at 50` is an outcome. */
const FOLLOWERS: ReadonlyMap<TokenType, readonly TokenType[]> = new Map([
  [K.review, [K.by]],
  [K.on, [K.missing]],
  [K.active, [K.from, K.until]],
  [K.clear, [K.when]],
  [K.do, [K.add, K.remove, K.emit]],
  [K.owner, [Text]],
  [K.cooldown, [Quantity]],
  [K.rollout, [Quantity]],
  [K.for, [Quantity]],
  [K.clock, [Timestamp]],
]);

/** Whether one of `CLAUSE_WORDS` begins a clause with what stands behind it, and is no name. */
export function startsClause(word: IToken, next: IToken): boolean {
  const followers = FOLLOWERS.get(word.tokenType) ?? [Name, Number_, Quantity, Timestamp, Text];
  return next.tokenType !== K.at && followers.some((type) => tokenMatcher(next, type));
}

/** All tokens, in the order in which the lexer tries them. */
export const TOKENS: TokenType[] = [
  Space, Doc, Comment, ForeignComment, Semicolon, Text, SmartText, OpenText, ...KEYWORDS, Like, Between, Identifier, HexNumber, Timestamp, Money, Quantity, DotDot, Number_,
  EqEqEq, NotEqEq, EqEq, NotEq, SqlNotEq, LessEq, EqLess, GreaterEq, EqGreater, LessSign, GreaterSign, NotSign, Less, Greater, AndAnd, And1, OrOr, Or1, Eq, Bang, Question, LBrace,
  RBrace, LParen, RParen, LBracket, RBracket, Comma, Dot, Colon, At, Plus, Minus, Star, Slash, Percent, ForeignName, Name, Never, Any,
  Operator,
];

export const lexer = new Lexer(TOKENS, { ensureOptimizations: false, positionTracking: "onlyOffset", skipValidations: true });
