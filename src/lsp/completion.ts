import { CompletionItemKind, InsertTextFormat, MarkupKind, type CompletionItem, type CompletionList } from "vscode-languageserver/node";
import { NextTokens, type Expected, type Place } from "../../grammar/expected.ts";
import { CURRENCY_CODES } from "../types/currency.ts";
import { builtins } from "../types/functions/table.ts";
import { durationUnit, UNIT_NAMES } from "../types/unit.ts";
import type { Meaning, MeaningKind } from "./declarations.ts";
import type { Document } from "./document.ts";
import type { Folder } from "./folder.ts";
import { describe } from "./hover.ts";
import { MACROS, meaningOf, membersOf, memberMeaning, printTypeExpr, FORMS, valuesOf } from "./names.ts";
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
const MARKS: ReadonlyMap<string, string> = new Map([["EqGreater", "=>"], ["DotDot", ".."]]);

/** Productions that only wrap a name or text. */
const WRAPPERS: ReadonlySet<string> = new Set(["name", "names", "plainText", "template", "quantity"]);

/** Completion of one server: the machine of the grammar is made when it is first needed. */
export class Completion {
  #next: NextTokens | null = null;

  /** Makes the machine before it is needed: it costs 60 ms and more. */
  prepare(): NextTokens {
    return (this.#next ??= new NextTokens());
  }

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
    const expected = this.prepare().after(around.text);
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
  if (places.some(({ rule }) => rule === (inHead(around.piece) ? "tableRow" : "header"))) return [];
  if (token.startsWith('"')) return wordOffers(folder, around, token.slice(1, -1), places);
  if (token === "Operator") return OPERATORS.map((label) => ({ label, kind: CompletionItemKind.Operator, rank: 5 }));
  const mark = MARKS.get(token);
  if (mark !== undefined) return [{ label: mark, kind: CompletionItemKind.Operator, rank: 5 }];
  if (token !== "Name") return [];
  const owner = places.find(({ rule }) => !WRAPPERS.has(rule));
  return owner === undefined ? [] : nameOffers(folder, document, around, owner, places);
}

/** The first row of a table is its head; the grammar alone does not tell. */
function inHead(piece: string): boolean {
  return !/^[ \t]*\|[^\n]*\n/m.test(piece);
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

interface Asked {
  readonly folder: Folder;
  readonly document: Document;
  readonly around: Surroundings;
  readonly places: readonly Place[];
}

type Source = (asked: Asked) => readonly Offer[];

function things({ folder }: Asked, meanings: Iterable<Meaning> | undefined): readonly Offer[] {
  return [...(meanings ?? [])].map((each) => thing(each, 1, folder));
}

/** Everything of one kind. */
function every(kind: "events" | "lists" | "features" | "rulesets" | "rates"): Source {
  return (asked) => {
    const named: ReadonlyMap<string, { readonly meaning: Meaning }> = asked.folder.declarations[kind];
    return things(asked, [...named.values()].map(({ meaning }) => meaning));
  };
}

const outcomes: Source = (asked) => things(asked, asked.around.scope.ruleset?.outcomes.values());
const rules: Source = (asked) => things(asked, asked.around.scope.ruleset?.rules.values());
const fields: Source = (asked) => things(asked, [...(asked.around.scope.event?.fields.values() ?? [])].map(({ meaning }) => meaning));
const keys: Source = (asked) => {
  const all = [...(asked.around.scope.event?.fields.values() ?? [])];
  return things(asked, all.filter(({ decl }) => decl.annotations.some(({ name }) => name === "key")).map(({ meaning }) => meaning));
};

function words(known: ReadonlyMap<string, string>, kind: CompletionItemKind = CompletionItemKind.Keyword): Source {
  const offers = [...known].map(([label, detail]): Offer => ({ label, kind, detail, rank: 1 }));
  return () => offers;
}

/** Behind the arrow of a table's head stand results, before it values. */
function behindArrow({ around }: Asked): boolean {
  return around.piece.slice(around.piece.lastIndexOf("\n") + 1).includes("=>");
}

const caseResults = words(new Map([["outcome", "the outcome expected"], ["score", "the score expected"], ["rule", "the rule expected to match"]]));
const tablePolicies = words(TABLE_POLICIES);

/** What a name can be, by the production that asks for it and the last word or mark in it. */
const SOURCES: ReadonlyMap<string, Source> = new Map<string, Source>([
  ["primary", ({ folder, around, places }) => valueOffers(folder, around, places)],
  ["operand Dot", (asked) => {
    const members = membersBefore(asked.around.piece, asked.around.scope);
    return members.length > 0 ? things(asked, members) : [...builtins.values(), ...FORMS.values()].map(({ name, signature, doc }) => call(name, signature, doc));
  }],
  ["importDecl", ({ folder, document }) => importNames(folder, document)],
  ["namedType", (asked) => [...words(SIMPLE_TYPES, CompletionItemKind.TypeParameter)(asked), ...every("events")(asked)]],
  ["unit", () => [...unitOffers(), ...currencyOffers()]],
  ["field At", words(ANNOTATIONS)],
  ["featureDecl Eq", words(AGGREGATES, CompletionItemKind.Function)],
  ["featureDecl of", every("events")],
  ["featureDecl Dot", fields],
  ["featureClause by", keys],
  ["byKeys by", keys],
  ["rulesetDecl on", every("events")],
  ["rulesetClause policy", words(POLICIES)],
  ["rulesetClause default", outcomes],
  ["threshold", outcomes],
  ["result then", outcomes],
  ["missingAction", outcomes],
  ["lifeClause mode", words(MODES)],
  ["effect to", every("lists")],
  ["effect from", every("lists")],
  ["tableDecl table", (asked) => (/\btable\s+\w+\s[^{]*$/.test(asked.around.piece) ? tablePolicies(asked) : [])],
  ["header", (asked) => (behindArrow(asked) ? words(TABLE_OUTPUTS)(asked) : [])],
  ["output", outcomes],
  ["testDecl for", every("rulesets")],
  ["eventLiteral", every("events")],
  ["given feature", every("features")],
  ["given list", every("lists")],
  ["recordEntry", (asked) => (asked.places.some(({ rule }) => rule === "eventLiteral") ? fields(asked) : [])],
  ["caseHeader", (asked) => (behindArrow(asked) ? caseResults(asked) : fields(asked))],
  ["expectation outcome", outcomes],
  ["expectation rules", rules],
  ["expectFeature", every("features")],
  ["expectThing rule", rules],
  ["expectThing list", every("lists")],
]);

/** The names that a place of the grammar takes. */
function nameOffers(folder: Folder, document: Document, around: Surroundings, { rule, via }: Place, places: readonly Place[]): readonly Offer[] {
  const word = via.startsWith('"') ? via.slice(1, -1) : via;
  const source = SOURCES.get(`${rule} ${word}`) ?? SOURCES.get(rule);
  return source?.({ folder, document, around, places }) ?? [];
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

function call(name: string, detail: string, doc: string | undefined): Offer {
  return { label: name, kind: CompletionItemKind.Function, detail, doc, insert: name, snippet: `${name}($1)`, rank: 3 };
}

function functionOffers(folder: Folder): readonly Offer[] {
  return [
    ...[...folder.declarations.functions.values()].map(({ decl, meaning }) => ({
      ...call(meaning.name, `(${decl.params.map(({ name, type }) => `${name.name}: ${printTypeExpr(type)}`).join(", ")}): ${printTypeExpr(decl.returns)}`, decl.doc ?? undefined),
      meaning,
    })),
    ...[...builtins.values(), ...FORMS.values()]
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
