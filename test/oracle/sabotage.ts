import type { EventProgram, Program } from "../../src/compile/program.ts";
import type { ExprIr, HoldIr, ProgramIr, RuleIr, TableIr } from "../../src/ir/ir.ts";
import type { Sabotage } from "./contest.ts";

/*
 * Bugs to plant. Most rewrite the typed program before it is linked, so that the closures do something else than the text
 * says; the others bend what windows and policies are given.
 */

type Rewrite = (node: ExprIr) => ExprIr;

function rewrite(value: unknown, change: Rewrite): unknown {
  if (Array.isArray(value)) return value.map((each) => rewrite(each, change));
  if (typeof value !== "object" || value === null || value instanceof Map) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rewrite(each, change)]));
  return typeof copy["op"] === "string" ? change(copy as unknown as ExprIr) : copy;
}

/** Changes every expression of the rulesets and of the filters of windows, innermost first. */
function inExpressions(change: Rewrite): Sabotage {
  return {
    ir: (ir) => ({ ...ir, rulesets: rewrite(ir.rulesets, change) as ProgramIr["rulesets"], features: rewrite(ir.features, change) as ProgramIr["features"] }),
  };
}

function inWindows(change: (spec: Program["windows"]["features"][number]) => Program["windows"]["features"][number]): Sabotage {
  return { program: (program) => ({ ...program, windows: { ...program.windows, features: program.windows.features.map(change) } }) };
}

function inEvents(change: (event: EventProgram) => EventProgram): Sabotage {
  return { program: (program) => ({ ...program, events: new Map([...program.events].map(([name, event]) => [name, change(event)])) }) };
}

function inRules(change: (rule: RuleIr) => RuleIr): Sabotage {
  return { ir: (ir) => ({ ...ir, rulesets: ir.rulesets.map((ruleset) => ({ ...ruleset, rules: ruleset.rules.map(change) })) }) };
}

function inTables(change: (table: TableIr) => TableIr): Sabotage {
  return { ir: (ir) => ({ ...ir, rulesets: ir.rulesets.map((ruleset) => ({ ...ruleset, tables: ruleset.tables.map(change) })) }) };
}

/** Changes the state of rules and of tables. */
function inHolds(change: (hold: HoldIr) => HoldIr): Sabotage {
  const rules = inRules((rule) => (rule.hold === null ? rule : { ...rule, hold: change(rule.hold) }));
  const tables = inTables((table) => (table.guard === null ? table : { ...table, guard: { ...table.guard, hold: change(table.guard.hold) } }));
  return { ir: (ir) => tables.ir?.(rules.ir?.(ir) ?? ir) ?? ir };
}

const FALSE: ExprIr = { op: "const", value: false };
const TRUE: ExprIr = { op: "const", value: true };

function present(operand: ExprIr): ExprIr {
  return { op: "isMissing", operand, negated: true };
}

/** `node` where it can be computed; another value where its operands are there and it cannot. */
function insteadOfMissing(node: ExprIr, operands: readonly ExprIr[], other: ExprIr): ExprIr {
  return { op: "cond", condition: { op: "and", operands: [...operands.map(present), { op: "isMissing", operand: node, negated: false }] }, whenTrue: other, whenFalse: node };
}

/** The first operand that is missing or decisive decides. */
function shortCircuit(op: "and" | "or", operands: readonly ExprIr[]): ExprIr {
  return operands.reduceRight((rest, operand) => (op === "and" ? { op: "cond", condition: operand, whenTrue: rest, whenFalse: FALSE } : { op: "cond", condition: operand, whenTrue: TRUE, whenFalse: rest }));
}

function twoValued(node: ExprIr): ExprIr {
  return { op: "cond", condition: present(node), whenTrue: node, whenFalse: FALSE };
}

function renamed(from: string, to: string): Rewrite {
  return (node) => (node.op === "call" && node.name === from ? { ...node, name: to } : node);
}

