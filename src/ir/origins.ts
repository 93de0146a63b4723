import type { Span } from "../text/span.ts";
import type { Type } from "../types/type.ts";
import type { ExprIr } from "./ir.ts";

/** Where an expression of the IR was written, and its type there. */
export interface Origin {
  readonly span: Span;
  readonly type: Type;
}

/**
 * Origins by node, for those who tell people about single conditions. Kept beside the IR, which is posted between threads
 * and should not carry them; what lowering made up itself has none.
 */
export type Origins = ReadonlyMap<ExprIr, Origin>;
