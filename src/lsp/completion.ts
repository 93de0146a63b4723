import { CompletionItemKind, InsertTextFormat, MarkupKind, type CompletionItem, type CompletionList } from "vscode-languageserver/node";
import { NextTokens, type Expected, type Place } from "../../grammar/expected.ts";
import { CURRENCY_CODES } from "../types/currency.ts";
import { builtins } from "../types/functions/table.ts";
import { durationUnit, UNIT_NAMES } from "../types/unit.ts";
import type { Meaning, MeaningKind } from "./declarations.ts";
import type { Document } from "./document.ts";
import type { Folder } from "./folder.ts";
import { describe } from "./hover.ts";
import { MACROS, meaningOf, membersOf, memberMeaning, printTypeExpr, SYNTACTIC, valuesOf } from "./names.ts";
import { SNIPPETS } from "./snippets.ts";
import { chain, expectedEnum, surroundings, type Surroundings } from "./surroundings.ts";
import { AGGREGATES, ANNOTATIONS, KEYWORDS, MODES, POLICIES, SIMPLE_TYPES, TABLE_OUTPUTS, TABLE_POLICIES } from "./words.ts";

/** What the editor is told of an item before it asks for more. */
export interface Offer {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string | undefined;
  readonly doc?: string | undefined;
  /** The thing itself, described when the editor asks. */
  readonly meaning?: Meaning;
  /** What is put in, where it is not the label; `snippet` has places for the cursor. */
  readonly insert?: string;
  readonly snippet?: string;
  /** Nearer things stand above: 0 to 9. */
  readonly rank: number;
}

const KIND_OF: Readonly<Record<MeaningKind, CompletionItemKind>> = {
  event: CompletionItemKind.Struct, field: CompletionItemKind.Field, list: CompletionItemKind.Constant, rates: CompletionItemKind.Constant,
  function: CompletionItemKind.Function, param: CompletionItemKind.Variable, feature: CompletionItemKind.Variable, ruleset: CompletionItemKind.Module,
  let: CompletionItemKind.Variable, rule: CompletionItemKind.Method, table: CompletionItemKind.Class, outcome: CompletionItemKind.EnumMember,
  member: CompletionItemKind.EnumMember, binding: CompletionItemKind.Variable, builtin: CompletionItemKind.Property,
};

