import type { Asked, Term } from "../rules/conditions.ts";
import type { Payment } from "../rules/events.ts";
import { load, type Peer } from "./peer.ts";

type Value = string | number | boolean | readonly (string | number)[] | { readonly fact: string };

type Condition =
  | { readonly fact: string; readonly operator: string; readonly value: Value }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

interface Almanac {
  factValue(name: string): Promise<number>;
}

interface Engine {
  addRule(rule: { readonly conditions: Condition; readonly event: { readonly type: string; readonly params: { readonly number: number } } }): void;
  addFact(name: string, compute: (params: unknown, almanac: Almanac) => Promise<number>): void;
  addOperator(name: string, holds: (text: string, constant: string) => boolean): void;
  run(event: Payment): Promise<{ readonly events: readonly { readonly params: { readonly number: number } }[] }>;
}

const OPERATORS = { "==": "equal", "!=": "notEqual", "<": "lessThan", "<=": "lessThanInclusive", ">": "greaterThan", ">=": "greaterThanInclusive" } as const;

type Operation = Extract<Term, { kind: "operation" }>;

/** Says conditions; what is computed becomes a fact of the engine, which it keeps for an event. */
class Sayer {
  readonly #engine: Engine;
  readonly #computed = new Set<string>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  condition(asked: Asked): Condition {
    switch (asked.kind) {
      case "compare":
        return { fact: this.#fact(asked.left), operator: OPERATORS[asked.sign], value: asked.right.kind === "constant" ? asked.right.value : { fact: this.#fact(asked.right) } };
      case "within":
        return { all: [{ fact: asked.field, operator: OPERATORS[">="], value: asked.low }, { fact: asked.field, operator: OPERATORS["<="], value: asked.high }] };
      case "among":
        return { fact: asked.field, operator: "in", value: asked.values };
      case "flag":
        return { fact: asked.field, operator: "equal", value: true };
      case "question":
        return { fact: asked.field, operator: asked.name, value: asked.value };
      case "matches":
        return { fact: asked.field, operator: "matches", value: asked.pattern };
      case "all":
        return { all: asked.parts.map((part) => this.condition(part)) };
      case "any":
        return { any: asked.parts.map((part) => this.condition(part)) };
      case "not":
        return { not: this.condition(asked.part) };
    }
  }

  #fact(term: Term): string {
    if (term.kind === "field") return term.name;
    if (term.kind === "constant") throw new Error("a constant is no fact");
    const name = nameOf(term);
    if (!this.#computed.has(name)) {
      this.#computed.add(name);
      this.#engine.addFact(name, async (_, almanac) => {
        const value = (each: Term): number | Promise<number> => (each.kind === "constant" ? Number(each.value) : almanac.factValue(this.#fact(each)));
        const [left, right] = [await value(term.left), await value(term.right)];
        return { "+": left + right, "-": left - right, "*": left * right, "/": left / right }[term.operator];
      });
    }
    return name;
  }
}

function nameOf({ left, operator, right }: Operation): string {
  const name = (term: Term): string => (term.kind === "field" ? term.name : term.kind === "constant" ? String(term.value) : `(${nameOf(term)})`);
  return `${name(left)} ${operator} ${name(right)}`;
}

export const jsonRules: Peer = {
  name: "json-rules-engine",
  package: "json-rules-engine",
  how: "one engine; operators of ours for texts and patterns, facts for what is computed",
  prepare: async (rules) => {
    const { Engine } = await load<{ readonly Engine: new () => Engine }>("json-rules-engine");
    const engine = new Engine();
    engine.addOperator("startsWith", (text, constant) => text.startsWith(constant));
    engine.addOperator("endsWith", (text, constant) => text.endsWith(constant));
    engine.addOperator("contains", (text, constant) => text.includes(constant));
    const patterns = new Map<string, RegExp>();
    engine.addOperator("matches", (text, constant) => patterns.getOrInsertComputed(constant, (source) => new RegExp(source)).test(text));
    const sayer = new Sayer(engine);
    for (const [number, asked] of rules.entries()) {
      const condition = sayer.condition(asked);
      const conditions = "fact" in condition ? { all: [condition] } : condition;
      engine.addRule({ conditions, event: { type: "match", params: { number } } });
    }
    return async (event) => (await engine.run(event)).events.map(({ params }) => params.number);
  },
};
