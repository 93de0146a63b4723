import type { BinaryExpr, BinaryOp, CallExpr, ConditionalExpr, Expr, IndexExpr, InExpr, MemberExpr, RangeExpr, RecordEntry, UnaryExpr } from "../syntax/ast.ts";
import { type Cursor, Misread } from "./cursor.ts";
import { type Doc, group, indent, line, softline, space } from "./doc.ts";

/** What stands around an expression. */
interface Around {
  /** An operator that binds tighter than `not`, so that a `!` cannot become the word. */
  readonly tight?: boolean;
  /** Brackets that indent already, so that the parts of a condition need not be, and break with them. */
  readonly framed?: boolean;
}

const TIGHT: Around = { tight: true };
const FRAMED: Around = { framed: true };

/** Operators of one level hang on each other from left to right and break together. */
const LEVELS: Readonly<Record<BinaryOp, number>> = {
  or: 1, and: 2, "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "+": 4, "-": 4, "*": 5, "/": 5, "%": 5,
};

const WORDS: Readonly<Partial<Record<string, string>>> = { "&&": "and", "||": "or" };

/** An expression with the brackets that the author put around it. */
export function expression(c: Cursor, expr: Expr, around: Around = {}): Doc {
  if (c.is("(") && c.peek().start < expr.span.start) {
    const open = c.take();
    const inner = expression(c, expr, FRAMED);
    return group(open, indent(softline, inner, c.remarks(true)), softline, c.want(")"));
  }
  switch (expr.kind) {
    case "Member":
    case "Index":
      return postfix(c, expr);
    case "Call":
      return expr.receiver === null ? [c.ident(expr.callee), brackets(c, "(", expr.args, ")")] : postfix(c, expr);
    case "Unary":
      return unary(c, expr, around);
    case "Binary":
      return binary(c, expr, around);
    case "In":
      return membership(c, expr);
    case "IsMissing":
      return [expression(c, expr.operand, TIGHT), space, c.want("is"), space, c.want(expr.negated ? "present" : "missing")];
    case "Conditional":
      return conditional(c, expr);
    case "ListLit":
      return items(c, expr.items);
    case "MapLit":
      return braces(c, expr.entries, ({ key, value }) => [expression(c, key), c.want(":"), space, expression(c, value)]);
    case "Error":
      throw new Misread();
    default:
      return c.whole(expr.span);
  }
}

/** Whether an expression has brackets of its own around it; the tokens before it are printed already. */
function bracketed(c: Cursor, expr: Expr): boolean {
  return c.is("(") && c.peek().start < expr.span.start;
}

/** `a.b[c].d(e)`: never broken at its dots. */
function postfix(c: Cursor, last: MemberExpr | IndexExpr | CallExpr): Doc {
  const links: (MemberExpr | IndexExpr | CallExpr)[] = [];
  let base: Expr = last;
  while ((base.kind === "Member" || base.kind === "Index" || (base.kind === "Call" && base.receiver !== null)) && base.span.start === last.span.start) {
    links.push(base);
    base = base.kind === "Call" ? (base.receiver as Expr) : base.object;
  }
  const docs: Doc[] = [expression(c, base, TIGHT)];
  for (const link of links.reverse()) {
    if (link.kind === "Index") docs.push(group(c.want("["), indent(softline, expression(c, link.index, FRAMED), c.remarks(true)), softline, c.want("]")));
    else if (link.kind === "Member") docs.push(c.want("."), c.ident(link.member));
    else docs.push(c.want("."), c.ident(link.callee), brackets(c, "(", link.args, ")"));
  }
  return docs;
}

function unary(c: Cursor, { op, operand }: UnaryExpr, around: Around): Doc {
  if (op === "-") return [c.want("-"), expression(c, operand, TIGHT)];
  if (c.is("!")) return around.tight === true ? [c.take(), expression(c, operand, TIGHT)] : [c.respell("not"), space, expression(c, operand)];
  return [c.want("not"), space, expression(c, operand)];
}

/** An operator as the tree has it; where the text has another, such as `=` for `==`, it is a mistake and stays. */
function operator(c: Cursor, op: BinaryOp): Doc {
  const { text } = c.peek();
  const word = WORDS[text];
  if (word === op) return c.respell(word);
  return c.want(op);
}

function binary(c: Cursor, last: BinaryExpr, around: Around): Doc {
  const level = LEVELS[last.op];
  const links: BinaryExpr[] = [last];
  let base = last.left;
  while (base.kind === "Binary" && LEVELS[base.op] === level && base.span.start === last.span.start) {
    links.push(base);
    base = base.left;
  }
  const inside: Around = level <= 2 ? {} : TIGHT;
  const first = expression(c, base, inside);
  const rest = links.reverse().map(({ op, right }): Doc => [line, operator(c, op), space, expression(c, right, inside)]);
  return around.framed === true && level <= 2 ? [first, rest] : group(first, indent(rest));
}

