import type { EventInfo, FeatureInfo, FunctionInfo, LetInfo, ListInfo, Macro, RatesInfo, Tables } from "../check/checked.ts";
import type { BinaryExpr, CallExpr, Expr, InExpr, Template } from "../syntax/ast.ts";
import { children } from "../syntax/walk.ts";
import { call, constantOf } from "./fold.ts";
import { domainOf } from "./domain.ts";
import type { Domain, ExprIr } from "./ir.ts";
import { Lets } from "./lets.ts";
import { copyOf, remember, type Origin } from "./origins.ts";

/** Slots of one event type, handed out while its expressions are lowered. */
export interface Frame {
  size: number;
  /** Slot of the event time, or null. */
  readonly time: number | null;
  readonly features: ReadonlyMap<FeatureInfo, number>;
}

interface Sources {
  readonly tables: Tables;
  readonly lists: ReadonlyMap<ListInfo, number>;
  readonly rates: ReadonlyMap<RatesInfo, number>;
  readonly features: ReadonlyMap<FeatureInfo, number>;
  readonly frame: Frame;
  readonly bindings: readonly string[];
  /** Filled with where each node was written, when somebody asks for it. */
  readonly origins?: Map<ExprIr, Origin>;
}

/** What a parameter stands for where its function is written out. */
type Argument = { readonly kind: "value"; readonly value: ExprIr } | { readonly kind: "event"; readonly event: EventInfo };
type Arguments = ReadonlyMap<string, Argument>;

const NO_ARGUMENTS: Arguments = new Map();

/** Slots that belong to one macro. */
interface Frames {
  readonly steps: number;
  readonly forget: { readonly slot: number }[];
}

/** Lowers the expressions of one event type: names become slots, calls of declared functions their bodies. */
export class Expressions {
  readonly #from: Sources;
  readonly #lets: Lets;
  /** Nodes that stand in several expressions; null until the first of them is lowered. */
  readonly #shared = new Map<Expr, ExprIr | null>();
  /** The macros being lowered, outermost first: what is kept inside of one is kept for one item only. */
  #macros: readonly Frames[] = [];

