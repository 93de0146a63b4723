import type { PlanEntry, PlanExpectation } from "../ir/plan.ts";
import type { Expectation, Ident, RecordEntry, RuleClause, RulesetDecl } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { NUMBER, type Type } from "../types/type.ts";
import type { FeatureInfo, ListInfo, Written } from "./checked.ts";
import type { Testing } from "./entries.ts";
import { written } from "./written.ts";

type Expected = PlanExpectation<Written>;

/** What an `expect` asks, or undefined when it asks for what cannot be, which is reported. */
export function checkExpectation(testing: Testing, expectation: Expectation): Expected | undefined {
  const at = expectation.span;
  switch (expectation.kind) {
    case "ExpectOutcome":
      return knownOutcome(testing, expectation.outcome) ? { kind: "outcome", outcome: expectation.outcome.name, at } : undefined;
    case "ExpectScore": {
      const value = written(testing, expectation.value, NUMBER, "a score");
      return value === undefined ? undefined : { kind: "score", op: expectation.op, value, at };
    }
    case "ExpectRule": {
      const rows = rowsOf(testing, expectation.rule);
      const { state, rule, row } = expectation;
      if (rows === undefined || (row !== null && !knownRow(testing, rule, row, rows))) return undefined;
      return { kind: "rule", state, rule: rule.name, row: row?.value ?? null, at };
    }
    case "ExpectRules": {
      const known = expectation.rules.map((rule) => rowsOf(testing, rule));
      return known.includes(undefined) ? undefined : { kind: "rules", rules: expectation.rules.map((rule) => rule.name), at };
    }
    case "ExpectReason": {
      const { negated, of, code, text } = expectation;
      const codes = codesOf(testing.ruleset.decl, of === "reason" ? "Reason" : "Notice");
      return known(testing, code, codes, `a ${of} of this ruleset`) ? { kind: "reason", negated, of, code: code.name, text: text?.value ?? null, at } : undefined;
    }
    case "ExpectList": {
      const info = managedList(testing, expectation.list);
      const item = info === undefined ? undefined : written(testing, expectation.item, info.element, `an entry of \`${expectation.list.name}\``);
      return item === undefined ? undefined : { kind: "list", negated: expectation.negated, list: expectation.list.name, item, at };
    }
    case "ExpectEmit":
      return emitted(testing, expectation);
    case "ExpectFeature": {
      const { feature, op } = expectation;
      const info = readableFeature(testing, feature);
      if (info === undefined) return undefined;
      if (expectation.value === null) return { kind: "feature", feature: feature.name, op, value: null, at };
      const value = written(testing, expectation.value, info.type, `\`${feature.name}\``);
      if (value === undefined || !ordered(testing, expectation, info.type)) return undefined;
      return { kind: "feature", feature: feature.name, op, value, at };
    }
  }
}

const ORDERED: ReadonlySet<Type["kind"]> = new Set(["number", "money", "timestamp", "duration", "string", "bool"]);

function ordered({ build }: Testing, { op, feature, span }: Extract<Expectation, { kind: "ExpectFeature" }>, type: Type): boolean {
  if (op === "==" || op === "!=" || ORDERED.has(type.kind)) return true;
  build.report.add("RSK0806", span, `\`${feature.name}\` has no order, it is equal to a value or it is not`, { help: "write `==` or `!=`" });
  return false;
}

function knownOutcome(testing: Testing, ident: Ident): boolean {
  return known(testing, ident, testing.ruleset.outcomes, "an outcome of this ruleset");
}

/** Whether a name is one of a ruleset's; one that is not is reported. */
function known({ build }: Testing, ident: Ident, names: readonly string[], what: string): boolean {
  const { name, span } = ident;
  if (names.includes(name)) return true;
  if (name === "") return false;
  const others = names.length === 0 ? undefined : `there are ${[...new Set(names)].map((each) => `\`${each}\``).join(", ")}`;
  build.report.add("RSK0810", span, `\`${name}\` is not ${what}`, didYouMean(closest(name, names), span, others));
  return false;
}

/** How many rows the table of that name has, 0 for a rule; undefined when there is neither, which is reported. */
function rowsOf(testing: Testing, ident: Ident): number | undefined {
  const items = testing.ruleset.decl.items.filter((item) => item.kind === "Rule" || item.kind === "Table");
  const found = items.find((item) => item.name.name === ident.name);
  if (found !== undefined) return found.kind === "Table" ? found.rows.length : 0;
  known(testing, ident, items.map((item) => item.name.name), "a rule of this ruleset");
  return undefined;
}

