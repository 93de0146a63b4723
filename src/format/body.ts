import type { Span } from "../text/span.ts";
import { type Cursor, Misread } from "./cursor.ts";
import { type Doc, indent, newline } from "./doc.ts";

/** A declaration, clause, field or row. */
interface Unit {
  readonly kind: string;
  readonly span: Span;
}

/** What the printers of declarations work with. */
export interface Context {
  readonly cursor: Cursor;
  /** Whether text that could not be read costs the whole declaration, not just the clause that it stands in. */
  readonly cautious: boolean;
}

/** Units with a body of their own have an empty line around them. */
const BLOCKS: ReadonlySet<string> = new Set(["Event", "Rates", "Ruleset", "Test", "Rule", "Table"]);

/**
 * The units between two tokens, each on a line of its own, with at most one empty line between them. A unit that could not
 * be read stays as it is, and so does text that belongs to none.
 */
export function units<U extends Unit>(context: Context, all: readonly U[], until: number, print: (unit: U, until: number) => Doc): Doc {
  const { cursor: c } = context;
  const docs: Doc[] = [];
  const first = c.at;
  const limit = c.piece(until).start;
  const known = all.filter(({ span }) => span.start >= c.peek().start && span.start < limit);
  let block = false;
  known.forEach((unit, i) => {
    const start = c.indexOf(unit.span.start);
    if (c.at < start) docs.push(stays(context, first, start));
    const next = known[i + 1];
    const end = next === undefined ? until : c.indexOf(next.span.start);
    if (c.at >= end) return;
    const around = BLOCKS.has(unit.kind);
    docs.push(c.lead(c.at === first, c.at > first && (block || around)));
    block = around;
    docs.push(oneUnit(context, end, () => print(unit, end)));
    if (c.at < end) docs.push(stays(context, first, end));
  });
  if (c.at < until) docs.push(stays(context, first, until));
  return docs;
}

function oneUnit({ cursor: c, cautious }: Context, end: number, print: () => Doc): Doc {
  const start = c.at;
  try {
    const doc = print();
    // More on the same line is a part of what was written here.
    if (c.at === end || (c.at < end && c.peek().starts)) return doc;
    if (cautious) throw new Misread();
  } catch (error) {
    if (cautious || !(error instanceof Misread)) throw error;
  }
  c.reset(start, true);
  return c.verbatim(end);
}

function stays({ cursor: c, cautious }: Context, first: number, end: number): Doc {
  if (cautious) throw new Misread();
  return [c.lead(c.at === first), c.verbatim(end)];
}

/**
 * A body in braces, from its `{` on. `until` is the token behind all that can belong to it: the closing brace is looked for
 * before that, and left out where the author did.
 */
export function body<U extends Unit>(context: Context, span: Span, all: readonly U[], until: number, print: (unit: U, until: number) => Doc): Doc {
  const { cursor: c } = context;
  const open = c.want("{");
  const close = closing(c, span, all, until);
  if (close === until && context.cautious) throw new Misread();
  const start = c.at;
  const inside = units(context, all, close, print);
  if (close === until) return [open, indent(inside)];
  if (start === close && c.peek().above.length === 0) return [open, c.want("}")];
  return [open, indent(inside, c.remarks(start === close)), newline, c.want("}")];
}

/** Index of the brace that ends a body, which none of the units holds; `until` where there is none. */
function closing(c: Cursor, span: Span, all: readonly Unit[], until: number): number {
  const inner = Math.max(c.peek().start, ...all.slice(-1).map((unit) => unit.span.end));
  let index = until - 1;
  while (index > c.at && c.piece(index).end > span.end) index--;
  return [index, until - 1].find((each) => each >= c.at && c.piece(each).text === "}" && c.piece(each).start >= inner) ?? until;
}
