import { type IToken, tokenMatcher, type TokenType } from "chevrotain";
import * as T from "../../grammar/tokens.ts";

const VALUES: ReadonlySet<TokenType> = new Set([
  T.Number_, T.HexNumber, T.Quantity, T.Money, T.Timestamp, T.K.true, T.K.false, T.K.null,
]);

/** Soft keywords behind which a name stands, and no operator. */
const BEFORE_NAMES: ReadonlySet<string> = new Set([
  "then", "default", "policy", "by", "on", "of", "outcomes", "tags", "reason", "let", "rule", "event", "function", "ruleset", "import",
  "when", "score", "where", "thresholds", "notice", "mode", "was", "to", "emit", "table", "expect", "given", "row",
]);

export function startsOperand(token: IToken): boolean {
  const { tokenType } = token;
  return tokenMatcher(token, T.Name) || tokenMatcher(token, T.Text) || VALUES.has(tokenType) || tokenType === T.LParen || tokenType === T.LBracket
    || tokenType === T.Minus || tokenType === T.Bang || tokenType === T.K.not;
}

export function endsOperand(token: IToken): boolean {
  const { tokenType } = token;
  if (tokenMatcher(token, T.Name)) return !BEFORE_NAMES.has(token.image);
  return tokenMatcher(token, T.Text) || VALUES.has(tokenType) || tokenType === T.RParen || tokenType === T.RBracket || tokenType === T.RBrace
    || tokenType === T.K.missing || tokenType === T.K.present;
}

/** Whether a word can only be an operator: an operand ends before it and another begins behind it. */
export function joinsOperands(before: IToken | undefined, next: IToken | undefined): boolean {
  return before !== undefined && next !== undefined && endsOperand(before) && startsOperand(next);
}
