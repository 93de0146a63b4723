import type { Expr, Ident, StringLit } from "../syntax/ast.ts";
import { type Cursor, Misread } from "./cursor.ts";
import { type Doc, group, indent, line, space } from "./doc.ts";
import { expression } from "./expressions.ts";

/** `rule name "What it is"` */
export function heading(c: Cursor, word: string, name: Ident, title: StringLit | null): Doc {
  return [c.want(word), space, c.ident(name), title === null ? [] : [space, c.whole(title.span)]];
}

/** `a, b, c`: as many on a line as fit. */
export function listed(c: Cursor, names: readonly Ident[]): Doc {
  if (names.length === 0) throw new Misread();
  return indent(names.map((name, i): Doc => (i === 0 ? c.ident(name) : [c.want(","), group(line, c.ident(name))])));
}

/** Expressions that break in themselves and so begin on the line of their `=`. */
const HANGING: ReadonlySet<Expr["kind"]> = new Set(["ListLit", "MapLit", "Call", "Conditional"]);

/** `name = value`, the value below its name where the line is too short. */
export function meaning(c: Cursor, head: Doc, value: Expr): Doc {
  const equals = c.want("=");
  const hangs = HANGING.has(value.kind) || (value.kind === "Binary" && (value.op === "and" || value.op === "or"));
  const doc = expression(c, value);
  return hangs ? [head, space, equals, space, doc] : group(head, space, equals, indent(line, doc));
}

/** Clauses of words, names and values: a blank between all of them, and where one line is too short a break behind a comma. */
export function words(c: Cursor, end: number): Doc {
  const docs: Doc[] = [];
  let after: Doc = [];
  while (c.peek().text !== "" && c.peek().start < end) {
    const { text } = c.peek();
    const tight = text === "," || text === ":";
    const doc = c.take();
    docs.push(tight ? doc : after === line ? group(line, doc) : [after, doc]);
    after = text === "," ? line : text === "-" ? [] : space;
  }
  if (docs.length === 0) throw new Misread();
  return indent(docs);
}
