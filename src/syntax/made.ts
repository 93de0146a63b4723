import { createTokenInstance, type IToken, type TokenType } from "chevrotain";
import type { SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";

/** A token that stands for other text than its own: `end` is where that text ends. */
export function madeToken(type: TokenType, image: string, start: number, end: number): IToken {
  return createTokenInstance(type, image, start, end - 1, Number.NaN, Number.NaN, Number.NaN, Number.NaN);
}

/** Offset behind a token. */
export function endOf(token: IToken): number {
  const { endOffset } = token;
  return endOffset === undefined || Number.isNaN(endOffset) ? token.startOffset + token.image.length : endOffset + 1;
}

/** From one token to another, both included. */
export function placeOf(source: SourceFile, first: IToken, last: IToken = first): Span {
  return { file: source.path, start: first.startOffset, end: endOf(last) };
}
