import type { ExprIr } from "../ir/ir.ts";
import type { Span } from "../text/span.ts";
import type { Witness } from "./witness.ts";

/*
 * What the analysis says of a ruleset, as facts that can be put to the test: each names the conditions that it is about,
 * so that any event is an attempt to refute it. Rules are named by their index in the ruleset.
 */

export type Claim = ConditionClaim | RuleClaim | OutcomeClaim;

/** About parts of the condition of one rule. */
export type ConditionClaim =
  /** No event makes this part true together with all of `context`. */
  | { readonly kind: "never"; readonly rule: number; readonly node: ExprIr; readonly context: readonly ExprIr[]; readonly span: Span; readonly clash: Clash | null; readonly reason: string | null; readonly part: boolean }
  /** No event makes this part false. */
  | { readonly kind: "always"; readonly rule: number; readonly node: ExprIr; readonly span: Span; readonly part: boolean }
  /** Wherever the others are true, so is this one. */
  | { readonly kind: "implied"; readonly rule: number; readonly node: ExprIr; readonly by: readonly ExprIr[]; readonly span: Span; readonly bySpans: readonly Span[] }
  /** Wherever this alternative is true, so is one of the others. */
  | { readonly kind: "absorbed"; readonly rule: number; readonly node: ExprIr; readonly by: readonly ExprIr[]; readonly span: Span; readonly bySpans: readonly Span[] };

/** Two parts that exclude each other, and what each asks of the value they share. */
export interface Clash {
  readonly subject: string | null;
  readonly sides: readonly { readonly span: Span; readonly asks: string | null }[];
}

/** About rules and rows as they stand together. */
export type RuleClaim =
  /** Whenever the rule could match, one of the earlier ones matches and decides. */
  | { readonly kind: "covered"; readonly rule: number; readonly by: readonly number[]; readonly witness: Witness | null }
  /** Whenever the rule matches, so does the other, with the same outcome. */
  | { readonly kind: "subsumed"; readonly rule: number; readonly by: number; readonly witness: Witness | null }
  /** The conditions of both are one. */
  | { readonly kind: "twin"; readonly rule: number; readonly by: number }
  /** Both match the witness, where only one should. */
  | { readonly kind: "overlap"; readonly rule: number; readonly by: number; readonly witness: Witness }
  /** No row of the table matches the witness, which lies between its rows. */
  | { readonly kind: "gap"; readonly table: number; readonly field: string; readonly between: string; readonly witness: Witness };

/** About the outcomes of a ruleset. */
export type OutcomeClaim =
  /** The scores of all rules together stay below the threshold. */
  | { readonly kind: "threshold"; readonly outcome: string; readonly at: number; readonly most: number }
  /** Nothing in the ruleset leads to the outcome. */
  | { readonly kind: "unproduced"; readonly outcome: string };
