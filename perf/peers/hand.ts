import type { Asked } from "../rules/conditions.ts";
import { type Dialect, say } from "./dialect.ts";
import type { Peer } from "./peer.ts";
import type { Payment } from "../rules/events.ts";

const METHODS = { startsWith: "startsWith", endsWith: "endsWith", contains: "includes" } as const;

const JAVASCRIPT: Dialect = {
  and: "&&",
  or: "||",
  not: (part) => `!(${part})`,
  number: String,
  among: (field, values) => `[${values.join(", ")}].includes(${field})`,
  question: (field, name, value) => `${field}.${METHODS[name]}(${value})`,
  matches: (field, pattern) => `/${JSON.parse(pattern) as string}/.test(${field})`,
};

/** Rules of one function by hand: the compiler gives up on much longer ones. */
const RULES_A_FUNCTION = 100;

const FIELDS = /"(?:[^"\\]|\\.)*"|\/[^/]+\/(?=\.test)|(?<![.\w])[a-z]\w*/g;

/** Names of fields become members of the event; texts and patterns stay. */
function ofEvent(text: string): string {
  return text.replaceAll(FIELDS, (word) => (/^[a-z]/.test(word) ? `e.${word}` : word));
}

type Chain = (event: Payment, found: number[]) => void;

function chainOf(rules: readonly Asked[]): readonly Chain[] {
  const functions: Chain[] = [];
  for (let at = 0; at < rules.length; at += RULES_A_FUNCTION) {
    const lines = rules.slice(at, at + RULES_A_FUNCTION).map((asked, i) => `if (${ofEvent(say(asked, JAVASCRIPT))}) found.push(${at + i});`);
    // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- code written by hand for comparison, made up here
    functions.push(new Function("e", "found", lines.join("\n")) as Chain);
  }
  return functions;
}

export const hand: Peer = {
  name: "if chain by hand",
  package: null,
  how: `JavaScript, ${RULES_A_FUNCTION} rules a function`,
  prepare: (rules) => {
    const functions = chainOf(rules);
    return Promise.resolve((event) => {
      const found: number[] = [];
      for (const each of functions) each(event, found);
      return found;
    });
  },
};
