import type { Span } from "../text/span.ts";

/*
 * The syntax tree: plain readonly objects told apart by `kind`, each with the span it was read from.
 * Nothing is resolved here; names are text. Types and meanings live in the checker's side tables, keyed by node.
 */

/** A name where it is written. */
export interface Ident {
  readonly kind: "Ident";
  readonly name: string;
  readonly span: Span;
}

// Expressions

export interface NumberLit {
  readonly kind: "NumberLit";
  readonly value: number;
  readonly span: Span;
}

/** A number with a unit stuck to it: `5m`, `85degC`, `7.1mm/s`, `20%`. */
export interface QuantityLit {
  readonly kind: "QuantityLit";
  readonly value: number;
  /** The unit as written: `m`, `degC`, `mm/s`, `%`. */
  readonly unit: string;
  readonly span: Span;
}

/** `5.00 USD`. The amount stays text so that no digit is lost. */
export interface MoneyLit {
  readonly kind: "MoneyLit";
  /** Digits with an optional point, underscores removed. */
  readonly amount: string;
  readonly currency: string;
  readonly span: Span;
}

/** `2026-01-31` or `2026-01-31T09:30:00Z`, as written. */
export interface TimestampLit {
  readonly kind: "TimestampLit";
  readonly text: string;
  readonly span: Span;
}

export interface StringLit {
  readonly kind: "StringLit";
  /** With escapes resolved. */
  readonly value: string;
  readonly span: Span;
}

export interface BoolLit {
  readonly kind: "BoolLit";
  readonly value: boolean;
  readonly span: Span;
}

export interface NullLit {
  readonly kind: "NullLit";
  readonly span: Span;
}

export interface NameExpr {
  readonly kind: "Name";
  readonly name: string;
  readonly span: Span;
}

export interface MemberExpr {
  readonly kind: "Member";
  readonly object: Expr;
  readonly member: Ident;
  readonly span: Span;
}

export interface IndexExpr {
  readonly kind: "Index";
  readonly object: Expr;
  readonly index: Expr;
  readonly span: Span;
}

/** `f(a, b)`, or `receiver.f(a, b)` when `receiver` is not null. */
export interface CallExpr {
  readonly kind: "Call";
  readonly receiver: Expr | null;
  readonly callee: Ident;
  readonly args: readonly Expr[];
  readonly span: Span;
}

/** `not` and `!` are one operator with two spellings. */
export type UnaryOp = "-" | "not";

export interface UnaryExpr {
  readonly kind: "Unary";
  readonly op: UnaryOp;
  readonly opSpan: Span;
  readonly operand: Expr;
  readonly span: Span;
}

/** `and` stands for `&&` too, `or` for `||`. */
export type BinaryOp = "or" | "and" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%";

export interface BinaryExpr {
  readonly kind: "Binary";
  readonly op: BinaryOp;
  readonly opSpan: Span;
  readonly left: Expr;
  readonly right: Expr;
  readonly span: Span;
}

/** `x in y`, `x not in y`. */
export interface InExpr {
  readonly kind: "In";
  readonly negated: boolean;
  readonly item: Expr;
  readonly container: Expr | RangeExpr;
  readonly opSpan: Span;
  readonly span: Span;
}

/** `a..b`, both ends included; only on the right of `in`. */
export interface RangeExpr {
  readonly kind: "Range";
  readonly low: Expr;
  readonly high: Expr;
  readonly span: Span;
}

/** `x is missing` and, negated, `x is present`. */
export interface MissingExpr {
  readonly kind: "IsMissing";
  readonly negated: boolean;
  readonly operand: Expr;
  readonly span: Span;
}

export interface ConditionalExpr {
  readonly kind: "Conditional";
  readonly condition: Expr;
  readonly whenTrue: Expr;
  readonly whenFalse: Expr;
  readonly span: Span;
}

export interface ListExpr {
  readonly kind: "ListLit";
  readonly items: readonly Expr[];
  readonly span: Span;
}

export interface MapEntry {
  readonly key: Expr;
  readonly value: Expr;
}

export interface MapExpr {
  readonly kind: "MapLit";
  readonly entries: readonly MapEntry[];
  readonly span: Span;
}

/** `"{count} payments"`: text and typed holes. Only where the grammar asks for a template. */
export interface Template {
  readonly kind: "Template";
  readonly parts: readonly (string | Expr)[];
  readonly span: Span;
}

/** Stands where an expression should be and none could be read; its mistake is already reported. */
export interface ErrorExpr {
  readonly kind: "Error";
  readonly span: Span;
}

export type Expr =
  | NumberLit
  | QuantityLit
  | MoneyLit
  | TimestampLit
  | StringLit
  | BoolLit
  | NullLit
  | NameExpr
  | MemberExpr
  | IndexExpr
  | CallExpr
  | UnaryExpr
  | BinaryExpr
  | InExpr
  | MissingExpr
  | ConditionalExpr
  | ListExpr
  | MapExpr
  | ErrorExpr;

// Types as written

/** `string`, `number[degC]`, `money[USD]`, `payment`. */
export interface NamedTypeExpr {
  readonly kind: "NamedType";
  readonly name: Ident;
  /** The text between the brackets: a unit or a currency. */
  readonly argument: Ident | null;
  readonly span: Span;
}

