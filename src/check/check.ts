import type { RuleFile } from "../syntax/ast.ts";
import type { Report } from "../text/report.ts";
import type { Build } from "./build.ts";
import { Tables, type Checked, type RulesetInfo } from "./checked.ts";
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

/** What rulesets and tests build on, to check some of them again without it. */
export interface Surroundings {
  readonly build: Build;
  readonly checked: Checked;
  /** Whether the currency that the folder names most, which hangs on all of it, meant anything to any of it. */
  readonly currency: { asked: boolean };
}

/**
 * Gives the files of one rules folder their meaning and reports everything that has none. Declarations are taken in the
 * order in which they can depend on each other, wherever they stand.
 * @param data texts of the files that lists and rates name, by path in the folder
 */
export function checkFiles(files: readonly RuleFile[], data: ReadonlyMap<string, string>, report: Report): Checked {
  return checkWhole(files, data, report).checked;
}

/** The same, with what checking rulesets and tests again takes. */
export function checkWhole(files: readonly RuleFile[], data: ReadonlyMap<string, string>, report: Report): Surroundings {
  const symbols = new Symbols(files, report);
  const currency = { asked: false };
  const build: Build = {
    report,
    tables: new Tables(),
    symbols,
    data,
    currency: noted(usualCurrency(symbols), currency),
    events: new Map(),
    lists: new Map(),
    rates: new Map(),
    functions: new Map(),
    flows: new Map(),
    features: new Map(),
    rulesets: new Map(),
    costs: new WeakMap(),
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
  return { build, checked: checkRulesets(build, files, []), currency };
}

/**
 * Checks a folder in which nothing but rulesets, tests and imports differs from one that was without findings.
 * Null where what is known means something else by what differs.
 * @param known rulesets as they were: the same nodes mean the same. The tables of the result know only what is checked again
 * by themselves, and all else by those of the surroundings
 */
export function checkAgain({ build: before, currency }: Surroundings, known: readonly RulesetInfo[], files: readonly RuleFile[], report: Report): Checked | null {
  const symbols = new Symbols(files, report);
  const usual = usualCurrency(symbols);
  const build: Build = { ...before, report, symbols, tables: new Tables(before.tables), currency: noted(usual, currency), flows: new Map(before.flows), rulesets: new Map() };
  const checked = checkRulesets(build, files, known);
  return currency.asked && usual() !== before.currency() ? null : checked;
}

function noted(usual: Build["currency"], currency: Surroundings["currency"]): Build["currency"] {
  return () => {
    currency.asked = true;
    return usual();
  };
}

function checkRulesets(build: Build, files: readonly RuleFile[], known: readonly RulesetInfo[]): Checked {
  const byName = new Map(known.map((ruleset) => [ruleset.decl.name.name, ruleset]));
  for (const { decl, file } of of(build.symbols, "Ruleset")) {
    const before = byName.get(decl.name.name);
    const ruleset = before?.decl === decl ? before : checkRuleset(build, file, decl, before);
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
