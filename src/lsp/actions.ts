import { CodeActionKind, type CodeAction, type Range, type TextEdit, type WorkspaceEdit } from "vscode-languageserver/node";
import type { Diagnostic, Edit } from "../text/diagnostic.ts";
import { safeFixes } from "../text/fix.ts";
import { asLsp, rangeOf } from "./diagnostics.ts";
import type { Document } from "./document.ts";
import type { Folder } from "./folder.ts";

const FIX_ALL = `${CodeActionKind.SourceFixAll}.sluice`;

export const ACTION_KINDS: readonly string[] = [CodeActionKind.QuickFix, FIX_ALL];

/** What can be done about the findings of a range; `only` names the kinds that are wanted. */
export function codeActions(folder: Folder, document: Document, range: Range, only: readonly string[] | undefined): CodeAction[] {
  const wants = (kind: string): boolean => only === undefined || only.some((each) => kind === each || kind.startsWith(`${each}.`));
  const [from, to] = [document.offsetAt(range.start), document.offsetAt(range.end)];
  const found = folder.diagnostics(document.path);
  const near = found.filter(({ span }) => span.file === document.path && span.start <= to && span.end >= from);
  return [
    ...(wants(CodeActionKind.QuickFix) ? near.flatMap((each) => [...fixActions(folder, each), ...ignoreAction(folder, document, each)]) : []),
    ...(wants(FIX_ALL) ? fixAll(folder, found) : []),
  ];
}

function fixActions(folder: Folder, diagnostic: Diagnostic): CodeAction[] {
  return diagnostic.fixes.map(({ title, applicability, edits }) => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [asLsp(folder, diagnostic)],
    isPreferred: applicability === "safe",
    edit: workspaceEdit(folder, edits),
  }));
}

/** A warning can be answered by a comment that says why it does not hold here. */
function ignoreAction(folder: Folder, document: Document, diagnostic: Diagnostic): CodeAction[] {
  const { code, severity, span } = diagnostic;
  if (severity !== "warning") return [];
  const { line } = document.range(span).start;
  const start = document.offsetAt({ line, character: 0 });
  const indent = /^[ \t]*/.exec(document.text.slice(start, span.start))?.[0] ?? "";
  const edit: Edit = { span: { file: document.path, start, end: start }, text: `${indent}// ignore ${code}: reason\n` };
  return [{ title: `ignore ${code} here, with a reason`, kind: CodeActionKind.QuickFix, diagnostics: [asLsp(folder, diagnostic)], edit: workspaceEdit(folder, [edit]) }];
}

function fixAll(folder: Folder, found: readonly Diagnostic[]): CodeAction[] {
  const edits = safeFixes(found).flatMap((fix) => fix.edits);
  return edits.length === 0 ? [] : [{ title: "apply all safe fixes", kind: FIX_ALL, edit: workspaceEdit(folder, edits) }];
}

function workspaceEdit(folder: Folder, edits: readonly Edit[]): WorkspaceEdit {
  const changes: Record<string, TextEdit[]> = {};
  for (const { span, text } of edits) (changes[folder.uriOf(span.file)] ??= []).push({ range: rangeOf(folder, span), newText: text });
  return { changes };
}
