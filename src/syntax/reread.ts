import type { SourceFile } from "../text/source.ts";
import type { Decl, RuleFile, RulesetDecl, RulesetItem } from "./ast.ts";
import { parseStretches, type Stretch } from "./parse.ts";
import type { Places } from "./places.ts";

/** A text without findings and its tree. */
export interface ReadFile {
  readonly text: string;
  readonly file: RuleFile;
}

/** What stood from `start` to `end` is now longer by `by`. */
interface Change extends Stretch {
  readonly by: number;
}

/** The pieces of a ruleset that are read again: its items from one number up to another, which is not among them. */
interface Piece {
  readonly from: number;
  readonly to: number;
  /** In offsets of the text before. */
  readonly stretch: Stretch;
}

/**
 * The tree of a text that differs from one known in some items of one ruleset, of which alone are read again. The other
 * items are the nodes that they were; those behind the change are moved, so that the tree of the text before is of no use
 * any more. A declaration behind the change is a new node: what is known of one may hang on its place.
 * Null where the whole has to be read, and the tree of before is as it was.
 */
export function reread({ text, file }: ReadFile, source: SourceFile, places: Places): RuleFile | null {
  const change = changeOf(text, source.text);
  const at = file.decls.findIndex(({ span }) => span.start < change.start && change.end < span.end);
  const decl = file.decls[at];
  if (decl?.kind !== "Ruleset") return null;
  const head = headOf(decl, text);
  const piece = head === null || change.start < head.end ? null : pieceOf(decl, change, head, text);
  if (head === null || piece === null) return null;
  const { from, to, stretch } = piece;
  const { by } = change;
  const fresh = parseStretches(source, [head, { start: stretch.start, end: stretch.end + by }, { start: decl.span.end - 1 + by, end: decl.span.end + by }]);
  const items = fresh === null ? null : itemsOf(fresh.decls, decl.span.end + by);
  if (fresh === null || items === null) return null;
  const old = decl.items.slice(from, to + 1);
  const joint = decl.items[to];
  if (joint !== undefined && !isAt(joint, items.at(-1), by)) return null;
  // Items that the change does not touch are what they were.
  let first = 0;
  while (first < items.length && isKept(old[first], items[first], 0) && (old[first] as RulesetItem).span.end < change.start) first++;
  let last = 0;
  while (last < items.length - first && isKept(old.at(-1 - last), items.at(-1 - last), by) && (old.at(-1 - last) as RulesetItem).span.start > change.end) last++;
  const before = decl.items.slice(0, from + first);
  const behind = decl.items.slice(from + old.length - last);
  const commentsBehind = file.comments.filter(({ span }) => span.start >= stretch.end);
  const declsBehind = file.decls.slice(at + 1);
  for (const nodes of [behind, commentsBehind, declsBehind]) places.move(nodes, by);
  return {
    ...file,
    decls: [...file.decls.slice(0, at), { ...decl, items: [...before, ...items.slice(first, items.length - last), ...behind], span: { ...decl.span, end: decl.span.end + by } }, ...declsBehind.map((each): Decl => ({ ...each }))],
    comments: [...file.comments.filter(({ span }) => span.end <= stretch.start), ...fresh.comments.filter(({ span }) => span.start >= stretch.start), ...commentsBehind],
    span: { ...file.span, end: source.text.length },
  };
}

function changeOf(before: string, after: string): Change {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  while (same < most - start && before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)) same++;
  const by = after.length - before.length;
  if (start + same < most) return { start, end: before.length - same, by };
  // Whole lines that come or go may seem to begin in the line before, where both begin alike.
  const [longer, length] = [by < 0 ? before : after, Math.abs(by)];
  let line = start;
  while (line > 0 && longer[line - 1] !== "\n" && longer[line - 1] === longer[line - 1 + length]) line--;
  if (line === 0 || longer[line - 1] === "\n") start = line;
  return { start, end: start + Math.max(0, -by), by };
}

/** A ruleset up to its brace; null where more than blanks stands before it. */
function headOf({ event, span }: RulesetDecl, text: string): Stretch | null {
  let at = event.span.end;
  while (/\s/.test(text.charAt(at))) at++;
  return text[at] === "{" && text[span.end - 1] === "}" ? { start: span.start, end: at + 1 } : null;
}

/**
 * The items that a change touches, from the end of one before them to the end of one behind them, or to the end of the
 * ruleset: where what is read ends as it did, all that follows is read as it was.
 */
function pieceOf({ items, span }: RulesetDecl, change: Stretch, head: Stretch, text: string): Piece | null {
  const isClosed = (item: RulesetItem): boolean => (item.kind === "Rule" || item.kind === "Table") && text[item.span.end - 1] === "}";
  const touched = items.findIndex((item) => item.span.end >= change.start);
  let from = touched === -1 ? items.length : touched;
  while (from > 0 && !isClosed(items[from - 1] as RulesetItem)) from--;
  let to = from;
  while (to < items.length && (items[to] as RulesetItem).span.start <= change.end) to++;
  while (to < items.length && !isClosed(items[to] as RulesetItem)) to++;
  return { from, to, stretch: { start: items[from - 1]?.span.end ?? head.end, end: items[to]?.span.end ?? span.end - 1 } };
}

/** The items of the only ruleset there is, which must end where it did. */
function itemsOf([decl, ...others]: readonly Decl[], end: number): readonly RulesetItem[] | null {
  return decl?.kind === "Ruleset" && others.length === 0 && decl.span.end === end ? decl.items : null;
}

function isAt(before: RulesetItem, after: RulesetItem | undefined, by: number): boolean {
  return after?.kind === before.kind && after.span.start === before.span.start + by && after.span.end === before.span.end + by;
}

function isKept(before: RulesetItem | undefined, after: RulesetItem | undefined, by: number): boolean {
  return before !== undefined && isAt(before, after, by) && docOf(before) === docOf(after);
}

function docOf(item: RulesetItem | undefined): string | null {
  return item !== undefined && "doc" in item ? item.doc : null;
}
