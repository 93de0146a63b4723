import { lexer } from "../../grammar/tokens.ts";
import type { Expr, Ident } from "../syntax/ast.ts";
import type { Meaning } from "./declarations.ts";
import type { Document } from "./document.ts";
import { enumOf, eventScope, bareScope, rulesetScope, type EnumOf, type Scope } from "./names.ts";
import type { Folder } from "./folder.ts";

/** Text before the cursor that is read for what may follow; a longer piece is looked at from here on. */
const REACH = 32 * 1024;

/** What stands before the cursor, from the piece of the file that it is in. */
export interface Surroundings {
  /** The grammar's view: as if the piece stood alone in a ruleset, without the word being written. */
  readonly text: string;
  /** The piece alone, without the word being written. */
  readonly piece: string;
  /** The word being written, and where it begins. */
  readonly word: string;
  readonly start: number;
  /** What the cursor is inside of. */
  readonly inside: "code" | "comment" | "text";
  readonly scope: Scope;
}

const IN_RULESET = "ruleset r on e {\n";
const IN_WHEN = `${IN_RULESET}rule r {\nwhen `;

export function surroundings(folder: Folder, document: Document, offset: number): Surroundings {
  const before = document.itemBefore(offset);
  const from = Math.max(before?.at ?? 0, offset - REACH);
  const whole = document.text.slice(from, offset);
  const word = /[A-Za-z_]\w*$/.exec(whole)?.[0] ?? "";
  const piece = whole.slice(0, whole.length - word.length);
  const base = { word, start: offset - word.length };
  const scope = scopeAt(folder, document, offset, piece);
  const prefix = (before?.container ?? null) === null ? "" : IN_RULESET;
  const last = lastToken(whole);
  if (last === "comment") return { ...base, text: prefix + piece, piece, inside: "comment", scope };
  if (last === "code") return { ...base, text: prefix + piece, piece, inside: "code", scope };
  const hole = openHole(whole);
  if (hole === undefined || !/\breason\s+\w+\s*$/.test(whole.slice(0, hole.text))) return { ...base, text: prefix + piece, piece, inside: "text", scope };
  const inner = whole.slice(hole.from, whole.length - word.length);
  return { ...base, text: IN_WHEN + inner, piece: inner, inside: "code", scope };
}

/** What the end of a text is inside of. */
function lastToken(text: string): Surroundings["inside"] {
  const { tokens, groups } = lexer.tokenize(text);
  const reaches = (token: { startOffset: number; image: string } | undefined): boolean => token !== undefined && token.startOffset + token.image.length === text.length;
  if (reaches(groups["comments"]?.at(-1)) || reaches(groups["docs"]?.at(-1))) return "comment";
  const last = tokens.at(-1);
  return last?.tokenType.name === "OpenText" && !text.slice(last.startOffset).includes("\n") ? "text" : "code";
}

/** The hole of a text without its closing quote that the end is in: where the text begins, and the hole behind its brace. */
function openHole(text: string): { readonly text: number; readonly from: number } | undefined {
  const last = lexer.tokenize(text).tokens.at(-1);
  if (last === undefined) return undefined;
  const open = text.lastIndexOf("{");
  return open > last.startOffset && !text.slice(open).includes("}") && text[open - 1] !== "{" ? { text: last.startOffset, from: open + 1 } : undefined;
}

/** The names that are visible at an offset; of a piece that cannot be read its text tells. */
function scopeAt(folder: Folder, document: Document, offset: number, piece: string): Scope {
  const { declarations } = folder;
  const item = document.itemBefore(offset);
  const container = item?.container ?? (item?.node?.kind === "Ruleset" ? item.node : null);
  if (container !== null) return rulesetScope(declarations, container.name.name, container.event.name);
  if (/^(?:\s*\/\/\/[^\n]*\n)*\s*test\b/.test(piece)) {
    const name = /\bfor\s+(\w+)/.exec(piece)?.[1] ?? "";
    const ruleset = declarations.rulesets.get(name);
    const event = [...piece.matchAll(/\b(?:given|when)\s+(\w+)\s*\{/g)].at(-1)?.[1];
    return { ...rulesetScope(declarations, name, ruleset?.event ?? ""), event: declarations.events.get(event ?? ruleset?.event ?? "") };
  }
  const counted = /\bfeature\s+\w+\s*=[^=]*?\bof\s+(\w+)/.exec(piece)?.[1];
  if (counted !== undefined) return eventScope(declarations, counted);
  const scope = bareScope(declarations);
  return item?.node?.kind === "Function" ? { ...scope, locals: paramsOf(document, item, item.node) } : scope;
}

function paramsOf(document: Document, item: NonNullable<Meaning["place"]>["item"], decl: Extract<NonNullable<typeof item.node>, { kind: "Function" }>): ReadonlyMap<string, Meaning> {
  return new Map(
    decl.params.map((param) => {
      const place = { document, item, ident: param.name };
      return [param.name.name, { kind: "param", key: `${decl.name.name}(${param.name.name}`, name: param.name.name, place, type: param.type, doc: null }];
    }),
  );
}

const NOWHERE: Ident["span"] = { file: "", start: 0, end: 0 };

/** `a.b.c` as an expression. */
export function chain(text: string): Expr {
  const [first = "", ...rest] = text.split(".");
  return rest.reduce<Expr>((object, name) => ({ kind: "Member", object, member: { kind: "Ident", name, span: NOWHERE }, span: NOWHERE }), { kind: "Name", name: first, span: NOWHERE });
}

/** The enum that is compared with what comes next: behind `x ==`, `x in [`, and `field:` of an event. */
export function expectedEnum(piece: string, scope: Scope): EnumOf | undefined {
  const compared = /([A-Za-z_][\w.]*)\s*(?:==|!=)\s*$/.exec(piece)?.[1] ?? /([A-Za-z_][\w.]*)\s+(?:not\s+)?in\s*\[[^\]]*$/.exec(piece)?.[1];
  if (compared !== undefined) return enumOf(chain(compared), scope);
  const field = /[{,]\s*(\w+)\s*:\s*$/.exec(piece)?.[1];
  if (field !== undefined) return enumOf(chain(field), scope);
  const cell = cellColumn(piece);
  return cell === undefined ? undefined : enumOf(chain(cell), scope);
}

function cells(row: string): readonly string[] {
  return row.split(/\||=>/).map((each) => each.trim());
}

/** The column of a table that the end of a text is in, as its head names it. */
function cellColumn(piece: string): string | undefined {
  const lines = piece.split("\n");
  const row = lines.at(-1) ?? "";
  if (!/^\s*\|/.test(row)) return undefined;
  const head = lines.find((line) => /^\s*\|/.test(line));
  return head === undefined || head === row ? undefined : cells(head)[cells(row).length - 1];
}
