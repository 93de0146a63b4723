import { walkExpr } from "../../src/syntax/walk.ts";
import type { BinaryExpr, CallExpr, Expr, FunctionDecl, InExpr, ListDecl, QuantityLit, RangeExpr, Template } from "../../src/syntax/ast.ts";
import type { Checked, EventInfo } from "../../src/check/checked.ts";
import type { Type } from "../../src/types/type.ts";
import type { Unit } from "../../src/types/unit.ts";
import { addCash, MEANINGS, scaleCash, span, span64 } from "./builtins.ts";
import { show } from "./text.ts";
import { ABSENT, address, block, cash, differ, equal, inBlock, isList, order, type Address, type Answer, type Block, type Cash, type Latest, type Place, type Plain } from "./values.ts";

/** One event as the interpreter has it: its fields by name. */
export interface Happening {
  readonly event: EventInfo;
  readonly fields: ReadonlyMap<string, Answer>;
  readonly at: number;
}

/** What an expression can see. */
export interface Surroundings {
  readonly happening: Happening;
  /** Values of parameters, or the event that one is bound to. */
  readonly params: ReadonlyMap<string, Answer | Happening>;
  readonly feature: (name: string) => Answer;
  /** Whether all of the window of a feature was seen. */
  readonly seen: (name: string) => boolean;
  readonly listed: (list: string, item: Plain) => boolean;
}

/**
 * The meaning of expressions, straight from the syntax tree: no folding, no slots, every name computed anew wherever it
 * stands. Of the checker's knowledge it takes the types and what names stand for, never which operation was chosen.
 */
export class Interpreter {
  readonly #checked: Checked;

  constructor(checked: Checked) {
    this.#checked = checked;
  }

  template({ parts }: Template, around: Surroundings): string {
    return parts.map((part) => (typeof part === "string" ? part : show(this.value(part, around), this.#type(part)))).join("");
  }

  /** Names of the features that an expression reads. */
  reads(root: Expr): readonly string[] {
    const names: string[] = [];
    walkExpr(root, (expr) => {
      if (expr.kind === "Name" && this.#checked.tables.uses.get(expr)?.kind === "feature") names.push(expr.name);
    });
    return names;
  }

  value(expr: Expr, around: Surroundings): Answer {
    switch (expr.kind) {
      case "NumberLit":
      case "StringLit":
      case "BoolLit":
        return expr.value;
      case "NullLit":
        return null;
      case "QuantityLit":
        return quantity(expr, this.#type(expr));
      case "MoneyLit":
        return cash(expr.amount, expr.currency);
      case "TimestampLit":
        return Date.parse(expr.text);
      case "Name":
        return this.#name(expr, around);
      case "Member":
        return this.#member(expr.object, expr.member.name, around);
      case "Index":
        return this.#with([expr.object, expr.index], around, ([object, index]) => item(object as Plain, index as Plain));
      case "Call":
        return this.#call(expr, around);
      case "Unary":
        return this.#with([expr.operand], around, ([x]) => (expr.op === "not" ? x !== true : negative(x as Plain)));
      case "Binary":
        return this.#binary(expr, around);
      case "In":
        return this.#membership(expr, around);
      case "IsMissing":
        return this.#isMissing(expr.operand, around) !== expr.negated;
      case "Conditional":
        return this.#with([expr.condition], around, ([yes]) => this.value(yes === true ? expr.whenTrue : expr.whenFalse, around));
      case "ListLit":
        return this.#with(expr.items, around, (items) => items);
      case "MapLit":
        return this.#with(expr.entries.flatMap(({ key, value }) => [key, value]), around, table);
      case "Error":
        throw new Error("an erroneous expression has no meaning");
    }
  }

  #type(expr: Expr): Type {
    return this.#checked.tables.typeOf(expr);
  }

  /** Values of all parts, and missing as soon as one of them is. */
  #with(parts: readonly Expr[], around: Surroundings, then: (values: readonly Plain[]) => Answer): Answer {
    const values = parts.map((part) => this.value(part, around));
    return values.includes(ABSENT) ? ABSENT : then(values as readonly Plain[]);
  }

  #name(expr: Extract<Expr, { kind: "Name" }>, around: Surroundings): Answer {
    const use = this.#checked.tables.uses.get(expr);
    switch (use?.kind) {
      case "member":
        return expr.name;
      case "field":
        return around.happening.fields.get(expr.name) ?? ABSENT;
      case "feature":
        return around.feature(expr.name);
      case "let":
        return this.value(use.info.decl.value, { ...around, params: new Map() });
      case "list":
        return this.entries(use.list.decl, use.list.element);
      case "param":
      case "item":
        return around.params.get(expr.name) as Answer;
      default:
        throw new Error(`${expr.name} has no value`);
    }
  }

  /** Entries of a list that stands in the file. */
  entries(decl: ListDecl, element: Type): readonly Plain[] {
    if (decl.source?.kind !== "inline") return [];
    return decl.source.items.map((each) => constant(each, element, this.#type(each)));
  }

  #happening(expr: Expr, around: Surroundings): Happening | undefined {
    if (expr.kind !== "Name") return undefined;
    const use = this.#checked.tables.uses.get(expr);
    if (use?.kind === "event") return around.happening;
    const bound = use?.kind === "param" ? around.params.get(expr.name) : undefined;
    return typeof bound === "object" && bound !== null && "fields" in bound ? bound : undefined;
  }

  #member(object: Expr, name: string, around: Surroundings): Answer {
    const happening = this.#happening(object, around);
    if (happening !== undefined) return happening.fields.get(name) ?? ABSENT;
    return this.#with([object], around, ([held]) => {
      if (held instanceof Map) return item(held, name);
      if (name === "lat" || name === "lon") return (held as Place)[name];
      return name === "at" ? (held as Latest).at : (held as Latest).value;
    });
  }

