import type { Const, MacroName, Mode, OnMissing, Policy, TablePolicy } from "../ir/ir.ts";
import type { TestPlan } from "../ir/plan.ts";
import type {
  EventDecl,
  Expr,
  FeatureDecl,
  FunctionDecl,
  LetDecl,
  ListDecl,
  QuantityLit,
  RatesDecl,
  RuleDecl,
  RulesetDecl,
  TableDecl,
  TableRow,
  Template,
  TestDecl,
} from "../syntax/ast.ts";
import type { Span } from "../text/span.ts";
import type { Edition } from "../types/rates.ts";
import type { EventSchema } from "../types/schema.ts";
import type { Type } from "../types/type.ts";
import type { Aggregate } from "../windows/spec.ts";

/*
 * What the checker knows beyond the tree: declarations with their meaning, and side tables keyed by node.
 */

export interface EventInfo {
  readonly decl: EventDecl;
  readonly schema: EventSchema;
  /** The event as a value: a record of its fields. */
  readonly type: Extract<Type, { kind: "record" }>;
}

export interface ListInfo {
  readonly decl: ListDecl;
  readonly element: Type;
  readonly entries: readonly Const[];
  readonly ttl: number | null;
}

export interface RatesInfo {
  readonly decl: RatesDecl;
  /** In order of time. */
  readonly editions: readonly Edition[];
}

export interface FunctionInfo {
  readonly decl: FunctionDecl;
  readonly params: readonly { readonly name: string; readonly type: Type }[];
  readonly returns: Type;
}

export interface FeatureInfo {
  readonly decl: FeatureDecl;
  readonly source: EventInfo;
  readonly aggregate: Aggregate;
  /** The per cent of `percentile`, above 0 and at most 100; null for the others. */
  readonly argument: number | null;
  /** Index of the folded field in the schema of the source, or null. */
  readonly field: number | null;
  readonly keys: readonly string[];
  readonly over: number;
  readonly delay: number;
  /** How late an event may come and still find its whole window, in milliseconds. */
  readonly lateness: number;
  readonly excludingCurrent: boolean;
  readonly where: Expr | null;
  readonly valueType: Type | null;
  readonly type: Type;
}

export interface LetInfo {
  readonly decl: LetDecl;
  readonly type: Type;
}

/** Which entity a clause goes by: fields of the event, by index in its schema. */
export type Keys = readonly number[];

/** How long a condition must have held and until when a rule that has fired goes on matching. */
export interface HoldInfo {
  readonly keys: Keys;
  /** Milliseconds; 0 for a condition that counts at once. */
  readonly duration: number;
  readonly clear: { readonly condition: Expr; readonly duration: number } | null;
}

export type EffectInfo =
  /** `ttl` in milliseconds; null for ever. `secret`: the value is personal and is masked in answers. */
  | { readonly kind: "add"; readonly list: ListInfo; readonly value: Expr; readonly ttl: number | null; readonly secret: boolean }
  | { readonly kind: "remove"; readonly list: ListInfo; readonly value: Expr; readonly secret: boolean }
  | { readonly kind: "emit"; readonly name: string; readonly fields: readonly { readonly name: string; readonly value: Expr }[] };

/** A rule, or the row of a table, which is a rule that shares the clauses of its table. */
export interface RuleInfo {
  /** The rule, or the table of the row. */
  readonly decl: RuleDecl | TableDecl;
  /** Null for a rule. */
  readonly row: RowInfo | null;
  /** What its state and its share of a rollout go by: its first name of all. */
  readonly key: string;
  /**
   * What must be true. Of a row the `when` of the table and its cells, joined by nodes that are not in the text; the literal
   * `true` when it asks nothing.
   */
  readonly when: Expr;
  /** Not null when the event alone does not decide: the condition must have held, or a match stays. */
  readonly hold: HoldInfo | null;
  readonly outcome: string | null;
  readonly score: Expr | null;
  readonly reason: { readonly code: string; readonly text: Template | null } | null;
  readonly notice: { readonly code: string; readonly text: string } | null;
  readonly tags: readonly string[];
  readonly effects: readonly EffectInfo[];
  readonly cooldown: { readonly keys: Keys; /** Milliseconds. */ readonly duration: number } | null;
  readonly onMissing: OnMissing;
  readonly mode: Mode;
  readonly rollout: { readonly keys: Keys; /** 0 to 1. */ readonly share: number } | null;
  /** Milliseconds since 1970: `from` counts, `until` does not any more. */
  readonly active: { readonly from: number | null; readonly until: number | null } | null;
  /** Its own or that of the ruleset. */
  readonly owner: string | null;
  /** Milliseconds since 1970. */
  readonly reviewBy: number | null;
  /** Earlier names, newest first. */
  readonly was: readonly string[];
  readonly span: Span;
}

export interface TableInfo {
  readonly decl: TableDecl;
  readonly policy: TablePolicy;
  /** The `when` of all rows, or null. */
  readonly guard: Expr | null;
  /** How long the guard must have held; its rows match only while it does. */
  readonly hold: HoldInfo | null;
}

export interface RowInfo {
  readonly table: TableInfo;
  /** From 1. */
  readonly number: number;
  readonly decl: TableRow;
  /** What its cells ask, without the guard; the literal `true` when they ask nothing. */
  readonly cells: Expr;
}

