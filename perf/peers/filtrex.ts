import type { Payment } from "../rules/events.ts";
import { type Dialect, say } from "./dialect.ts";
import { askEach } from "./every.ts";
import { load, type Peer } from "./peer.ts";

const FILTREX: Dialect = {
  and: "and",
  or: "or",
  not: (part) => `not (${part})`,
  number: String,
  // A list of one is no list.
  among: (field, values) => (values.length === 1 ? `${field} == ${values[0]}` : `${field} in (${values.join(", ")})`),
  question: (field, name, value) => `${name}(${field}, ${value})`,
  matches: (field, pattern) => `${field} ~= ${pattern}`,
};

const FUNCTIONS = {
  startsWith: (text: string, part: string): boolean => text.startsWith(part),
  endsWith: (text: string, part: string): boolean => text.endsWith(part),
  contains: (text: string, part: string): boolean => text.includes(part),
};

interface Filtrex {
  readonly compileExpression: (text: string, options: { readonly extraFunctions: typeof FUNCTIONS }) => (event: Payment) => unknown;
}

export const filtrex: Peer = {
  name: "filtrex",
  package: "filtrex",
  how: "compiled; functions of ours for startsWith, endsWith and contains",
  prepare: async (rules) => {
    const { compileExpression } = await load<Filtrex>("filtrex");
    return askEach(rules.map((asked) => compileExpression(say(asked, FILTREX), { extraFunctions: FUNCTIONS })));
  },
};
