import { ErrorCodes, ResponseError, type Range, type TextEdit, type WorkspaceEdit } from "vscode-languageserver/node";
import { isReservedWord } from "../../grammar/words.ts";
import type { Meaning } from "./declarations.ts";
import type { Document } from "./document.ts";
import type { Folder } from "./folder.ts";
import { KIND_WORDS } from "./names.ts";
import { occurrenceAt, type Found } from "./references.ts";

/** A name of the language's letters. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function refuse(message: string): never {
  throw new ResponseError(ErrorCodes.InvalidRequest, message);
}

function renamed(folder: Folder, document: Document, offset: number): Found {
  const found = occurrenceAt(folder, document, offset);
  if (found === undefined) refuse("there is no name here that can be changed");
  if (found.occurrence.meaning.place === null) refuse(`\`${found.occurrence.meaning.name}\` belongs to the language and keeps its name`);
  return found;
}

export function prepareRename(folder: Folder, document: Document, offset: number): Range {
  const { item, occurrence } = renamed(folder, document, offset);
  return document.rangeOf(item, occurrence.ident.span);
}

/** Changes a name everywhere it stands: declarations, imports, tests, and the holes of reasons. */
export function rename(folder: Folder, document: Document, offset: number, name: string): WorkspaceEdit {
  const { meaning } = renamed(folder, document, offset).occurrence;
  if (!NAME.test(name)) refuse(`\`${name}\` is no name: names are made of \`a-z\`, \`A-Z\`, \`0-9\` and \`_\``);
  if (isReservedWord(name)) refuse(`\`${name}\` is a reserved word, it cannot be a name`);
  const taken = name === meaning.name ? undefined : takenBy(folder, meaning, name);
  if (taken !== undefined) refuse(`\`${name}\` is ${KIND_WORDS[taken.kind]} already`);
  const changes: Record<string, TextEdit[]> = {};
  const seen = new Set<string>();
  for (const { document: file, item, occurrence } of folder.uses(meaning.key)) {
    const range = file.rangeOf(item, occurrence.ident.span);
    const place = `${file.uri} ${range.start.line} ${range.start.character}`;
    if (seen.has(place)) continue;
    seen.add(place);
    (changes[file.uri] ??= []).push({ range, newText: name });
  }
  return { changes };
}

/** What else has the new name where the old one is visible; names never shadow. */
function takenBy({ declarations }: Folder, meaning: Meaning, name: string): Meaning | undefined {
  const { events, rulesets, top } = declarations;
  const scope = meaning.key.slice(0, meaning.key.search(/[.!/#(:]|$/));
  const ruleset = rulesets.get(scope);
  switch (meaning.kind) {
    case "rule":
    case "table":
      return ruleset?.rules.get(name);
    case "outcome":
      return ruleset?.outcomes.get(name);
    case "let":
      return ruleset?.lets.get(name) ?? events.get(ruleset?.event ?? "")?.fields.get(name)?.meaning ?? top.get(name);
    case "field": {
      const inLets = [...rulesets.values()].filter(({ event }) => event === scope).map(({ lets }) => lets.get(name));
      const clash = top.get(name);
      return events.get(scope)?.fields.get(name)?.meaning ?? inLets.find((each) => each !== undefined) ?? (clash?.kind === "feature" || clash?.kind === "list" ? clash : undefined);
    }
    case "param":
    case "binding":
    case "member":
      return takenNear(meaning, name);
    default: {
      const fields = [...events.values()].map(({ fields: each }) => each.get(name)?.meaning);
      const lets = [...rulesets.values()].map((each) => each.lets.get(name));
      return top.get(name) ?? (meaning.kind === "feature" || meaning.kind === "list" ? [...fields, ...lets].find((each) => each !== undefined) : undefined);
    }
  }
}

/** The other parameters of a function, the other members of an enum. */
function takenNear(meaning: Meaning, name: string): Meaning | undefined {
  const node = meaning.place?.item.node;
  const near =
    meaning.kind === "param" && node?.kind === "Function"
      ? node.params.map((param) => param.name)
      : meaning.kind === "member" && node?.kind === "Event"
        ? node.fields.flatMap(({ type }) => (type.kind === "EnumType" && type.members.some((each) => each === meaning.place?.ident) ? type.members : []))
        : [];
  return near.some((each) => each.name === name) ? { ...meaning, name } : undefined;
}
