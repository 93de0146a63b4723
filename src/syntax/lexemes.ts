import type { TokenType } from "chevrotain";
import { CLAUSE_WORDS, lexer } from "../../grammar/tokens.ts";

/** A piece of a text between white space. */
export interface Lexeme {
  /** `stray` is text that no token or comment begins with, and comments of other languages. */
  readonly kind: "token" | "comment" | "doc" | "stray";
  readonly text: string;
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  /** Whether it is a word that begins a clause when a line begins with it and a name, a number or a text follows on that line. */
  readonly opens: boolean;
}

/** Everything of a text that is not white space, in its order and as written. */
export function lexemesOf(text: string): readonly Lexeme[] {
  const { tokens, groups, errors } = lexer.tokenize(text);
  const of = (kind: Lexeme["kind"], found: readonly { readonly startOffset: number; readonly image: string; readonly tokenType?: TokenType }[] = []): Lexeme[] =>
    found.map(({ startOffset, image, tokenType }) => {
      const opens = tokenType !== undefined && CLAUSE_WORDS.has(tokenType);
      return { kind, text: image, start: startOffset, end: startOffset + image.length, opens };
    });
  const unread = errors.map(({ offset, length }) => ({ startOffset: offset, image: text.slice(offset, offset + Math.max(1, length)) }));
  const lexemes = [
    ...of("token", tokens),
    ...of("comment", groups["comments"]),
    ...of("doc", groups["docs"]),
    ...of("stray", groups["foreign"]),
    ...of("stray", unread),
  ];
  return lexemes.sort((a, b) => a.start - b.start);
}