export const SABOTAGES: Readonly<Record<string, Sabotage>> = {
  "`and` is missing before it looks for a false": inExpressions((node) => (node.op === "and" ? shortCircuit("and", node.operands) : node)),
  "`or` is missing before it looks for a true": inExpressions((node) => (node.op === "or" ? shortCircuit("or", node.operands) : node)),
  "missing is false under `not`": inExpressions((node) => (node.op === "not" ? { op: "not", operand: twoValued(node.operand) } : node)),
  "`!=` with missing is true": inExpressions((node) => (node.op === "eq" && node.negated ? { op: "not", operand: twoValued({ ...node, negated: false }) } : node)),
  "`<` is `<=`": inExpressions((node) => (node.op === "compare" && node.how === "<" ? { ...node, how: "<=" } : node)),
  "`>=` is `>`": inExpressions((node) => (node.op === "compare" && node.how === ">=" ? { ...node, how: ">" } : node)),
  "text has no order": inExpressions((node) => (node.op === "compare" && node.domain === "string" ? { ...node, domain: "number" } : node)),
  "a range leaves its upper end out": inExpressions((node) =>
    node.op === "between"
      ? { op: "and", operands: [{ op: "compare", domain: node.domain, how: ">=", left: node.item, right: node.low }, { op: "compare", domain: node.domain, how: "<", left: node.item, right: node.high }] }
      : node,
  ),
  "a number by zero is infinite": inExpressions((node) =>
    node.op === "call" && node.name === "number.divide" ? insteadOfMissing(node, node.args, { op: "const", value: Infinity }) : node,
  ),
  "amounts of two currencies are unequal": inExpressions((node) =>
    node.op === "eq" && node.domain === "money" ? insteadOfMissing(node, [node.left, node.right], { op: "const", value: node.negated }) : node,
  ),
  "a condition that is missing takes the second branch": inExpressions((node) => (node.op === "cond" ? { ...node, condition: twoValued(node.condition) } : node)),
  "times move the wrong way": inExpressions((node) => (node.op === "call" && node.name.startsWith("time.") ? { ...node, name: node.name === "time.add" ? "time.subtract" : "time.add" } : node)),
  "the remainder is the quotient": inExpressions(renamed("number.remainder", "number.divide")),
  "a percentage is a number": inExpressions((node) => (node.op === "call" && node.name === "number.convert" ? (node.args[0] as ExprIr) : node)),
  "`in` asks the next list": { ir: (ir) => ({ ...ir, rulesets: rewrite(ir.rulesets, (node) => (node.op === "inList" ? { ...node, list: (node.list + 1) % ir.lists.length } : node)) as ProgramIr["rulesets"] }) },
  "what a macro keeps is that of its first element": inExpressions((node) => (node.op === "macro" ? { ...node, forget: [] } : node)),
  "an answer that is missing is false to a macro": inExpressions((node) => (node.op === "macro" && node.macro !== "map" ? { ...node, body: twoValued(node.body) } : node)),
  "`all` is `exists`": inExpressions((node) => (node.op === "macro" && node.macro === "all" ? { ...node, macro: "exists" } : node)),
  "`exists_one` is content with two": inExpressions((node) => (node.op === "macro" && node.macro === "exists_one" ? { ...node, macro: "exists" } : node)),
  "`map` forgets its condition": inExpressions((node) => (node.op === "macro" ? { ...node, where: null } : node)),
  "`filter` yields its answers": inExpressions((node) => (node.op === "macro" && node.macro === "filter" ? { ...node, macro: "map" } : node)),
  "holes are printed as text": inExpressions((node) =>
    node.op === "template" ? { ...node, parts: node.parts.map((part) => (typeof part === "string" ? part : { ...part, type: { kind: "string" } })) } : node,
  ),
  "the threshold must be passed": { ir: (ir) => ({ ...ir, rulesets: ir.rulesets.map((each) => ({ ...each, thresholds: each.thresholds.map((threshold) => ({ ...threshold, at: threshold.at + 1e-9 })) })) }) },
  "`first` goes on": { ir: (ir) => ({ ...ir, rulesets: ir.rulesets.map((each) => ({ ...each, policy: "worst" as const })) }) },
  "the best outcome wins": { ir: (ir) => ({ ...ir, rulesets: ir.rulesets.map((each) => ({ ...each, outcomes: each.outcomes.toReversed() })) }) },
  "rules run backwards": { ir: (ir) => ({ ...ir, rulesets: ir.rulesets.map((each) => ({ ...each, rules: each.rules.toReversed() })) }) },
  "a feature with a value is known": inExpressions((node) => (node.op === "known" ? present(node.operand) : node)),
  "a feature whose window was seen is known without a value": inExpressions((node) => (node.op === "known" ? { op: "or", operands: [node, { op: "isMissing", operand: node.operand, negated: false }] } : node)),
  "nothing is said of lateness": inWindows((spec) => ({ ...spec, lateness: 1 })),
  "the window is closed at its old end": inWindows((spec) => ({ ...spec, over: spec.over + 1 })),
  "the window is open at its new end": inWindows((spec) => ({ ...spec, delay: spec.delay + 1 })),
  "a delay is forgotten": inWindows((spec) => ({ ...spec, delay: 0 })),
  "the current event is never excluded": inWindows((spec) => ({ ...spec, excludingCurrent: false })),
  "a filter that is missing lets through": inWindows((spec) => ({ ...spec, where: null })),
  "the oldest is the newest": inWindows((spec) => (spec.aggregate === "first" ? { ...spec, aggregate: "last" } : spec)),
  "every percentile is the least value": inWindows((spec) => (spec.aggregate === "percentile" ? { ...spec, argument: 1e-6 } : spec)),
  "a deviation is a change": inWindows((spec) => (spec.aggregate === "stddev" ? { ...spec, aggregate: "change" } : spec)),
  "a slope counts no time": inWindows((spec) => (spec.aggregate === "rate" && spec.value !== null ? { ...spec, aggregate: "change" } : spec)),
  "a rate of events is their number": inWindows((spec) => (spec.aggregate === "rate" && spec.value === null ? { ...spec, aggregate: "count" } : spec)),
  "every value is another": inWindows((spec) => ({ ...spec, key: () => "one" })),
  "a feature is read by the next one's number": inEvents((event) => ({ ...event, features: event.features.map((each, i) => ({ ...each, slot: (event.features[i + 1] ?? each).slot })) })),
  "defaults are forgotten": inEvents((event) => ({ ...event, schema: { ...event.schema, fields: event.schema.fields.map((field) => ({ ...field, default: null, optional: field.optional || field.default !== null })) } })),
  "a table asks all its rows": inTables((table) => ({ ...table, policy: "all" })),
  "rows that match together are in order": inTables((table) => (table.policy === "unique" ? { ...table, policy: "all" } : table)),
  "the guard of a table is forgotten": inTables((table) => ({ ...table, guard: null })),
  "rules that match together are in order": { ir: (ir) => ({ ...ir, rulesets: ir.rulesets.map((each) => (each.policy === "unique" ? { ...each, policy: "worst" as const } : each)) }) },
  "`on missing` is forgotten": inRules((rule) => ({ ...rule, onMissing: { action: "none" } })),
  "`on missing` has the outcome of the rule": inRules((rule) => (rule.onMissing.action === "outcome" ? { ...rule, onMissing: { action: "match" } } : rule)),
  "a rule in shadow counts": inRules((rule) => (rule.mode === "shadow" ? { ...rule, mode: "live" } : rule)),
  "a rule that is off is asked": inRules((rule) => (rule.mode === "off" ? { ...rule, mode: "live" } : rule)),
  "a condition counts at once": inHolds((hold) => ({ ...hold, duration: 0 })),
  "a condition must have held a millisecond longer": inHolds((hold) => (hold.duration === 0 ? hold : { ...hold, duration: hold.duration + 1 })),
  "nothing is cleared": inHolds((hold) => (hold.clear === null ? hold : { ...hold, clear: { ...hold.clear, when: FALSE } })),
  "what is cleared is cleared at once": inHolds((hold) => (hold.clear === null ? hold : { ...hold, clear: { ...hold.clear, duration: 0 } })),
  "state is one for all entities": inHolds((hold) => ({ ...hold, keys: [] })),
  "a condition below the first match does not see the event": inEvents((event) => ({ ...event, rulesets: event.rulesets.map((each) => ({ ...each, held: [] })) })),
  "a cooldown is a millisecond longer": inRules((rule) => (rule.cooldown === null ? rule : { ...rule, cooldown: { ...rule.cooldown, duration: rule.cooldown.duration + 1 } })),
  "a cooldown is for all entities": inRules((rule) => (rule.cooldown === null ? rule : { ...rule, cooldown: { ...rule.cooldown, keys: [] } })),
  "the last day does not count": inRules((rule) => (rule.active === null || rule.active.until === null ? rule : { ...rule, active: { ...rule.active, until: rule.active.until - 86_400_000 } })),
  "the beginning does not count": inRules((rule) => (rule.active === null || rule.active.from === null ? rule : { ...rule, active: { ...rule.active, from: rule.active.from + 1 } })),
  "a rollout is for the others": inRules((rule) => (rule.rollout === null ? rule : { ...rule, rollout: { ...rule.rollout, share: 1 - rule.rollout.share } })),
  "a rollout goes by the new name": inRules((rule) => ({ ...rule, key: rule.id })),
  "entries stay for ever": inRules((rule) => ({ ...rule, effects: rule.effects.map((effect) => (effect.kind === "add" ? { ...effect, ttl: null } : effect)) })),
  "removing adds": inRules((rule) => ({ ...rule, effects: rule.effects.map((effect) => (effect.kind === "remove" ? { ...effect, kind: "add", ttl: null } : effect)) })),
  "private values are shown": inRules((rule) => ({ ...rule, effects: rule.effects.map((effect) => (effect.kind === "emit" ? effect : { ...effect, secret: false })) })),
  "effects come in another order": inRules((rule) => ({ ...rule, effects: rule.effects.toReversed() })),
  "the customer is told nothing": inRules((rule) => ({ ...rule, notice: null })),
};