  #isMissing(operand: Expr, around: Surroundings): boolean {
    return this.#happening(operand, around) === undefined && this.value(operand, around) === ABSENT;
  }

  #call(expr: CallExpr, around: Surroundings): Answer {
    const args = expr.receiver === null ? expr.args : [expr.receiver, ...expr.args];
    const { name } = expr.callee;
    if (name === "has") return !this.#isMissing(args[0] as Expr, around);
    const [asked] = args;
    if (name === "known" && asked?.kind === "Name") return this.value(asked, around) !== ABSENT && around.seen(asked.name);
    if (name === "coalesce") return args.map((arg) => this.value(arg, around)).find((value) => value !== ABSENT) ?? ABSENT;
    const callee = this.#checked.tables.callees.get(expr);
    if (callee?.kind === "function") return this.#declared(callee.info.decl, callee.info.returns, args, around);
    if (MACROS.has(name) && expr.receiver !== null) return this.#macro(name, expr.receiver, expr.args, around);
    const meaning = MEANINGS[name];
    if (meaning === undefined) throw new Error(`nothing is known of ${name}`);
    return this.#with(args, around, (values) => meaning(values, args.map((arg) => this.#type(arg))));
  }

  /** `held.name(x, …, body)`: every answer first, then what the macro makes of them. */
  #macro(name: string, over: Expr, args: readonly Expr[], around: Surroundings): Answer {
    const [variable, ...parts] = args;
    const held = this.value(over, around);
    if (held === ABSENT || variable?.kind !== "Name") return ABSENT;
    const inside = (part: Expr, each: Plain): Answer => this.value(part, { ...around, params: new Map([...around.params, [variable.name, each]]) });
    let items = held instanceof Map ? [...held.keys()] : (held as readonly Plain[]);
    if (parts.length === 2) {
      const taken = items.map((each) => inside(parts[0] as Expr, each));
      // The first that is missing ends it, be it the condition or the value.
      if (taken.includes(ABSENT)) return ABSENT;
      items = items.filter((_, i) => taken[i] === true);
    }
    const answers = items.map((each) => inside(parts.at(-1) as Expr, each));
    if (name === "exists" || name === "all") return logic(name === "exists", answers);
    if (answers.includes(ABSENT)) return ABSENT;
    if (name === "exists_one") return answers.filter((each) => each === true).length === 1;
    return name === "map" ? (answers as readonly Plain[]) : items.filter((_, i) => answers[i] === true);
  }

  #declared({ params, body }: FunctionDecl, returns: Type, args: readonly Expr[], around: Surroundings): Answer {
    const bound = params.map(({ name }, i) => {
      const arg = args[i] as Expr;
      return [name.name, this.#happening(arg, around) ?? this.value(arg, around)] as const;
    });
    const result = this.value(body, { ...around, params: new Map(bound) });
    const [from, to] = [unitOf(this.#type(body)), unitOf(returns)];
    if (result === ABSENT || from === null || to === null || (from.scale === to.scale && from.offset === to.offset)) return result;
    return (result as number) * (from.scale / to.scale) + (from.offset - to.offset) / to.scale;
  }

  #binary(expr: BinaryExpr, around: Surroundings): Answer {
    const { op, left, right } = expr;
    if (op === "and" || op === "or") return logic(op === "or", [this.value(left, around), this.value(right, around)]);
    return this.#with([left, right], around, ([a, b]) => this.#operation(expr, a as Plain, b as Plain));
  }

  #operation(expr: BinaryExpr, a: Plain, b: Plain): Answer {
    const [left, right] = [this.#type(expr.left), this.#type(expr.right)];
    switch (expr.op) {
      case "==":
        return equal(a, b);
      case "!=":
        return negated(equal(a, b));
      case "+":
      case "-":
        return sum(expr.op === "+" ? 1 : -1, a, b, left, right);
      case "*":
      case "/":
        return product(expr.op, [a, left], [b, right]);
      case "%":
        return b === 0 ? ABSENT : (a as number) % (b as number);
      default:
        return compare(expr.op, a, b);
    }
  }

  #membership(expr: InExpr, around: Surroundings): Answer {
    const { container } = expr;
    const found = container.kind === "Range" ? this.#inRange(expr.item, container, around) : this.#inContainer(expr.item, container, around);
    return expr.negated ? negated(found) : found;
  }

  #inRange(item: Expr, { low, high }: RangeExpr, around: Surroundings): Answer {
    const x = this.value(item, around);
    const from = this.value(low, around);
    const to = this.value(high, around);
    const above = x === ABSENT || from === ABSENT ? ABSENT : compare(">=", x, from);
    const below = x === ABSENT || to === ABSENT ? ABSENT : compare("<=", x, to);
    return logic(false, [above, below]);
  }

  #inContainer(item: Expr, container: Expr, around: Surroundings): Answer {
    const use = this.#checked.tables.uses.get(container);
    if (use?.kind === "list" && use.list.decl.source?.kind === "managed") {
      return this.#with([item], around, ([x]) => around.listed(use.list.decl.name.name, x as Plain));
    }
    return this.#with([container, item], around, ([held, x]) => has(held as Plain, x as Plain));
  }
}

