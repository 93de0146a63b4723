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
  /** `in low..high` after the type: values outside of it are refused. */
  readonly range: RangeExpr | null;
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

/** `1 EUR = 1.0832 USD` */
export interface Rate {
  readonly kind: "Rate";
  readonly base: MoneyLit;
  readonly quote: MoneyLit;
  readonly span: Span;
}

/** The rates that hold from a time on, until the next edition. */
export interface RateEdition {
  readonly kind: "RateEdition";
  readonly from: TimestampLit;
  readonly rates: readonly Rate[];
  readonly span: Span;
}

export type RateSource =
  | { readonly kind: "inline"; readonly editions: readonly RateEdition[]; readonly span: Span }
  | { readonly kind: "file"; readonly path: StringLit };

/** Rates of exchange for `convert`, each edition from a time on. */
export interface RatesDecl {
  readonly kind: "Rates";
  readonly name: Ident;
  /** Null when the source could not be read; that is reported. */
  readonly source: RateSource | null;
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
  | { readonly kind: "Lateness"; readonly allowed: QuantityLit; readonly span: Span }
  | { readonly kind: "Excluding"; readonly span: Span };

export interface FeatureDecl {
  readonly kind: "Feature";
  readonly name: Ident;
  /** `count`, `sum`, … as written; the checker knows which exist. */
  readonly aggregate: Ident;
  /** The 95 of `percentile(95) of …`. */
  readonly argument: NumberLit | null;
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
  | { readonly kind: "Thresholds"; readonly thresholds: readonly Threshold[]; readonly span: Span }
  /** Who answers for the rules that name no owner of their own. */
  | OwnerClause;

export type RulesetItem = RulesetClause | LetDecl | RuleDecl | TableDecl;

export interface RulesetDecl {
  readonly kind: "Ruleset";
  readonly name: Ident;
  readonly event: Ident;
  readonly items: readonly RulesetItem[];
  readonly doc: string | null;
  readonly span: Span;
}

/** `for 5m`, `for 5m by device`: how long a condition must have held. */
export interface Sustained {
  readonly kind: "Sustained";
  readonly duration: QuantityLit;
  /** Empty for the first key of the event. */
  readonly keys: readonly Ident[];
  readonly span: Span;
}

/** `name: value` in an event of a test and in what a rule emits. */
export interface RecordEntry {
  readonly kind: "RecordEntry";
  readonly name: Ident;
  readonly value: Expr;
  readonly span: Span;
}

export interface OwnerClause {
  readonly kind: "Owner";
  readonly name: StringLit;
  readonly span: Span;
}

/** What a rule does when it matches, once per event. */
export type Effect =
  /** `add card to blocked_cards for 24h` */
  | { readonly kind: "Add"; readonly value: Expr; readonly list: Ident; readonly ttl: QuantityLit | null; readonly span: Span }
  /** `remove card from blocked_cards` */
  | { readonly kind: "Remove"; readonly value: Expr; readonly list: Ident; readonly span: Span }
  /** `emit stop_machine { device: device }` */
  | { readonly kind: "Emit"; readonly name: Ident; readonly fields: readonly RecordEntry[]; readonly span: Span };

export type RuleClause =
  | { readonly kind: "When"; readonly condition: Expr; readonly sustained: Sustained | null; readonly span: Span }
  /** `clear when …`: until then a rule that has fired goes on matching. */
  | { readonly kind: "Clear"; readonly condition: Expr; readonly sustained: Sustained | null; readonly span: Span }
  | { readonly kind: "Then"; readonly outcome: Ident; readonly span: Span }
  | { readonly kind: "Score"; readonly score: Expr; readonly span: Span }
  /** For the analyst, with values. */
  | { readonly kind: "Reason"; readonly code: Ident; readonly text: Template | null; readonly span: Span }
  /** For the customer: a code and fixed text. */
  | { readonly kind: "Notice"; readonly code: Ident; readonly text: StringLit | null; readonly span: Span }
  | { readonly kind: "Tags"; readonly tags: readonly Ident[]; readonly span: Span }
  /** `do …`; the only clause that may stand several times. */
  | { readonly kind: "Do"; readonly effect: Effect; readonly span: Span }
  /** After a match the rule stays silent for the same keys; no keys for the first key of the event. */
  | { readonly kind: "Cooldown"; readonly duration: QuantityLit; readonly keys: readonly Ident[]; readonly span: Span }
  /** `on missing no match` (`none`), `on missing match`, `on missing review` (an outcome). */
  | { readonly kind: "OnMissing"; readonly action: "none" | "match" | "outcome"; readonly outcome: Ident | null; readonly span: Span }
  /** `live`, `shadow`, `off`, as written. */
  | { readonly kind: "Mode"; readonly mode: Ident; readonly span: Span }
  /** `rollout 25% by ip` */
  | { readonly kind: "Rollout"; readonly share: QuantityLit; readonly keys: readonly Ident[]; readonly span: Span }
  /** `active from 2026-01-01 until 2026-12-31`, at least one of both. */
  | { readonly kind: "Active"; readonly from: TimestampLit | null; readonly until: TimestampLit | null; readonly span: Span }
  | OwnerClause
  | { readonly kind: "ReviewBy"; readonly date: TimestampLit; readonly span: Span }
  /** Names that the rule had before, newest first; the last of them is the one its state goes by. */
  | { readonly kind: "Was"; readonly names: readonly Ident[]; readonly span: Span };

export interface RuleDecl {
  readonly kind: "Rule";
  readonly name: Ident;
  readonly title: StringLit | null;
  readonly clauses: readonly RuleClause[];
  readonly doc: string | null;
  readonly span: Span;
}

// Decision tables

/** One of the alternatives in a cell, about the value of its column. */
export type CellTest =
  /** `> 200 USD`; a plain value is `==`, and `op` then has an empty span. */
  | { readonly kind: "Compare"; readonly op: "==" | "!=" | "<" | "<=" | ">" | ">="; readonly opSpan: Span; readonly value: Expr; readonly span: Span }
  /** `200 USD..900 USD` */
  | { readonly kind: "Within"; readonly range: RangeExpr; readonly span: Span }
  /** `in high_risk_mcc`, `not in home_countries` */
  | { readonly kind: "Among"; readonly negated: boolean; readonly container: Expr | RangeExpr; readonly opSpan: Span; readonly span: Span }
  /** `is missing`, `is present` (negated) */
  | { readonly kind: "Presence"; readonly negated: boolean; readonly span: Span };

export interface Cell {
  readonly kind: "Cell";
  /** Any of them makes the cell true; none stands for `-`, which asks nothing. */
  readonly tests: readonly CellTest[];
  readonly span: Span;
}

export interface TableRow {
  readonly kind: "Row";
  readonly cells: readonly Cell[];
  /** What each output column says, as the clause of a rule; null for `-`. */
  readonly outputs: readonly (RuleClause | null)[];
  readonly span: Span;
}

export interface TableDecl {
  readonly kind: "Table";
  readonly name: Ident;
  readonly title: StringLit | null;
  /** `first`, `unique`, `all`, as written; null is `first`. */
  readonly policy: Ident | null;
  /** Clauses that hold for all rows: `when`, `mode`, `owner`, … */
  readonly clauses: readonly RuleClause[];
  /** The values that the cells ask about. */
  readonly columns: readonly Expr[];
  /** `then`, `score`, `reason`, `notice`, `tags`, as written. */
  readonly outputs: readonly Ident[];
  readonly rows: readonly TableRow[];
  readonly doc: string | null;
  readonly span: Span;
}

// Tests

/** `payment { card: "c1", amount: 1.00 USD }` */
export interface EventLit {
  readonly kind: "EventLit";
  readonly event: Ident;
  readonly fields: readonly RecordEntry[];
  readonly span: Span;
}

/** `at -50m` (from the time of the test's clock) or `at 2026-01-31T09:30:00Z`. */
export type Moment =
  | { readonly kind: "Offset"; readonly negative: boolean; readonly duration: QuantityLit; readonly span: Span }
  | { readonly kind: "Instant"; readonly time: TimestampLit; readonly span: Span };

/** What an `expect` asks of the decision before it. */
export type Expectation =
  | { readonly kind: "ExpectOutcome"; readonly outcome: Ident; readonly span: Span }
  | { readonly kind: "ExpectScore"; readonly op: "==" | "!=" | "<" | "<=" | ">" | ">="; readonly value: Expr; readonly span: Span }
  /** `rule x`, `no rule x`, `rule x missing`, `rule t row 2` */
  | { readonly kind: "ExpectRule"; readonly state: "hit" | "none" | "missing"; readonly rule: Ident; readonly row: NumberLit | null; readonly span: Span }
  /** `rules a, b` and `no rules`: exactly these. */
  | { readonly kind: "ExpectRules"; readonly rules: readonly Ident[]; readonly span: Span }
  | { readonly kind: "ExpectReason"; readonly negated: boolean; readonly of: "reason" | "notice"; readonly code: Ident; readonly text: StringLit | null; readonly span: Span }
  | { readonly kind: "ExpectList"; readonly negated: boolean; readonly list: Ident; readonly item: Expr; readonly span: Span }
  | { readonly kind: "ExpectEmit"; readonly negated: boolean; readonly name: Ident; readonly fields: readonly RecordEntry[] | null; readonly span: Span }
  /** `feature card_tx_1h == 10`, `feature x missing` (value null) */
  | { readonly kind: "ExpectFeature"; readonly feature: Ident; readonly op: "==" | "!=" | "<" | "<=" | ">" | ">="; readonly value: Expr | null; readonly span: Span };

/** A row of `cases`: fields of the event under test, and what is expected of it. */
export interface CaseRow {
  readonly kind: "CaseRow";
  /** Null for `-`: as in the event above. */
  readonly inputs: readonly (Expr | null)[];
  /** A bare name for outcome and rule, a value for the score; null for `-`. */
  readonly outputs: readonly (Expr | null)[];
  readonly span: Span;
}

export type TestItem =
  /** `given payment { … } at -50m repeat 9 every 5m` */
  | {
      readonly kind: "GivenEvent";
      readonly event: EventLit;
      readonly at: Moment | null;
      readonly repeat: { readonly times: NumberLit; readonly every: QuantityLit | null } | null;
      readonly span: Span;
    }
  /** `given feature card_tx_1h = 12`; null for `= missing`. */
  | { readonly kind: "GivenFeature"; readonly feature: Ident; readonly value: Expr | null; readonly span: Span }
  /** `given list blocked_cards has "c1", "c2"` */
  | { readonly kind: "GivenList"; readonly list: Ident; readonly items: readonly Expr[]; readonly span: Span }
  /** `clock 2026-01-31T09:30:00Z`: when the test plays. */
  | { readonly kind: "Clock"; readonly time: TimestampLit; readonly span: Span }
  /** `when payment { … } at 10m`: the event that is decided. */
  | { readonly kind: "WhenEvent"; readonly event: EventLit; readonly at: Moment | null; readonly span: Span }
  | { readonly kind: "Expect"; readonly expectation: Expectation; readonly span: Span }
  /** `cases { | amount => outcome | … }`: the event above once for each row. */
  | { readonly kind: "Cases"; readonly inputs: readonly Ident[]; readonly outputs: readonly Ident[]; readonly rows: readonly CaseRow[]; readonly span: Span };

export interface TestDecl {
  readonly kind: "Test";
  readonly name: StringLit;
  readonly ruleset: Ident;
  readonly items: readonly TestItem[];
  readonly doc: string | null;
  readonly span: Span;
}

export type Decl = ImportDecl | EventDecl | ListDecl | RatesDecl | FunctionDecl | FeatureDecl | RulesetDecl | TestDecl;

/** A `//` comment; `///` is documentation and stands at its declaration. */
export interface Comment {
  readonly kind: "Comment";
  /** Without the slashes, trimmed. */
  readonly text: string;
  readonly span: Span;
}

export interface RuleFile {
  readonly kind: "File";
  readonly path: string;
  readonly decls: readonly Decl[];
  /** In order of the text. */
  readonly comments: readonly Comment[];
  readonly span: Span;
}
