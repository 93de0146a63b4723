import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Program } from "../../src/compile/program.ts";
import type { Decision } from "../../src/engine/decision.ts";
import { Desk } from "../../src/engine/desk.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { analyse } from "../../src/rulesets/build.ts";
import { diskReader } from "../../src/rulesets/disk.ts";
import { memoryReader, type RulesReader } from "../../src/rulesets/reader.ts";
import type { Simulated } from "../../src/simulate/event.ts";
import { simulate, type KindName } from "../../src/simulate/simulate.ts";
import { runSuite } from "../../src/testing/run.ts";
import type { EventSchema } from "../../src/types/schema.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { RULES, shipped } from "../rules/shipped.ts";
import { failing, rendered } from "./suites.ts";

/*
 * A stream is decided by the desk as the service does it; then the same events, written as a test that expects just those
 * decisions, must pass, and must fail where one decision is said to be another.
 */

const STREAMS: readonly (readonly [KindName, string, string, number])[] = [
  ["payments", "card_payments", "payments/card_payments.risk", 150],
  ["logins", "account_takeover", "logins/account_takeover.risk", 150],
  ["telemetry", "machine_health", "telemetry/machine_health.risk", 900],
];

function decideAll(program: Program, events: readonly Simulated[]): readonly Decision[] {
  let now = 0;
  const clock = { now: () => now };
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const desk = new Desk({ active: () => program, windows, lists: new ManagedLists(clock), clock });
  return events.map((event) => {
    now = event.at;
    const answer = desk.decide({ type: event.type, event: event.event, explain: true, version: null });
    assert.ok(answer.kind === "decided", JSON.stringify(answer));
    return answer.decision;
  });
}

function literal(value: unknown, field: EventSchema["fields"][number]): string {
  switch (field.type.kind) {
    case "timestamp":
      return String(value);
    case "enum":
      return String(value);
    case "money":
      return typeof value === "string" ? value : `${(value as { amount: string }).amount} ${(value as { currency: string }).currency}`;
    case "geo":
      return `geo(${(value as { lat: number }).lat}, ${(value as { lon: number }).lon})`;
    case "number":
      return `${String(value)}${field.type.unit?.text ?? ""}`;
    default:
      return JSON.stringify(value);
  }
}

function eventText(schema: EventSchema, { event }: Simulated): string {
  const fields = schema.fields.filter((field) => (event[field.name] ?? null) !== null).map((field) => `${field.name}: ${literal(event[field.name], field)}`);
  return `${schema.name} { ${fields.join(", ")} }`;
}

function expectations(program: Program, { type, decisions, features = {} }: Decision, ruleset: string): readonly string[] {
  const { outcome, score, rules } = decisions[ruleset] ?? assert.fail(ruleset);
  const names = [...new Set(rules.map((hit) => hit.id))];
  const read = (program.events.get(type)?.features ?? []).flatMap((feature): readonly string[] => {
    const value = features[feature.name] ?? null;
    if (value === null) return [`expect feature ${feature.name} missing`];
    return feature.type.kind === "number" && feature.type.unit === null ? [`expect feature ${feature.name} == ${JSON.stringify(value)}`] : [];
  });
  return [
    `expect outcome ${outcome}`,
    `expect score == ${score}`,
    names.length === 0 ? "expect no rules" : `expect rules ${names.join(", ")}`,
    ...rules.flatMap((hit) => (hit.reason === null ? [] : [`expect reason ${hit.reason.code} ${JSON.stringify(hit.reason.text)}`])),
    ...read,
  ];
}

/** The shipped rules with one more file. */
function withTests(text: string): RulesReader {
  const disk = diskReader(RULES);
  const listing = disk.list();
  assert.ok("paths" in listing);
  const files = new Map<string, string | Uint8Array>([["written.tests.risk", text]]);
  for (const path of [...listing.paths, "common/disposable_mail.txt"]) {
    const read = disk.read(path, Number.MAX_SAFE_INTEGER);
    assert.ok(read.kind === "bytes", join(RULES, path));
    files.set(path, read.bytes);
  }
  return memoryReader("the shipped rules", files);
}

for (const [kind, ruleset, file, count] of STREAMS) {
  test(`${kind}: a test that expects what the desk decides passes, one that expects another score fails`, () => {
    const { program } = shipped();
    const events = [...simulate({ kind, events: count, seed: "7", fraud: 0.2, start: Date.UTC(2026, 0, 1) })];
    const decisions = decideAll(program, events);
    const { schema } = program.events.get(events[0]?.type ?? "") ?? assert.fail(kind);
    const steps = events.map((event, i) => [`when ${eventText(schema, event)}`, ...expectations(program, decisions[i] as Decision, ruleset)].join("\n  "));
    const last = decisions.at(-1)?.decisions[ruleset];
    const text = `import ${ruleset} from "${file}"
test "the stream" for ${ruleset} {\n  ${steps.join("\n  ")}\n}
test "the stream but for one score" for ${ruleset} {\n  ${steps.join("\n  ")}\n  expect score == ${(last?.score ?? 0) + 1}\n}
`;
    const { suite, diagnostics } = analyse(withTests(text));
    assert.ok(suite !== null, diagnostics.map((each) => each.message).join("\n"));
    const result = runSuite(suite, { wanted: ({ name }) => name.startsWith("the stream") });
    assert.deepEqual(failing(result), ["the stream but for one score"], rendered(suite, result));
    assert.ok(decisions.some((each) => (each.decisions[ruleset]?.rules.length ?? 0) > 0), "no rule matches in this stream");
  });
}
