import type { Expr } from "../syntax/ast.ts";
import { children } from "../syntax/walk.ts";
import { MAX_LIST_ITEMS } from "../types/decode.ts";
import { MAX_ITEMS, MAX_STEPS } from "../types/functions/limits.ts";
import type { FunctionInfo, LetInfo, Macro, RuleInfo, RulesetInfo, Tables } from "./checked.ts";

/*
 * What expressions can cost at most for one event, from their text alone. The unit is a simple step such as reading a
 * field or comparing two numbers: ten nanoseconds at most. Everything is counted, whatever a condition before it
 * decides; lists count with the items that they can have, and windows with reading them.
 */

/** A feature is looked up by its key and moved along to the time of the event. */
const FEATURE = 20;
/** A hash of the value, or a search among address blocks. */
const LOOKUP = 10;
/** Texts are read and made, of some dozens of letters as a rule; what other functions do comes to less. */
const TEXT = 20;
/** Matching in linear time costs per letter; a hundred letters of a pattern of some length. */
const PATTERN = 500;
/** All pairs of letters of two texts as long as they may be. */
const LETTERS = 50_000;
/** Exact fractions of large whole numbers. */
const EXCHANGE = 100;

const WEIGHTS: ReadonlyMap<string, number> = new Map([
  ...["matches", "extract", "normalize", "sha256", "iban_valid", "phone_e164"].map((name): [string, number] => [name, PATTERN]),
  ...["levenshtein", "damerau", "similarity", "jaro_winkler"].map((name): [string, number] => [name, LETTERS]),
]);

/** A bound as it is put together. */
interface Bound {
  /** Steps in all. */
  readonly total: number;
  /** Steps without those at the elements that macros visit. */
  readonly flat: number;
  /** The most that one visit of any macro inside costs by itself. */
  readonly visit: number;
}

const NOTHING: Bound = { total: 0, flat: 0, visit: 0 };

function step(weight: number): Bound {
  return { total: weight, flat: weight, visit: 0 };
}

function sum(bounds: readonly Bound[]): Bound {
  return bounds.reduce((a, b) => ({ total: a.total + b.total, flat: a.flat + b.flat, visit: Math.max(a.visit, b.visit) }), NOTHING);
}

/** How many items the lists can have that parameters stand for. */
type Items = ReadonlyMap<string, number>;

const NO_ITEMS: Items = new Map();

const NOTHING_KNOWN: ReadonlySet<Expr> = new Set();

/** Works out bounds; what it has learnt of functions is kept, so one serves for as many expressions as there are. */
export class Costs {
  readonly #tables: Tables;
  readonly #functions = new Map<FunctionInfo, Map<string, Bound>>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** The steps of an expression at most, whose lets are computed already. */
  of(expr: Expr): number {
    return this.#bound(expr, NO_ITEMS, NOTHING_KNOWN).total;
  }

