import { createToken, Lexer, type IToken, type TokenType } from "chevrotain";

/*
 * The words and signs of the language. Hard keywords are reserved; soft keywords belong to the category `Name` too, so
 * that a field may be called `score` or `default`. Some signs and words of other languages are tokens as well (`<>`,
 * `LIKE`, a curly quote): the grammar takes them where they are plainly meant and the parser reports what to write.
 */

// Categories: never matched by the lexer itself

/** Anything that can be a name. */
export const Name = createToken({ name: "Name", pattern: Lexer.NA, label: "a name" });
/** A name that can start a type: all but `map`. */
export const TypeName = createToken({ name: "TypeName", pattern: Lexer.NA, label: "a type", categories: [Name] });
/** What stands between two operands, right or wrong. */
export const Operator = createToken({ name: "Operator", pattern: Lexer.NA, label: "an operator" });
/** `in` in any spelling. */
export const InWord = createToken({ name: "InWord", pattern: Lexer.NA, label: "in" });
/** `not` in any spelling. */
export const NotWord = createToken({ name: "NotWord", pattern: Lexer.NA, label: "not" });
/** `is` in any spelling. */
export const IsWord = createToken({ name: "IsWord", pattern: Lexer.NA, label: "is" });
/** What may follow `is`. */
export const Presence = createToken({ name: "Presence", pattern: Lexer.NA, label: "missing or present" });
/** A string, also one that is not closed. */
export const Text = createToken({ name: "Text", pattern: Lexer.NA, label: "a string" });
/** Starts a rule clause that this version of the language does not have. */
export const LaterClause = createToken({ name: "LaterClause", pattern: Lexer.NA, label: "a later clause" });
/** Starts a declaration that this version of the language does not have. */
export const LaterBlock = createToken({ name: "LaterBlock", pattern: Lexer.NA, label: "a later declaration" });
/** Every token: what is skipped. */
export const Anything = createToken({ name: "Anything", pattern: Lexer.NA, label: "anything" });

export const Identifier = createToken({
  name: "Identifier",
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  label: "a name",
  categories: [TypeName, Anything],
});

/** The part of a name from its first letter outside of `a-z`; joined to what stands before it, and reported. */
export const ForeignName = createToken({
  name: "ForeignName",
  pattern: /[\u00AA\u00B5\u00BA\u00C0-\u167F\u1681-\u1FFF\u2C00-\u2DFF\u3040-\uD7FF\uD800-\uDFFF\uF900-\uFEFE][\w\u00AA-\u00FF\u0100-\u167F\u1681-\u1FFF\u2C00-\u2DFF\u3040-\uDFFF\uF900-\uFEFE]*/,
  line_breaks: false,
  label: "a name",
  categories: [TypeName, Anything],
});

// Words

function word(text: string, categories: readonly TokenType[]): TokenType {
  return createToken({
    name: `${text.charAt(0).toUpperCase()}${text.slice(1)}`,
    pattern: new RegExp(text),
    label: text,
    longer_alt: Identifier,
    categories: [...categories, Anything],
  });
}

const hard = (text: string, ...categories: TokenType[]): TokenType => word(text, categories);
const soft = (text: string, ...categories: TokenType[]): TokenType => word(text, [TypeName, ...categories]);

export const And = hard("and", Operator);
export const Or = hard("or", Operator);
export const Not = hard("not", NotWord);
export const In = hard("in", InWord);
export const Is = hard("is", IsWord);
export const MissingWord = hard("missing", Presence);
export const PresentWord = hard("present", Presence);
export const True = hard("true");
export const False = hard("false");
export const Null = hard("null", Presence);
export const Enum = hard("enum");
export const Feature = hard("feature");
export const List = hard("list");

/** Words that can never be names. */
export const hardWords: readonly TokenType[] = [
  And, Or, Not, In, Is, MissingWord, PresentWord, True, False, Null, Enum, Feature, List,
];

