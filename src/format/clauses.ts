import type { Effect, RuleClause, Sustained } from "../syntax/ast.ts";
import type { Cursor } from "./cursor.ts";
import { type Doc, group, indent, line, space } from "./doc.ts";
import { expression, record } from "./expressions.ts";
import { words } from "./parts.ts";

/** A clause of a rule or of a table. */
export function ruleClause(c: Cursor, clause: RuleClause): Doc {
  switch (clause.kind) {
    case "When":
      return [c.want("when"), space, lasting(c, expression(c, clause.condition), clause.sustained)];
    case "Clear":
      return [c.want("clear"), space, c.want("when"), space, lasting(c, expression(c, clause.condition), clause.sustained)];
    case "Score":
      return [c.want("score"), space, expression(c, clause.score)];
    case "Do":
      return [c.want("do"), space, effect(c, clause.effect)];
    case "Reason":
    case "Notice": {
      const head = [c.want(clause.kind === "Reason" ? "reason" : "notice"), space, c.ident(clause.code)];
      return clause.text === null ? head : group(head, indent(line, c.whole(clause.text.span)));
    }
    default:
      return words(c, clause.span.end);
  }
}

/** A condition and how long it must have held. */
function lasting(c: Cursor, condition: Doc, sustained: Sustained | null): Doc {
  return sustained === null ? condition : group(condition, indent(line, words(c, sustained.span.end)));
}

function effect(c: Cursor, effect: Effect): Doc {
  switch (effect.kind) {
    case "Add":
      return group(
        c.want("add"), space, expression(c, effect.value), indent(line, c.want("to"), space, c.ident(effect.list)),
        effect.ttl === null ? [] : indent(line, c.want("for"), space, c.whole(effect.ttl.span)),
      );
    case "Remove":
      return group(c.want("remove"), space, expression(c, effect.value), indent(line, c.want("from"), space, c.ident(effect.list)));
    case "Emit":
      return [c.want("emit"), space, c.ident(effect.name), c.is("{") ? [space, record(c, effect.fields)] : []];
  }
}
