import type { Effect, Expr, RuleClause, TestItem } from "../syntax/ast.ts";
import type { Item } from "./items.ts";

/** The outermost expressions of an item, in order of the text. */
export function expressionsOf({ node }: Item): readonly Expr[] {
  switch (node?.kind) {
    case "Event":
      return node.fields.flatMap((field) => [...(field.range === null ? [] : [field.range.low, field.range.high]), ...(field.default === null ? [] : [field.default])]);
    case "List":
      return node.source?.kind === "inline" ? node.source.items : node.source?.kind === "managed" && node.source.ttl !== null ? [node.source.ttl] : [];
    case "Function":
      return [node.body];
    case "Feature":
      return node.clauses.flatMap((clause): readonly Expr[] =>
        clause.kind === "Where" ? [clause.condition] : clause.kind === "Over" ? [clause.window] : clause.kind === "Ending" ? [clause.ago] : [],
      );
    case "Let":
      return [node.value];
    case "Rule":
      return node.clauses.flatMap(ofClause);
    case "Table":
      return [
        ...node.clauses.flatMap(ofClause),
        ...node.columns,
        ...node.rows.flatMap((row) => [
          ...row.cells.flatMap((cell) =>
            cell.tests.flatMap((test): readonly Expr[] => {
              if (test.kind === "Compare") return [test.value];
              if (test.kind === "Within") return [test.range.low, test.range.high];
              return test.kind === "Among" ? ofContainer(test.container) : [];
            }),
          ),
          ...row.outputs.flatMap((output) => (output === null ? [] : ofClause(output))),
        ]),
      ];
    case "Test":
      return node.items.flatMap(ofTestItem);
    default:
      return [];
  }
}

function ofContainer(container: Extract<Expr, { kind: "In" }>["container"]): readonly Expr[] {
  return container.kind === "Range" ? [container.low, container.high] : [container];
}

function ofClause(clause: RuleClause): readonly Expr[] {
  switch (clause.kind) {
    case "When":
    case "Clear":
      return clause.sustained === null ? [clause.condition] : [clause.condition, clause.sustained.duration];
    case "Score":
      return [clause.score];
    case "Reason":
      return clause.text?.parts.filter((part) => typeof part !== "string") ?? [];
    case "Do":
      return ofEffect(clause.effect);
    case "Cooldown":
      return [clause.duration];
    case "Rollout":
      return [clause.share];
    case "Active":
      return [clause.from, clause.until].filter((each) => each !== null);
    case "ReviewBy":
      return [clause.date];
    default:
      return [];
  }
}

function ofEffect(effect: Effect): readonly Expr[] {
  if (effect.kind === "Emit") return effect.fields.map(({ value }) => value);
  return effect.kind === "Add" && effect.ttl !== null ? [effect.value, effect.ttl] : [effect.value];
}

function ofTestItem(item: TestItem): readonly Expr[] {
  switch (item.kind) {
    case "GivenEvent":
    case "WhenEvent": {
      const at = item.at === null ? [] : [item.at.kind === "Offset" ? item.at.duration : item.at.time];
      return [...item.event.fields.map(({ value }) => value), ...at];
    }
    case "GivenFeature":
      return item.value === null ? [] : [item.value];
    case "GivenList":
      return item.items;
    case "Clock":
      return [item.time];
    case "Cases":
      return item.rows.flatMap((row) => [...row.inputs, ...row.outputs].filter((each) => each !== null));
    case "Expect":
      return "value" in item.expectation && item.expectation.value !== null ? [item.expectation.value] : "item" in item.expectation ? [item.expectation.item] : [];
  }
}