export const Import = soft("import");
export const From = soft("from");
export const Event = soft("event");
export const Function = soft("function");
export const Ruleset = soft("ruleset");
export const Rule = soft("rule");
export const On = soft("on", LaterClause);
export const Outcomes = soft("outcomes");
export const Policy = soft("policy");
export const Default = soft("default");
export const Thresholds = soft("thresholds");
export const At = soft("at");
export const Let = soft("let");
export const When = soft("when");
export const Then = soft("then");
export const Score = soft("score");
export const Reason = soft("reason");
export const Tags = soft("tags");
export const Managed = soft("managed");
export const Ttl = soft("ttl");
export const Of = soft("of");
export const By = soft("by");
export const Over = soft("over");
export const Ending = soft("ending");
export const Ago = soft("ago");
export const Where = soft("where");
export const Excluding = soft("excluding");
export const Current = soft("current");
/** Not a `TypeName`, so that `map[string, number]` is told from a named type by its first word. */
export const MapWord = word("map", [Name]);

const laterWords: readonly TokenType[] = [
  ...["do", "mode", "owner", "cooldown", "clear", "rollout", "active", "for"].map((each) => soft(each, LaterClause)),
  ...["table", "test"].map((each) => soft(each, LaterBlock)),
];

const softWords: readonly TokenType[] = [
  Import, From, Event, Function, Ruleset, Rule, On, Outcomes, Policy, Default, Thresholds, At, Let, When, Then, Score,
  Reason, Tags, Managed, Ttl, Of, By, Over, Ending, Ago, Where, Excluding, Current, MapWord,
];

/** Words of SQL and of capitals lock: names, unless they stand where an operator must. */
function foreignWord(text: string, category: TokenType): TokenType {
  const letters = [...text].map((letter) => `[${letter.toUpperCase()}${letter}]`).join("");
  return createToken({
    name: `Foreign${text.charAt(0).toUpperCase()}${text.slice(1)}`,
    pattern: new RegExp(letters),
    label: text,
    longer_alt: Identifier,
    categories: [category, TypeName, Anything],
  });
}

export const ForeignAnd = foreignWord("and", Operator);
export const ForeignOr = foreignWord("or", Operator);
export const ForeignNot = foreignWord("not", NotWord);
export const ForeignIn = foreignWord("in", InWord);
export const ForeignIs = foreignWord("is", IsWord);
export const ForeignNull = foreignWord("null", Presence);
export const ForeignMissing = foreignWord("missing", Presence);
export const ForeignPresent = foreignWord("present", Presence);
export const Like = foreignWord("like", Operator);
export const Between = foreignWord("between", Operator);

const foreignWords: readonly TokenType[] = [
  ForeignAnd, ForeignOr, ForeignNot, ForeignIn, ForeignIs, ForeignNull, ForeignMissing, ForeignPresent, Like, Between,
];

// Literals

const digits = String.raw`\d+(?:_\d+)*`;
const decimal = String.raw`(?:${digits}(?:\.${digits})?|\.${digits})`;
const exponent = String.raw`[eE][+-]?\d+`;
// A unit is letters with an optional "per"; `x/size(…)` and `x/y.z` after a number stay divisions.
const unit = String.raw`[A-Za-z][A-Za-z0-9]*(?:\/[A-Za-z][A-Za-z0-9]*(?![A-Za-z0-9_(.\[]))?(?![A-Za-z0-9_])`;

const literal = (name: string, pattern: RegExp, label: string): TokenType =>
  createToken({ name, pattern, label, categories: [Anything] });

export const HexNumber = literal("HexNumber", /0[xX][0-9a-fA-F]+(?![A-Za-z0-9_])/, "a number");
export const Timestamp = literal(
  "Timestamp",
  /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?(?![A-Za-z0-9_])/,
  "a date",
);
// `5 AND x` and `5 NOT …` are slips of the capitals lock, not amounts.
export const MoneyAmount = literal(
  "MoneyAmount",
  new RegExp(String.raw`${decimal}[ \t]*(?!AND|NOT)[A-Z]{3}(?![A-Za-z0-9_])`),
  "an amount of money",
);
// `20%3` is a remainder: a percentage is not followed by an operand.
export const Quantity = literal(
  "Quantity",
  new RegExp(String.raw`${decimal}(?:${exponent})?(?:%(?![\w(])|(?!${exponent})${unit})`),
  "a number with a unit",
);
export const PlainNumber = literal("PlainNumber", new RegExp(String.raw`${decimal}(?:${exponent})?`), "a number");

