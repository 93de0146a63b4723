import type { Tables } from "../check/checked.ts";
import type { Expr } from "../syntax/ast.ts";
import type { Span } from "../text/span.ts";
import type { Type } from "../types/type.ts";
import { preorder } from "./children.ts";
import type { ExprIr } from "./ir.ts";

/** Where an expression of the IR was written, and its type there. */
export interface Origin {
  readonly span: Span;
  readonly type: Type;
  /** Of the body of a function: the call that it stands for. */
  readonly call?: Origin;
}

/** Origins by node, for those who tell people about single conditions; what lowering made up itself has none. */
export type Origins = Pick<ReadonlyMap<ExprIr, Origin>, "get">;

/** Notes where a node was written, where somebody wants to know; what has a place already is the body of a call. */
export function remember(from: { readonly origins?: Map<ExprIr, Origin>; readonly tables: Tables }, node: ExprIr, expr: Expr): void {
  const { origins, tables } = from;
  if (origins === undefined) return;
  const origin: Origin = { span: expr.span, type: tables.typeOf(expr) };
  const body = origins.get(node);
  origins.set(node, body === undefined ? origin : inCall(body, origin));
}

/** What a name stands for as a node of its own, since every use has its own place. */
export function copyOf(value: ExprIr): ExprIr {
  return { ...value };
}

/** The origin of the body of a function, with that of a call around all that are known. */
function inCall(body: Origin, call: Origin): Origin {
  return { ...body, call: body.call === undefined ? call : inCall(body.call, call) };
}

/** Numbers of one origin: file, start, end, type. */
const NUMBERS = 4;

/** Files and types that packed origins count by. */
export interface Numbering {
  readonly file: (path: string) => number;
  readonly type: (type: Type) => number;
  /** Told of each place outside of the rule. */
  readonly outside: (span: Span) => void;
}

/**
 * The origins of an expression as plain numbers, which cross threads at little cost: four for each node in the order of
 * `preorder`, the place, start, end, the number of the type; -1 where a node has none. The place is twice the number of the
 * file, and one more where start and end are counted from the start of the rule, so that a rule that moves keeps them. The
 * call of a function comes before its body, with its place as -2 - place.
 * @param rule where the rule stands that the expression belongs to
 */
export function packOrigins(root: ExprIr, rule: Span, origins: Origins, { file, type, outside }: Numbering): readonly number[] {
  const packed: number[] = [];
  for (const node of preorder(root)) {
    const chain: Origin[] = [];
    for (let origin = origins.get(node); origin !== undefined; origin = origin.call) chain.unshift(origin);
    if (chain.length === 0) packed.push(-1, -1, -1, -1);
    chain.forEach(({ span, type: known }, i) => {
      const isInside = span.file === rule.file && span.start >= rule.start && span.end <= rule.end;
      if (!isInside) outside(span);
      const number = file(span.file);
      const place = number < 0 ? -1 : 2 * number + (isInside ? 1 : 0);
      const from = isInside ? rule.start : 0;
      packed.push(i < chain.length - 1 ? -2 - place : place, span.start - from, span.end - from, type(known));
    });
  }
  return packed;
}

/**
 * Origins by node again.
 * @param rule where the rule begins that the expression belongs to
 */
export function unpackOrigins(root: ExprIr, rule: number, packed: readonly number[], files: readonly string[], types: readonly Type[]): Origins {
  const origins = new Map<ExprIr, Origin>();
  let at = 0;
  for (const node of preorder(root)) {
    let call: Origin | undefined;
    for (let more = true; more; at += NUMBERS) {
      const [number = -1, start = 0, end = 0, type = 0] = packed.slice(at, at + NUMBERS);
      more = number < -1;
      const place = more ? -2 - number : number;
      const path = files[place >> 1];
      const known = types[type];
      if (path === undefined || known === undefined) continue;
      const from = place % 2 === 0 ? 0 : rule;
      call = { span: { file: path, start: from + start, end: from + end }, type: known, ...(call && { call }) };
    }
    if (call !== undefined && !origins.has(node)) origins.set(node, call);
  }
  return origins;
}
