import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { suite, test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ReloadStatus } from "../../src/rulesets/status.ts";
import { dataFolder } from "../store/records.ts";
import { type Running, rulesFolder, run } from "../store/service.ts";
import { FIRST, SECOND, STARTED, Stream, type Sent } from "./rules.ts";
import { NOW } from "./world.ts";

const OPTIONS = { clock: { now: () => NOW } };
const ENV = { SLUICE_DURABILITY: "os" };
const SLOW = new URL("workers/slow.ts", import.meta.url);

interface Answered {
  readonly eventId: string;
  readonly version: string;
  readonly features: Readonly<Record<string, unknown>>;
}

function save(rules: string, text: string): void {
  writeFileSync(join(rules, "cards.risk"), text);
}

async function status(service: Pick<Running, "url">): Promise<ReloadStatus> {
  return (await (await fetch(`${service.url}/v1/status`)).json()) as ReloadStatus;
}

async function reload(service: Pick<Running, "url">, body?: object): Promise<ReloadStatus> {
  const asked = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const reply = await fetch(`${service.url}/v1/reload`, { method: "POST", ...asked });
  assert.equal(reply.status, 200);
  return (await reply.json()) as ReloadStatus;
}

async function settled(service: Pick<Running, "url">): Promise<ReloadStatus> {
  for (;;) {
    const now = await status(service);
    if (now.reload.warming === null) return now;
    await sleep(20);
  }
}

/** Sends events as one stream; the answers in their order. */
async function send(service: Pick<Running, "url">, events: readonly Sent[]): Promise<Answered[]> {
  const body = events.map((each) => JSON.stringify({ ...each, explain: true })).join("\n");
  const reply = await fetch(`${service.url}/v1/decisions`, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body });
  return (await reply.text()).trimEnd().split("\n").map((line) => JSON.parse(line) as Answered);
}

function take(stream: Stream, count: number): Sent[] {
  return Array.from({ length: count }, () => stream.next());
}

function started(t: TestContext, text: string, env: Readonly<Record<string, string>> = {}, options = {}): Promise<Running & { readonly rules: string }> {
  const rules = rulesFolder(t, text);
  return run(t, rules, dataFolder(t), { ...OPTIONS, ...options }, { ...ENV, ...env }).then((service) => ({ ...service, rules }));
}

suite("features added to a running service", () => {
  test("have the values of a second service that had them from the start, from the switch on and under load", async (t) => {
    const [service, whole] = await Promise.all([started(t, FIRST), started(t, SECOND)]);
    const stream = new Stream(11);
    const wanted = (await status(whole)).version;
    const told: { readonly grown: Answered; readonly whole: Answered }[] = [];
    const both = async (count: number): Promise<void> => {
      const events = take(stream, count);
      const [answers, expected] = await Promise.all([send(service, events), send(whole, events)]);
      answers.forEach((grown, i) => told.push({ grown, whole: expected[i] as Answered }));
    };
    await both(1_500);
    save(service.rules, SECOND);
    const { reload: begun, version: before } = await reload(service);
    assert.equal(begun.warming?.version, wanted);
    let rounds = 0;
    for (; (await status(service)).version === before; rounds++) await both(40);
    await both(600);
    const after = told.filter(({ grown }) => grown.version === wanted);
    assert.ok(rounds > 0 && after.length >= 600);
    for (const { grown, whole: expected } of after) assert.deepEqual(grown.features, expected.features, grown.eventId);
    const { reload: done, lastAttempt } = await status(service);
    assert.deepEqual(done.plan?.features.filter(({ action }) => action === "start").map(({ name }) => name), STARTED);
    assert.deepEqual(lastAttempt?.stages.map(({ name }) => name).slice(-3), ["link", "warm", "activate"]);
    assert.match(service.logs(), /"msg":"filling features from the log"/);
    assert.equal((await service.get("/v1/rules")).json["version"], wanted);
  });

  test("a threshold, a name and a layout that change keep all state, and nothing is read", async (t) => {
    const service = await started(t, SECOND);
    const stream = new Stream(12);
    await send(service, take(stream, 500));
    const event = { type: "payment", event: { id: "probe", at: "2026-11-20T00:00:00Z", card: "c1", shop: "s1", amount: 1, paid: { amount: "1", currency: "EUR" } } } as const;
    const [before] = await send(service, [event]);
    save(service.rules, SECOND.replace("1000000", "999999").replaceAll("week", "seven_days").replace("over 7d\n", "over 168h\n").replaceAll("feature ", "feature\n  "));
    const { reload: told, lastAttempt } = await reload(service);
    assert.equal(lastAttempt?.ok, true, JSON.stringify(lastAttempt?.diagnostics));
    assert.deepEqual([told.warming, told.plan?.fills], [null, []]);
    assert.deepEqual(told.plan?.features.filter(({ action, was }) => action !== "keep" || was !== null).map(({ name, was }) => [name, was]), [["seven_days", "week"]]);
    const [after] = await send(service, [{ type: "payment", event: { ...event.event, id: "probe2" } }]);
    const { week, ...rest } = before?.features ?? {};
    assert.equal(after?.features["seven_days"], (week as number) + 1);
    assert.deepEqual(Object.keys(after?.features ?? {}).toSorted(), [...Object.keys(rest), "seven_days"].toSorted());
  });
});

