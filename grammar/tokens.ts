import { createToken, Lexer, type TokenType } from "chevrotain";

/*
 * The words and marks of the language. Only a few words are reserved; every other keyword is soft: it belongs to the
 * category `Name`, so it is a keyword where the grammar asks for it and a name everywhere else.
 */

/** Identifiers and soft keywords. */
export const Name = createToken({ name: "Name", pattern: Lexer.NA });
/** Every token, for skipping what cannot be read. */
export const Any = createToken({ name: "Any", pattern: Lexer.NA });

export const Identifier = createToken({ name: "Identifier", pattern: /[A-Za-z_][A-Za-z0-9_]*/, categories: [Name, Any] });

const RESERVED = ["and", "or", "not", "in", "is", "missing", "present", "true", "false", "null", "enum", "feature", "list"] as const;
const SOFT = [
  "import", "from", "event", "function", "ruleset", "rule", "let", "on", "outcomes", "policy", "default", "thresholds", "at",
  "when", "then", "score", "reason", "tags", "of", "by", "over", "where", "ending", "ago", "excluding", "current", "managed",
  "ttl", "map",
] as const;

/** Words that cannot be names. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(RESERVED);
/** Words with a meaning in some place. */
export const SOFT_WORDS: ReadonlySet<string> = new Set(SOFT);

type Word = (typeof RESERVED)[number] | (typeof SOFT)[number];

function words(list: readonly Word[], categories: TokenType[]): [Word, TokenType][] {
  return list.map((word) => [
    word,
    createToken({ name: `"${word}"`, pattern: new RegExp(word), longer_alt: Identifier, categories: [...categories] }),
  ]);
}

/** Keyword tokens by word. */
export const K = Object.fromEntries([...words(RESERVED, [Any]), ...words(SOFT, [Name, Any])]) as Record<Word, TokenType>;

function mark(name: string, pattern: string | RegExp, ...categories: TokenType[]): TokenType {
  return createToken({ name, pattern, categories: [...categories, Any] });
}

/** `== != < <= > >=` and what people write instead of them. */
export const Relation = createToken({ name: "Relation", pattern: Lexer.NA });
export const AddOp = createToken({ name: "AddOp", pattern: Lexer.NA });
export const MulOp = createToken({ name: "MulOp", pattern: Lexer.NA });
export const AndOp = createToken({ name: "AndOp", pattern: Lexer.NA });
export const OrOp = createToken({ name: "OrOp", pattern: Lexer.NA });
K.and.CATEGORIES?.push(AndOp);
K.or.CATEGORIES?.push(OrOp);

export const DotDot = mark("DotDot", "..");
export const EqEq = mark("EqEq", "==", Relation);
export const NotEq = mark("NotEq", "!=", Relation);
/** SQL's `<>`, read as `!=` with a report. */
export const SqlNotEq = mark("SqlNotEq", "<>", Relation);
export const LessEq = mark("LessEq", "<=", Relation);
/** `=<`, read as `<=` with a report. */
export const EqLess = mark("EqLess", "=<", Relation);
export const GreaterEq = mark("GreaterEq", ">=", Relation);
/** `=>`, read as `>=` with a report. */
export const EqGreater = mark("EqGreater", "=>", Relation);
export const Less = mark("Less", "<", Relation);
export const Greater = mark("Greater", ">", Relation);
export const AndAnd = mark("AndAnd", "&&", AndOp);
/** A single `&`, read as `and` with a report. */
export const And1 = mark("And1", "&", AndOp);
export const OrOr = mark("OrOr", "||", OrOp);
/** A single `|`, read as `or` with a report. */
export const Or1 = mark("Or1", "|", OrOp);
export const Eq = mark("Eq", "=");
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
export const Plus = mark("Plus", "+", AddOp);
export const Minus = mark("Minus", "-", AddOp);
export const Star = mark("Star", "*", MulOp);
export const Slash = mark("Slash", "/", MulOp);
export const Percent = mark("Percent", "%", MulOp);

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
    /[rR]"""[^]*?"""|[rR]'''[^]*?'''|[rR]"[^"\n]*"|[rR]'[^'\n]*'|"""(?:\\[^]|[^\\])*?"""|'''(?:\\[^]|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/,
  line_breaks: true,
  start_chars_hint: ["r", "R", '"', "'"],
  categories: [Any],
});
/** Text in typographic quotes, read as text with a report. */
export const SmartText = mark("SmartText", /[“”„«][^“”„«»\n]*[“”»]|[‘’][^‘’\n]*[‘’]/, Text);
/** Text whose closing quote is missing on its line, read as text with a report. */
export const OpenText = mark("OpenText", /"(?:\\.|[^"\\\n])*|'(?:\\.|[^'\\\n])*/, Text);

export const Doc = createToken({ name: "Doc", pattern: /\/\/\/[^\n]*/, group: "docs" });
export const Comment = createToken({ name: "Comment", pattern: /\/\/[^\n]*/, group: "comments" });
export const Space = createToken({ name: "Space", pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true });

/** Longer words first, since the lexer takes the first that fits: `in` would hide `including`. */
const KEYWORDS = Object.values(K).toSorted((a, b) => b.name.length - a.name.length);

/** Soft keywords that begin a clause which can follow an expression. */
export const CLAUSE_WORDS: ReadonlySet<TokenType> = new Set([K.when, K.then, K.score, K.reason, K.tags, K.let, K.rule]);

/** All tokens, in the order in which the lexer tries them. */
export const TOKENS: TokenType[] = [
  Space, Doc, Comment, Text, SmartText, OpenText, ...KEYWORDS, Identifier, HexNumber, Timestamp, Money, Quantity, DotDot, Number_,
  EqEq, NotEq, SqlNotEq, LessEq, EqLess, GreaterEq, EqGreater, Less, Greater, AndAnd, And1, OrOr, Or1, Eq, Bang, Question, LBrace,
  RBrace, LParen, RParen, LBracket, RBracket, Comma, Dot, Colon, At, Plus, Minus, Star, Slash, Percent, Name, Any, Relation,
  AddOp, MulOp, AndOp, OrOp,
];

export const lexer = new Lexer(TOKENS, { ensureOptimizations: false, positionTracking: "onlyOffset", skipValidations: true });
