import { K, lexer, isReserved } from "./tokens.ts";

/** Every keyword of the language, reserved and soft. */
export const KEYWORDS: readonly string[] = Object.keys(K);

/** Whether a word is reserved, so that it can never be a name. */
export function isReservedWord(word: string): boolean {
  const [token] = lexer.tokenize(word).tokens;
  return token !== undefined && isReserved(token);
}