function membership(c: Cursor, { item, negated, container }: InExpr): Doc {
  const left = expression(c, item, TIGHT);
  const word = negated ? [c.want("not"), space, c.want("in")] : c.want("in");
  if (container.kind === "ListLit" && !bracketed(c, container)) return [left, space, word, space, expression(c, container)];
  return group(left, indent(line, word, space, among(c, container)));
}

/** What stands behind `in`. */
export function among(c: Cursor, container: Expr | RangeExpr): Doc {
  return container.kind === "Range" ? range(c, container) : expression(c, container, TIGHT);
}

/** `1..5`, and with blanks where the ends are more than a value: `a + 1 .. b - 1`. */
export function range(c: Cursor, { low, high }: RangeExpr): Doc {
  const gap = simple(low) && simple(high) ? "" : space;
  return [expression(c, low, TIGHT), gap, c.want(".."), gap, expression(c, high, TIGHT)];
}

/** A time without a zone would take the dots behind it for its own. */
function simple(expr: Expr): boolean {
  return expr.kind === "TimestampLit" ? !expr.text.includes("T") || expr.text.endsWith("Z") : !["Binary", "Conditional", "Unary"].includes(expr.kind) || minus(expr);
}

function minus(expr: Expr): boolean {
  return expr.kind === "Unary" && expr.op === "-" && simple(expr.operand);
}

/** `a ? b : c ? d : e`, broken before each mark. */
function conditional(c: Cursor, first: ConditionalExpr): Doc {
  const head = expression(c, first.condition);
  const docs: Doc[] = [];
  for (let at = first; ; ) {
    docs.push(line, c.want("?"), space, expression(c, at.whenTrue));
    docs.push(line, c.want(":"), space);
    const { whenFalse } = at;
    if (whenFalse.kind !== "Conditional" || bracketed(c, whenFalse)) {
      docs.push(expression(c, whenFalse));
      return group(head, indent(docs));
    }
    at = whenFalse;
    docs.push(expression(c, at.condition));
  }
}

/** Parts with commas between, each on its line where one line is too short. */
export function brackets(c: Cursor, open: string, parts: readonly Expr[], close: string): Doc {
  return delimited(c, open, parts, close, softline, (part) => expression(c, part));
}

/** `{ a: 1 }` */
export function braces<T>(c: Cursor, parts: readonly T[], print: (part: T) => Doc): Doc {
  return delimited(c, "{", parts, "}", line, print);
}

/** `{ device: device, cause: "heat" }` */
export function record(c: Cursor, entries: readonly RecordEntry[]): Doc {
  return braces(c, entries, ({ name, value }) => [c.ident(name), c.want(":"), space, expression(c, value)]);
}

export function delimited<T>(c: Cursor, open: string, parts: readonly T[], close: string, edge: Doc, print: (part: T) => Doc): Doc {
  const start = c.want(open);
  if (parts.length === 0) return [start, indent(c.remarks(true)), c.want(close)];
  const docs = parts.map((part, i): Doc => (i === 0 ? print(part) : [c.want(","), line, print(part)]));
  // A comma behind the last part is of use to nobody.
  const comma = c.is(",") ? c.drop() : [];
  return group(start, indent(edge, docs, comma, c.remarks(true)), edge, c.want(close));
}

/** Values of one token each. */
const LITERALS: ReadonlySet<Expr["kind"]> = new Set(["NumberLit", "QuantityLit", "MoneyLit", "TimestampLit", "StringLit", "BoolLit", "NullLit"]);

/** `[a, b]`; of plain values as many as fit stand on a line, unless one has a comment. */
export function items(c: Cursor, parts: readonly Expr[]): Doc {
  const at = c.at;
  const apart = brackets(c, "[", parts, "]");
  const tokens = c.at - at;
  const commas = parts.length - 1;
  const plain = parts.every(({ kind }) => LITERALS.has(kind)) && tokens <= parts.length + commas + "[,]".length;
  if (!plain || parts.length === 0) return apart;
  for (let i = at; i < c.at; i++) if (c.piece(i).above.length > 0 || (c.piece(i).behind !== null && i < c.at - 1)) return apart;
  const end = c.at;
  c.reset(at, true);
  const open = c.take();
  const docs: Doc[] = [];
  while (c.at < end - 1) {
    const value = c.take();
    const comma = c.at < end - 2 ? c.want(",") : c.is(",") ? c.drop() : [];
    docs.push(docs.length === 0 ? [value, comma] : group(line, value, comma));
  }
  return group(open, indent(softline, docs), softline, c.want("]"));
}