const quoted = [
  String.raw`[rR]"""[^]*?"""`,
  String.raw`[rR]'''[^]*?'''`,
  String.raw`[rR]"(?!"")[^"\n\r]*"`,
  String.raw`[rR]'(?!'')[^'\n\r]*'`,
  String.raw`"""(?:\\[^]|[^\\])*?"""`,
  String.raw`'''(?:\\[^]|[^\\])*?'''`,
  String.raw`"(?!"")(?:\\[^\n\r]|[^"\\\n\r])*"`,
  String.raw`'(?!'')(?:\\[^\n\r]|[^'\\\n\r])*'`,
].join("|");

function text(name: string, pattern: RegExp, hints: readonly string[]): TokenType {
  return createToken({
    name,
    pattern,
    label: "a string",
    line_breaks: true,
    start_chars_hint: [...hints],
    categories: [Text, Anything],
  });
}

export const PlainText = text("PlainText", new RegExp(quoted, "y"), ['"', "'", "r", "R"]);
/** `“like this”`, as word processors write it; a straight quote may close it. */
export const CurlyText = text("CurlyText", /[“”„«‘’‚](?:\\[^\n\r]|[^“”„«»‘’‚"\\\n\r])*[“”„«»‘’‚"]/y, [
  "“", "”", "„", "«", "‘", "’", "‚",
]);
const QUOTES = `"'“”„«‘’‚`;

/** How many closing signs at the end of a line are left outside of an unclosed string. */
const MAX_CLOSERS = 8;

/** Where an unclosed string most likely ends: before the signs that close or open what is around it. */
function openTextEnd(source: string, from: number): number {
  let lineEnd = from;
  while (lineEnd < source.length && source[lineEnd] !== "\n" && source[lineEnd] !== "\r") lineEnd++;
  let end = source.slice(from, lineEnd).trimEnd().length + from;
  for (let closers = 0; closers < MAX_CLOSERS && end > from; closers++) {
    const last = source.charAt(end - 1);
    const body = source.slice(from, end);
    const opener = last === ")" ? "(" : last === "]" ? "[" : last === "}" ? "{" : "";
    const stray = last === "," || last === "{" || (opener !== "" && body.split(opener).length < body.split(last).length);
    if (!stray) break;
    end = source.slice(from, end - 1).trimEnd().length + from;
  }
  return end;
}

function matchOpenText(source: string, offset: number): [string] | null {
  let at = offset;
  if (source[at] === "r" || source[at] === "R") at++;
  const quote = source.charAt(at);
  if (!QUOTES.includes(quote) || quote === "") return null;
  if ((quote === '"' || quote === "'") && source.startsWith(quote.repeat(3), at)) return [source.slice(offset)];
  return [source.slice(offset, openTextEnd(source, at + 1))];
}

/** A string without its end, up to where the line ends or the text around it plainly goes on. */
export const OpenText = createToken({
  name: "OpenText",
  pattern: matchOpenText,
  label: "a string",
  line_breaks: true,
  start_chars_hint: [...QUOTES, "r", "R"],
  categories: [Text, Anything],
});

// Signs

function sign(name: string, text: string, ...categories: TokenType[]): TokenType {
  return createToken({ name, pattern: text, label: `\`${text}\``, categories: [...categories, Anything] });
}

export const DotDot = sign("DotDot", "..", Operator);
export const Dot = sign("Dot", ".");
export const EqualsStrict = sign("EqualsStrict", "===", Operator);
export const Equals = sign("Equals", "==", Operator);
export const NotEqualsStrict = sign("NotEqualsStrict", "!==", Operator);
export const NotEquals = sign("NotEquals", "!=", Operator);
export const Arrow = sign("Arrow", "=>", Operator);
export const EqualLess = sign("EqualLess", "=<", Operator);
export const Assign = sign("Assign", "=", Operator);
export const Diamond = sign("Diamond", "<>", Operator);
export const LessEquals = sign("LessEquals", "<=", Operator);
export const GreaterEquals = sign("GreaterEquals", ">=", Operator);
export const Less = sign("Less", "<", Operator);
export const Greater = sign("Greater", ">", Operator);
export const SignLess = sign("SignLess", "≤", Operator);
export const SignGreater = sign("SignGreater", "≥", Operator);
export const SignUnequal = sign("SignUnequal", "≠", Operator);
export const AndAnd = sign("AndAnd", "&&", Operator);
export const Ampersand = sign("Ampersand", "&", Operator);
export const OrOr = sign("OrOr", "||", Operator);
export const Bar = sign("Bar", "|", Operator);
export const Plus = sign("Plus", "+", Operator);
export const Minus = sign("Minus", "-", Operator);
export const Star = sign("Star", "*", Operator);
export const Slash = sign("Slash", "/", Operator);
export const Percent = sign("Percent", "%", Operator);
export const Bang = sign("Bang", "!");
export const Question = sign("Question", "?");
export const Colon = sign("Colon", ":");
export const Comma = sign("Comma", ",");
export const AtSign = sign("AtSign", "@");
export const LeftBrace = sign("LeftBrace", "{");
export const RightBrace = sign("RightBrace", "}");
export const LeftParen = sign("LeftParen", "(");
export const RightParen = sign("RightParen", ")");
export const LeftBracket = sign("LeftBracket", "[");
export const RightBracket = sign("RightBracket", "]");

const signs: readonly TokenType[] = [
  DotDot, Dot, EqualsStrict, Equals, NotEqualsStrict, NotEquals, Arrow, EqualLess, Assign, Diamond, LessEquals,
  GreaterEquals, Less, Greater, SignLess, SignGreater, SignUnequal, AndAnd, Ampersand, OrOr, Bar, Plus, Minus, Star,
  Slash, Percent, Bang, Question, Colon, Comma, AtSign, LeftBrace, RightBrace, LeftParen, RightParen, LeftBracket,
  RightBracket,
];

// Beside the grammar

const WhiteSpace = createToken({ name: "WhiteSpace", pattern: /[\s\u200B\uFEFF]+/y, group: Lexer.SKIPPED, line_breaks: true,
  start_chars_hint: [..." \t\n\r\v\f\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u200B\u2028\u2029\u202F\u205F\u3000\uFEFF"] });
const Doc = createToken({ name: "Doc", pattern: /\/\/\/(?!\/)[^\n\r]*/, group: "docs" });
const Comment = createToken({ name: "Comment", pattern: /\/\/[^\n\r]*/, group: Lexer.SKIPPED });
/** Comments of other languages and the semicolon: read over, and reported. */
const ForeignComment = createToken({
  name: "ForeignComment",
  pattern: /#[^\n\r]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|(?![^]))/y,
  group: "foreign",
  line_breaks: true,
  start_chars_hint: ["#", "/"],
});
const Semicolon = createToken({ name: "Semicolon", pattern: /;/, group: "foreign" });

/** By length, longest first: `in` must not hide `including`. */
const words = [...hardWords, ...softWords, ...laterWords].toSorted((a, b) => (b.LABEL ?? "").length - (a.LABEL ?? "").length);

const categories = [Name, TypeName, Operator, InWord, NotWord, IsWord, Presence, Text, LaterClause, LaterBlock, Anything];

/** All token types, in the order the lexer tries them. */
export const tokens: TokenType[] = [
  WhiteSpace, Doc, Comment, ForeignComment, Semicolon,
  PlainText, CurlyText, OpenText,
  ...words, ...foreignWords, Identifier,
  HexNumber, Timestamp, MoneyAmount, Quantity, PlainNumber,
  ...signs,
  ForeignName,
  ...categories,
];

/** True when a token is of a type or of a category. */
export function isA(token: IToken, type: TokenType): boolean {
  return token.tokenTypeIdx === type.tokenTypeIdx || type.categoryMatchesMap?.[token.tokenTypeIdx] === true;
}

/** Offset after the last character of a token. */
export function endOf(token: IToken): number {
  return token.endOffset === undefined ? token.startOffset + token.image.length : token.endOffset + 1;
}
