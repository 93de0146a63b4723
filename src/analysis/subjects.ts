import type { EventIr, ExprIr, FeatureIr, ListIr, RatesIr } from "../ir/ir.ts";
import type { FieldSchema } from "../types/schema.ts";
import type { Type } from "../types/type.ts";
import type { Money } from "../types/value.ts";
import { EVERYWHERE, interval, NOWHERE, point, type Line } from "./line.ts";
import { amounts, ANYTHING, NO_CURRENCY, numbers, tagged, unite, MISSING, type ValueSet } from "./values.ts";

/*
 * What conditions speak about: fields, features, and terms such as `amount / usual_amount`, which count as unknowns of
 * their own. Taking them for independent allows more than can happen, so what is proven impossible is impossible.
 */

/** What a ruleset is read against. An analyser serves as long as these stay what they are. */
export interface Surroundings {
  readonly event: EventIr;
  readonly features: readonly FeatureIr[];
  readonly lists: readonly ListIr[];
  readonly rates: readonly RatesIr[];
}

export type Leaf = { readonly kind: "field"; readonly slot: number; readonly name: string; readonly type: Type } | { readonly kind: "feature"; readonly feature: number; readonly name: string; readonly type: Type };

export interface Subject {
  readonly id: number;
  /** Every value that it can have. */
  readonly universe: ValueSet;
  /** Whether its numbers are whole. */
  readonly whole: boolean;
  /** Null for a term. */
  readonly leaf: Leaf | null;
}

/** The subjects of one event type. */
export class Subjects {
  readonly #event: EventIr;
  readonly #features: readonly FeatureIr[];
  readonly #byKey = new Map<string, Subject>();
  readonly #byId: Subject[] = [];
  readonly #keys = new WeakMap<ExprIr, string>();

  constructor(event: EventIr, features: readonly FeatureIr[]) {
    this.#event = event;
    this.#features = features;
  }

  get(id: number): Subject {
    return this.#byId[id] as Subject;
  }

  /** A field, feature or computed value. */
  of(ir: ExprIr): Subject {
    const value = bare(ir);
    const key = this.keyOf(value);
    return this.#byKey.get(key) ?? this.#add(key, this.#make(value));
  }

  /** Something with a name of its own and a few values, such as how two terms compare. */
  named(key: string, universe: ValueSet): Subject {
    return this.#byKey.get(key) ?? this.#add(key, { universe, whole: false, leaf: null });
  }

  /** Equal text for equal meaning; slots of values kept for later do not count. */
  keyOf(ir: ExprIr): string {
    const value = bare(ir);
    const known = this.#keys.get(value);
    if (known !== undefined) return known;
    const key = this.#print(value);
    this.#keys.set(value, key);
    return key;
  }

  /** Fields and features that must be there for the value to be there. */
  needs(ir: ExprIr): readonly Subject[] {
    const found = new Map<number, Subject>();
    const pending: ExprIr[] = [ir];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const value = bare(next);
      switch (value.op) {
        case "slot":
        case "feature": {
          const subject = this.of(value);
          if (subject.leaf !== null && subject.universe.missing) found.set(subject.id, subject);
          break;
        }
        case "call":
          pending.push(...value.args);
          break;
        case "list":
          pending.push(...value.items);
          break;
        case "inList":
          pending.push(value.item);
          break;
        case "compare":
        case "eq":
          pending.push(value.left, value.right);
          break;
        default:
      }
    }
    return [...found.values()];
  }

  #add(key: string, made: Omit<Subject, "id">): Subject {
    const subject = { id: this.#byId.length, ...made };
    this.#byKey.set(key, subject);
    this.#byId.push(subject);
    return subject;
  }

  #make(ir: ExprIr): Omit<Subject, "id"> {
    if (ir.op === "slot") {
      const field = this.#event.schema.fields[ir.slot];
      if (field !== undefined) return fieldSubject(field, ir.slot);
    }
    if (ir.op === "feature") {
      const feature = this.#features[ir.feature];
      if (feature !== undefined) return featureSubject(feature, ir.feature);
    }
    return { universe: ANYTHING, whole: false, leaf: null };
  }

  #print(value: unknown): string {
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "number") return Object.is(value, -0) ? "0" : String(value);
    if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
    if (Array.isArray(value)) return `[${value.map((each) => this.#print(each)).join()}]`;
    if (isExpr(value)) {
      if (value.op === "once") return this.keyOf(value.value);
      if (value.op === "slot") return `$${value.slot}`;
      if (value.op === "feature") return `@${value.feature}`;
    }
    return `{${Object.entries(value)
      .map(([name, each]) => `${name}:${isExpr(each) ? this.keyOf(each) : this.#print(each)}`)
      .join()}}`;
  }
}

function isExpr(value: unknown): value is ExprIr {
  return typeof value === "object" && value !== null && "op" in value;
}

/** The value behind the slots that keep values for later. */
export function bare(ir: ExprIr): ExprIr {
  let value = ir;
  while (value.op === "once") value = value.value;
  return value;
}

/** Events carry finite numbers only. */
const FINITE: Line = interval(-Infinity, true, Infinity, true);

function fieldSubject(field: FieldSchema, slot: number): Omit<Subject, "id"> {
  const { type } = field;
  const present = universeOf(type, lineOf(field), []);
  return {
    universe: field.optional && field.default === null ? unite(present, MISSING, false) : present,
    whole: type.kind === "money" || type.kind === "timestamp",
    leaf: { kind: "field", slot, name: field.name, type },
  };
}

/** Types whose computed values are never "not a number". */
const NEVER_NAN: ReadonlySet<Type["kind"]> = new Set(["bool", "enum", "string", "money"]);

function end(each: number | Money): number {
  return typeof each === "number" ? each : each.minor;
}

/** What the declared range leaves; events outside of it are refused. */
function lineOf({ range }: FieldSchema): Line {
  if (range === null) return FINITE;
  return interval(end(range.low), false, end(range.high), false);
}

/** Any feature may be missing: its key may be, or its window empty. */
function featureSubject(feature: FeatureIr, index: number): Omit<Subject, "id"> {
  const counts = feature.aggregate === "count" || feature.aggregate === "distinct";
  const present = counts ? numbers(interval(0, false, Infinity, true)) : universeOf(feature.type, EVERYWHERE, [[NO_CURRENCY, point(0)]]);
  const nan = !counts && !NEVER_NAN.has(feature.type.kind);
  return {
    universe: { ...present, missing: true, nan },
    whole: counts,
    leaf: { kind: "feature", feature: index, name: feature.name, type: feature.type },
  };
}

function universeOf(type: Type, line: Line, zero: readonly (readonly [string, Line])[]): ValueSet {
  switch (type.kind) {
    case "number":
    case "duration":
    case "timestamp":
      return numbers(line);
    case "bool":
      return tagged(["true", "false"]);
    case "enum":
      return tagged(type.members);
    case "money":
      if (type.currency !== null) return amounts([[type.currency, line], ...zero]);
      return amounts(zero.length > 0 ? zero : [[NO_CURRENCY, NOWHERE]], true);
    default:
      return { ...ANYTHING, missing: false, nan: false };
  }
}
