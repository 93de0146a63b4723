import type { CallExpr, Expr, Ident, TypeExpr } from "../syntax/ast.ts";
import { forms, type Form } from "../types/functions/forms.ts";
import { builtins } from "../types/functions/table.ts";
import type { Declarations, EventModel, Meaning, MeaningKind, RulesetModel } from "./declarations.ts";

/** Which names an expression may use. */
export interface Scope {
  readonly declarations: Declarations;
  /** The event whose fields are visible bare. */
  readonly event: EventModel | undefined;
  /** The ruleset whose `let`s and outcomes are visible. */
  readonly ruleset: RulesetModel | undefined;
  /** Whether features can be read. */
  readonly features: boolean;
  /** Parameters of the function, and variables of `exists` and its like. */
  readonly locals: ReadonlyMap<string, Meaning>;
}

const NO_LOCALS: ReadonlyMap<string, Meaning> = new Map();

export function bareScope(declarations: Declarations): Scope {
  return { declarations, event: undefined, ruleset: undefined, features: false, locals: NO_LOCALS };
}

export function eventScope(declarations: Declarations, event: string): Scope {
  return { ...bareScope(declarations), event: declarations.events.get(event) };
}

export function rulesetScope(declarations: Declarations, ruleset: string, event: string): Scope {
  return { ...eventScope(declarations, event), ruleset: declarations.rulesets.get(ruleset), features: true };
}

/** Every name that can be a value, nearest first. */
export function valuesOf({ declarations, event, ruleset, features, locals }: Scope): readonly Meaning[] {
  return [
    ...locals.values(),
    ...(event === undefined ? [] : [...[...event.fields.values()].map(({ meaning }) => meaning), event.meaning]),
    ...(ruleset?.lets.values() ?? []),
    ...(features ? [...declarations.features.values()].map(({ meaning }) => meaning) : []),
    ...[...declarations.lists.values()].map(({ meaning }) => meaning),
  ];
}

export function valueNamed(name: string, { declarations, event, ruleset, features, locals }: Scope): Meaning | undefined {
  return (
    locals.get(name) ??
    event?.fields.get(name)?.meaning ??
    (event !== undefined && event.meaning.name === name ? event.meaning : undefined) ??
    ruleset?.lets.get(name) ??
    (features ? declarations.features.get(name)?.meaning : undefined) ??
    declarations.lists.get(name)?.meaning
  );
}

/** A name that the language brings along. */
export function ofLanguage(name: string, what: string, doc: string | null = null): Meaning {
  return { kind: "builtin", key: `${what}:${name}`, name, place: null, type: null, doc };
}

export function calleeNamed(name: string, { declarations }: Scope): Meaning | undefined {
  const declared = declarations.functions.get(name)?.meaning;
  if (declared !== undefined) return declared;
  const builtin = builtins.get(name) ?? FORMS.get(name);
  return builtin === undefined ? undefined : ofLanguage(name, "function", builtin.doc);
}

/** What is written like a call and is syntax of the checker. */
export const FORMS: ReadonlyMap<string, Form> = new Map(forms.map((each) => [each.name, each]));

/** Forms over the items of a list, whose first argument names the item. */
export const MACROS: ReadonlySet<string> = new Set(["exists", "all", "exists_one", "map", "filter"]);

export function isMacro(expr: CallExpr): boolean {
  return expr.receiver !== null && MACROS.has(expr.callee.name) && expr.args[0]?.kind === "Name" && expr.args.length > 1;
}

/** What a name or a member stands for; undefined for everything else and for names without a meaning. */
export function meaningOf(expr: Expr, scope: Scope): Meaning | undefined {
  if (expr.kind === "Name") return valueNamed(expr.name, scope);
  return expr.kind === "Member" ? memberNamed(expr.object, expr.member, scope) : undefined;
}

