import type { Comparison, Const, Domain, ExprIr, ListIr } from "../ir/ir.ts";
import type { Money } from "../types/value.ts";
import { ALL, constrain, NONE, product, union, type Box, type Region } from "./boxes.ts";
import { combineLines, EVERYWHERE, interval, NOWHERE, point, type Line } from "./line.ts";
import { bare, type Subject, type Subjects } from "./subjects.ts";
import { amounts, intersect, MISSING, NO_CURRENCY, numbers, tagged, without, type ValueSet } from "./values.ts";

/** Lists beyond this are asked as a whole instead of entry by entry, so that one list cannot fill a box with values. */
export const MAX_LISTED = 256;

/** The values of one subject for which an atom is true, and for which it is false; for all others it is missing. */
interface Atom {
  readonly subject: Subject;
  readonly whenTrue: ValueSet;
  readonly whenFalse: ValueSet;
  /** What must be there for the atom to be true or false. */
  readonly needs: readonly Subject[];
}

/** Says for which values of its subjects a condition is true, and for which false. */
export class Regions {
  readonly subjects: Subjects;
  readonly #lists: readonly ListIr[];
  readonly #true = new WeakMap<ExprIr, Region>();
  readonly #false = new WeakMap<ExprIr, Region>();

  constructor(subjects: Subjects, lists: readonly ListIr[]) {
    this.subjects = subjects;
    this.#lists = lists;
  }

  whenTrue(ir: ExprIr): Region {
    return this.#region(ir, true);
  }

  whenFalse(ir: ExprIr): Region {
    return this.#region(ir, false);
  }

  /** What a comparison asks of one subject, as it was written; null for what asks more than that. */
  asks(ir: ExprIr): { readonly subject: Subject; readonly set: ValueSet } | null {
    const value = bare(ir);
    if (value.op === "between") {
      const [low, high] = [bound(value, ">=", value.low), bound(value, "<=", value.high)].map((each) => this.asks(each));
      return low && high && low.subject === high.subject ? { subject: low.subject, set: intersect(low.set, high.set, false) } : null;
    }
    if (value.op !== "compare" && value.op !== "eq" && value.op !== "inList" && value.op !== "isMissing" && value.op !== "call") return null;
    const { subject, whenTrue } = this.#atom(value);
    return { subject, set: whenTrue };
  }

