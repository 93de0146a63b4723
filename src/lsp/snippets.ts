import type { Declarations } from "./declarations.ts";
import type { Scope } from "./names.ts";

type Snippet = (declarations: Declarations, scope: Scope) => string;

/** A choice of names, the first of them filled in; the name itself when there is none to choose from. */
function choice(place: number, names: readonly string[], otherwise: string): string {
  return names.length === 0 ? `\${${place}:${otherwise}}` : `\${${place}|${names.join(",")}|}`;
}

function events({ events: all }: Declarations): readonly string[] {
  return [...all.keys()];
}

/** Whole declarations to fill in, by the production that they stand in and their first word. */
export const SNIPPETS: ReadonlyMap<string, Snippet> = new Map<string, Snippet>([
  ["ruleFile event", () => "event ${1:name} {\n\tid: string @id\n\tat: timestamp @time\n\t${2:key}: string @key$0\n}"],
  ["ruleFile feature", (all) => `feature \${1:name} = count of ${choice(2, events(all), "event")} by \${3:key} over \${4:1h}$0`],
  ["ruleFile list", () => "list ${1:name}: string = [$0]"],
  ["ruleFile function", () => "function ${1:name}(${2:x}: ${3:number}): ${4:bool} = $0"],
  ["ruleFile ruleset", (all) => `ruleset \${1:name} on ${choice(2, events(all), "event")} {\n\toutcomes allow < review < decline\n\tpolicy worst\n\tdefault allow\n\n\t$0\n}`],
  [
    "ruleFile test",
    (all) => `test "\${1:what is shown}" for ${choice(2, [...all.rulesets.keys()], "ruleset")} {\n\twhen ${choice(3, events(all), "event")} { $4 }\n\texpect outcome \${5:allow}$0\n}`,
  ],
  [
    "rulesetDecl rule",
    (_, { ruleset }) => `rule \${1:name} "\${2:title}" {\n\twhen \${3:condition}\n\tthen ${choice(4, [...(ruleset?.outcomes.keys() ?? [])].toReversed(), "outcome")}\n\treason \${5:R100} "\${6:text}"$0\n}`,
  ],
]);
