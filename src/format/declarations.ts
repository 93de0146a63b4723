import type { Decl, EventDecl, FeatureClause, FeatureDecl, FieldDecl, FunctionDecl, Ident, ImportDecl, ListDecl, RatesDecl, TypeExpr } from "../syntax/ast.ts";
import { body, type Context, units } from "./body.ts";
import { type Cursor, Misread } from "./cursor.ts";
import { type Doc, group, indent, line, softline, space } from "./doc.ts";
import { delimited, expression, items, range } from "./expressions.ts";
import { listed, meaning } from "./parts.ts";
import { ruleset } from "./rulesets.ts";
import { testOf } from "./tests.ts";

/** All of a file. */
export function file(c: Cursor, decls: readonly Decl[], end: number, cautious: boolean): Doc {
  // Around a declaration there is nothing that could stay as it is, other than the declaration.
  const inside: Context = { cursor: c, cautious };
  const start = c.at;
  return [units({ cursor: c, cautious: false }, decls, end, (decl, until) => declaration(inside, decl, until)), c.lead(start === end)];
}

function declaration(context: Context, decl: Decl, until: number): Doc {
  const { cursor: c } = context;
  switch (decl.kind) {
    case "Import":
      return importOf(c, decl);
    case "Event":
      return event(context, decl, until);
    case "List":
      return list(c, decl);
    case "Rates":
      return rates(context, decl, until);
    case "Function":
      return functionOf(c, decl);
    case "Feature":
      return feature(c, decl);
    case "Ruleset":
      return ruleset(context, decl, until);
    case "Test":
      return testOf(context, decl, until);
  }
}

function importOf(c: Cursor, { names, from }: ImportDecl): Doc {
  return [c.want("import"), space, listed(c, names), space, c.want("from"), space, c.whole(from.span)];
}

function event(context: Context, { name, fields, span }: EventDecl, until: number): Doc {
  const { cursor: c } = context;
  return [c.want("event"), space, c.ident(name), space, body(context, span, fields, until, (each) => field(c, each))];
}

function field(c: Cursor, { name, type, span, range: bounds, default: value }: FieldDecl): Doc {
  const docs: Doc[] = [c.ident(name), c.want(":"), space, typeOf(c, type)];
  while (c.peek().text !== "" && c.peek().start < span.end) {
    if (c.is("@")) docs.push(space, c.take(), c.take());
    else if (c.is("in") && bounds !== null) docs.push(space, c.take(), space, range(c, bounds));
    else if (c.is("=") && value !== null) docs.push(space, c.take(), space, expression(c, value));
    else docs.push(c.want("?"));
  }
  return docs;
}

function typeOf(c: Cursor, type: TypeExpr): Doc {
  switch (type.kind) {
    case "EnumType":
      return [c.want("enum"), delimited(c, "(", type.members, ")", softline, (name) => c.ident(name))];
    case "ListType":
      return [c.want("list"), c.want("["), typeOf(c, type.element), c.want("]")];
    case "MapType":
      return [c.want("map"), c.want("["), typeOf(c, type.key), c.want(","), space, typeOf(c, type.value), c.want("]")];
    case "NamedType":
      return [c.ident(type.name), type.argument === null ? [] : [c.want("["), together(c, type.argument), c.want("]")]];
  }
}

/** A unit of several tokens: `mm/s`, `delta degC`. */
function together(c: Cursor, { span }: Ident): Doc {
  const docs: Doc[] = [];
  let word = false;
  while (c.peek().text !== "" && c.peek().start < span.end) {
    const { named } = c.peek();
    docs.push(word && named ? space : "", c.take());
    word = named;
  }
  return docs;
}

function list(c: Cursor, { name, element, source }: ListDecl): Doc {
  const head = [c.want("list"), space, c.ident(name), c.want(":"), space, typeOf(c, element), space];
  switch (source?.kind) {
    case "inline":
      return [head, c.want("="), space, items(c, source.items)];
    case "file":
      return [head, c.want("from"), space, c.whole(source.path.span)];
    case "managed":
      return [head, c.want("managed"), source.ttl === null ? [] : [space, c.want("ttl"), space, c.whole(source.ttl.span)]];
    default:
      throw new Misread();
  }
}

function rates(context: Context, { name, source, span }: RatesDecl, until: number): Doc {
  const { cursor: c } = context;
  const head = [c.want("rates"), space, c.ident(name), space];
  if (source === null) throw new Misread();
  if (source.kind === "file") return [head, c.want("from"), space, c.whole(source.path.span)];
  return [
    head,
    body(context, span, source.editions, until, (edition) => [
      c.want("from"), space, c.whole(edition.from.span), space,
      delimited(c, "{", edition.rates, "}", line, ({ base, quote }) => [c.whole(base.span), space, c.want("="), space, c.whole(quote.span)]),
    ]),
  ];
}

function functionOf(c: Cursor, { name, params, returns, body: value }: FunctionDecl): Doc {
  const head = [
    c.want("function"), space, c.ident(name),
    delimited(c, "(", params, ")", softline, (param) => [c.ident(param.name), c.want(":"), space, typeOf(c, param.type)]),
    c.want(":"), space, typeOf(c, returns),
  ];
  return meaning(c, head, value);
}

function feature(c: Cursor, { name, aggregate, argument, event: source, field: of, clauses }: FeatureDecl): Doc {
  const head: Doc[] = [c.want("feature"), space, c.ident(name), space, c.want("="), space, c.ident(aggregate)];
  if (argument !== null) head.push(c.want("("), c.whole(argument.span), c.want(")"));
  head.push(space, c.want("of"), space, c.ident(source));
  if (of !== null) head.push(c.want("."), c.ident(of));
  return group(head, indent(clauses.map((clause): Doc => [line, featureClause(c, clause)])));
}

function featureClause(c: Cursor, clause: FeatureClause): Doc {
  switch (clause.kind) {
    case "By":
      return [c.want("by"), space, listed(c, clause.keys)];
    case "Over":
      return [c.want("over"), space, c.whole(clause.window.span)];
    case "Ending":
      return [c.want("ending"), space, c.whole(clause.ago.span), space, c.want("ago")];
    case "Where":
      return [c.want("where"), space, expression(c, clause.condition)];
    case "Lateness":
      return [c.want("lateness"), space, c.whole(clause.allowed.span)];
    case "Excluding":
      return [c.want("excluding"), space, c.want("current")];
  }
}
