import type { Rng } from "../../test/random.ts";
import type { Payment } from "./events.ts";

/** A condition four times over: as a rule says it, as a programmer would write it by hand, as a function, and as a tree. */
export interface Written {
  readonly rule: string;
  readonly hand: string;
  readonly holds: (event: Payment) => boolean;
  /** For those who say it in a language of their own. */
  readonly asks: Asked;
}

export type Operator = "+" | "-" | "*" | "/";

/** What a condition asks. */
export type Asked =
  | { readonly kind: "compare"; readonly left: Term; readonly sign: Sign | "==" | "!="; readonly right: Term }
  /** Both ends belong to it. */
  | { readonly kind: "within"; readonly field: NumberField; readonly low: number; readonly high: number }
  | { readonly kind: "among"; readonly field: TextField | NumberField; readonly values: readonly (string | number)[] }
  | { readonly kind: "flag"; readonly field: BoolField }
  | { readonly kind: "question"; readonly field: TextField; readonly name: TextQuestion; readonly value: string }
  | { readonly kind: "matches"; readonly field: TextField; readonly pattern: string }
  | { readonly kind: "all" | "any"; readonly parts: readonly Asked[] }
  | { readonly kind: "not"; readonly part: Asked };

/** What is compared: a field, a constant, or one operation on the two. */
export type Term =
  | { readonly kind: "field"; readonly name: keyof Payment }
  | { readonly kind: "constant"; readonly value: number | string }
  | { readonly kind: "operation"; readonly operator: Operator; readonly left: Term; readonly right: Term };

const field = (name: keyof Payment): Term => ({ kind: "field", name });
const constant = (value: number | string): Term => ({ kind: "constant", value });
const unless = (negated: boolean, part: Asked): Asked => (negated ? { kind: "not", part } : part);

type Fields<T> = { [K in keyof Payment]: Payment[K] extends T ? K : never }[keyof Payment];
export type NumberField = Fields<number>;
export type TextField = Fields<string>;
export type BoolField = Fields<boolean>;

export type Sign = "<" | "<=" | ">" | ">=";

const COMPARE: Readonly<Record<Sign, (a: number, b: number) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

export function number(name: NumberField, sign: Sign, value: number): Written {
  const compare = COMPARE[sign];
  return {
    rule: `${name} ${sign} ${value}`,
    hand: `e.${name} ${sign} ${value}`,
    holds: (e) => compare(e[name], value),
    asks: { kind: "compare", left: field(name), sign, right: constant(value) },
  };
}

export function within(field: NumberField, low: number, high: number): Written {
  return { rule: `${field} in ${low}..${high}`, hand: `e.${field} >= ${low} && e.${field} <= ${high}`, holds: (e) => e[field] >= low && e[field] <= high, asks: { kind: "within", field, low, high } };
}

export function text(name: TextField, sign: "==" | "!=", value: string): Written {
  const quoted = JSON.stringify(value);
  return {
    rule: `${name} ${sign} ${quoted}`,
    hand: `e.${name} ${sign}= ${quoted}`,
    holds: (e) => (e[name] === value) === (sign === "=="),
    asks: { kind: "compare", left: field(name), sign, right: constant(value) },
  };
}

export function among(field: TextField, values: readonly string[], negated = false): Written {
  const list = JSON.stringify(values);
  return {
    rule: `${field} ${negated ? "not in" : "in"} ${list}`,
    hand: `${negated ? "!" : ""}${list}.includes(e.${field})`,
    holds: (e) => values.includes(e[field]) !== negated,
    asks: unless(negated, { kind: "among", field, values }),
  };
}

export function amongNumbers(field: NumberField, values: readonly number[]): Written {
  const list = JSON.stringify(values);
  return { rule: `${field} in ${list}`, hand: `${list}.includes(e.${field})`, holds: (e) => values.includes(e[field]), asks: { kind: "among", field, values } };
}

export function flag(field: BoolField, value: boolean): Written {
  return { rule: value ? field : `not ${field}`, hand: `${value ? "" : "!"}e.${field}`, holds: (e) => e[field] === value, asks: unless(!value, { kind: "flag", field }) };
}

