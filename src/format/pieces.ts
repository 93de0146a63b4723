import { type Lexeme, lexemesOf } from "../syntax/lexemes.ts";

/** A comment, as it is printed. */
interface Remark {
  readonly text: string;
  /** Whether an empty line stands above it. */
  readonly apart: boolean;
}

/** A token with the comments that go with it. */
export interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether it is no token of the language. */
  readonly stray: boolean;
  /** Both as of a lexeme. */
  readonly opens: boolean;
  readonly named: boolean;
  /** Comments on lines of their own above it. */
  readonly above: readonly Remark[];
  /** Whether an empty line stands directly above it. */
  readonly apart: boolean;
  /** Whether it is the first token on its line. */
  readonly starts: boolean;
  /** The comment behind it on its line. */
  readonly behind: string | null;
}

interface Draft extends Piece {
  behind: string | null;
}

/** Comments are written with a blank behind their slashes, unless they begin with a mark: `//!`, `//----`. */
function remark({ kind, text }: Lexeme): string {
  const slashes = kind === "doc" ? 3 : 2;
  const body = text.slice(slashes).trimEnd();
  return text.slice(0, slashes) + (/^[\p{L}\p{N}]/u.test(body) ? " " : "") + body;
}

/** The tokens of a text with their comments; the last piece stands for its end and is empty. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Draft[] = [];
  let above: Remark[] = [];
  let lastEnd = 0;
  /** The token that a comment on its line goes with. */
  let holder: Draft | undefined;
  for (const lexeme of [...lexemesOf(text), { kind: "token", text: "", start: text.length, end: text.length, opens: false, named: false } as const]) {
    const breaks = text.slice(lastEnd, lexeme.start).split("\n").length - 1;
    const apart = breaks > 1;
    lastEnd = lexeme.end;
    if (lexeme.kind === "comment" || lexeme.kind === "doc") {
      if (breaks === 0 && holder !== undefined) holder.behind = remark(lexeme);
      else above.push({ text: remark(lexeme), apart });
      holder = undefined;
      continue;
    }
    const { start, end, opens, named } = lexeme;
    const piece: Draft = { text: lexeme.text, start, end, opens, named, stray: lexeme.kind === "stray", above, apart, starts: breaks > 0 || pieces.length === 0, behind: null };
    pieces.push(piece);
    above = [];
    holder = piece;
  }
  return pieces;
}
