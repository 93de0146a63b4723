import type { EventLit, Expectation, Expr, TestDecl, TestItem } from "../syntax/ast.ts";
import { body, type Context } from "./body.ts";
import type { Cursor } from "./cursor.ts";
import { type Doc, group, indent, line, space } from "./doc.ts";
import { expression, record } from "./expressions.ts";
import { Grid, headerOf } from "./grid.ts";
import { words } from "./parts.ts";

export function testOf(context: Context, { name, ruleset, items, span }: TestDecl, until: number): Doc {
  const { cursor: c } = context;
  const head = [c.want("test"), space, c.whole(name.span), space, c.want("for"), space, c.ident(ruleset), space];
  return [head, body(context, span, items, until, (item, end) => testItem(context, item, end))];
}

function testItem(context: Context, item: TestItem, until: number): Doc {
  const { cursor: c } = context;
  switch (item.kind) {
    case "GivenEvent":
    case "WhenEvent":
      return eventItem(c, item);
    case "GivenFeature":
      return item.value === null ? words(c, item.span.end) : asked(c, item.value);
    case "GivenList":
      return asked(c, ...item.items);
    case "Clock":
      return words(c, item.span.end);
    case "Expect":
      return expect(c, item.expectation);
    case "Cases":
      return cases(context, item, until);
  }
}

/** `given payment { … } at -50m repeat 9 every 5m` */
function eventItem(c: Cursor, { kind, event, span }: TestItem & { readonly event: EventLit }): Doc {
  const head = [c.want(kind === "GivenEvent" ? "given" : "when"), space, c.ident(event.event), space, record(c, event.fields)];
  return c.peek().start < span.end ? [head, space, words(c, span.end)] : head;
}

/** Words up to a value, and the values with commas between. */
function asked(c: Cursor, ...values: readonly Expr[]): Doc {
  return values.map((value, i): Doc => {
    if (i === 0) return [wordsBefore(c, value), expression(c, value)];
    return [c.want(","), indent(group(line, expression(c, value)))];
  });
}

/** The brackets around a value belong to it. */
function wordsBefore(c: Cursor, value: Expr): Doc {
  const docs: Doc[] = [];
  while (c.peek().text !== "" && c.peek().start < value.span.start && !c.is("(")) docs.push(c.take(), space);
  return docs;
}

function expect(c: Cursor, expectation: Expectation): Doc {
  switch (expectation.kind) {
    case "ExpectScore":
      return asked(c, expectation.value);
    case "ExpectList":
      return asked(c, expectation.item);
    case "ExpectFeature":
      return expectation.value === null ? words(c, expectation.span.end) : asked(c, expectation.value);
    case "ExpectEmit": {
      const { fields, name, span } = expectation;
      if (fields === null) return words(c, span.end);
      return [words(c, name.span.end), space, record(c, fields)];
    }
    default:
      return words(c, expectation.span.end);
  }
}

function cases(context: Context, { inputs, outputs, rows, span }: TestItem & { readonly kind: "Cases" }, until: number): Doc {
  const { cursor: c } = context;
  const head = [c.want("cases"), space];
  const grid = new Grid(c, inputs.length);
  const value = (each: Expr | null) => (): Doc => (each === null ? c.want("-") : expression(c, each));
  const inside = body(context, span, [headerOf(c, inputs, outputs), ...rows], until, (unit) =>
    unit.kind === "Header"
      ? grid.row([...inputs, ...outputs].map((name) => () => c.ident(name)), true)
      : grid.row([...unit.inputs, ...unit.outputs].map(value)),
  );
  grid.align();
  return [head, inside];
}
