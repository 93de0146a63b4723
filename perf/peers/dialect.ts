import type { Asked, Term, TextQuestion } from "../rules/conditions.ts";

/** How a language of expressions writes what conditions ask. */
export interface Dialect {
  readonly and: string;
  readonly or: string;
  readonly not: (part: string) => string;
  readonly number: (value: number) => string;
  readonly among: (field: string, values: readonly string[]) => string;
  readonly question: (field: string, name: TextQuestion, value: string) => string;
  readonly matches: (field: string, pattern: string) => string;
}

/** A condition as text. */
export function say(asked: Asked, dialect: Dialect): string {
  const constant = (value: number | string): string => (typeof value === "number" ? dialect.number(value) : JSON.stringify(value));
  const term = (each: Term): string => {
    if (each.kind === "field") return each.name;
    return each.kind === "constant" ? constant(each.value) : `${term(each.left)} ${each.operator} ${term(each.right)}`;
  };
  const part = (each: Asked): string => (each.kind === "all" || each.kind === "any" ? `(${write(each)})` : write(each));
  const write = (each: Asked): string => {
    switch (each.kind) {
      case "compare":
        return `${term(each.left)} ${each.sign} ${term(each.right)}`;
      case "within":
        return `(${each.field} >= ${constant(each.low)} ${dialect.and} ${each.field} <= ${constant(each.high)})`;
      case "among":
        return dialect.among(each.field, each.values.map(constant));
      case "flag":
        return each.field;
      case "question":
        return dialect.question(each.field, each.name, JSON.stringify(each.value));
      case "matches":
        return dialect.matches(each.field, JSON.stringify(each.pattern));
      case "all":
        return each.parts.map(part).join(` ${dialect.and} `);
      case "any":
        return each.parts.map(part).join(` ${dialect.or} `);
      case "not":
        return dialect.not(write(each.part));
    }
  };
  return write(asked);
}

/** The Common Expression Language; numbers of JSON are its doubles. */
export const CEL: Dialect = {
  and: "&&",
  or: "||",
  not: (part) => `!(${part})`,
  number: (value) => (Number.isInteger(value) ? `${value}.0` : String(value)),
  among: (field, values) => `${field} in [${values.join(", ")}]`,
  question: (field, name, value) => `${field}.${name}(${value})`,
  matches: (field, pattern) => `${field}.matches(${pattern})`,
};
