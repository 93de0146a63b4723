import type { Asked } from "../rules/conditions.ts";
import { type Dialect, say } from "./dialect.ts";
import { load, type Peer } from "./peer.ts";

const ZEN: Dialect = {
  and: "and",
  or: "or",
  not: (part) => `not (${part})`,
  number: String,
  among: (field, values) => `${field} in [${values.join(", ")}]`,
  question: (field, name, value) => `${name}(${field}, ${value})`,
  matches: (field, pattern) => `matches(${field}, ${pattern})`,
};

/** The column without a field: its cells are whole expressions. */
const EXPRESSION = "expression";

/** A condition that a cell below its field says, by that field; null for others. */
function cellOf(asked: Asked): { readonly column: string; readonly cell: string } | null {
  switch (asked.kind) {
    case "compare": {
      const { left, right, sign } = asked;
      if (left.kind !== "field" || right.kind !== "constant") return null;
      return { column: left.name, cell: sign === "==" ? JSON.stringify(right.value) : `${sign} ${JSON.stringify(right.value)}` };
    }
    case "within":
      return { column: asked.field, cell: `[${asked.low}..${asked.high}]` };
    case "among":
      return { column: asked.field, cell: asked.values.map((value) => JSON.stringify(value)).join(", ") };
    case "flag":
      return { column: asked.field, cell: "true" };
    case "not":
      return asked.part.kind === "flag" ? { column: asked.part.field, cell: "false" } : null;
    default:
      return null;
  }
}

/** A rule as a row: what it asks of a field below that field, once each, the rest as an expression. */
function rowOf(asked: Asked, number: number): Readonly<Record<string, string>> {
  const row: Record<string, string> = { _id: `r${number}`, number: String(number) };
  const rest: Asked[] = [];
  for (const part of asked.kind === "all" ? asked.parts : [asked]) {
    const cell = cellOf(part);
    if (cell === null || row[cell.column] !== undefined) rest.push(part);
    else row[cell.column] = cell.cell;
  }
  if (rest.length > 0) row[EXPRESSION] = say({ kind: "all", parts: rest }, ZEN);
  return row;
}

function graphOf(rules: readonly Asked[]): object {
  const rows = rules.map(rowOf);
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => name !== "_id" && name !== "number" && name !== EXPRESSION);
  const inputs = [...fields.map((field) => ({ id: field, name: field, field })), { id: EXPRESSION, name: EXPRESSION }];
  // A cell that is empty asks nothing, one that is not there never holds.
  const blank = Object.fromEntries(inputs.map(({ id }) => [id, ""]));
  const table = { hitPolicy: "collect", inputs, outputs: [{ id: "number", name: "number", field: "number" }], rules: rows.map((row) => ({ ...blank, ...row })) };
  const position = { x: 0, y: 0 };
  return {
    nodes: [
      { id: "in", name: "in", type: "inputNode", position },
      { id: "table", name: "table", type: "decisionTableNode", position, content: table },
      { id: "out", name: "out", type: "outputNode", position },
    ],
    edges: [
      { id: "first", type: "edge", sourceId: "in", targetId: "table" },
      { id: "second", type: "edge", sourceId: "table", targetId: "out" },
    ],
  };
}

interface Decision {
  evaluate(event: object): Promise<{ readonly result: unknown }>;
}

export const zen: Peer = {
  name: "@gorules/zen-engine",
  package: "@gorules/zen-engine",
  how: "one decision table, hit policy collect: a column a field, one of expressions for the rest",
  prepare: async (rules) => {
    const { ZenEngine } = await load<{ readonly ZenEngine: new () => { createDecision(graph: object): Decision } }>("@gorules/zen-engine");
    const decision = new ZenEngine().createDecision(graphOf(rules));
    return async (event) => {
      const { result } = await decision.evaluate(event);
      // Of no row it makes something that is no list.
      return Array.isArray(result) ? (result as readonly { readonly number: number }[]).map(({ number }) => number) : [];
    };
  },
};