  /**
   * The steps of a rule at most: its condition and all that it says and does when it matches; and the part of them that it
   * adds to those of its ruleset.
   * @param known what the ruleset computes once for all its rules
   */
  ofRule(rule: RuleInfo, known: ReadonlySet<Expr> = NOTHING_KNOWN): { readonly alone: number; readonly part: number } {
    const { score, reason, hold, effects } = rule;
    const parts: (Expr | null | undefined)[] = [score, hold?.clear?.condition];
    parts.push(...(reason?.text?.parts.filter((part) => typeof part !== "string") ?? []));
    for (const effect of effects) parts.push(...(effect.kind === "emit" ? effect.fields.map(({ value }) => value) : [effect.value]));
    const rest = sum(parts.map((part) => (part ? this.#bound(part, NO_ITEMS, NOTHING_KNOWN) : NOTHING))).total;
    return { alone: this.of(rule.when) + rest, part: this.#bound(rule.when, NO_ITEMS, known).total + rest };
  }

  /** What all rules of a ruleset share, which counts once: lets, and what the rows of a table ask. */
  sharedBy({ lets, tables }: RulesetInfo): { readonly known: ReadonlySet<Expr>; readonly cost: number } {
    const shared = tables.flatMap(({ decl, guard }) => (guard === null ? decl.columns : [...decl.columns, guard]));
    const cost = [...lets.map(({ decl }) => decl.value), ...shared].reduce((sum, expr) => sum + this.of(expr), 0);
    return { known: new Set(shared), cost };
  }

  /** `known` are expressions that something else has computed before. */
  #bound(expr: Expr, items: Items, known: ReadonlySet<Expr>): Bound {
    if (known.has(expr)) return step(1);
    const inside = (): Bound => sum(children(expr).map((part) => this.#bound(part, items, known)));
    switch (expr.kind) {
      case "Name":
        return step(this.#tables.uses.get(expr)?.kind === "feature" ? FEATURE : 1);
      case "Call":
        return this.#call(expr, items, known);
      case "In":
        return sum([inside(), step(this.#membership(expr, items))]);
      case "Binary":
        return sum([inside(), step(1 + this.#length(expr.left, items) + this.#length(expr.right, items))]);
      default:
        return sum([inside(), step(1)]);
    }
  }

  #membership({ container }: Extract<Expr, { kind: "In" }>, items: Items): number {
    if (container.kind === "Range") return 2;
    return this.#tables.uses.get(container)?.kind === "list" ? LOOKUP : Math.max(LOOKUP, this.#length(container, items));
  }

  #call(expr: Extract<Expr, { kind: "Call" }>, items: Items, known: ReadonlySet<Expr>): Bound {
    const callee = this.#tables.callees.get(expr);
    switch (callee?.kind) {
      case "macro":
        return this.#macro(callee.macro, items, known);
      case "function":
        return sum([...callee.args.map((arg) => this.#bound(arg, items, known)), this.#function(callee.info, callee.args, items)]);
      case "convert":
        return sum([this.#bound(callee.money, items, known), step(EXCHANGE)]);
      case "builtin": {
        const [name = ""] = callee.name.split("/", 1);
        const listed = callee.args.reduce((most, arg) => most + this.#length(arg, items), 0);
        return sum([...callee.args.map((arg) => this.#bound(arg, items, known)), step((WEIGHTS.get(name) ?? TEXT) + listed)]);
      }
      default:
        return sum([...children(expr).map((part) => this.#bound(part, items, known)), step(1)]);
    }
  }

  /** A macro visits every item, and with the macros inside of it no more than `MAX_STEPS` in all. */
  #macro({ over, where, body }: Macro, items: Items, known: ReadonlySet<Expr>): Bound {
    const list = this.#bound(over, items, known);
    const inner = sum([...(where === null ? [] : [this.#bound(where, items, known)]), this.#bound(body, items, known), step(1)]);
    const visit = Math.max(inner.flat, inner.visit);
    const visits = Math.min(this.#length(over, items) * inner.total, MAX_STEPS * visit);
    return { total: list.total + visits, flat: list.flat, visit: Math.max(list.visit, visit) };
  }

  #function(info: FunctionInfo, args: readonly Expr[], items: Items): Bound {
    const given = new Map(info.params.flatMap(({ name, type }, i) => (type.kind === "list" || type.kind === "map" ? [[name, this.#roughLength(args[i], items)]] : [])));
    const key = [...given.values()].join();
    const bounds = this.#functions.get(info) ?? new Map<string, Bound>();
    this.#functions.set(info, bounds);
    const found = bounds.get(key);
    if (found !== undefined) return found;
    // A function that ends up in itself is reported elsewhere; here it must only end.
    bounds.set(key, NOTHING);
    const bound = this.#bound(info.decl.body, given, NOTHING_KNOWN);
    bounds.set(key, bound);
    return bound;
  }

  /** As `#length`, rounded up to a power of two, so that a function is gone through for few lengths only. */
  #roughLength(expr: Expr | undefined, items: Items): number {
    return expr === undefined ? 0 : 2 ** Math.ceil(Math.log2(Math.max(1, this.#length(expr, items))));
  }

  /** Items that a list, or entries that a map, can have; 0 for what is neither. */
  #length(expr: Expr, items: Items): number {
    const { kind } = this.#tables.typeOf(expr);
    if (kind !== "list" && kind !== "map") return 0;
    return Math.min(MAX_ITEMS, this.#lengthOf(expr, items));
  }

  #lengthOf(expr: Expr, items: Items): number {
    switch (expr.kind) {
      case "ListLit":
        return expr.items.length;
      case "MapLit":
        return expr.entries.length;
      case "Conditional":
        return Math.max(this.#length(expr.whenTrue, items), this.#length(expr.whenFalse, items));
      case "Binary":
        return this.#length(expr.left, items) + this.#length(expr.right, items);
      case "Name":
        return this.#lengthOfName(expr, items);
      case "Call":
        return this.#lengthOfCall(expr, items);
      default:
        return MAX_LIST_ITEMS;
    }
  }

  #lengthOfName(expr: Extract<Expr, { kind: "Name" }>, items: Items): number {
    const use = this.#tables.uses.get(expr);
    if (use?.kind === "list") return use.list.entries.length;
    if (use?.kind === "let") return this.#length(valueOf(use.info), NO_ITEMS);
    return use?.kind === "param" ? (items.get(use.name) ?? MAX_LIST_ITEMS) : MAX_LIST_ITEMS;
  }

  #lengthOfCall(expr: Extract<Expr, { kind: "Call" }>, items: Items): number {
    const callee = this.#tables.callees.get(expr);
    if (callee?.kind === "macro") return this.#length(callee.macro.over, items);
    if (callee?.kind === "coalesce") return Math.max(...callee.args.map((arg) => this.#length(arg, items)));
    const given = callee?.kind === "builtin" ? callee.args.reduce((all, arg) => all + this.#length(arg, items), 0) : 0;
    // What makes a list of something else makes none longer than any list that an expression makes.
    return given > 0 ? given : MAX_ITEMS;
  }
}

function valueOf(info: LetInfo): Expr {
  return info.decl.value;
}