  constructor(from: Sources, lets = new Lets()) {
    [this.#from, this.#lets] = [from, lets];
  }

  lower(expr: Expr): ExprIr {
    return this.#lower(expr, NO_ARGUMENTS);
  }

  /** Says that these nodes stand in several expressions, so that an event computes each of them once. */
  share(nodes: readonly Expr[]): void {
    for (const node of nodes) this.#shared.set(node, null);
  }

  template(template: Template): ExprIr {
    const parts = template.parts.map((part) =>
      typeof part === "string" ? part : { value: this.lower(part), type: this.#from.tables.typeOf(part) },
    );
    return { op: "template", parts };
  }

  #lower(expr: Expr, args: Arguments): ExprIr {
    const known = this.#shared.get(expr);
    if (known === undefined) return this.#convert(expr, args);
    if (known !== null) return known;
    const once = this.#once(this.#convert(expr, args));
    this.#shared.set(expr, once);
    return once;
  }

  #convert(expr: Expr, args: Arguments): ExprIr {
    if (this.#isUnknown(expr)) return copyOf(UNKNOWN);
    const value = this.#kind(expr, args);
    const { tables } = this.#from;
    const conversion = tables.conversions.get(expr);
    if (conversion === undefined) {
      remember(this.#from, value, expr);
      return value;
    }
    const { factor, divisor, shift } = conversion;
    const converted = call("number.convert", [value, constantOf(factor), constantOf(divisor), constantOf(shift)]);
    const type = tables.typeOf(expr);
    // Metres by kilometres are a plain number only after it; all other values are what was written before it.
    remember(this.#from, type.kind === "number" && type.unit === null ? converted : value, expr);
    return converted;
  }

  #kind(expr: Expr, args: Arguments): ExprIr {
    const { tables } = this.#from;
    switch (expr.kind) {
      case "NumberLit":
      case "StringLit":
      case "BoolLit":
        return constantOf(expr.value);
      case "NullLit":
        return constantOf(null);
      case "QuantityLit":
        return constantOf(tables.durations.get(expr) ?? expr.value);
      case "MoneyLit":
      case "TimestampLit":
        return constantOf(tables.literals.get(expr) ?? null);
      case "Name":
        return this.#name(expr.name, expr, args);
      case "Member":
        return this.#member(expr, args);
      case "Index":
        return call(this.#operator(expr), [this.#lower(expr.object, args), this.#lower(expr.index, args)]);
      case "Call":
        return this.#call(expr, args);
      case "Unary":
        return this.#unary(expr, args);
      case "Binary":
        return this.#binary(expr, args);
      case "In":
        return this.#membership(expr, args);
      case "IsMissing":
        return this.#isMissing(expr.operand, expr.negated, args);
      case "Conditional":
        return {
          op: "cond",
          condition: this.#lower(expr.condition, args),
          whenTrue: this.#lower(expr.whenTrue, args),
          whenFalse: this.#lower(expr.whenFalse, args),
        };
      case "ListLit":
        return list(expr.items.map((item) => this.#lower(item, args)));
      case "MapLit":
        return {
          op: "map",
          entries: expr.entries.map(({ key, value }) => ({ key: this.#lower(key, args), value: this.#lower(value, args) })),
        };
      case "Error":
        throw new Error("an expression with an error was lowered");
    }
  }

  /**
   * Whether no operation could be chosen because the type of an operand is not known: there is nothing in `[]` to tell the
   * type of its items, nor in a binding of mixed ones.
   */
  #isUnknown(expr: Expr): boolean {
    const { tables } = this.#from;
    if (expr.kind === "Call") return !tables.callees.has(expr) && this.#hasUnknown(expr);
    const chosen = expr.kind === "Index" || expr.kind === "Member" || expr.kind === "Unary" || expr.kind === "Binary";
    if (!chosen || tables.operators.has(expr) || !this.#hasUnknown(expr)) return false;
    return expr.kind === "Unary" ? expr.op === "-" : expr.kind !== "Binary" || ARITHMETIC.has(expr.op);
  }

  #hasUnknown(expr: Expr): boolean {
    return children(expr).some((part) => this.#from.tables.typeOf(part).kind === "error");
  }

  #operator(expr: Expr): string {
    const name = this.#from.tables.operators.get(expr);
    if (name === undefined) throw new Error(`no operator was chosen for a ${expr.kind}`);
    return name;
  }

  #name(name: string, expr: Expr, args: Arguments): ExprIr {
    const use = this.#from.tables.uses.get(expr);
    switch (use?.kind) {
      case "field":
        return { op: "slot", slot: use.index };
      case "binding":
        return { op: "slot", slot: this.#from.bindings.indexOf(name) };
      case "feature":
        return {
          op: "feature",
          feature: this.#from.features.get(use.feature) as number,
          slot: this.#from.frame.features.get(use.feature) as number,
        };
      case "let":
        return copyOf(this.#let(use.info));
      case "param":
      case "item":
        return this.#param(name, args);
      case "member":
        return constantOf(name);
      case "list":
        return constantOf(use.list.entries);
      case "event":
      case "currency":
      case "rates":
      case "broken":
      case undefined:
        throw new Error(`\`${name}\` has no value`);
    }
  }

  #let(info: LetInfo): ExprIr {
    const known = this.#lets.read(info);
    if (known !== undefined) return known;
    // A `let` sees no variable of a macro that reads it, so it is kept for the whole event.
    const macros = this.#macros;
    this.#macros = [];
    const once = this.#once(this.lower(info.decl.value));
    this.#macros = macros;
    return this.#lets.add(info, once);
  }

  #param(name: string, args: Arguments): ExprIr {
    const argument = args.get(name);
    if (argument?.kind !== "value") throw new Error(`\`${name}\` has no value`);
    return copyOf(argument.value);
  }

  /** Keeps a value in a slot of its own, unless reading it again costs nothing anyway. */
  #once(value: ExprIr): ExprIr {
    if (value.op === "const" || value.op === "slot" || value.op === "feature" || value.op === "once" || value.op === "missing") {
      return value;
    }
    const slot = this.#from.frame.size++;
    this.#macros.at(-1)?.forget.push({ slot });
    return { op: "once", slot, value };
  }

  /** The event that an expression names: the event itself or a parameter bound to it. */
  #event(expr: Expr, args: Arguments): EventInfo | undefined {
    const use = this.#from.tables.uses.get(expr);
    if (use?.kind === "event") return use.event;
    const argument = use?.kind === "param" ? args.get(use.name) : undefined;
    return argument?.kind === "event" ? argument.event : undefined;
  }

  #member(expr: Extract<Expr, { kind: "Member" }>, args: Arguments): ExprIr {
    const event = this.#event(expr.object, args);
    if (event !== undefined) {
      return { op: "slot", slot: event.schema.fields.findIndex((field) => field.name === expr.member.name) };
    }
    const operator = this.#operator(expr);
    const object = this.#lower(expr.object, args);
    return call(operator, operator === "map.index" ? [object, constantOf(expr.member.name)] : [object]);
  }

  #call(expr: CallExpr, args: Arguments): ExprIr {
    const callee = this.#from.tables.callees.get(expr);
    switch (callee?.kind) {
      case "builtin":
        return call(callee.name, callee.args.map((arg) => this.#lower(arg, args)));
      case "function":
        return this.#inline(callee.info, callee.args, args);
      case "has":
        return this.#isMissing(callee.args[0] as Expr, true, args);
      case "known":
        return { op: "known", operand: this.#lower(callee.feature, args) };
      case "coalesce":
        return this.#coalesce(callee.args, args);
      case "convert":
        return {
          op: "convert",
          rates: this.#from.rates.get(callee.rates) as number,
          currency: callee.currency,
          time: this.#from.frame.time,
          money: this.#lower(callee.money, args),
        };
      case "macro":
        return this.#macro(callee.macro, args);
      case undefined:
        throw new Error(`nothing is known of \`${expr.callee.name}\``);
    }
  }

  #inline(info: FunctionInfo, given: readonly Expr[], args: Arguments): ExprIr {
    const bound = new Map<string, Argument>();
    info.params.forEach((param, i) => {
      const arg = given[i] as Expr;
      const event = this.#event(arg, args);
      bound.set(
        param.name,
        event === undefined ? { kind: "value", value: this.#once(this.#lower(arg, args)) } : { kind: "event", event },
      );
    });
    return this.#lower(info.decl.body, bound);
  }

  #macro({ name, over, variable, where, body }: Macro, args: Arguments): ExprIr {
    const list = this.#lower(over, args);
    const outer = this.#macros.at(-1);
    const slot = this.#from.frame.size++;
    const frames: Frames = { steps: outer?.steps ?? this.#from.frame.size++, forget: [] };
    const inside = new Map(args).set(variable, { kind: "value", value: { op: "slot", slot } });
    this.#macros = [...this.#macros, frames];
    const filter = where === null ? null : this.#lower(where, inside);
    const result = this.#lower(body, inside);
    this.#macros = this.#macros.slice(0, -1);
    return { op: "macro", macro: name, over: list, slot, steps: { slot: frames.steps, outermost: outer === undefined }, forget: frames.forget, where: filter, body: result };
  }

  #coalesce(given: readonly Expr[], args: Arguments): ExprIr {
    const values = given.map((arg) => this.#once(this.#lower(arg, args)));
    return values.reduceRight((rest, value) => ({
      op: "cond",
      condition: { op: "isMissing", operand: value, negated: false },
      whenTrue: rest,
      whenFalse: value,
    }));
  }

  #isMissing(operand: Expr, negated: boolean, args: Arguments): ExprIr {
    return this.#event(operand, args) !== undefined ? constantOf(negated) : { op: "isMissing", operand: this.#lower(operand, args), negated };
  }

  #unary(expr: Extract<Expr, { kind: "Unary" }>, args: Arguments): ExprIr {
    const operand = this.#lower(expr.operand, args);
    return expr.op === "not" ? { op: "not", operand } : call(this.#operator(expr), [operand]);
  }

  #binary(expr: BinaryExpr, args: Arguments): ExprIr {
    switch (expr.op) {
      case "and":
      case "or":
        return { op: expr.op, operands: this.#chain(expr, expr.op).map((operand) => this.#lower(operand, args)) };
      case "==":
      case "!=":
        return {
          op: "eq",
          domain: this.#domain(expr.left, expr.right),
          negated: expr.op === "!=",
          left: this.#lower(expr.left, args),
          right: this.#lower(expr.right, args),
        };
      case "<":
      case "<=":
      case ">":
      case ">=":
        return {
          op: "compare",
          domain: this.#domain(expr.left, expr.right),
          how: expr.op,
          left: this.#lower(expr.left, args),
          right: this.#lower(expr.right, args),
        };
      default:
        return this.#arithmetic(expr, args);
    }
  }

  /** The operands of a chain of one operator, left to right, without recursion into the chain. */
  #chain(expr: BinaryExpr, op: "and" | "or"): readonly Expr[] {
    const operands: Expr[] = [];
    const pending: Expr[] = [expr.right, expr.left];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      // A shared part stays whole, so that it is computed once.
      if (next.kind === "Binary" && next.op === op && !this.#shared.has(next)) pending.push(next.right, next.left);
      else operands.push(next);
    }
    return operands;
  }

  #arithmetic(expr: BinaryExpr, args: Arguments): ExprIr {
    const operator = this.#operator(expr);
    const left = this.#lower(expr.left, args);
    const right = this.#lower(expr.right, args);
    const swapped = operator === "money.scale" && this.#from.tables.typeOf(expr.left).kind !== "money";
    return call(operator, swapped ? [right, left] : [left, right]);
  }

  #membership(expr: InExpr, args: Arguments): ExprIr {
    const { container } = expr;
    const item = this.#lower(expr.item, args);
    if (container.kind === "Range") {
      const low = this.#lower(container.low, args);
      const high = this.#lower(container.high, args);
      return negate(expr.negated, { op: "between", domain: this.#domain(expr.item, container.low), item, low, high });
    }
    if (!this.#from.tables.operators.has(expr) && this.#hasUnknown(expr)) return copyOf(UNKNOWN);
    const use = this.#from.tables.uses.get(container);
    if (use?.kind === "list") {
      return negate(expr.negated, { op: "inList", list: this.#from.lists.get(use.list) as number, item });
    }
    return negate(expr.negated, call(this.#operator(expr), [this.#lower(container, args), item]));
  }

  #domain(expr: Expr, other: Expr): Domain {
    const type = this.#from.tables.typeOf(expr);
    return domainOf(type.kind === "error" ? this.#from.tables.typeOf(other) : type);
  }
}

/** What an operation yields on values whose type nothing told. */
const UNKNOWN: ExprIr = { op: "missing", cause: "the type of a value is not known", quotient: null };

const ARITHMETIC: ReadonlySet<BinaryExpr["op"]> = new Set<BinaryExpr["op"]>(["+", "-", "*", "/", "%"]);

function negate(negated: boolean, operand: ExprIr): ExprIr {
  return negated ? { op: "not", operand } : operand;
}

function list(items: readonly ExprIr[]): ExprIr {
  const constants = items.flatMap((item) => (item.op === "const" ? [item.value] : []));
  return constants.length === items.length ? constantOf(constants) : { op: "list", items };
}
