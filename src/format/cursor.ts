import type { Ident } from "../syntax/ast.ts";
import type { Span } from "../text/span.ts";
import { blank, type Doc, newline } from "./doc.ts";
import { type Piece, piecesOf } from "./pieces.ts";

/** The tokens are not what the tree says, since something was misread there: that part of the text stays as it is. */
export class Misread extends Error {}

const NOTHING: Piece = { text: "", start: 0, end: 0, stray: true, opens: false, named: false, above: [], apart: false, starts: true, behind: null };

/**
 * Walks over the tokens of a file while the tree says what they are. Each token is printed from the text, in its place and
 * with its comments, so nothing that is written can be lost on the way.
 */
export class Cursor {
  readonly text: string;
  readonly #pieces: readonly Piece[];
  #at = 0;
  /** Comments above the tokens before this one are printed. */
  #led = -1;

  constructor(text: string) {
    this.text = text;
    this.#pieces = piecesOf(text);
  }

  get at(): number {
    return this.#at;
  }

  /** How many tokens there are; the token at this index is the empty one at the end. */
  get length(): number {
    return this.#pieces.length - 1;
  }

  /** Goes back to a token, such as one where misreading began. */
  reset(at: number, led: boolean): void {
    this.#at = at;
    this.#led = led ? at : at - 1;
  }

  peek(ahead = 0): Piece {
    return this.#pieces[this.#at + ahead] ?? NOTHING;
  }

  /** The token at an index. */
  piece(index: number): Piece {
    return this.#pieces[index] ?? NOTHING;
  }

  /** Index of the first token, from here on, that starts at an offset or behind it; at most the end of the file. */
  indexOf(offset: number): number {
    let index = this.#at;
    while (index < this.#pieces.length - 1 && this.piece(index).start < offset) index++;
    return index;
  }

  is(text: string): boolean {
    return this.peek().text === text;
  }

  /** The next token, whatever it is. */
  take(): Doc {
    const piece = this.peek();
    if (piece.text === "" || piece.stray) throw new Misread();
    const led = this.#led === this.#at;
    const lead = led ? [] : piece.above.map(({ text }): Doc => ({ kind: "comment", own: true, text }));
    this.#at++;
    // A comment behind it ends its line anyway.
    const lone = !led && piece.opens && piece.behind === null && this.peek().named;
    return decorated(lead, lone ? { kind: "loner", text: piece.text } : piece.text, piece);
  }

  /** The next token, printed as another spelling of it. */
  respell(text: string): Doc {
    const { text: written } = this.peek();
    const doc = this.take();
    if (doc === written) return text;
    return Array.isArray(doc) ? doc.map((part: Doc) => (part === written ? text : part)) : doc;
  }

  /** Passes over the next token; only its comments are printed. */
  drop(): Doc {
    const { text } = this.peek();
    const doc = this.take();
    return Array.isArray(doc) ? doc.filter((part: Doc) => part !== text) : [];
  }

  want(text: string): Doc {
    if (!this.is(text)) throw new Misread();
    return this.take();
  }

  /** One token that takes up exactly a span. */
  whole(span: Span): Doc {
    const { start, end } = this.peek();
    if (start !== span.start || end !== span.end) throw new Misread();
    return this.take();
  }

  ident(name: Ident): Doc {
    return this.whole(name.span);
  }

  /**
   * The comments above the next token on lines of their own, and an empty line where the author left one (always where the
   * token stands `apart`), but not at the start of a body.
   */
  lead(first: boolean, apart = false): Doc {
    const docs: Doc[] = [newline, apart ? blank : [], this.remarks(first), newline];
    if (this.peek().apart && !(first && this.peek().above.length === 0)) docs.push(blank);
    return docs;
  }

  /** The comments above the token that ends a body. */
  remarks(first: boolean): Doc {
    const docs = this.peek().above.map(({ text, apart }, i): Doc => [apart && !(first && i === 0) ? blank : [], { kind: "comment", own: true, text }]);
    this.#led = this.#at;
    return docs;
  }

  /** Everything up to a token, as it is written. */
  verbatim(until: number): Doc {
    const first = this.peek();
    const last = this.piece(until - 1);
    this.#at = until;
    const text = this.text.slice(first.start, last.end);
    return decorated([], text, last);
  }
}

function decorated(lead: readonly Doc[], text: Doc, { behind }: Piece): Doc {
  const doc: Doc = typeof text === "string" && text.includes("\n") ? { kind: "raw", text } : text;
  if (lead.length === 0 && behind === null) return doc;
  return [...lead, doc, ...(behind === null ? [] : [{ kind: "comment", own: false, text: behind } as const])];
}