const MACROS: ReadonlySet<string> = new Set(["exists", "all", "exists_one", "filter", "map"]);

function unitOf(type: Type): Unit | null {
  return type.kind === "number" ? type.unit : null;
}

function quantity({ value, unit }: QuantityLit, type: Type): number {
  return type.kind === "duration" ? Math.round(value * span(unit)) : value;
}

/** A literal where a type is declared: a default, the entry of a list. */
export function constant(expr: Expr, wanted: Type, type: Type): Plain {
  switch (expr.kind) {
    case "StringLit":
      return (wanted.kind === "ip" ? address(expr.value) : wanted.kind === "cidr" ? block(expr.value) : expr.value) as Plain;
    case "NumberLit":
    case "BoolLit":
      return expr.value;
    case "QuantityLit":
      return quantity(expr, type);
    case "MoneyLit":
      return cash(expr.amount, expr.currency);
    case "TimestampLit":
      return Date.parse(expr.text);
    case "Name":
      return expr.name;
    case "Unary":
      return negative(constant(expr.operand, wanted, type)) as Plain;
    default:
      throw new Error(`${expr.kind} is no literal`);
  }
}

/** `and` (stops at false) and `or` (stops at true), in three values. */
function logic(decisive: boolean, values: readonly Answer[]): Answer {
  if (values.includes(decisive)) return decisive;
  return values.includes(ABSENT) ? ABSENT : !decisive;
}

function negated(value: Answer): Answer {
  return value === ABSENT ? ABSENT : value !== true;
}

function negative(value: Plain): Answer {
  return typeof value === "number" ? -value : { ...(value as Cash), minor: -(value as Cash).minor };
}

function item(held: Plain, at: Plain): Answer {
  if (held instanceof Map) return held.has(at) ? (held.get(at) as Plain) : ABSENT;
  const list = held as readonly Plain[];
  return Number.isInteger(at) && (at as number) >= 0 && (at as number) < list.length ? (list[at as number] as Plain) : ABSENT;
}

function table(parts: readonly Plain[]): Answer {
  const entries = new Map<Plain, Plain>();
  for (let i = 0; i < parts.length; i += 2) {
    if (entries.has(parts[i] as Plain)) return ABSENT;
    entries.set(parts[i] as Plain, parts[i + 1] as Plain);
  }
  return entries;
}

