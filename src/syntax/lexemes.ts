import { lexer } from "../../grammar/tokens.ts";

/** A piece of a text between white space. */
export interface Lexeme {
  /** `stray` is text that no token or comment begins with, and comments of other languages. */
  readonly kind: "token" | "comment" | "doc" | "stray";
  readonly text: string;
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
}

/** Everything of a text that is not white space, in its order and as written. */
export function lexemesOf(text: string): readonly Lexeme[] {
  const { tokens, groups, errors } = lexer.tokenize(text);
  const of = (kind: Lexeme["kind"], found: readonly { readonly startOffset: number; readonly image: string }[] = []): Lexeme[] =>
    found.map(({ startOffset, image }) => ({ kind, text: image, start: startOffset, end: startOffset + image.length }));
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