function knownRow({ build }: Testing, rule: Ident, row: { readonly value: number; readonly span: Ident["span"] }, rows: number): boolean {
  if (Number.isInteger(row.value) && row.value >= 1 && row.value <= rows) return true;
  const message = rows === 0 ? `\`${rule.name}\` is no table, it has no rows` : `\`${rule.name}\` has no row ${row.value}`;
  build.report.add("RSK0810", row.span, message, rows === 0 ? {} : { help: `its rows are 1 to ${rows}` });
  return false;
}

function clausesOf(decl: RulesetDecl): readonly RuleClause[] {
  return decl.items.flatMap((item): readonly RuleClause[] => {
    if (item.kind === "Rule") return item.clauses;
    if (item.kind !== "Table") return [];
    return [...item.clauses, ...item.rows.flatMap((row) => row.outputs.filter((output) => output !== null))];
  });
}

function codesOf(decl: RulesetDecl, kind: "Reason" | "Notice"): readonly string[] {
  return clausesOf(decl).flatMap((clause) => (clause.kind === kind ? [clause.code.name] : []));
}

function emitted(testing: Testing, { negated, name, fields, span }: Extract<Expectation, { kind: "ExpectEmit" }>): Expected | undefined {
  const effects = clausesOf(testing.ruleset.decl).flatMap((clause) => (clause.kind === "Do" && clause.effect.kind === "Emit" ? [clause.effect] : []));
  if (!known(testing, name, effects.map((effect) => effect.name.name), "emitted by this ruleset")) return undefined;
  const own = effects.filter((effect) => effect.name.name === name.name).flatMap((effect) => effect.fields);
  const entries: PlanEntry<Written>[] = [];
  for (const entry of fields ?? []) {
    const value = emittedField(testing, entry, own);
    if (value !== undefined) entries.push(value);
  }
  return { kind: "emit", negated, name: name.name, fields: entries, at: span };
}

function emittedField(testing: Testing, entry: RecordEntry, fields: readonly RecordEntry[]): PlanEntry<Written> | undefined {
  const { name, value } = entry;
  if (!known(testing, name, fields.map((field) => field.name.name), "a field of what is emitted")) return undefined;
  if (value.kind === "NullLit") return { name: name.name, value: null };
  const field = fields.find((each) => each.name.name === name.name);
  const type = field === undefined ? NUMBER : testing.build.tables.typeOf(field.value);
  const constant = written(testing, value, type, `\`${name.name}\``);
  return constant === undefined ? undefined : { name: name.name, value: constant };
}

/** A feature that the rules of the ruleset can read; undefined when it is none, which is reported. */
export function readableFeature({ build, home, ruleset }: Testing, ident: Ident): FeatureInfo | undefined {
  const { name, span } = ident;
  const visible = [...build.symbols.visibleIn(home)].filter(({ decl }) => decl.kind === "Feature").map(({ decl }) => decl.name.name);
  if (!visible.includes(name)) {
    if (name !== "") build.report.add("RSK0808", span, `\`${name}\` is not a feature that this ruleset sees`, didYouMean(closest(name, visible), span));
    return undefined;
  }
  const info = build.features.get(name);
  const lacking = info?.keys.find((key) => !ruleset.event.schema.fields.some((field) => field.name === key));
  if (info === undefined || lacking === undefined) return info;
  build.report.add("RSK0808", span, `\`${ruleset.event.schema.name}\` has no \`${lacking}\`, so it cannot read \`${name}\``, {
    labels: [{ span: info.decl.name.span, message: `kept by \`${lacking}\`` }],
  });
  return undefined;
}

/** A managed list that the ruleset sees; undefined when it is none, which is reported. Other lists are fixed by the rules. */
export function managedList({ build, home, file }: Testing, ident: Ident): ListInfo | undefined {
  const { name, span } = ident;
  const seen = [home, file].some((each) => build.symbols.visible(each, name)?.decl.kind === "List");
  const info = seen ? build.lists.get(name) : undefined;
  if (info?.decl.source?.kind === "managed") return info;
  if (info !== undefined) {
    build.report.add("RSK0809", span, `\`${name}\` is part of the rules, a test cannot change it`, {
      labels: [{ span: info.decl.name.span, message: "not managed" }],
      help: "only the entries of managed lists come and go while the service runs",
    });
  } else if (name !== "") {
    const names = [...build.lists.values()].filter((each) => each.decl.source?.kind === "managed").map((each) => each.decl.name.name);
    build.report.add("RSK0809", span, `there is no managed list \`${name}\``, didYouMean(closest(name, names), span));
  }
  return undefined;
}
