import { type IToken, tokenMatcher, type TokenType } from "chevrotain";
import * as T from "../../grammar/tokens.ts";
import type { Report } from "../text/report.ts";
import { LineMap, type SourceFile } from "../text/source.ts";
import { madeToken, placeOf } from "./made.ts";

/** Braces that are missing or too many, told by the indentation. */
export function mendBlocks(tokens: readonly IToken[], source: SourceFile, report: Report): readonly IToken[] {
  let open = 0;
  for (const token of tokens) open += token.tokenType === T.LBrace ? 1 : token.tokenType === T.RBrace ? -1 : 0;
  if (open === 0) return tokens;
  const layout = new Layout(source);
  const surplus = -open - headless(tokens);
  if (open < 0 && surplus <= 0) return tokens;
  return open > 0 ? closeBlocks(tokens, open, layout, report) : dropBraces(tokens, surplus, layout, report);
}

/** The most tokens between a keyword and the brace behind its name: `table name "title" first {`. */
const HEAD_TOKENS = 5;

/** How many declarations lack the brace behind their names. */
function headless(tokens: readonly IToken[]): number {
  let count = 0;
  tokens.forEach((token, at) => {
    const before = tokens[at - 1]?.tokenType;
    if (!HEADS.has(token.tokenType) || before === T.K.expect || before === T.K.no || before === T.Dot) return;
    const name = tokens[at + 1];
    if (name === undefined || !(token.tokenType === T.K.test ? tokenMatcher(name, T.Text) : name.tokenType === T.Identifier)) return;
    const head = tokens.slice(at + 2, at + 2 + HEAD_TOKENS);
    const end = head.findIndex((each) => !tokenMatcher(each, T.Name) && !tokenMatcher(each, T.Text));
    if (head[end]?.tokenType !== T.LBrace) count++;
  });
  return count;
}

const HEADS: ReadonlySet<TokenType> = new Set([T.K.rule, T.K.event, T.K.ruleset, T.K.table, T.K.test]);

/** Lines and indentation of tokens. */
class Layout {
  readonly source: SourceFile;
  readonly #lines: LineMap;

  constructor(source: SourceFile) {
    this.source = source;
    this.#lines = new LineMap(source.text);
  }

  lineOf(token: IToken): number {
    return this.#lines.lineOf(token.startOffset);
  }

  indentOf(token: IToken): number {
    return /^\s*/.exec(this.#lines.lineText(this.lineOf(token)))?.[0].length ?? 0;
  }
}

/** Takes out closing braces that close nothing: those that stand as deep as no block that is open. */
function dropBraces(tokens: readonly IToken[], surplus: number, layout: Layout, report: Report): IToken[] {
  const mended: IToken[] = [];
  const blocks: IToken[] = [];
  let left = surplus;
  let lastLine = 0;
  for (const token of tokens) {
    const line = layout.lineOf(token);
    const opensLine = line !== lastLine;
    lastLine = line;
    const top = blocks.at(-1);
    const deep = opensLine && top !== undefined && layout.indentOf(token) > layout.indentOf(top);
    const amid = !opensLine && top !== undefined && layout.lineOf(top) !== line;
    const astray = top === undefined || deep || amid;
    if (token.tokenType === T.RBrace && left > 0 && astray) {
      const span = placeOf(layout.source, token);
      report.add("RSK0116", span, "this `}` closes nothing", {
        fixes: [{ title: "drop it", applicability: "maybe", edits: [{ span, text: "" }] }],
      });
      left--;
      continue;
    }
    if (token.tokenType === T.LBrace) blocks.push(token);
    if (token.tokenType === T.RBrace) blocks.pop();
    mended.push(token);
  }
  return mended;
}

/** Puts in the `}` that blocks lack, where the indentation shows that they end. */
function closeBlocks(tokens: readonly IToken[], open: number, layout: Layout, report: Report): IToken[] {
  const mended: IToken[] = [];
  const blocks: IToken[] = [];
  let missing = open;
  let lastLine = 0;
  for (const token of tokens) {
    const line = layout.lineOf(token);
    if (line !== lastLine) {
      const indent = layout.indentOf(token);
      for (let top = blocks.at(-1); missing > 0 && top !== undefined; top = blocks.at(-1)) {
        const depth = layout.indentOf(top);
        const shallow = indent <= depth && line !== layout.lineOf(top);
        if (!shallow || (token.tokenType === T.RBrace && indent === depth)) break;
        blocks.pop();
        missing--;
        mended.push(close(top, mended.at(-1) ?? top, depth, layout.source, report));
      }
    }
    lastLine = line;
    if (token.tokenType === T.LBrace) blocks.push(token);
    if (token.tokenType === T.RBrace) blocks.pop();
    mended.push(token);
  }
  for (let top = blocks.pop(); missing > 0 && top !== undefined; top = blocks.pop()) {
    missing--;
    mended.push(close(top, mended.at(-1) ?? top, layout.indentOf(top), layout.source, report));
  }
  return mended;
}

function close(block: IToken, last: IToken, indent: number, source: SourceFile, report: Report): IToken {
  const end = last.startOffset + last.image.length;
  const at = { file: source.path, start: end, end };
  report.add("RSK0112", placeOf(source, block), "this block is not closed", {
    labels: [{ span: { ...at, start: Math.max(0, end - 1) }, message: "the indentation says that it ends here" }],
    help: "add the missing `}`",
    fixes: [{ title: "close the block", applicability: "maybe", edits: [{ span: at, text: `\n${" ".repeat(indent)}}` }] }],
  });
  return madeToken(T.RBrace, "", end, end);
}