const OPERATORS: readonly string[] = ["and", "or", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"];

/** Marks that are offered, since a reader may not guess them; brackets come of themselves. */
const MARKS: ReadonlyMap<string, string> = new Map([["Arrow", "=>"], ["DotDot", ".."]]);

/** Productions that only wrap a name or text. */
const WRAPPERS: ReadonlySet<string> = new Set(["name", "names", "plainText", "template", "quantity"]);

/** Completion of one server: the machine of the grammar is made when it is first needed. */
export class Completion {
  #next: NextTokens | null = null;

  offers(folder: Folder, document: Document, offset: number): { readonly around: Surroundings; readonly offers: readonly Offer[] } {
    const around = surroundings(folder, document, offset);
    const line = around.piece.slice(around.piece.lastIndexOf("\n") + 1);
    if (around.inside === "comment") return { around, offers: [] };
    if (around.inside === "text") return { around, offers: importPaths(folder, document, line) };
    const number = /(?:^|[^\w.])(\d[\d_]*(?:\.\d+)?)( ?)$/.exec(line);
    if (number !== null && (around.word !== "" || number[2] === "")) {
      const offers = number[2] === "" ? unitOffers() : currencyOffers();
      if (number[2] === "" || /^[A-Z]*$/.test(around.word)) return { around, offers };
    }
    this.#next ??= new NextTokens();
    const expected = this.#next.after(around.text);
    const found = new Map<string, Offer>();
    for (const offer of expected.flatMap((each) => offersFor(folder, document, around, each))) {
      const known = found.get(offer.label);
      if (known === undefined || offer.rank < known.rank) found.set(offer.label, offer);
    }
    return { around, offers: [...found.values()] };
  }

  complete(folder: Folder, document: Document, offset: number, snippets: boolean): CompletionList {
    const { around, offers } = this.offers(folder, document, offset);
    const range = document.range({ start: around.start, end: offset });
    const items = offers.map((offer): CompletionItem => ({
      label: offer.label,
      kind: offer.kind,
      sortText: `${offer.rank}${offer.label}`,
      ...(offer.detail === undefined ? {} : { detail: offer.detail }),
      ...(offer.doc === undefined ? {} : { documentation: { kind: MarkupKind.Markdown, value: offer.doc } }),
      ...(snippets && offer.snippet !== undefined ? { insertTextFormat: InsertTextFormat.Snippet } : {}),
      textEdit: { range, newText: (snippets ? offer.snippet : undefined) ?? offer.insert ?? offer.label },
      ...(offer.meaning === undefined ? {} : { data: { uri: document.uri, key: offer.meaning.key, name: offer.meaning.name } }),
    }));
    return { isIncomplete: false, items };
  }
}

/** The description of an offered thing, when the editor asks for it. */
export function resolveOffer(folder: Folder, item: CompletionItem): CompletionItem {
  const { key } = item.data as { readonly key: string };
  for (const { meaning } of Iterator.from(folder.uses(key)).filter(({ occurrence }) => occurrence.declares).map(({ occurrence }) => occurrence)) {
    return { ...item, documentation: { kind: MarkupKind.Markdown, value: describe(folder, meaning) } };
  }
  return item;
}

function offersFor(folder: Folder, document: Document, around: Surroundings, { token, places }: Expected): readonly Offer[] {
  if (token.startsWith('"')) return wordOffers(folder, around, token.slice(1, -1), places);
  if (token === "Operator") return OPERATORS.map((label) => ({ label, kind: CompletionItemKind.Operator, rank: 5 }));
  const mark = MARKS.get(token);
  if (mark !== undefined) return [{ label: mark, kind: CompletionItemKind.Operator, rank: 5 }];
  if (token !== "Name") return [];
  const owner = places.find(({ rule }) => !WRAPPERS.has(rule));
  return owner === undefined ? [] : nameOffers(folder, document, around, owner, places);
}

const LITERALS: ReadonlySet<string> = new Set(["true", "false", "null"]);

function wordOffers(folder: Folder, around: Surroundings, word: string, places: readonly Place[]): readonly Offer[] {
  if (LITERALS.has(word)) return [{ label: word, kind: CompletionItemKind.Value, rank: 4 }];
  const plain: Offer = { label: word, kind: CompletionItemKind.Keyword, detail: KEYWORDS.get(word), rank: word === "not" || word === "in" || word === "is" ? 5 : 6 };
  const place = places[1]?.rule ?? "";
  const make = SNIPPETS.get(`${place} ${word}`);
  return make === undefined ? [plain] : [plain, { ...plain, label: `${word} …`, kind: CompletionItemKind.Snippet, insert: word, snippet: make(folder.declarations, around.scope), rank: 7 }];
}

function thing(meaning: Meaning, rank: number, folder: Folder): Offer {
  const type = folder.typeOf(meaning) ?? (meaning.type === null ? undefined : printTypeExpr(meaning.type));
  return { label: meaning.name, kind: KIND_OF[meaning.kind], detail: type, doc: meaning.doc ?? undefined, meaning, rank };
}

function known(words: ReadonlyMap<string, string>, kind: CompletionItemKind): readonly Offer[] {
  return [...words].map(([label, detail]) => ({ label, kind, detail, rank: 1 }));
}

/** The names that a place of the grammar takes. */
function nameOffers(folder: Folder, document: Document, around: Surroundings, { rule, via }: Place, places: readonly Place[]): readonly Offer[] {
  const { declarations } = folder;
  const { scope, piece } = around;
  const things = (meanings: Iterable<Meaning> | undefined, rank = 1): readonly Offer[] => [...(meanings ?? [])].map((each) => thing(each, rank, folder));
  const all = (named: ReadonlyMap<string, { readonly meaning: Meaning }>): readonly Offer[] => things([...named.values()].map(({ meaning }) => meaning));
  const fields = (keysOnly: boolean): readonly Offer[] =>
    things([...(scope.event?.fields.values() ?? [])].filter(({ decl }) => !keysOnly || decl.annotations.some(({ name }) => name === "key")).map(({ meaning }) => meaning));
  const outcomes = (): readonly Offer[] => things(scope.ruleset?.outcomes.values());
  const last = /([A-Za-z]\w*)\s*(?:,[\s\w,]*)?$/.exec(piece)?.[1];
  const keyword = via.startsWith('"') ? via.slice(1, -1) : via;
  switch (rule) {
    case "primary":
      return valueOffers(folder, around, places);
    case "operand":
      return things(membersBefore(piece, scope));
    case "importDecl":
      return importNames(folder, document);
    case "namedType":
      return [...known(SIMPLE_TYPES, CompletionItemKind.TypeParameter), ...all(declarations.events)];
    case "unit":
      return [...unitOffers(), ...currencyOffers()];
    case "field":
      return via === "At" ? known(ANNOTATIONS, CompletionItemKind.Keyword) : [];
    case "featureDecl":
      if (via === "Eq") return known(AGGREGATES, CompletionItemKind.Function);
      return keyword === "of" ? all(declarations.events) : via === "Dot" ? fields(false) : [];
    case "featureClause":
      return fields(true);
    case "threshold":
      return outcomes();
    default:
      return byKeyword(keyword, last, { all, fields, outcomes, things, folder, around, rule });
  }
}

interface Sources {
  readonly all: (named: ReadonlyMap<string, { readonly meaning: Meaning }>) => readonly Offer[];
  readonly fields: (keysOnly: boolean) => readonly Offer[];
  readonly outcomes: () => readonly Offer[];
  readonly things: (meanings: Iterable<Meaning> | undefined) => readonly Offer[];
  readonly folder: Folder;
  readonly around: Surroundings;
  readonly rule: string;
}

/** Where a clause takes a name, the word before it tells which. */
function byKeyword(keyword: string, last: string | undefined, { all, fields, outcomes, things, folder, around, rule }: Sources): readonly Offer[] {
  const { declarations } = folder;
  const { scope } = around;
  switch (keyword) {
    case "then":
    case "default":
    case "outcome":
    case "missing":
      return outcomes();
    case "policy":
      return known(POLICIES, CompletionItemKind.Keyword);
    case "mode":
      return known(MODES, CompletionItemKind.Keyword);
    case "by":
      return fields(true);
    case "to":
    case "from":
    case "list":
    case "in":
      return all(declarations.lists);
    case "on":
    case "given":
      return all(declarations.events);
    case "when":
      return rule.startsWith("test") || rule === "whenEvent" ? all(declarations.events) : [];
    case "for":
      return all(declarations.rulesets);
    case "rule":
    case "rules":
    case "no":
      return rule.startsWith("rule") ? [] : things(scope.ruleset?.rules.values());
    case "feature":
      return all(declarations.features);
    default:
      return byRule(keyword, rule, { all, fields, outcomes, things, folder, around, rule }, last);
  }
}

function byRule(via: string, rule: string, { fields }: Sources, last: string | undefined): readonly Offer[] {
  if (/^(?:recordEntry|eventLit|record)/i.test(rule) || (via === "LBrace" && last === undefined)) return fields(false);
  if (/table/i.test(rule)) return via === "Arrow" || via === "EqGreater" ? known(TABLE_OUTPUTS, CompletionItemKind.Keyword) : known(TABLE_POLICIES, CompletionItemKind.Keyword);
  if (/cases/i.test(rule)) return [...fields(false), ...["outcome", "rule", "score"].map((label): Offer => ({ label, kind: CompletionItemKind.Keyword, rank: 1 }))];
  return [];
}

function membersBefore(piece: string, scope: Surroundings["scope"]): readonly Meaning[] {
  const owner = /([A-Za-z_][\w.]*)\s*\.\s*$/.exec(piece)?.[1];
  const meaning = owner === undefined ? undefined : meaningOf(chain(owner), scope);
  return meaning === undefined ? [] : membersOf(meaning, scope);
}

/** Values, functions, and before them what the other side of a comparison asks for. */
function valueOffers(folder: Folder, around: Surroundings, places: readonly Place[]): readonly Offer[] {
  const { piece, scope } = around;
  const wanted = expectedEnum(piece, scope);
  const members = wanted?.members.flatMap(({ name }) => memberMeaning(wanted, name) ?? []) ?? [];
  const afterIn = /\bin\s*$/.test(piece);
  const values = valuesOf(scope).map((each) => thing(each, afterIn && each.kind === "list" ? 0 : each.kind === "list" ? 3 : 2, folder));
  const receiver = places.some(({ rule }) => rule === "operand") && /\.\s*$/.test(piece);
  return [...members.map((each) => thing(each, 0, folder)), ...values, ...(receiver ? [] : functionOffers(folder))];
}

function functionOffers(folder: Folder): readonly Offer[] {
  const call = (name: string, detail: string, doc: string | undefined): Offer => ({
    label: name, kind: CompletionItemKind.Function, detail, doc, insert: name, snippet: `${name}($1)`, rank: 3,
  });
  return [
    ...[...folder.declarations.functions.values()].map(({ decl, meaning }) => ({
      ...call(meaning.name, `(${decl.params.map(({ name, type }) => `${name.name}: ${printTypeExpr(type)}`).join(", ")}): ${printTypeExpr(decl.returns)}`, decl.doc ?? undefined),
      meaning,
    })),
    ...[...builtins.values(), ...[...SYNTACTIC].map(([name, each]) => ({ name, ...each }))]
      .filter(({ name }) => !MACROS.has(name))
      .map(({ name, signature, doc }) => call(name, signature, doc)),
  ];
}

function unitOffers(): readonly Offer[] {
  return UNIT_NAMES.map((label) => {
    const ms = durationUnit(label);
    return { label, kind: CompletionItemKind.Unit, detail: ms === undefined ? "unit" : `duration, ${ms} ms`, rank: ms === undefined ? 2 : 1 };
  });
}

function currencyOffers(): readonly Offer[] {
  return CURRENCY_CODES.map((label) => ({ label, kind: CompletionItemKind.Unit, detail: "currency", rank: 1 }));
}

/** Rule files that an import can name, from the root of the folder. */
function importPaths(folder: Folder, document: Document, line: string): readonly Offer[] {
  if (!/^\s*import\b[^"]*\bfrom\s+"[^"]*$/.test(line)) return [];
  const typed = line.slice(line.lastIndexOf('"') + 1);
  return [...folder.documents]
    .filter(({ path }) => path !== document.path && path.startsWith(typed))
    .map(({ path }) => ({ label: path, kind: CompletionItemKind.File, insert: path.slice(typed.length), rank: 1 }));
}

/** Names of other files that are not in this one yet. */
function importNames(folder: Folder, document: Document): readonly Offer[] {
  return [...folder.declarations.top.values()]
    .filter(({ place, kind }) => kind !== "ruleset" && place !== null && place.document !== document)
    .map((each) => ({ ...thing(each, 1, folder), detail: each.place?.document.path }));
}