function compare(op: string, a: Plain, b: Plain): Answer {
  const sign = order(a, b);
  if (sign === ABSENT) return ABSENT;
  return op === "<" ? sign < 0 : op === "<=" ? sign <= 0 : op === ">" ? sign > 0 : sign >= 0;
}

function has(held: Plain, x: Plain): Answer {
  if (held instanceof Map) return held.has(x);
  if (!isList(held)) return inBlock(x as Address, held as Block);
  const blocks = typeof x === "object" && x !== null && "bits" in x;
  const answers = held.map((each) => (blocks && typeof each === "object" && each !== null && "prefix" in each ? inBlock(x, each) : equal(each, x)));
  return logic(true, answers);
}

const FIRST = Date.parse("0001-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

function sum(sign: 1 | -1, a: Plain, b: Plain, left: Type, right: Type): Answer {
  if (left.kind === "money") return addCash(a as Cash, b as Cash, sign);
  if (left.kind === "string") return `${a as string}${b as string}`;
  if (left.kind === "list") return [...(a as readonly Plain[]), ...(b as readonly Plain[])];
  const result = (a as number) + sign * (b as number);
  const isTime = (left.kind === "timestamp") !== (right.kind === "timestamp");
  if (!isTime && (left.kind === "timestamp" || left.kind === "duration")) return span64(result);
  return isTime && !(result >= FIRST && result <= LAST) ? ABSENT : result;
}

type Operand = readonly [value: Plain, type: Type];

function product(op: "*" | "/", left: Operand, right: Operand): Answer {
  const kinds = `${left[1].kind} ${op} ${right[1].kind}`;
  const [a, b] = [left[0] as number, right[0] as number];
  if (kinds === "money / money") {
    const [x, y] = [left[0] as Cash, right[0] as Cash];
    return differ(x, y) || y.minor === 0 ? ABSENT : x.minor / y.minor;
  }
  if (kinds === "money * number") return scaleCash(left[0] as Cash, (left[0] as Cash).minor * ratio(right));
  if (kinds === "number * money") return scaleCash(right[0] as Cash, (right[0] as Cash).minor * ratio(left));
  if (kinds === "money / number") return b === 0 ? ABSENT : scaleCash(left[0] as Cash, (left[0] as Cash).minor / ratio(right));
  if (kinds === "duration / duration") return b === 0 ? ABSENT : a / b;
  if (kinds === "duration * number" && isRatio(right)) return span64(Math.round(a * ratio(right)));
  if (kinds === "number * duration" && isRatio(left)) return span64(Math.round(b * ratio(left)));
  if (kinds === "duration / number" && isRatio(right)) return b === 0 ? ABSENT : span64(Math.round(a / ratio(right)));
  return physical(op, left, right);
}

/** Whether a number has no unit but perhaps `%`. */
function isRatio([, type]: Operand): boolean {
  const unit = unitOf(type);
  return unit === null || unit.text === "%";
}

function ratio([value, type]: Operand): number {
  return unitOf(type)?.text === "%" ? (value as number) / 100 : (value as number);
}

/** Numbers with units; a duration counts in seconds. Metres by kilometres are a plain number. */
function physical(op: "*" | "/", left: Operand, right: Operand): Answer {
  const [a, b] = [left, right].map((side) => (side[1].kind === "duration" ? (side[0] as number) / 1_000 : ratio(side))) as [number, number];
  if (op === "/" && b === 0) return ABSENT;
  const result = op === "*" ? a * b : a / b;
  const [x, y] = [measure(left), measure(right)];
  if (x === null || y === null) return result;
  const exponents = new Map<string, number>(Object.entries(x.dimensions));
  for (const [name, exponent] of Object.entries(y.dimensions)) exponents.set(name, (exponents.get(name) ?? 0) + (op === "*" ? exponent : -exponent));
  const plain = [...exponents.values()].every((exponent) => exponent === 0);
  const scale = op === "*" ? x.scale * y.scale : x.scale / y.scale;
  return plain && scale !== 1 ? result * scale : result;
}

function measure(side: Operand): Pick<Unit, "dimensions" | "scale"> | null {
  if (side[1].kind === "duration") return { dimensions: { time: 1 }, scale: 1 };
  return isRatio(side) ? null : unitOf(side[1]);
}
