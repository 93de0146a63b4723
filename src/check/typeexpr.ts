import type { NamedTypeExpr, TypeExpr } from "../syntax/ast.ts";
import type { Code } from "../text/codes.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { minorDigits } from "../types/currency.ts";
import { ERROR, type SimpleKind, type Type } from "../types/type.ts";
import { parseUnit, UNIT_NAMES } from "../types/unit.ts";
import type { Build } from "./build.ts";

const SIMPLE: ReadonlySet<string> = new Set<SimpleKind>(["bool", "string", "timestamp", "duration", "ip", "cidr", "geo"]);
const TYPE_NAMES: readonly string[] = [...SIMPLE, "number", "money"];

/** Words of other languages for our types. */
const FOREIGN: ReadonlyMap<string, string> = new Map([
  ["int", "number"],
  ["integer", "number"],
  ["float", "number"],
  ["double", "number"],
  ["decimal", "money"],
  ["boolean", "bool"],
  ["text", "string"],
  ["str", "string"],
  ["varchar", "string"],
  ["date", "timestamp"],
  ["datetime", "timestamp"],
  ["time", "timestamp"],
]);

/** The type that a type expression of a file means; what is wrong with it is reported. */
export function resolveType(build: Build, file: string, expr: TypeExpr): Type {
  // A type that was read half would only make more mistakes of the one.
  if (build.report.isDamaged(expr.span)) return ERROR;
  switch (expr.kind) {
    case "EnumType":
      return resolveEnum(build, expr);
    case "ListType":
      return { kind: "list", element: resolveType(build, file, expr.element) };
    case "MapType":
      return resolveMap(build, file, expr);
    case "NamedType":
      return resolveNamed(build, file, expr);
  }
}

function bad(build: Build, code: Code, expr: TypeExpr, message: string, help?: string): Type {
  build.report.add(code, expr.span, message, help === undefined ? {} : { help });
  return ERROR;
}

function resolveEnum(build: Build, expr: Extract<TypeExpr, { kind: "EnumType" }>): Type {
  const seen = new Set<string>();
  for (const member of expr.members) {
    if (seen.has(member.name)) build.report.add("RSK0304", member.span, `\`${member.name}\` is listed twice`);
    seen.add(member.name);
  }
  return { kind: "enum", members: [...seen] };
}

function resolveMap(build: Build, file: string, expr: Extract<TypeExpr, { kind: "MapType" }>): Type {
  const key = resolveType(build, file, expr.key);
  if (key.kind !== "string" && key.kind !== "error") {
    return bad(build, "RSK0309", expr.key, "the keys of a map are text, as in JSON", "write `map[string, …]`");
  }
  return { kind: "map", key, value: resolveType(build, file, expr.value) };
}

function resolveNamed(build: Build, file: string, expr: NamedTypeExpr): Type {
  const { name, span } = expr.name;
  if (name === "number") return resolveNumber(build, expr);
  if (name === "money") return resolveMoney(build, expr);
  if (expr.argument !== null) return bad(build, "RSK0309", expr, `\`${name}\` takes nothing in brackets`);
  if (SIMPLE.has(name)) return { kind: name as SimpleKind };
  const symbol = build.symbols.visible(file, name);
  const event = symbol?.decl.kind === "Event" ? build.events.get(name) : undefined;
  if (event !== undefined) return event.type;
  if (name === "") return ERROR;
  const reach = build.symbols.notImported(file, name);
  if (reach !== undefined) {
    build.report.add(reach.code, span, reach.message, { help: reach.help });
    return ERROR;
  }
  const close = FOREIGN.get(name.toLowerCase()) ?? closest(name, TYPE_NAMES);
  build.report.add("RSK0309", span, `there is no type \`${name}\``, didYouMean(close, span, `the types are ${TYPE_NAMES.map((each) => `\`${each}\``).join(", ")}, \`enum(…)\`, \`list[…]\` and \`map[string, …]\``));
  return ERROR;
}

function resolveNumber(build: Build, expr: NamedTypeExpr): Type {
  if (expr.argument === null) return { kind: "number", unit: null };
  const text = expr.argument.name;
  const unit = parseUnit(text);
  if (unit !== undefined) return { kind: "number", unit };
  const difference = differenceOf(text);
  if (difference !== undefined) {
    build.report.add("RSK0206", expr.argument.span, `\`${text}\` is not a known unit`, didYouMean(difference, expr.argument.span));
    return ERROR;
  }
  const close = text === "m" ? "metre" : closest(text, UNIT_NAMES);
  build.report.add("RSK0206", expr.argument.span, `\`${text}\` is not a known unit`, {
    ...didYouMean(close, expr.argument.span, "the reference lists the units"),
    ...(text === "m" ? { help: "write `metre` for lengths, `min` for minutes" } : {}),
  });
  return ERROR;
}

/** What a misspelt difference should be: only temperatures have one of another type. */
function differenceOf(text: string): string | undefined {
  const [word = "", name = "", ...more] = text.split(" ");
  if (name === "" || more.length > 0) return undefined;
  const unit = parseUnit(`delta ${name}`) === undefined ? parseUnit(name) : undefined;
  if (unit !== undefined) return word === "delta" ? name : undefined;
  const close = parseUnit(name) === undefined ? closest(name, UNIT_NAMES) : name;
  return close === undefined || parseUnit(`delta ${close}`) === undefined ? undefined : `delta ${close}`;
}

function resolveMoney(build: Build, expr: NamedTypeExpr): Type {
  if (expr.argument === null) return { kind: "money", currency: null };
  const currency = expr.argument.name;
  if (minorDigits(currency) !== undefined) return { kind: "money", currency };
  build.report.add("RSK0207", expr.argument.span, `\`${currency}\` is not an ISO 4217 currency code`);
  return ERROR;
}
