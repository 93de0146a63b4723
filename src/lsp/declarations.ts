import type { EventDecl, FeatureDecl, FieldDecl, FunctionDecl, Ident, ListDecl, RatesDecl, RulesetDecl, TypeExpr } from "../syntax/ast.ts";
import type { Document } from "./document.ts";
import type { Item } from "./items.ts";

export type MeaningKind =
  | "event" | "field" | "list" | "rates" | "function" | "param" | "feature" | "ruleset" | "let" | "rule" | "table" | "outcome" | "member" | "binding"
  /** Names of the language itself, which nobody declares. */
  | "builtin";

/** What a name stands for. */
export interface Meaning {
  readonly kind: MeaningKind;
  /** Equal for the same thing and no other, in one folder. */
  readonly key: string;
  readonly name: string;
  /** Where it is declared; null for names of the language. */
  readonly place: { readonly document: Document; readonly item: Item; readonly ident: Ident } | null;
  /** The type as written, where it is. */
  readonly type: TypeExpr | null;
  readonly doc: string | null;
}

export interface EventModel {
  readonly meaning: Meaning;
  readonly decl: EventDecl;
  readonly fields: ReadonlyMap<string, { readonly meaning: Meaning; readonly decl: FieldDecl }>;
}

export interface RulesetModel {
  readonly meaning: Meaning;
  readonly event: string;
  readonly outcomes: ReadonlyMap<string, Meaning>;
  readonly lets: ReadonlyMap<string, Meaning>;
  /** Rules and tables. */
  readonly rules: ReadonlyMap<string, Meaning>;
  readonly thresholds: readonly { readonly outcome: string; readonly at: number }[];
}

/** The declarations of a folder by name, as they are written; nothing is checked. */
export interface Declarations {
  readonly events: ReadonlyMap<string, EventModel>;
  readonly lists: ReadonlyMap<string, { readonly meaning: Meaning; readonly decl: ListDecl }>;
  readonly rates: ReadonlyMap<string, { readonly meaning: Meaning; readonly decl: RatesDecl }>;
  readonly functions: ReadonlyMap<string, { readonly meaning: Meaning; readonly decl: FunctionDecl }>;
  readonly features: ReadonlyMap<string, { readonly meaning: Meaning; readonly decl: FeatureDecl }>;
  readonly rulesets: ReadonlyMap<string, RulesetModel>;
  /** All top-level names, the first of two with one name. */
  readonly top: ReadonlyMap<string, Meaning>;
}

type Mutable<T> = T extends ReadonlyMap<infer K, infer V> ? Map<K, V> : never;

interface Collecting {
  readonly events: Mutable<Declarations["events"]>;
  readonly lists: Mutable<Declarations["lists"]>;
  readonly rates: Mutable<Declarations["rates"]>;
  readonly functions: Mutable<Declarations["functions"]>;
  readonly features: Mutable<Declarations["features"]>;
  readonly rulesets: Mutable<Declarations["rulesets"]>;
  readonly top: Map<string, Meaning>;
}

/** Reads the declarations out of the items of all files. */
export function declarationsOf(documents: Iterable<Document>): Declarations {
  const found: Collecting = {
    events: new Map(), lists: new Map(), rates: new Map(), functions: new Map(), features: new Map(), rulesets: new Map(), top: new Map(),
  };
  for (const document of documents) {
    let head: RulesetParts | null = null;
    for (const item of document.items) {
      if (item.node?.kind === "Ruleset") head = beginRuleset(found, document, item, item.node);
      else if (item.container === null) collect(found, document, item);
      else if (head !== null) collectPart(head, document, item);
    }
  }
  return found;
}

interface Named {
  readonly name: Ident;
  readonly doc?: string | null;
}

function meaningOf(kind: MeaningKind, prefix: string, document: Document, item: Item, decl: Named, type: TypeExpr | null = null): Meaning {
  const { name } = decl;
  return { kind, key: `${prefix}${name.name}`, name: name.name, place: { document, item, ident: name }, type, doc: decl.doc ?? null };
}

function collect(found: Collecting, document: Document, item: Item): void {
  const { node } = item;
  if (node === null) return;
  const top = (kind: MeaningKind, decl: Named, type: TypeExpr | null = null): Meaning | undefined => {
    if (decl.name.name === "" || found.top.has(decl.name.name)) return undefined;
    const meaning = meaningOf(kind, "", document, item, decl, type);
    found.top.set(meaning.name, meaning);
    return meaning;
  };
  if (node.kind === "Event") {
    const meaning = top("event", node);
    if (meaning === undefined) return;
    const fields = node.fields.map((decl) => [decl.name.name, { decl, meaning: meaningOf("field", `${meaning.name}.`, document, item, decl, decl.type) }] as const);
    found.events.set(meaning.name, { meaning, decl: node, fields: new Map(fields.toReversed()) });
  } else if (node.kind === "List") {
    const meaning = top("list", node, node.element);
    if (meaning !== undefined) found.lists.set(meaning.name, { meaning, decl: node });
  } else if (node.kind === "Rates") {
    const meaning = top("rates", node);
    if (meaning !== undefined) found.rates.set(meaning.name, { meaning, decl: node });
  } else if (node.kind === "Function") {
    const meaning = top("function", node, node.returns);
    if (meaning !== undefined) found.functions.set(meaning.name, { meaning, decl: node });
  } else if (node.kind === "Feature") {
    const meaning = top("feature", node);
    if (meaning !== undefined) found.features.set(meaning.name, { meaning, decl: node });
  }
}

interface RulesetParts {
  readonly name: string;
  readonly outcomes: Map<string, Meaning>;
  readonly lets: Map<string, Meaning>;
  readonly rules: Map<string, Meaning>;
  readonly thresholds: { outcome: string; at: number }[];
}

function beginRuleset(found: Collecting, document: Document, item: Item, decl: RulesetDecl): RulesetParts {
  const parts: RulesetParts = { name: decl.name.name, outcomes: new Map(), lets: new Map(), rules: new Map(), thresholds: [] };
  const meaning = meaningOf("ruleset", "", document, item, decl);
  if (decl.name.name !== "" && !found.top.has(decl.name.name)) {
    found.top.set(meaning.name, meaning);
    found.rulesets.set(meaning.name, { meaning, event: decl.event.name, ...parts });
  }
  return parts;
}

function collectPart(parts: RulesetParts, document: Document, item: Item): void {
  const { node } = item;
  const add = (into: Map<string, Meaning>, kind: MeaningKind, mark: string, decl: Named): void => {
    if (decl.name.name !== "" && !into.has(decl.name.name)) into.set(decl.name.name, meaningOf(kind, `${parts.name}${mark}`, document, item, decl));
  };
  if (node?.kind === "Outcomes") for (const name of node.names) add(parts.outcomes, "outcome", "!", { name });
  else if (node?.kind === "Let") add(parts.lets, "let", "/", node);
  else if (node?.kind === "Rule") add(parts.rules, "rule", "#", node);
  else if (node?.kind === "Table") add(parts.rules, "table", "#", node);
  else if (node?.kind === "Thresholds") parts.thresholds.push(...node.thresholds.map(({ outcome, at }) => ({ outcome: outcome.name, at: at.value })));
}