export interface EnumTypeExpr {
  readonly kind: "EnumType";
  readonly members: readonly Ident[];
  readonly span: Span;
}

/** `list[string]` */
export interface ListTypeExpr {
  readonly kind: "ListType";
  readonly element: TypeExpr;
  readonly span: Span;
}

/** `map[string, number]` */
export interface MapTypeExpr {
  readonly kind: "MapType";
  readonly key: TypeExpr;
  readonly value: TypeExpr;
  readonly span: Span;
}

export type TypeExpr = NamedTypeExpr | EnumTypeExpr | ListTypeExpr | MapTypeExpr;

// Declarations

export interface ImportDecl {
  readonly kind: "Import";
  readonly names: readonly Ident[];
  readonly from: StringLit;
  readonly span: Span;
}

export interface FieldDecl {
  readonly kind: "Field";
  readonly name: Ident;
  readonly type: TypeExpr;
  /** `?` after the type. */
  readonly optional: boolean;
  /** `@id @time @key @pii` */
  readonly annotations: readonly Ident[];
  readonly default: Expr | null;
  /** The text of `///` lines above. */
  readonly doc: string | null;
  readonly span: Span;
}

export interface EventDecl {
  readonly kind: "Event";
  readonly name: Ident;
  readonly fields: readonly FieldDecl[];
  readonly doc: string | null;
  readonly span: Span;
}

export type ListSource =
  | { readonly kind: "inline"; readonly items: readonly Expr[]; readonly span: Span }
  | { readonly kind: "file"; readonly path: StringLit }
  | { readonly kind: "managed"; readonly ttl: QuantityLit | null; readonly span: Span };

export interface ListDecl {
  readonly kind: "List";
  readonly name: Ident;
  readonly element: TypeExpr;
  /** Null when the source could not be read; that is reported. */
  readonly source: ListSource | null;
  readonly doc: string | null;
  readonly span: Span;
}

export interface ParamDecl {
  readonly kind: "Param";
  readonly name: Ident;
  readonly type: TypeExpr;
  readonly span: Span;
}

export interface FunctionDecl {
  readonly kind: "Function";
  readonly name: Ident;
  readonly params: readonly ParamDecl[];
  readonly returns: TypeExpr;
  readonly body: Expr;
  readonly doc: string | null;
  readonly span: Span;
}

export interface LetDecl {
  readonly kind: "Let";
  readonly name: Ident;
  readonly value: Expr;
  readonly doc: string | null;
  readonly span: Span;
}

/** The parts of a feature after its `of`, in any order and each at most once (a law of the checker). */
export type FeatureClause =
  | { readonly kind: "By"; readonly keys: readonly Ident[]; readonly span: Span }
  | { readonly kind: "Over"; readonly window: QuantityLit; readonly span: Span }
  | { readonly kind: "Ending"; readonly ago: QuantityLit; readonly span: Span }
  | { readonly kind: "Where"; readonly condition: Expr; readonly span: Span }
  | { readonly kind: "Excluding"; readonly span: Span };

export interface FeatureDecl {
  readonly kind: "Feature";
  readonly name: Ident;
  /** `count`, `sum`, … as written; the checker knows which exist. */
  readonly aggregate: Ident;
  readonly event: Ident;
  /** The field in `sum of payment.amount`. */
  readonly field: Ident | null;
  readonly clauses: readonly FeatureClause[];
  readonly doc: string | null;
  readonly span: Span;
}

export interface Threshold {
  readonly outcome: Ident;
  readonly at: NumberLit;
}

export type RulesetClause =
  | { readonly kind: "Outcomes"; readonly names: readonly Ident[]; readonly span: Span }
  | { readonly kind: "Policy"; readonly name: Ident; readonly span: Span }
  | { readonly kind: "Default"; readonly outcome: Ident; readonly span: Span }
  | { readonly kind: "Thresholds"; readonly thresholds: readonly Threshold[]; readonly span: Span };

export type RulesetItem = RulesetClause | LetDecl | RuleDecl;

export interface RulesetDecl {
  readonly kind: "Ruleset";
  readonly name: Ident;
  readonly event: Ident;
  readonly items: readonly RulesetItem[];
  readonly doc: string | null;
  readonly span: Span;
}

export type RuleClause =
  | { readonly kind: "When"; readonly condition: Expr; readonly span: Span }
  | { readonly kind: "Then"; readonly outcome: Ident; readonly span: Span }
  | { readonly kind: "Score"; readonly score: Expr; readonly span: Span }
  | { readonly kind: "Reason"; readonly code: Ident; readonly text: Template | null; readonly span: Span }
  | { readonly kind: "Tags"; readonly tags: readonly Ident[]; readonly span: Span };

export interface RuleDecl {
  readonly kind: "Rule";
  readonly name: Ident;
  readonly title: StringLit | null;
  readonly clauses: readonly RuleClause[];
  readonly doc: string | null;
  readonly span: Span;
}

export type Decl = ImportDecl | EventDecl | ListDecl | FunctionDecl | FeatureDecl | RulesetDecl;

export interface RuleFile {
  readonly kind: "File";
  readonly path: string;
  readonly decls: readonly Decl[];
  readonly span: Span;
}
