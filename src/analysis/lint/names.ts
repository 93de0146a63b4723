import type { Decl, RuleFile } from "../../syntax/ast.ts";

/** Nodes whose `name` declares: it is no use of that name. */
const DECLARING: ReadonlySet<unknown> = new Set(["Event", "List", "Rates", "Function", "Feature", "Ruleset", "Rule", "Table", "Let", "Param", "Field", "Test"]);

/** Every name that a part of a tree mentions, whatever it stands for. */
export function mentions(root: unknown, into: Set<string> = new Set()): Set<string> {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== "object" || node === null) continue;
    if ("kind" in node && (node.kind === "Ident" || node.kind === "Name") && "name" in node && typeof node.name === "string") into.add(node.name);
    const declares = "kind" in node && DECLARING.has(node.kind);
    for (const [key, value] of Object.entries(node)) if (key !== "span" && !(declares && key === "name")) pending.push(value);
  }
  return into;
}

/** Names that the rules of a folder mention; tests use what they test and keep nothing alive. */
export function mentionedByRules(files: readonly RuleFile[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { decls } of files) for (const decl of decls) if (keepsAlive(decl)) mentions(decl, found);
  return found;
}

function keepsAlive({ kind }: Decl): boolean {
  return kind !== "Import" && kind !== "Test";
}
