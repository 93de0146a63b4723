import type { Asked, Term } from "../rules/conditions.ts";
import type { Payment } from "../rules/events.ts";
import { askEach } from "./every.ts";
import { load, type Peer } from "./peer.ts";

type Logic = number | string | boolean | readonly Logic[] | { readonly [operator: string]: Logic };

interface Engine {
  addMethod(name: string, method: (args: readonly string[]) => boolean, options: { readonly deterministic: boolean }): void;
  build(logic: Logic): (event: Payment) => unknown;
}

function term(each: Term): Logic {
  if (each.kind === "field") return { var: each.name };
  return each.kind === "constant" ? each.value : { [each.operator]: [term(each.left), term(each.right)] };
}

function logic(asked: Asked): Logic {
  switch (asked.kind) {
    case "compare":
      return { [asked.sign === "==" || asked.sign === "!=" ? `${asked.sign}=` : asked.sign]: [term(asked.left), term(asked.right)] };
    case "within":
      return { "<=": [asked.low, { var: asked.field }, asked.high] };
    case "among":
      return { in: [{ var: asked.field }, asked.values] };
    case "flag":
      return { var: asked.field };
    case "question":
      // The language's own `in` finds a text in a text.
      return asked.name === "contains" ? { in: [asked.value, { var: asked.field }] } : { [asked.name]: [{ var: asked.field }, asked.value] };
    case "matches":
      return { matches: [{ var: asked.field }, asked.pattern] };
    case "all":
      return { and: asked.parts.map(logic) };
    case "any":
      return { or: asked.parts.map(logic) };
    case "not":
      return { "!": [logic(asked.part)] };
  }
}

/** A method that is given a text and a constant. */
const METHODS: Readonly<Record<string, (text: string, constant: string) => boolean>> = {
  startsWith: (text, constant) => text.startsWith(constant),
  endsWith: (text, constant) => text.endsWith(constant),
};

export const jsonLogic: Peer = {
  name: "json-logic-engine",
  package: "json-logic-engine",
  how: "compiled, a function a rule; methods of ours for startsWith, endsWith and patterns",
  prepare: async (rules) => {
    const { LogicEngine } = await load<{ readonly LogicEngine: new () => Engine }>("json-logic-engine");
    const engine = new LogicEngine();
    for (const [name, method] of Object.entries(METHODS)) engine.addMethod(name, ([text = "", constant = ""]) => method(text, constant), { deterministic: true });
    const patterns = new Map<string, RegExp>();
    engine.addMethod("matches", ([text = "", pattern = ""]) => patterns.getOrInsertComputed(pattern, (source) => new RegExp(source)).test(text), { deterministic: true });
    return askEach(rules.map((asked) => engine.build(logic(asked))));
  },
};
