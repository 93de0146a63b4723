import assert from "node:assert/strict";
import { test } from "node:test";
import { linkProgram } from "../../src/compile/link.ts";
import type { Program } from "../../src/compile/program.ts";
import type { Decision } from "../../src/engine/decision.ts";
import { Desk } from "../../src/engine/desk.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { analyse } from "../../src/rulesets/build.ts";
import { memoryReader } from "../../src/rulesets/reader.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { read, textFiles } from "./files.ts";

/* What the README tells a newcomer is what happens. */

const readme = read("README.md");

function block(language: string, part: string): string {
  const found = [...readme.matchAll(/^```(\w+)\n(.*?)^```/gms)].find(([, kind, body = ""]) => kind === language && body.includes(part));
  assert.ok(found !== undefined, `no ${language} block with ${part}`);
  return found[2] ?? "";
}

function folder(edit: (text: string) => string = (text) => text): ReturnType<typeof analyse> {
  const files = textFiles("rules/**/*.{risk,txt}").map(({ path, text }) => [path.slice("rules/".length), path.endsWith("card_payments.risk") ? edit(text) : text] as const);
  return analyse(memoryReader("rules", new Map(files)));
}

function link({ ir }: ReturnType<typeof analyse>): Program {
  assert.ok(ir !== null);
  const steps = linkProgram(ir);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

function decide(program: Program): Decision {
  const body = JSON.parse(/-d '(.*?)'$/ms.exec(block("sh", "-d '"))?.[1] ?? "") as { type: string; event: unknown };
  const clock = { now: () => 0 };
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const desk = new Desk({ active: () => program, windows, lists: new ManagedLists(clock), clock });
  const answer = desk.decide({ ...body, explain: false, version: null });
  assert.ok(answer.kind === "decided", JSON.stringify(answer));
  return answer.decision;
}

/** The limit of the rule that the tour has one change. */
const limited = (limit: string) => (text: string): string => {
  const changed = text.replace("and amount > 100.00 EUR", `and amount > ${limit}`);
  assert.notEqual(changed, text);
  return changed;
};

test("the rule shown is in the rules", () => {
  const rules = read("rules/payments/card_payments.risk");
  for (const line of block("risk", "card_testing").split("\n")) if (line.trim() !== "…") assert.ok(rules.includes(line), line);
});

test("the payment shown gets the answer shown", () => {
  const shown = JSON.parse(block("json", "decisions")) as Partial<Decision>;
  const { type, eventId, seq, decisions, effects, degraded, replayed } = decide(link(folder()));
  const { version, durationUs, ...rest } = shown;
  assert.deepEqual(rest, { type, eventId, seq, decisions, effects, degraded, replayed });
  assert.match(version ?? "", /^[0-9a-f]{16}$/);
  assert.equal(typeof durationUs, "number");
});

test("the edit that the tour proposes lets the payment through", () => {
  assert.equal(decide(link(folder(limited("200.00 EUR")))).decisions["card_payments"]?.outcome, "allow");
});

test("the mistake that the tour proposes is told with its line and what to write", () => {
  const { ir, diagnostics, sources } = folder(limited("200"));
  assert.equal(ir, null);
  assert.equal(diagnostics.length, 1);
  const [finding] = diagnostics;
  const source = sources.find((each) => each.path === finding?.span.file)?.text.split("\n") ?? [];
  const line = source.findIndex((text) => text.includes("amount > 200 ") || text.endsWith("amount > 200"));
  const at = source.slice(0, line).join("\n").length;
  assert.ok(finding !== undefined && finding.span.start > at && finding.span.start < at + 1 + (source[line]?.length ?? 0) + 1);
  assert.match(`${finding.help}`, /200 EUR/);
});
