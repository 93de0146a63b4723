import { type IToken, tokenMatcher } from "chevrotain";
import { CLAUSE_WORDS, lexer, Name, Number_, Text } from "../../grammar/tokens.ts";

/** A piece of a text between white space. */
export interface Lexeme {
  /** `stray` is text that no token or comment begins with, and comments of other languages. */
  readonly kind: "token" | "comment" | "doc" | "stray";
  readonly text: string;
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  /** Whether it is a word that begins a clause where a line begins with it and has a name, a number or a text behind it. */
  readonly opens: boolean;
  /** Whether it is such a name, number or text. */
  readonly named: boolean;
}

/** Everything of a text that is not white space, in its order and as written. */
export function lexemesOf(text: string): readonly Lexeme[] {
  const { tokens, groups, errors } = lexer.tokenize(text);
  const aside = (kind: Lexeme["kind"], start: number, written: string): Lexeme => ({
    kind, text: written, start, end: start + written.length, opens: false, named: false,
  });
  const lexemes = [
    ...tokens.map(lexemeOf),
    ...(groups["comments"] ?? []).map(({ startOffset, image }) => aside("comment", startOffset, image)),
    ...(groups["docs"] ?? []).map(({ startOffset, image }) => aside("doc", startOffset, image)),
    ...(groups["foreign"] ?? []).map(({ startOffset, image }) => aside("stray", startOffset, image)),
    ...errors.map(({ offset, length }) => aside("stray", offset, text.slice(offset, offset + Math.max(1, length)))),
  ];
  return lexemes.sort((a, b) => a.start - b.start);
}

function lexemeOf(token: IToken): Lexeme {
  const { startOffset: start, image } = token;
  const named = [Name, Number_, Text].some((type) => tokenMatcher(token, type));
  return { kind: "token", text: image, start, end: start + image.length, opens: CLAUSE_WORDS.has(token.tokenType), named };
}
