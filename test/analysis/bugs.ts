import type { ExprIr, ProgramIr } from "../../src/ir/ir.ts";
import type { Bug } from "./trial.ts";

/* Mistakes that an analysis by boxes can make, planted in what it is told. */

function schema(change: (field: ProgramIr["events"][number]["schema"]["fields"][number]) => typeof field): Bug {
  return { program: (ir) => ({ ...ir, events: ir.events.map((event) => ({ ...event, schema: { ...event.schema, fields: event.schema.fields.map(change) } })) }) };
}

const OPEN: Readonly<Record<string, "<" | "<=" | ">" | ">=">> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };

function compare(how: string): Bug {
  return { node: (ir) => (ir.op === "compare" && ir.how === how ? { ...ir, how: OPEN[how] ?? ir.how } : ir) };
}

/** As if a condition that is missing were false. */
function twoValued(ir: ExprIr): ExprIr {
  return { op: "and", operands: [{ op: "isMissing", operand: ir, negated: true }, ir] };
}

export const BUGS: Readonly<Record<string, Bug>> = {
  "`<` closed": compare("<"),
  "`<=` open": compare("<="),
  "`>` closed": compare(">"),
  "`>=` open": compare(">="),
  "the missing bit of fields is forgotten": schema((field) => ({ ...field, optional: false })),
  "averages are whole": { program: (ir) => ({ ...ir, features: ir.features.map((feature) => (feature.name === "avg" ? { ...feature, aggregate: "count" } : feature)) }) },
  "money is dollars": schema((field) => (field.type.kind === "money" ? { ...field, type: { kind: "money", currency: "USD" } } : field)),
  "a declared range is open at its end": schema((field) => (field.range === null ? field : { ...field, range: { ...field.range, high: 1.99 } })),
  "an enum has two members": schema((field) => (field.type.kind === "enum" ? { ...field, type: { kind: "enum", members: ["a", "b"] } } : field)),
  "missing is false under `not`": { node: (ir) => (ir.op === "not" ? { op: "not", operand: twoValued(ir.operand) } : ir) },
  "`!=` with missing is true": { node: (ir) => (ir.op === "eq" && ir.negated ? { op: "not", operand: twoValued({ ...ir, negated: false }) } : ir) },
  "`or` is `and`": { node: (ir) => (ir.op === "or" ? { ...ir, op: "and" } : ir) },
  "a range leaves its end out": { node: (ir) => (ir.op === "between" ? { op: "compare", domain: ir.domain, how: "<", left: ir.item, right: ir.high } : ir) },
  "a list has one entry": { program: (ir) => ({ ...ir, lists: ir.lists.map((list) => ({ ...list, entries: list.entries.slice(0, 1) })) }) },
};