export interface RulesetInfo {
  readonly decl: RulesetDecl;
  readonly event: EventInfo;
  readonly outcomes: readonly string[];
  readonly policy: Policy;
  readonly default: string;
  readonly thresholds: readonly { readonly outcome: string; readonly at: number; readonly span: Span }[];
  readonly owner: string | null;
  readonly lets: readonly LetInfo[];
  readonly tables: readonly TableInfo[];
  /** Rules and the rows of tables, in the order of the text. */
  readonly rules: readonly RuleInfo[];
}

/** A value that a test gives: text that stands for an address is read at once, all else is an expression without names. */
export type Written = { readonly kind: "const"; readonly value: Const } | { readonly kind: "expr"; readonly expr: Expr };

/** A test whose names mean something. */
export interface TestInfo {
  readonly decl: TestDecl;
  readonly plan: TestPlan<Written>;
}

/** What a name in an expression stands for. */
export type Use =
  | { readonly kind: "field"; readonly event: EventInfo; readonly index: number; readonly type: Type }
  | { readonly kind: "event"; readonly event: EventInfo; readonly type: Type }
  | { readonly kind: "feature"; readonly feature: FeatureInfo; readonly type: Type }
  | { readonly kind: "let"; readonly info: LetInfo; readonly type: Type }
  | { readonly kind: "param"; readonly name: string; readonly type: Type }
  /** The variable of a macro, where it is given its name and where it is read. */
  | { readonly kind: "item"; readonly name: string; readonly type: Type }
  | { readonly kind: "list"; readonly list: ListInfo; readonly type: Type }
  | { readonly kind: "member"; readonly type: Type }
  /** Names in the arguments of `convert`, which are no values; their type is the error type. */
  | { readonly kind: "currency"; readonly type: Type }
  | { readonly kind: "rates"; readonly rates: RatesInfo; readonly type: Type }
  /** A declaration whose mistake is already reported. */
  | { readonly kind: "broken"; readonly type: Type }
  | { readonly kind: "binding"; readonly name: string; readonly type: Type };

/** What a call stands for; `args` are receiver and arguments in one row. */
export type Callee =
  | { readonly kind: "builtin"; readonly name: string; readonly args: readonly Expr[] }
  | { readonly kind: "function"; readonly info: FunctionInfo; readonly args: readonly Expr[] }
  | { readonly kind: "coalesce" | "has"; readonly args: readonly Expr[] }
  | { readonly kind: "known"; readonly feature: Expr }
  | { readonly kind: "convert"; readonly money: Expr; readonly currency: string; readonly rates: RatesInfo }
  | { readonly kind: "macro"; readonly macro: Macro };

/** A macro over the items of a list or the keys of a map. */
export interface Macro {
  readonly name: MacroName;
  readonly over: Expr;
  /** Name of the variable that stands for the item at hand. */
  readonly variable: string;
  /** Which items `map` takes; null for all. */
  readonly where: Expr | null;
  readonly body: Expr;
}

/** A linear conversion applied to the value of an expression: `value · factor / divisor + shift`. */
export interface Conversion {
  readonly factor: number;
  readonly divisor: number;
  readonly shift: number;
}

/** A map that looks in another for what it has not itself; what is put in it is in it alone. */
class Layer<K, V> extends Map<K, V> {
  readonly #below: Map<K, V>;

  constructor(below: Map<K, V>) {
    super();
    this.#below = below;
  }

  override get(key: K): V | undefined {
    return super.get(key) ?? this.#below.get(key);
  }

  override has(key: K): boolean {
    return super.has(key) || this.#below.has(key);
  }

  /** Puts all that is in it into the map below. */
  sink(): void {
    for (const [key, value] of this) this.#below.set(key, value);
    this.clear();
  }
}

function over<K, V>(below: Map<K, V> | undefined): Map<K, V> {
  return below === undefined ? new Map() : new Layer(below);
}

/** Side tables over all expressions of a build. */
export class Tables {
  readonly types: Map<Expr, Type>;
  readonly uses: Map<Expr, Use>;
  readonly callees: Map<Expr, Callee>;
  /** Name of the operator implementation for arithmetic, indexing and `in` over values. */
  readonly operators: Map<Expr, string>;
  readonly conversions: Map<Expr, Conversion>;
  /** Milliseconds, for the quantities that are durations. */
  readonly durations: Map<QuantityLit, number>;
  /** Values of money and timestamp literals. */
  readonly literals: Map<Expr, Const>;

  /** @param below what is known already of other expressions, and stays as it is until `sink` */
  constructor(below?: Tables) {
    this.types = over(below?.types);
    this.uses = over(below?.uses);
    this.callees = over(below?.callees);
    this.operators = over(below?.operators);
    this.conversions = over(below?.conversions);
    this.durations = over(below?.durations);
    this.literals = over(below?.literals);
  }

  /** Makes what is known here known to the tables below. */
  sink(): void {
    for (const map of [this.types, this.uses, this.callees, this.operators, this.conversions, this.durations, this.literals]) if (map instanceof Layer) map.sink();
  }

  typeOf(expr: Expr): Type {
    return this.types.get(expr) ?? { kind: "error" };
  }
}

/** A rules folder whose meaning is known. Only one without errors may be lowered. */
export interface Checked {
  readonly files: readonly string[];
  readonly events: readonly EventInfo[];
  readonly lists: readonly ListInfo[];
  readonly functions: readonly FunctionInfo[];
  readonly rates: readonly RatesInfo[];
  readonly features: readonly FeatureInfo[];
  readonly rulesets: readonly RulesetInfo[];
  readonly tests: readonly TestInfo[];
  readonly tables: Tables;
}
