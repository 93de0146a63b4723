import type { SignatureHelp } from "vscode-languageserver/node";
import { lexer } from "../../grammar/tokens.ts";
import { builtins } from "../types/functions/table.ts";
import type { Document } from "./document.ts";
import type { Folder } from "./folder.ts";
import { printTypeExpr, FORMS } from "./names.ts";

/** Calls are looked for in this much text before the cursor; nobody writes a longer one. */
const REACH = 4_096;

/** The function whose arguments the cursor is among, and which of them. */
export function signatureHelp(folder: Folder, document: Document, offset: number): SignatureHelp | null {
  const start = Math.max(document.itemBefore(offset)?.at ?? 0, offset - REACH);
  const call = openCall(document.text.slice(start, offset));
  if (call === undefined) return null;
  const declared = folder.declarations.functions.get(call.name);
  if (declared !== undefined) {
    const params = declared.decl.params.map(({ name, type }) => `${name.name}: ${printTypeExpr(type)}`);
    return help(`${call.name}(`, params, `): ${printTypeExpr(declared.decl.returns)}`, declared.decl.doc, call.argument);
  }
  const builtin = builtins.get(call.name) ?? FORMS.get(call.name);
  const parts = /^([^(]*\()(.*)(\)[^)]*)$/s.exec(builtin?.signature ?? "");
  if (builtin === undefined || parts === null) return null;
  const params = (parts[2] ?? "").split(", ").filter((each) => each !== "");
  return help(parts[1] ?? "", params, parts[3] ?? "", builtin.doc, call.argument);
}

function help(before: string, params: readonly string[], after: string, doc: string | null, argument: number): SignatureHelp {
  const label = before + params.join(", ") + after;
  // The last parameter of `min(a, b, …)` stands for all that follow.
  const active = params.at(-1) === "…" ? Math.min(argument, params.length - 1) : argument;
  return {
    signatures: [{ label, ...(doc === null ? {} : { documentation: doc }), parameters: params.map((each) => ({ label: each })) }],
    activeSignature: 0,
    activeParameter: active,
  };
}

/** The innermost call that is open at the end of a text; `x.f(` counts `x` as the first argument. */
function openCall(text: string): { readonly name: string; readonly argument: number } | undefined {
  const { tokens } = lexer.tokenize(text);
  let depth = 0;
  let argument = 0;
  for (let i = tokens.length - 1; i >= 0; i--) {
    const image = tokens[i]?.image ?? "";
    if (image === ")" || image === "]" || image === "}") depth++;
    else if (image === "," && depth === 0) argument++;
    else if (image === "(" || image === "[" || image === "{") {
      if (depth > 0) depth--;
      else if (image === "(") {
        const name = tokens[i - 1]?.image ?? "";
        return /^[A-Za-z_]\w*$/.test(name) ? { name, argument: argument + (tokens[i - 2]?.image === "." ? 1 : 0) } : undefined;
      } else if (image === "{") return undefined;
      else argument = 0;
    }
  }
  return undefined;
}
