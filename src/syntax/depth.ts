import type { IToken } from "chevrotain";
import type { Report } from "../text/report.ts";
import type { Decl, Expr } from "./ast.ts";
import { children } from "./walk.ts";

/** Brackets, conditionals and prefixes inside each other; what people write stays below ten, and each level costs stack. */
export const MAX_NESTING = 100;
/** Operators that hang on each other, such as the terms of a long sum; each costs stack when it is checked and compiled. */
export const MAX_DEPTH = 1_000;

const OPENING: ReadonlySet<string> = new Set(["LBrace", "LParen", "LBracket"]);
const CLOSING: ReadonlySet<string> = new Set(["RBrace", "RParen", "RBracket"]);
const PREFIX: ReadonlySet<string> = new Set(["Minus", "Bang", '"not"']);

/** Reports and tells whether the tokens nest deeper than a recursive parser should follow. */
export function tooNested(tokens: readonly IToken[], file: string, report: Report): boolean {
  let depth = 0;
  let prefixes = 0;
  // Conditionals open at each level of brackets: `a ? b : c ? d : …` nests to the right without a bracket.
  const questions: number[] = [0];
  for (const token of tokens) {
    const { name } = token.tokenType;
    prefixes = PREFIX.has(name) ? prefixes + 1 : 0;
    if (OPENING.has(name)) questions[++depth] = 0;
    else if (CLOSING.has(name)) depth = Math.max(0, depth - 1);
    else if (name === "Question") questions[depth] = (questions[depth] ?? 0) + 1;
    else if (STATEMENT.has(name)) questions[depth] = 0;
    if (depth <= MAX_NESTING && prefixes <= MAX_NESTING && (questions[depth] ?? 0) <= MAX_NESTING) continue;
    const span = { file, start: token.startOffset, end: token.startOffset + token.image.length };
    report.add("RSK0110", span, `this is nested more than ${MAX_NESTING} levels deep`, { help: "name a part with `let` or a `function`" });
    return true;
  }
  return false;
}

/** Words that begin a clause and so end the conditionals before it; `string?` marks fields, each with its own colon. */
const STATEMENT: ReadonlySet<string> = new Set(['"when"', '"then"', '"score"', '"let"', '"where"', '"function"', '"feature"', "At", "Colon", "Comma"]);

/** Leaves out what hangs together too deep, with a report, so that everything after can recurse. */
export function checkDepth<N extends Decl | Expr>(nodes: readonly N[], report: Report): readonly N[] {
  return nodes.filter((node) => {
    const deep = tooDeep(node);
    if (deep === undefined) return true;
    report.add("RSK0110", deep.span, `more than ${MAX_DEPTH} operators hang on each other here`, {
      help: "name parts with `let`, or ask for membership in a list",
    });
    return false;
  });
}

/** The first expression of a node that is deeper than the limit. Looks at plain data, so it needs no case per kind. */
function tooDeep(node: Decl | Expr): Expr | undefined {
  const pending: unknown[] = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (Array.isArray(next)) pending.push(...(next as unknown[]).filter(isObject));
    else if (isExpr(next)) {
      if (depthOf(next) > MAX_DEPTH) return next;
    } else if (isObject(next)) pending.push(...Object.values(next).filter(isObject));
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

const EXPRESSIONS: ReadonlySet<string> = new Set(["Name", "Member", "Index", "Call", "Unary", "Binary", "In", "IsMissing", "Conditional", "ListLit", "MapLit"]);

function isExpr(value: unknown): value is Expr {
  return isObject(value) && "kind" in value && EXPRESSIONS.has(value.kind as string);
}

function depthOf(root: Expr): number {
  let level: readonly Expr[] = [root];
  let depth = 0;
  while (level.length > 0 && depth <= MAX_DEPTH) {
    depth++;
    level = level.flatMap(children);
  }
  return depth;
}
