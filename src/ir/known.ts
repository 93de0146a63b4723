import type { FeatureInfo, LetInfo, RuleInfo, RulesetInfo } from "../check/checked.ts";
import type { RulesetItem } from "../syntax/ast.ts";
import type { Span } from "../text/span.ts";
import type { Type } from "../types/type.ts";
import type { ExprIr, RuleIr, RulesetIr } from "./ir.ts";
import type { KnownLets } from "./lets.ts";
import type { Origin, Origins } from "./origins.ts";

/** A ruleset as it was lowered, and what that hung on beside its text. */
export interface Lowered {
  readonly ir: RulesetIr;
  /** Slots and files as they were counted. */
  readonly numbering: string;
  /** Slots of the event before and after it. */
  readonly from: number;
  readonly to: number;
}

/** A rule as it was lowered, and what that hung on beside its text. */
export interface LoweredRule extends Placed {
  readonly ir: RuleIr;
  readonly numbering: string;
  readonly from: number;
  readonly to: number;
  /** Lets that it reads: as they were before it, undefined where it was the first that read them, and after it. */
  readonly lets: readonly { readonly info: LetInfo; readonly before: ExprIr | undefined; readonly after: ExprIr }[];
}

/** What the packed origins of a rule hang on beside the rule itself. */
export interface Placed {
  /** Types by their numbers, in the order in which it met them. */
  readonly types: ReadonlyMap<Type, number>;
  /** Places outside of it, with their starts as they were. */
  readonly outside: ReadonlyMap<Span, number>;
}

/** What was lowered before, as long as nothing but rulesets changes: what is the same in the tree is not lowered again. */
export class KnownIr {
  rulesets: ReadonlyMap<RulesetInfo, Lowered> = new Map();
  readonly rules = new WeakMap<RuleInfo, LoweredRule>();
  /** The features that parts of rulesets read. */
  readonly reads = new WeakMap<RulesetItem, Set<FeatureInfo>>();
  readonly lets: KnownLets = new WeakMap();
  readonly origins = new Map<ExprIr, Origin>();
}

/** Where every expression of a program was written. */
export class AllOrigins {
  readonly #parts: readonly Origins[];

  constructor(parts: readonly Origins[]) {
    this.#parts = parts;
  }

  get(expr: ExprIr): Origin | undefined {
    for (const part of this.#parts) {
      const origin = part.get(expr);
      if (origin !== undefined) return origin;
    }
    return undefined;
  }
}