  #region(ir: ExprIr, wanted: boolean): Region {
    const value = bare(ir);
    const known = wanted ? this.#true : this.#false;
    const found = known.get(value) ?? this.#find(value, wanted);
    known.set(value, found);
    return found;
  }

  #find(ir: ExprIr, wanted: boolean): Region {
    switch (ir.op) {
      case "const":
        return ir.value === wanted ? ALL : NONE;
      case "missing":
        return NONE;
      case "not":
        return this.#region(ir.operand, !wanted);
      case "and":
      case "or": {
        const regions = ir.operands.map((operand) => this.#region(operand, wanted));
        return (ir.op === "and") === wanted ? product(this.subjects, regions) : union(this.subjects, regions);
      }
      case "cond":
        return union(this.subjects, [
          product(this.subjects, [this.#region(ir.condition, true), this.#region(ir.whenTrue, wanted)]),
          product(this.subjects, [this.#region(ir.condition, false), this.#region(ir.whenFalse, wanted)]),
        ]);
      case "known":
        return this.#known(ir, wanted);
      case "between":
        return this.#region({ op: "and", operands: [bound(ir, ">=", ir.low), bound(ir, "<=", ir.high)] }, wanted);
      default:
        return this.#boxed(this.#atom(ir), wanted);
    }
  }

  /** Never missing: a feature that is missing is not known. */
  #known(ir: Extract<ExprIr, { op: "known" }>, wanted: boolean): Region {
    const subject = this.subjects.named(`known ${this.subjects.keyOf(ir.operand)}`, tagged(["true", "false"]));
    const seen = this.#boxed({ subject, whenTrue: tagged(["true"]), whenFalse: tagged(["false"]), needs: [] }, wanted);
    const present = this.#region({ op: "isMissing", operand: ir.operand, negated: true }, wanted);
    return wanted ? product(this.subjects, [seen, present]) : union(this.subjects, [seen, present]);
  }

  #boxed(atom: Atom, wanted: boolean): Region {
    const { subjects } = this;
    let box: Box | null = constrain(subjects, new Map(), atom.subject.id, wanted ? atom.whenTrue : atom.whenFalse);
    for (const { id, universe, whole } of atom.needs) {
      if (box !== null) box = constrain(subjects, box, id, without(universe, MISSING, whole));
    }
    return box === null ? NONE : { boxes: [box], exact: true };
  }

  #atom(ir: ExprIr): Atom {
    switch (ir.op) {
      case "compare":
        return this.#compare(ir.domain, ir.how, ir.left, ir.right) ?? this.#order(ir.how, ir.left, ir.right, ir);
      case "eq": {
        const how = ir.negated ? "!=" : "==";
        return this.#compare(ir.domain, how, ir.left, ir.right) ?? this.#equal(ir.domain, how, ir.left, ir.right, ir);
      }
      case "inList":
        return this.#listed(ir.item, this.#lists[ir.list]) ?? this.#truth(ir);
      case "call": {
        const [held, item] = ir.args;
        const list = ir.name === "list.has" && held?.op === "const" && Array.isArray(held.value) ? (held.value as readonly Const[]) : null;
        return (list !== null && item !== undefined ? this.#among(item, list) : null) ?? this.#truth(ir);
      }
      case "isMissing":
        return this.#missing(ir.operand, ir.negated);
      default:
        return this.#truth(ir);
    }
  }

  /** A boolean that is known only by itself. */
  #truth(ir: ExprIr): Atom {
    const subject = this.subjects.of(ir);
    return { subject, whenTrue: tagged(["true"]), whenFalse: tagged(["false"]), needs: this.#needs(ir, subject) };
  }

  #needs(ir: ExprIr, subject: Subject): readonly Subject[] {
    return this.subjects.needs(ir).filter((each) => each !== subject);
  }

  #compare(domain: Domain, how: How, left: ExprIr, right: ExprIr): Atom | null {
    const [a, b] = [bare(left), bare(right)];
    if (b.op === "const" && a.op !== "const") return this.#against(domain, how, a, b.value);
    if (a.op === "const" && b.op !== "const") return this.#against(domain, FLIPPED[how], b, a.value);
    return null;
  }

  #against(domain: Domain, how: How, ir: ExprIr, value: Const): Atom | null {
    const sets = constantSets(domain, how, value);
    if (sets === null) return null;
    const subject = this.subjects.of(ir);
    return { subject, ...sets, needs: this.#needs(ir, subject) };
  }

  /** How two terms compare, as a subject with one value for each way. */
  #order(how: How, left: ExprIr, right: ExprIr, ir: ExprIr): Atom {
    const [a, b] = [this.subjects.keyOf(left), this.subjects.keyOf(right)];
    const [first, second, said] = a <= b ? [a, b, how] : [b, a, FLIPPED[how]];
    const possible = first === second ? this.#reflexive(left) : ORDERS;
    const subject = this.subjects.named(`order ${first} ${second}`, { ...tagged(possible), missing: true });
    const holding = possible.filter((each) => HOLDS[said].includes(each));
    return { subject, whenTrue: tagged(holding), whenFalse: tagged(possible.filter((each) => !holding.includes(each))), needs: this.#needs(ir, subject) };
  }

  /** A value is equal to itself, unless it is not a number. */
  #reflexive(ir: ExprIr): readonly string[] {
    return this.subjects.of(ir).universe.nan ? ["=", "?"] : ["="];
  }

  #equal(domain: Domain, how: "==" | "!=", left: ExprIr, right: ExprIr, ir: ExprIr): Atom {
    if (domain !== "value") return this.#order(how, left, right, ir);
    const pair = [this.subjects.keyOf(left), this.subjects.keyOf(right)].toSorted();
    const subject = this.subjects.named(`equal ${pair.join(" ")}`, { ...tagged(["=", "?"]), missing: true });
    const [same, other] = [tagged(["="]), tagged(["?"])];
    return { subject, whenTrue: how === "==" ? same : other, whenFalse: how === "==" ? other : same, needs: this.#needs(ir, subject) };
  }

  #listed(item: ExprIr, list: ListIr | undefined): Atom | null {
    if (list === undefined || list.source === "managed" || list.element.kind === "cidr") return null;
    return this.#among(item, list.entries);
  }

  /** Membership in values that are known; null where they are many or no plain text, numbers or truth values. */
  #among(item: ExprIr, entries: readonly Const[]): Atom | null {
    if (entries.length > MAX_LISTED || bare(item).op === "const") return null;
    const subject = this.subjects.of(item);
    let whenTrue: ValueSet;
    if (entries.every((entry) => typeof entry === "string" || typeof entry === "boolean")) whenTrue = tagged(entries.map(String));
    else if (entries.every((entry) => typeof entry === "number" && Number.isFinite(entry))) {
      const line = entries.reduce<Line>((all, entry) => combineLines(all, point(entry as number), either), NOWHERE);
      whenTrue = numbers(line);
    } else return null;
    const present = without(subject.universe, MISSING, false);
    return { subject, whenTrue, whenFalse: without(present, whenTrue, subject.whole), needs: this.#needs(item, subject) };
  }

  #missing(operand: ExprIr, negated: boolean): Atom {
    const value = bare(operand);
    const { subject, set } = this.#missingSet(value);
    const present = without(subject.universe, set, subject.whole);
    return negated ? { subject, whenTrue: present, whenFalse: set, needs: [] } : { subject, whenTrue: set, whenFalse: present, needs: [] };
  }

  /** Where a value is missing: for a comparison of one subject, where it is neither true nor false. */
  #missingSet(value: ExprIr): { readonly subject: Subject; readonly set: ValueSet } {
    if (value.op === "slot" || value.op === "feature" || value.op === "call") return { subject: this.subjects.of(value), set: MISSING };
    if (value.op === "compare" || value.op === "eq" || value.op === "inList") {
      const { subject, whenTrue, whenFalse } = this.#atom(value);
      return { subject, set: without(without(subject.universe, whenTrue, subject.whole), whenFalse, subject.whole) };
    }
    const known = this.subjects.keyOf(value);
    return { subject: this.subjects.named(`missing ${known}`, tagged(["true", "false"])), set: tagged(["true"]) };
  }
}

