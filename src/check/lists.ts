import type { Const } from "../ir/ir.ts";
import type { ListDecl, StringLit } from "../syntax/ast.ts";
import { candidates } from "../text/path.ts";
import { printType, type Type } from "../types/type.ts";
import type { Build } from "./build.ts";
import type { ListInfo } from "./checked.ts";
import { constant, fromText } from "./constants.ts";
import { durationOf } from "./durations.ts";
import { inference } from "./infer.ts";
import { bareScope } from "./scopes.ts";
import { PATHS } from "./symbols.ts";
import { resolveType } from "./typeexpr.ts";

/** Entries of one list. Larger sets (whole address registries) belong into blocks or a service of their own. */
export const MAX_LIST_ENTRIES = 1_000_000;

const ELEMENT_KINDS: ReadonlySet<Type["kind"]> = new Set(["string", "number", "ip", "cidr", "enum", "error"]);

/** Gives a list declaration its element type and, unless it is managed, its entries. */
export function checkList(build: Build, file: string, decl: ListDecl): ListInfo {
  let element = resolveType(build, file, decl.element);
  if (!ELEMENT_KINDS.has(element.kind)) {
    build.report.add("RSK0309", decl.element.span, `a list cannot hold ${printType(element)}`, {
      help: "lists hold text, numbers, addresses, address blocks or enum members",
    });
    element = { kind: "error" };
  }
  const { source } = decl;
  if (source?.kind === "inline") return { decl, element, entries: inlineEntries(build, file, decl, element), ttl: null };
  if (source?.kind === "file") return { decl, element, entries: fileEntries(build, file, source.path, element), ttl: null };
  if (source?.kind === "managed" && element.kind === "cidr") {
    build.report.add("RSK0309", decl.element.span, "a managed list cannot hold address blocks", { help: "declare it as `ip`" });
  }
  const ttl = source?.kind === "managed" && source.ttl !== null ? durationOf(build.report, source.ttl, "how long an entry stays") : null;
  return { decl, element, entries: [], ttl: ttl ?? null };
}

function inlineEntries(build: Build, file: string, decl: ListDecl, element: Type): readonly Const[] {
  if (decl.source?.kind !== "inline") return [];
  const context = inference(build.report, build.tables, bareScope(build, file));
  const values = decl.source.items.map((item) => constant(context, item, element));
  return values.filter((value) => value !== undefined);
}

/** A list file has one entry a line, in the first column if there are several; blank lines and `#` comments are skipped. */
function fileEntries(build: Build, file: string, path: StringLit, element: Type): readonly Const[] {
  const found = candidates(file, path.value).find((each) => build.data.has(each));
  const text = found === undefined ? undefined : build.data.get(found);
  if (found === undefined || text === undefined) {
    build.report.add("RSK0306", path.span, `there is no list file \`${path.value}\``, {
      help: PATHS,
    });
    return [];
  }
  const entries: Const[] = [];
  let line = 0;
  for (const raw of text.split("\n")) {
    line++;
    const entry = firstColumn(raw);
    if (entry === "" || entry.startsWith("#")) continue;
    const value = fromText(entry, element);
    if (value !== undefined) entries.push(value);
    else if (element.kind !== "error") {
      build.report.add("RSK0216", path.span, `${found}:${line}: \`${entry.slice(0, 60)}\` is not ${printType(element)}`, {
        help: "one entry a line; lines that start with `#` are comments",
      });
      return entries;
    }
    if (entries.length > MAX_LIST_ENTRIES) {
      build.report.add("RSK0415", path.span, `${found} has more than ${MAX_LIST_ENTRIES} entries`);
      return [];
    }
  }
  return entries;
}

function firstColumn(line: string): string {
  const trimmed = line.trim();
  if (trimmed.startsWith('"')) {
    const end = trimmed.indexOf('"', 1);
    return end === -1 ? trimmed : trimmed.slice(1, end);
  }
  const comma = trimmed.indexOf(",");
  return comma === -1 ? trimmed : trimmed.slice(0, comma).trim();
}
