import assert from "node:assert/strict";
import { test } from "node:test";
import { linkProgram } from "../../src/compile/link.ts";
import type { Program } from "../../src/compile/program.ts";
import type { Decision } from "../../src/engine/decision.ts";
import { Desk } from "../../src/engine/desk.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { analyse, VERIFY_MS } from "../../src/rulesets/build.ts";
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

type Edit = (text: string) => string;

const asIs: Edit = (text) => text;

/** The shipped rules with edits, built as a reload builds them. */
function folder(rules: Edit = asIs, tests: Edit = asIs): ReturnType<typeof analyse> {
  const edits = new Map([["payments/card_payments.risk", rules], ["payments/card_payments.tests.risk", tests]]);
  const files = textFiles("rules/**/*.{risk,txt}").map(({ path, text }) => [path.slice("rules/".length), text] as const);
  return analyse(memoryReader("rules", new Map(files.map(([path, text]) => [path, (edits.get(path) ?? asIs)(text)]))), { verifyMs: VERIFY_MS });
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

/** The test that the tour has one change with it. */
const NAME = "a high-risk merchant in another country";

const moved: Edit = (text) => {
  const start = text.indexOf(`test "${NAME}"`);
  const end = text.indexOf("\n}\n", start);
  assert.ok(readme.includes(`"${NAME}"`) && start !== -1);
  return text.slice(0, start) + text.slice(start, end).replace("100.01 EUR", "200.01 EUR").replace("100.00 EUR", "200.00 EUR") + text.slice(end);
};

test("the edit that the tour proposes is held up by the test that it names", () => {
  const { ir, failed, diagnostics } = folder(limited("200.00 EUR"));
  assert.deepEqual([ir, failed], [null, "verify"]);
  assert.ok(diagnostics.length > 0 && diagnostics.every(({ message }) => message.includes(NAME)), diagnostics.map(({ message }) => message).join("\n"));
});

test("with the test it lets the payment through", () => {
  assert.equal(decide(link(folder(limited("200.00 EUR"), moved))).decisions["card_payments"]?.outcome, "allow");
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