type How = Comparison | "==" | "!=";

const FLIPPED: Readonly<Record<How, How>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!=" };

/** How two values can compare; `?` for a number with what is not a number. */
const ORDERS: readonly string[] = ["<", "=", ">", "?"];

/** The ways of comparing in which a comparison holds. */
const HOLDS: Readonly<Record<How, string>> = { "<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "=", "!=": "<>?" };

const either = (inA: boolean, inB: boolean): boolean => inA || inB;

function bound(ir: Extract<ExprIr, { op: "between" }>, how: Comparison, end: ExprIr): ExprIr {
  return { op: "compare", domain: ir.domain, how, left: ir.item, right: end };
}

type Sets = Pick<Atom, "whenTrue" | "whenFalse">;

function constantSets(domain: Domain, how: How, value: Const): Sets | null {
  if (domain === "number" && typeof value === "number" && Number.isFinite(value)) return numberSets(how, value);
  if (domain === "money" && isMoney(value) && value.currency !== NO_CURRENCY) return moneySets(how, value);
  if ((domain === "string" && typeof value === "string") || (domain === "bool" && typeof value === "boolean")) {
    if (how === "==") return { whenTrue: tagged([String(value)]), whenFalse: others(String(value)) };
    if (how === "!=") return { whenTrue: others(String(value)), whenFalse: tagged([String(value)]) };
  }
  return null;
}

function isMoney(value: Const): value is Money {
  return typeof value === "object" && value !== null && "minor" in value;
}

/** Every text but this one. */
function others(tag: string): ValueSet {
  return { missing: false, nan: false, rest: true, tags: new Map([[tag, NOWHERE]]) };
}

function holding(how: How, at: number): Line {
  switch (how) {
    case "<":
      return interval(-Infinity, false, at, true);
    case "<=":
      return interval(-Infinity, false, at, false);
    case ">":
      return interval(at, true, Infinity, false);
    case ">=":
      return interval(at, false, Infinity, false);
    case "==":
      return point(at);
    case "!=":
      return complement(point(at));
  }
}

function complement(line: Line): Line {
  return combineLines(EVERYWHERE, line, (inAll, inLine) => inAll && !inLine);
}

/** What is not a number is unequal to every number and neither above nor below it. */
function numberSets(how: How, at: number): Sets {
  const line = holding(how, at);
  const differs = how === "!=";
  return {
    whenTrue: numbers(line, differs),
    whenFalse: numbers(complement(line), !differs),
  };
}

/** An amount of another currency makes the comparison missing; the sum of nothing compares with all of them. */
function moneySets(how: How, { minor, currency }: Money): Sets {
  const line = holding(how, minor);
  const both = (each: Line): ValueSet => amounts([[currency, each], [NO_CURRENCY, each]]);
  return { whenTrue: both(line), whenFalse: both(complement(line)) };
}
