import type { RuleDecl, RulesetClause, RulesetDecl, RulesetItem } from "../syntax/ast.ts";
import { body, type Context } from "./body.ts";
import { ruleClause } from "./clauses.ts";
import { type Cursor, Misread } from "./cursor.ts";
import { type Doc, group, indent, line, space } from "./doc.ts";
import { heading, meaning, words } from "./parts.ts";
import { table } from "./tables.ts";

export function ruleset(context: Context, { name, event, items, span }: RulesetDecl, until: number): Doc {
  const { cursor: c } = context;
  const head = [c.want("ruleset"), space, c.ident(name), space, c.want("on"), space, c.ident(event), space];
  return [head, body(context, span, items, until, (item, end) => rulesetItem(context, item, end))];
}

function rulesetItem(context: Context, item: RulesetItem, until: number): Doc {
  switch (item.kind) {
    case "Let":
      return meaning(context.cursor, [context.cursor.want("let"), space, context.cursor.ident(item.name)], item.value);
    case "Rule":
      return rule(context, item, until);
    case "Table":
      return table(context, item, until);
    default:
      return rulesetClause(context.cursor, item);
  }
}

function rulesetClause(c: Cursor, clause: RulesetClause): Doc {
  switch (clause.kind) {
    case "Outcomes":
      return [c.want("outcomes"), space, indent(clause.names.map((name, i): Doc => (i === 0 ? c.ident(name) : group(line, c.want("<"), space, c.ident(name)))))];
    case "Thresholds":
      return [
        c.want("thresholds"),
        indent(
          clause.thresholds.map(({ outcome, at }, i): Doc => {
            const comma = i === 0 ? [] : c.want(",");
            const head = [i === 0 ? space : line, c.ident(outcome), space, c.want("at"), space];
            return [comma, group(head, c.is("-") ? c.take() : [], c.take(), within(c, at.span.end))];
          }),
        ),
      ];
    default:
      return words(c, clause.span.end);
  }
}

/** Checks that what was printed last ends where the tree says. */
function within(c: Cursor, end: number): Doc {
  if (c.at === 0 || c.piece(c.at - 1).end !== end) throw new Misread();
  return [];
}

function rule(context: Context, { name, title, clauses, span }: RuleDecl, until: number): Doc {
  const { cursor: c } = context;
  return [heading(c, "rule", name, title), space, body(context, span, clauses, until, (clause) => ruleClause(c, clause))];
}