export function fields(a: TextField, sign: "==" | "!=", b: TextField): Written {
  return { rule: `${a} ${sign} ${b}`, hand: `e.${a} ${sign}= e.${b}`, holds: (e) => (e[a] === e[b]) === (sign === "=="), asks: { kind: "compare", left: field(a), sign, right: field(b) } };
}

export function numbers(a: NumberField, sign: Sign, b: NumberField): Written {
  const compare = COMPARE[sign];
  return { rule: `${a} ${sign} ${b}`, hand: `e.${a} ${sign} e.${b}`, holds: (e) => compare(e[a], e[b]), asks: { kind: "compare", left: field(a), sign, right: field(b) } };
}

/** `a > b * k` */
export function times(a: NumberField, sign: Sign, b: NumberField, factor: number): Written {
  const compare = COMPARE[sign];
  return {
    rule: `${a} ${sign} ${b} * ${factor}`,
    hand: `e.${a} ${sign} e.${b} * ${factor}`,
    holds: (e) => compare(e[a], e[b] * factor),
    asks: { kind: "compare", left: field(a), sign, right: { kind: "operation", operator: "*", left: field(b), right: constant(factor) } },
  };
}

/** `a + b > k`, or with another operator. */
export function computed(a: NumberField, operator: Operator, b: NumberField, sign: Sign, value: number): Written {
  const compare = COMPARE[sign];
  const run = { "+": (a: number, b: number) => a + b, "-": (a: number, b: number) => a - b, "*": (a: number, b: number) => a * b, "/": (a: number, b: number) => a / b }[operator];
  return {
    rule: `${a} ${operator} ${b} ${sign} ${value}`,
    hand: `e.${a} ${operator} e.${b} ${sign} ${value}`,
    holds: (e) => compare(run(e[a], e[b]), value),
    asks: { kind: "compare", left: { kind: "operation", operator, left: field(a), right: field(b) }, sign, right: constant(value) },
  };
}

export type TextQuestion = "startsWith" | "endsWith" | "contains";

export function question(field: TextField, name: TextQuestion, value: string): Written {
  const method = name === "contains" ? "includes" : name;
  return { rule: `${field}.${name}(${JSON.stringify(value)})`, hand: `e.${field}.${method}(${JSON.stringify(value)})`, holds: (e) => e[field][method](value), asks: { kind: "question", field, name, value } };
}

export function matches(field: TextField, pattern: string): Written {
  const regex = new RegExp(pattern);
  return { rule: `${field}.matches(${JSON.stringify(pattern)})`, hand: `/${pattern}/.test(e.${field})`, holds: (e) => regex.test(e[field]), asks: { kind: "matches", field, pattern } };
}

export function all(...parts: readonly Written[]): Written {
  return {
    rule: parts.map((part) => bracketed(part.rule)).join(" and "),
    hand: parts.map((part) => bracketed(part.hand)).join(" && "),
    holds: (e) => parts.every((part) => part.holds(e)),
    asks: { kind: "all", parts: parts.map((part) => part.asks) },
  };
}

export function any(...parts: readonly Written[]): Written {
  return {
    rule: parts.map((part) => bracketed(part.rule)).join(" or "),
    hand: parts.map((part) => bracketed(part.hand)).join(" || "),
    holds: (e) => parts.some((part) => part.holds(e)),
    asks: { kind: "any", parts: parts.map((part) => part.asks) },
  };
}

function bracketed(text: string): string {
  return / or | and | \|\| | && /.test(text) ? `(${text})` : text;
}

export function not(part: Written): Written {
  return { rule: `not (${part.rule})`, hand: `!(${part.hand})`, holds: (e) => !part.holds(e), asks: { kind: "not", part: part.asks } };
}

/** Some of the items, each once. */
export function some<T>(rng: Rng, items: readonly T[], count: number): readonly T[] {
  const chosen = new Set<T>();
  while (chosen.size < Math.min(count, items.length)) chosen.add(rng.pick(items));
  return [...chosen];
}
