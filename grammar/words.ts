import { isReserved, lexer } from "./tokens.ts";

/** Whether a word is reserved, so that it can never be a name. */
export function isReservedWord(word: string): boolean {
  const [token] = lexer.tokenize(word).tokens;
  return token !== undefined && isReserved(token);
}
