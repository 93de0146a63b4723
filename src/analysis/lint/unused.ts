import type { Decl, ImportDecl, LetDecl, RuleFile, RulesetDecl } from "../../syntax/ast.ts";
import type { Fix } from "../../text/diagnostic.ts";
import type { Linted } from "./lint.ts";
import { mentionedByRules, mentions } from "./names.ts";

/** Declarations, values and imports that nothing uses. */
export function lintUnused(linted: Linted): void {
  const mentioned = mentionedByRules(linted.files);
  for (const file of linted.files) {
    for (const decl of file.decls) {
      if (decl.kind === "Import") unusedImports(linted, file, decl);
      else if (decl.kind === "Ruleset") unusedLets(linted, decl);
      else if (linted.whole) unusedDeclaration(linted, decl, mentioned);
    }
  }
}

const WORDS: Readonly<Partial<Record<Decl["kind"], string>>> = { Event: "event", List: "list", Rates: "rates", Function: "function", Feature: "feature" };

function unusedDeclaration({ report }: Linted, decl: Exclude<Decl, ImportDecl>, mentioned: ReadonlySet<string>): void {
  const word = WORDS[decl.kind];
  if (word === undefined || decl.name.kind !== "Ident" || mentioned.has(decl.name.name)) return;
  // `convert` uses the only rates of a folder without naming them.
  if (decl.kind === "Rates" && mentioned.has("convert")) return;
  const cost = decl.kind === "Feature" ? "; it costs memory and time with every event" : "";
  report.add("RSK0601", decl.name.span, `nothing uses the ${word} \`${decl.name.name}\`${cost}`, { help: "take it out, or say on the line above why it stays" });
}

function unusedLets({ report }: Linted, ruleset: RulesetDecl): void {
  const lets = ruleset.items.filter((item): item is LetDecl => item.kind === "Let");
  if (lets.length === 0) return;
  const mentioned = mentions(ruleset.items);
  for (const { name } of lets) {
    if (!mentioned.has(name.name)) report.add("RSK0601", name.span, `nothing uses \`${name.name}\``, { help: "take it out" });
  }
}

function unusedImports({ report }: Linted, file: RuleFile, decl: ImportDecl): void {
  const mentioned = mentions(file.decls.filter((each) => each.kind !== "Import"));
  const unused = decl.names.filter(({ name }) => !mentioned.has(name));
  for (const { name, span } of unused) {
    const kept = decl.names.filter((each) => !unused.includes(each)).map((each) => each.name);
    report.add("RSK0602", span, `\`${name}\` is imported and not used`, { fixes: [removal(decl, kept)] });
  }
}

/** All unused names of one import go at once, so that their fixes cannot get into each other's way. */
function removal(decl: ImportDecl, kept: readonly string[]): Fix {
  const text = kept.length === 0 ? "" : `import ${kept.join(", ")} from ${JSON.stringify(decl.from.value)}`;
  return { title: kept.length === 0 ? "remove the import" : "remove the names that are not used", applicability: "safe", edits: [{ span: decl.span, text }] };
}
