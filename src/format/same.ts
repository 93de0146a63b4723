import type { RuleFile } from "../syntax/ast.ts";

/** Members of nodes that tell where something stands and not what it is. */
const PLACES: ReadonlySet<string> = new Set(["span", "opSpan"]);

/** Whether two files say the same: equal trees, wherever their parts stand, with the same comments in the same order. */
export function sameMeaning(a: RuleFile, b: RuleFile): boolean {
  const pending: [unknown, unknown][] = [[a, b]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [one, other] = pair;
    if (one === other) continue;
    if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
      if (!Object.is(one, other)) return false;
      continue;
    }
    const [left, right] = [Object.entries(one), Object.entries(other)];
    if (left.length !== right.length || Array.isArray(one) !== Array.isArray(other)) return false;
    const members = new Map<string, unknown>(right);
    for (const [name, value] of left) {
      if (!members.has(name)) return false;
      if (PLACES.has(name)) {
        if (name === "opSpan" && empty(value) !== empty(members.get(name))) return false;
      } else pending.push([value, members.get(name)]);
    }
  }
  return true;
}

/** In a cell an empty place of the operator tells `x` from `== x`. */
function empty(span: unknown): boolean {
  const { start, end } = span as { readonly start: number; readonly end: number };
  return start === end;
}
