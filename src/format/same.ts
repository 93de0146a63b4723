import type { RuleFile } from "../syntax/ast.ts";

/** Whether two files say the same: equal trees, wherever their parts stand, with the same comments in the same order. */
export function sameMeaning(a: RuleFile, b: RuleFile): boolean {
  const pending: unknown[] = [a, b];
  while (pending.length > 0) {
    const other = pending.pop();
    const one = pending.pop();
    if (Object.is(one, other)) continue;
    if (!isNode(one) || !isNode(other)) return false;
    const names = Object.keys(one);
    if (Array.isArray(one) !== Array.isArray(other) || names.length !== Object.keys(other).length) return false;
    for (const name of names) {
      if (!Object.hasOwn(other, name)) return false;
      if (name === "span") continue;
      if (name === "opSpan") pending.push(isEmpty(one[name]), isEmpty(other[name]));
      else pending.push(one[name], other[name]);
    }
  }
  return true;
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null;
}

/** In a cell an operator without a place tells `x` from `== x`. */
function isEmpty(span: unknown): boolean {
  return isNode(span) && span["start"] === span["end"];
}
