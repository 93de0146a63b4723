import { createTokenInstance, type IToken, type TokenType } from "chevrotain";
import { habits } from "../../grammar/habits.ts";
import * as T from "../../grammar/tokens.ts";
import type { Report } from "../text/report.ts";
import { LineMap, type SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";

/** Words that people write in capitals, as in SQL. */
const CAPITALS: ReadonlyMap<string, TokenType> = new Map(
  (["and", "or", "not", "in", "is", "null", "true", "false", "missing"] as const).flatMap((word) => [
    [word.toUpperCase(), T.K[word]] as const,
    [word[0]?.toUpperCase() + word.slice(1), T.K[word]] as const,
  ]),
);

/** Units that may stand apart from their number by mistake; words that also begin a clause are not among them. */
const UNITS: ReadonlySet<string> = new Set([
  "ms", "s", "m", "min", "h", "d", "w", "km", "mm", "cm", "kg", "degC", "degF", "rpm", "Hz", "bar", "kPa", "kW", "kWh",
]);

/**
 * Turns what people write out of habit into tokens of the language, each with its report, so that the parser never meets
 * it: words in capitals, a unit apart from its number, a decimal comma, a block without its `}`.
 */
export function mend(tokens: readonly IToken[], source: SourceFile, report: Report): IToken[] {
  const words = mendWords(tokens, source, report);
  return closeBlocks(words, source, report);
}

function spanOf(source: SourceFile, first: IToken, last: IToken = first): Span {
  return { file: source.path, start: first.startOffset, end: last.startOffset + last.image.length };
}

function mendWords(tokens: readonly IToken[], source: SourceFile, report: Report): IToken[] {
  const mended: IToken[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as IToken;
    const next = tokens[i + 1];
    const word = token.tokenType === T.Identifier && tokens[i - 1]?.tokenType !== T.Dot ? CAPITALS.get(token.image) : undefined;
    if (word !== undefined && next?.tokenType !== T.Colon) {
      habits.capitals(report, token.image, spanOf(source, token));
      mended.push({ ...token, tokenType: word, tokenTypeIdx: word.tokenTypeIdx as number });
    } else if (next !== undefined && isSpacedUnit(token, next, source.text)) {
      const image = token.image + next.image;
      habits.spacedUnit(report, spanOf(source, token, next), image);
      mended.push(token2(T.Quantity, image, token.startOffset, next.startOffset + next.image.length));
      i++;
    } else mended.push(token);
  }
  return mendCommas(mended, source, report);
}

function token2(type: TokenType, image: string, start: number, end: number): IToken {
  return createTokenInstance(type, image, start, end - 1, Number.NaN, Number.NaN, Number.NaN, Number.NaN);
}

function isSpacedUnit(number: IToken, unit: IToken, text: string): boolean {
  if (number.tokenType !== T.Number_ || !UNITS.has(unit.image)) return false;
  const gap = text.slice(number.startOffset + number.image.length, unit.startOffset);
  return /^[ \t]+$/.test(gap);
}

/** A comma between two numbers, without space, where no list or call is open, can only be a decimal point. */
function mendCommas(tokens: readonly IToken[], source: SourceFile, report: Report): IToken[] {
  const mended: IToken[] = [];
  let lists = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as IToken;
    const comma = tokens[i + 1];
    const rest = tokens[i + 2];
    if (token.tokenType === T.LParen || token.tokenType === T.LBracket) lists++;
    if (token.tokenType === T.RParen || token.tokenType === T.RBracket) lists = Math.max(0, lists - 1);
    if (lists === 0 && rest !== undefined && comma?.tokenType === T.Comma && isDecimal(token, comma, rest)) {
      const image = `${token.image}.${rest.image}`;
      const span = spanOf(source, token, rest);
      habits.decimalComma(report, span, image);
      mended.push(token2(rest.tokenType, image, span.start, span.end));
      i += 2;
    } else mended.push(token);
  }
  return mended;
}

function isDecimal(whole: IToken, comma: IToken, rest: IToken): boolean {
  return (
    whole.tokenType === T.Number_ &&
    (rest.tokenType === T.Number_ || rest.tokenType === T.Quantity || rest.tokenType === T.Money) &&
    /^\d/.test(rest.image) &&
    comma.startOffset === whole.startOffset + whole.image.length &&
    rest.startOffset === comma.startOffset + 1
  );
}

/** Puts in the `}` that blocks lack, where the indentation shows that they end. */
function closeBlocks(tokens: readonly IToken[], source: SourceFile, report: Report): IToken[] {
  let open = 0;
  for (const token of tokens) open += token.tokenType === T.LBrace ? 1 : token.tokenType === T.RBrace ? -1 : 0;
  if (open <= 0) return [...tokens];
  const lines = new LineMap(source.text);
  const indentOf = (token: IToken): number => /^\s*/.exec(lines.lineText(lines.lineOf(token.startOffset)))?.[0].length ?? 0;
  const mended: IToken[] = [];
  const blocks: IToken[] = [];
  let missing = open;
  let lastLine = 0;
  for (const token of tokens) {
    const line = lines.lineOf(token.startOffset);
    const opensLine = line !== lastLine;
    lastLine = line;
    for (let top = blocks.at(-1); missing > 0 && opensLine && top !== undefined; top = blocks.at(-1)) {
      const shallow = indentOf(token) <= indentOf(top) && line !== lines.lineOf(top.startOffset);
      const closes = token.tokenType === T.RBrace && indentOf(token) === indentOf(top);
      if (!shallow || closes) break;
      blocks.pop();
      missing--;
      mended.push(close(top, mended.at(-1) ?? top, indentOf(top), source, report));
    }
    if (token.tokenType === T.LBrace) blocks.push(token);
    if (token.tokenType === T.RBrace) blocks.pop();
    mended.push(token);
  }
  for (let top = blocks.pop(); missing > 0 && top !== undefined; top = blocks.pop()) {
    missing--;
    mended.push(close(top, mended.at(-1) ?? top, indentOf(top), source, report));
  }
  return mended;
}

function close(block: IToken, last: IToken, indent: number, source: SourceFile, report: Report): IToken {
  const end = last.startOffset + last.image.length;
  const at = { file: source.path, start: end, end };
  report.add("RSK0112", spanOf(source, block), "this block is not closed", {
    labels: [{ span: { ...at, start: Math.max(0, end - 1) }, message: "the indentation says that it ends here" }],
    help: "add the missing `}`",
    fixes: [{ title: "close the block", applicability: "maybe", edits: [{ span: at, text: `\n${" ".repeat(indent)}}` }] }],
  });
  return token2(T.RBrace, "", end, end);
}
