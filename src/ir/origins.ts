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
}

/**
 * The origins of an expression as plain numbers, which cross threads at little cost: four for each node in the order of
 * `preorder`, the number of the file, start, end, the number of the type; -1 where a node has none. The call of a function
 * comes before its body, with the number of its file as -2 - file.
 */
export function packOrigins(root: ExprIr, origins: Origins, { file, type }: Numbering): readonly number[] {
  const packed: number[] = [];
  for (const node of preorder(root)) {
    const chain: Origin[] = [];
    for (let origin = origins.get(node); origin !== undefined; origin = origin.call) chain.unshift(origin);
    if (chain.length === 0) packed.push(-1, -1, -1, -1);
    chain.forEach((origin, i) => {
      const number = file(origin.span.file);
      packed.push(i < chain.length - 1 ? -2 - number : number, origin.span.start, origin.span.end, type(origin.type));
    });
  }
  return packed;
}

/** Origins by node again. */
export function unpackOrigins(root: ExprIr, packed: readonly number[], files: readonly string[], types: readonly Type[]): Origins {
  const origins = new Map<ExprIr, Origin>();
  let at = 0;
  for (const node of preorder(root)) {
    let call: Origin | undefined;
    for (let more = true; more; at += NUMBERS) {
      const [file = -1, start = 0, end = 0, type = 0] = packed.slice(at, at + NUMBERS);
      more = file < -1;
      const path = files[more ? -2 - file : file];
      const known = types[type];
      if (path === undefined || known === undefined) continue;
      call = { span: { file: path, start, end }, type: known, ...(call && { call }) };
    }
    if (call !== undefined && !origins.has(node)) origins.set(node, call);
  }
  return origins;
}
