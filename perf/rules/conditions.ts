import type { Rng } from "../../test/random.ts";
import type { Payment } from "./events.ts";

/** A condition three times over: as a rule says it, as a programmer would write it by hand, and as a function. */
export interface Written {
  readonly rule: string;
  readonly hand: string;
  readonly holds: (event: Payment) => boolean;
}

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

export function number(field: NumberField, sign: Sign, value: number): Written {
  const compare = COMPARE[sign];
  return { rule: `${field} ${sign} ${value}`, hand: `e.${field} ${sign} ${value}`, holds: (e) => compare(e[field], value) };
}

export function within(field: NumberField, low: number, high: number): Written {
  return { rule: `${field} in ${low}..${high}`, hand: `e.${field} >= ${low} && e.${field} <= ${high}`, holds: (e) => e[field] >= low && e[field] <= high };
}

export function text(field: TextField, sign: "==" | "!=", value: string): Written {
  return { rule: `${field} ${sign} ${JSON.stringify(value)}`, hand: `e.${field} ${sign}= ${JSON.stringify(value)}`, holds: (e) => (e[field] === value) === (sign === "==") };
}

export function among(field: TextField, values: readonly string[], negated = false): Written {
  const list = JSON.stringify(values);
  return { rule: `${field} ${negated ? "not in" : "in"} ${list}`, hand: `${negated ? "!" : ""}${list}.includes(e.${field})`, holds: (e) => values.includes(e[field]) !== negated };
}

export function amongNumbers(field: NumberField, values: readonly number[]): Written {
  const list = JSON.stringify(values);
  return { rule: `${field} in ${list}`, hand: `${list}.includes(e.${field})`, holds: (e) => values.includes(e[field]) };
}

export function flag(field: BoolField, value: boolean): Written {
  return { rule: value ? field : `not ${field}`, hand: `${value ? "" : "!"}e.${field}`, holds: (e) => e[field] === value };
}

export function fields(a: TextField, sign: "==" | "!=", b: TextField): Written {
  return { rule: `${a} ${sign} ${b}`, hand: `e.${a} ${sign}= e.${b}`, holds: (e) => (e[a] === e[b]) === (sign === "==") };
}

export function numbers(a: NumberField, sign: Sign, b: NumberField): Written {
  const compare = COMPARE[sign];
  return { rule: `${a} ${sign} ${b}`, hand: `e.${a} ${sign} e.${b}`, holds: (e) => compare(e[a], e[b]) };
}

/** `a > b * k` */
export function times(a: NumberField, sign: Sign, b: NumberField, factor: number): Written {
  const compare = COMPARE[sign];
  return { rule: `${a} ${sign} ${b} * ${factor}`, hand: `e.${a} ${sign} e.${b} * ${factor}`, holds: (e) => compare(e[a], e[b] * factor) };
}

/** `a + b > k`, or with another operator. */
export function computed(a: NumberField, operator: "+" | "-" | "*" | "/", b: NumberField, sign: Sign, value: number): Written {
  const compare = COMPARE[sign];
  const run = { "+": (a: number, b: number) => a + b, "-": (a: number, b: number) => a - b, "*": (a: number, b: number) => a * b, "/": (a: number, b: number) => a / b }[operator];
  return { rule: `${a} ${operator} ${b} ${sign} ${value}`, hand: `e.${a} ${operator} e.${b} ${sign} ${value}`, holds: (e) => compare(run(e[a], e[b]), value) };
}

export type TextQuestion = "startsWith" | "endsWith" | "contains";

export function question(field: TextField, name: TextQuestion, value: string): Written {
  const method = name === "contains" ? "includes" : name;
  return { rule: `${field}.${name}(${JSON.stringify(value)})`, hand: `e.${field}.${method}(${JSON.stringify(value)})`, holds: (e) => e[field][method](value) };
}

export function matches(field: TextField, pattern: string): Written {
  const regex = new RegExp(pattern);
  return { rule: `${field}.matches(${JSON.stringify(pattern)})`, hand: `/${pattern}/.test(e.${field})`, holds: (e) => regex.test(e[field]) };
}

export function all(...parts: readonly Written[]): Written {
  return {
    rule: parts.map((part) => bracketed(part.rule)).join(" and "),
    hand: parts.map((part) => bracketed(part.hand)).join(" && "),
    holds: (e) => parts.every((part) => part.holds(e)),
  };
}

export function any(...parts: readonly Written[]): Written {
  return {
    rule: parts.map((part) => bracketed(part.rule)).join(" or "),
    hand: parts.map((part) => bracketed(part.hand)).join(" || "),
    holds: (e) => parts.some((part) => part.holds(e)),
  };
}

function bracketed(text: string): string {
  return / or | and | \|\| | && /.test(text) ? `(${text})` : text;
}

export function not(part: Written): Written {
  return { rule: `not (${part.rule})`, hand: `!(${part.hand})`, holds: (e) => !part.holds(e) };
}

/** Some of the items, each once. */
export function some<T>(rng: Rng, items: readonly T[], count: number): readonly T[] {
  const chosen = new Set<T>();
  while (chosen.size < Math.min(count, items.length)) chosen.add(rng.pick(items));
  return [...chosen];
}