suite("a feature that is dropped", () => {
  const count = async (service: Running): Promise<unknown> => (await service.get("/v1/features/week?key=c1&at=2026-11-20T00:00:00Z")).json["value"];

  test("comes back whole within three versions and begins anew after, also across a restart", async (t) => {
    const rules = rulesFolder(t, SECOND);
    const data = dataFolder(t);
    const stream = new Stream(13, 4);
    const cold = { ...ENV, SLUICE_ACTIVATION: "cold" };
    let service = await run(t, rules, data, OPTIONS, cold);
    await send(service, take(stream, 120));
    const version = (await status(service)).version;
    for (const edit of [1, 2, 3]) {
      save(rules, `${FIRST}// ${edit}\n`);
      const { reload: told } = await reload(service);
      assert.ok(told.retained.some((each) => each.name === "week" && each.version === version), `edit ${edit}`);
      await send(service, take(stream, 40));
      if (edit !== 2) continue;
      await service.close();
      service = await run(t, rules, data, OPTIONS, cold);
    }
    save(rules, SECOND);
    const back = await reload(service);
    assert.deepEqual(back.reload.plan?.features.filter(({ action }) => action !== "keep"), []);
    assert.match(back.reload.plan?.features.find(({ name }) => name === "week")?.reason ?? "", new RegExp(`kept since version ${version}`));
    const seen = await count(service);
    assert.ok((seen as number) > 0);
    for (const edit of [4, 5, 6, 7]) {
      save(rules, `${FIRST}// ${edit}\n`);
      await reload(service);
    }
    save(rules, SECOND);
    const anew = await reload(service);
    assert.equal(anew.reload.plan?.features.find(({ name }) => name === "week")?.action, "start");
    assert.equal(await count(service), 0);
    await service.close();
    const all = await started(t, SECOND);
    await send(all, take(new Stream(13, 4), 240));
    assert.equal(seen, await count(all));
  });
});

suite("while features are filled", () => {
  test("rules that are broken change nothing, and what is asked to go cold goes at once", async (t) => {
    const service = await started(t, FIRST, {}, { fillWorker: SLOW });
    await send(service, take(new Stream(14), 300));
    save(service.rules, SECOND);
    const begun = await reload(service);
    const coming = begun.reload.warming?.version;
    assert.notEqual(coming, undefined);
    save(service.rules, `${SECOND}feature broken = count of nothing over 1h\n`);
    const broken = await reload(service);
    assert.deepEqual([broken.version, broken.stale, broken.reload.warming?.version], [begun.version, true, coming]);
    assert.equal((await settled(service)).version, coming);
    save(service.rules, `${SECOND}feature later = count of payment by card over 2h\n`);
    assert.notEqual((await reload(service)).reload.warming, null);
    const cold = await reload(service, { cold: true });
    assert.equal(cold.reload.warming, null);
    assert.deepEqual(cold.reload.plan?.fills.map(({ features, from, reason }) => [...features, from, reason]), [["later", "nothing", "it was asked for"]]);
    assert.equal((await service.get("/v1/features/later?key=c1&at=2026-11-18T00:00:00Z")).json["value"], 0);
  });

  test("a process that is killed leaves the version before; the next one fills them while it reads the log", async (t) => {
    const rules = rulesFolder(t, FIRST);
    const data = dataFolder(t);
    const child = spawn(process.execPath, [new URL("serve.ts", import.meta.url).pathname, rules, data], { stdio: ["ignore", "pipe", "inherit"] });
    t.after(() => child.kill("SIGKILL"));
    const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    await send({ url }, take(new Stream(15), 300));
    save(rules, SECOND);
    const killed = await reload({ url });
    assert.notEqual(killed.reload.warming, null);
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    save(rules, FIRST);
    const back = await run(t, rules, data, OPTIONS, ENV);
    assert.deepEqual([(await status(back)).version, (await status(back)).reload.plan?.features.map(({ action }) => action)], [killed.version, ["keep"]]);
    await back.close();
    save(rules, SECOND);
    const [service, whole] = [await run(t, rules, data, OPTIONS, ENV), await started(t, SECOND)];
    assert.equal((await status(service)).version, killed.reload.warming?.version);
    const stream = new Stream(15);
    await send(whole, take(stream, 300));
    const events = take(stream, 100);
    const [answers, expected] = await Promise.all([send(service, events), send(whole, events)]);
    assert.deepEqual(answers.map(({ features }) => features), expected.map(({ features }) => features));
  });
});
