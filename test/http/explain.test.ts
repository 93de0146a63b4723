import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Ajv } from "ajv";
import type { Decision } from "../../src/engine/decision.ts";
import { compile } from "../oracle/pipeline.ts";
import { start } from "./harness.ts";

const RULES = `event payment { id: string @id at: timestamp @time card: string @key amount: money[USD] }
feature tx = count of payment by card over 1h
ruleset cards on payment {
  outcomes allow < decline
  rule large { when amount > 200.00 USD and tx >= 1 then decline }
}`;

const service = await start({ program: compile(RULES) });
after(() => service.close());

function body(id: string, explain: boolean): string {
  return JSON.stringify({ type: "payment", event: { id, at: "2026-11-21T03:00:00Z", card: "c", amount: "180.00 USD" }, explain });
}

async function post(type: string, text: string): Promise<string> {
  const reply = await fetch(`${service.url}/v1/decisions`, { method: "POST", headers: { "content-type": type }, body: text });
  assert.equal(reply.status, 200);
  return reply.text();
}

test("a trace comes with `explain` alone, as the description says, and not with a retry", async () => {
  const explained = JSON.parse(await post("application/json", body("p-1", true))) as Decision;
  const rule = explained.trace?.["cards"]?.rules[0];
  assert.equal(rule?.flip?.text, "would match if `amount` were 200.01 USD instead of 180.00 USD");
  assert.deepEqual([rule?.decisive?.line, rule?.decisive?.distance, rule?.tree[0]?.parts.length], [5, "20.00 USD", 2]);
  const description = (await (await fetch(`${service.url}/openapi.json`)).json()) as {
    paths: Record<string, { post: { responses: Record<string, { content: Record<string, { schema: object }> }> } }>;
  };
  const schema = description.paths["/v1/decisions"]?.post.responses["200"]?.content["application/json"]?.schema ?? {};
  const validate = new Ajv({ strict: false, validateFormats: false }).compile({ ...schema, components: (description as { components?: object }).components });
  assert.ok(validate(explained), JSON.stringify(validate.errors));
  assert.ok(!validate({ ...explained, trace: { cards: {} } }));
  const retried = JSON.parse(await post("application/json", body("p-1", true))) as Decision;
  assert.deepEqual([retried.replayed, retried.trace], [true, undefined]);
  const silent = JSON.parse(await post("application/json", body("p-2", false))) as Decision;
  assert.deepEqual([silent.trace, silent.features], [undefined, undefined]);
});

test("lines of a stream are explained too, those that ask for it", async () => {
  const lines = (await post("application/x-ndjson", `${body("p-3", true)}\n${body("p-4", false)}\n`)).trimEnd().split("\n");
  assert.deepEqual(lines.map((line) => (JSON.parse(line) as Decision).trace?.["cards"]?.rules[0]?.result), ["not matched", undefined]);
});
