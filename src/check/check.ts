import type { RuleFile } from "../syntax/ast.ts";
import type { Report } from "../text/report.ts";
import type { Build } from "./build.ts";
import { Tables, type Checked } from "./checked.ts";
import { usualCurrency } from "./currency.ts";
import { checkEvent } from "./events.ts";
import { checkFeature } from "./features.ts";
import { checkBody, checkRecursion, checkSignature } from "./functions.ts";
import { checkList } from "./lists.ts";
import { checkRates } from "./rates.ts";
import { checkRuleset } from "./rulesets.ts";
import type { NamedDecl } from "./scope.ts";
import { Symbols, type Symbol } from "./symbols.ts";
import { checkTests } from "./tests.ts";

/**
 * Gives the files of one rules folder their meaning and reports everything that has none. Declarations are taken in the
 * order in which they can depend on each other, wherever they stand.
 * @param data texts of the files that lists and rates name, by path in the folder
 */
export function checkFiles(files: readonly RuleFile[], data: ReadonlyMap<string, string>, report: Report): Checked {
  const symbols = new Symbols(files, report);
  const build: Build = {
    report,
    tables: new Tables(),
    symbols,
    data,
    currency: usualCurrency(symbols),
    events: new Map(),
    lists: new Map(),
    rates: new Map(),
    functions: new Map(),
    flows: new Map(),
    features: new Map(),
    rulesets: new Map(),
  };
  for (const { decl, file } of of(symbols, "Event")) build.events.set(decl.name.name, checkEvent(build, file, decl));
  for (const { decl, file } of of(symbols, "List")) build.lists.set(decl.name.name, checkList(build, file, decl));
  for (const { decl, file } of of(symbols, "Rates")) build.rates.set(decl.name.name, checkRates(build, file, decl));
  for (const { decl, file } of of(symbols, "Function")) build.functions.set(decl.name.name, checkSignature(build, file, decl));
  for (const { decl, file } of of(symbols, "Function")) {
    const info = build.functions.get(decl.name.name);
    if (info !== undefined) checkBody(build, file, info);
  }
  checkRecursion(build);
  for (const { decl, file } of of(symbols, "Feature")) {
    const feature = checkFeature(build, file, decl);
    if (feature !== undefined) build.features.set(decl.name.name, feature);
  }
  for (const { decl, file } of of(symbols, "Ruleset")) {
    const ruleset = checkRuleset(build, file, decl);
    if (ruleset !== undefined) build.rulesets.set(decl.name.name, ruleset);
  }
  return {
    files: files.map((file) => file.path),
    events: [...build.events.values()],
    lists: [...build.lists.values()],
    functions: [...build.functions.values()],
    rates: [...build.rates.values()],
    features: [...build.features.values()],
    rulesets: [...build.rulesets.values()],
    tests: checkTests(build, files),
    tables: build.tables,
  };
}

type OfKind<K extends NamedDecl["kind"]> = Symbol & { readonly decl: Extract<NamedDecl, { kind: K }> };

function of<K extends NamedDecl["kind"]>(symbols: Symbols, kind: K): readonly OfKind<K>[] {
  return [...symbols.all()].filter((symbol): symbol is OfKind<K> => symbol.decl.kind === kind);
}