/** What `object.member` stands for. */
export function memberNamed(object: Expr, member: Ident, scope: Scope): Meaning | undefined {
  const owner = meaningOf(object, scope);
  return owner === undefined ? undefined : membersOf(owner, scope).find((each) => each.name === member.name);
}

/** What can stand behind a value and a point. */
export function membersOf(owner: Meaning, { declarations }: Scope): readonly Meaning[] {
  if (owner.type?.kind === "NamedType" && owner.type.name.name === "geo") return [ofLanguage("lat", "geo", "degrees north"), ofLanguage("lon", "geo", "degrees east")];
  const event = owner.kind === "event" ? owner.name : owner.type?.kind === "NamedType" ? owner.type.name.name : undefined;
  const fields = event === undefined ? undefined : declarations.events.get(event)?.fields;
  if (fields !== undefined) return [...fields.values()].map(({ meaning }) => meaning);
  if (owner.kind !== "feature") return [];
  const feature = declarations.features.get(owner.name)?.decl;
  if (feature === undefined || (feature.aggregate.name !== "last" && feature.aggregate.name !== "first")) return [];
  const folded = declarations.events.get(feature.event.name)?.fields.get(feature.field?.name ?? "")?.meaning;
  return [
    { ...ofLanguage("value", "last", "the value of the event found"), type: folded?.type ?? null },
    ofLanguage("at", "last", "when the event was"),
  ];
}

/** The enum that a value is of, with the declaration its members stand in. */
export interface EnumOf {
  readonly owner: Meaning;
  readonly members: readonly Ident[];
}

export function enumOf(expr: Expr, scope: Scope): EnumOf | undefined {
  const meaning = expr.kind === "Call" && expr.receiver === null ? calleeNamed(expr.callee.name, scope) : meaningOf(expr, scope);
  return meaning === undefined ? undefined : enumOfMeaning(meaning, scope);
}

/** Aggregates whose value is one of the field's own. */
const KEEPS_TYPE: ReadonlySet<string> = new Set(["min", "max"]);

export function enumOfMeaning(meaning: Meaning, { declarations }: Scope): EnumOf | undefined {
  const decl = meaning.kind === "feature" ? declarations.features.get(meaning.name)?.decl : undefined;
  const folded = decl === undefined || !KEEPS_TYPE.has(decl.aggregate.name) ? undefined : declarations.events.get(decl.event.name)?.fields.get(decl.field?.name ?? "")?.meaning;
  const owner = folded ?? meaning;
  return owner.type?.kind === "EnumType" && owner.kind !== "list" ? { owner, members: owner.type.members } : undefined;
}

/** The member of an enum, declared where the enum is written. */
export function memberMeaning({ owner, members }: EnumOf, name: string): Meaning | undefined {
  const ident = members.find((each) => each.name === name);
  if (ident === undefined) return undefined;
  const place = owner.place === null ? null : { ...owner.place, ident };
  return { kind: "member", key: `${owner.key}:${name}`, name, place, type: null, doc: null };
}

/** The type as an author writes it. */
export function printTypeExpr(type: TypeExpr): string {
  switch (type.kind) {
    case "NamedType":
      return type.argument === null ? type.name.name : `${type.name.name}[${type.argument.name}]`;
    case "EnumType":
      return `enum(${type.members.map((each) => each.name).join(", ")})`;
    case "ListType":
      return `list[${printTypeExpr(type.element)}]`;
    case "MapType":
      return `map[${printTypeExpr(type.key)}, ${printTypeExpr(type.value)}]`;
  }
}

/** What a kind of thing is called in front of its name. */
export const KIND_WORDS: Readonly<Record<MeaningKind, string>> = {
  event: "event", field: "field", list: "list", rates: "rates", function: "function", param: "parameter", feature: "feature", ruleset: "ruleset",
  let: "let", rule: "rule", table: "table", outcome: "outcome", member: "enum member", binding: "variable", builtin: "built-in",
};
