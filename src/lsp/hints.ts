import { InlayHintKind, type InlayHint, type Range } from "vscode-languageserver/node";
import type { CallExpr, Expr } from "../syntax/ast.ts";
import { walkExpr } from "../syntax/walk.ts";
import type { RulesetModel } from "./declarations.ts";
import type { Document } from "./document.ts";
import { expressionsOf } from "./expressions.ts";
import type { Folder } from "./folder.ts";
import { placeIn, type Item } from "./items.ts";

/** What is not written and yet there: types of `let`s, names of parameters, the threshold that a score reaches alone. */
export function inlayHints(folder: Folder, document: Document, range: Range): InlayHint[] {
  const [from, to] = [document.offsetAt(range.start), document.offsetAt(range.end)];
  const items = document.items.filter((item) => item.at <= to && item.at + item.length >= from);
  return items.flatMap((item) => {
    const hints = [...typeHints(folder, document, item), ...parameterHints(folder, document, item), ...scoreHints(folder, document, item)];
    return hints.filter(({ position }) => {
      const at = document.offsetAt(position);
      return at >= from && at <= to;
    });
  });
}

function behind(document: Document, item: Item, end: number): InlayHint["position"] {
  return document.rangeOf(item, { file: "", start: end, end }).start;
}

function typeHints(folder: Folder, document: Document, item: Item): InlayHint[] {
  const { node, container } = item;
  const key = node?.kind === "Let" ? `${container?.name.name ?? ""}/${node.name.name}` : node?.kind === "Feature" ? node.name.name : undefined;
  if (key === undefined || (node?.kind !== "Let" && node?.kind !== "Feature")) return [];
  const type = folder.typeOfKey(key);
  return type === undefined ? [] : [{ position: behind(document, item, node.name.span.end), label: `: ${type}`, kind: InlayHintKind.Type }];
}

function parameterHints(folder: Folder, document: Document, item: Item): InlayHint[] {
  const hints: InlayHint[] = [];
  const visit = (expr: Expr): void => {
    if (expr.kind === "Call") hints.push(...ofCall(folder, document, item, expr));
  };
  for (const root of expressionsOf(item)) walkExpr(root, visit);
  return hints;
}

/** Arguments whose text does not say the name of their parameter. */
function ofCall(folder: Folder, document: Document, item: Item, expr: CallExpr): InlayHint[] {
  const params = folder.declarations.functions.get(expr.callee.name)?.decl.params;
  if (params === undefined) return [];
  const offset = expr.receiver === null ? 0 : 1;
  return expr.args.flatMap((arg, i): InlayHint[] => {
    const name = params[i + offset]?.name.name ?? "";
    const { start, end } = placeIn(item, arg.span);
    if (name === "" || document.text.slice(start, end).split(".").at(-1) === name) return [];
    return [{ position: behind(document, item, arg.span.start), label: `${name}:`, kind: InlayHintKind.Parameter, paddingRight: true }];
  });
}

function scoreHints(folder: Folder, document: Document, item: Item): InlayHint[] {
  const { node, container } = item;
  const ruleset = container === null ? undefined : folder.declarations.rulesets.get(container.name.name);
  if (node?.kind !== "Rule" || ruleset === undefined) return [];
  return node.clauses.flatMap((clause): InlayHint[] => {
    if (clause.kind !== "Score" || clause.score.kind !== "NumberLit") return [];
    const label = reached(ruleset, clause.score.value);
    return label === undefined ? [] : [{ position: behind(document, item, clause.score.span.end), label, paddingLeft: true }];
  });
}

/** What a score of this much comes to without any other. */
function reached({ thresholds }: RulesetModel, score: number): string | undefined {
  const met = thresholds.findLast(({ at }) => score >= at);
  return met === undefined ? undefined : `→ ${met.outcome} at ${met.at}`;
}
