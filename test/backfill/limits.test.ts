import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { FIRST, SECOND, STARTED, Stream } from "./rules.ts";
import { always, NOW, openWorld, type World } from "./world.ts";

const SEEN = /feature seen = .*/;
const CARDS = 5;
const AT = NOW - 3 * 86_400_000;

function send(world: Pick<World, "send">, stream: Stream, count: number): void {
  for (let n = 0; n < count; n++) {
    const { type, event } = stream.next();
    world.send(event, type);
  }
}

/** A feature by its name for a card, with its quality. */
function read({ registry, windows }: World, name: string, at = AT): { readonly value: unknown; readonly coverage: number } {
  const number = registry.active()?.windows.features.findIndex((spec) => spec.name === name) ?? -1;
  return { value: windows.inspect(number, "c1", at), coverage: windows.qualityOf(number, "c1", at).coverage };
}

suite("features that cannot be filled", () => {
  test("say how much of their window they know when they were activated cold", async (t) => {
    const world = await openWorld(t);
    await world.save(FIRST);
    const stream = new Stream(21, CARDS);
    send(world, stream, 300);
    await world.save(SECOND, { cold: true });
    assert.deepEqual(read(world, "week"), { value: 0, coverage: 0 });
    send(world, stream, 20);
    const { coverage } = read(world, "week", NOW - 4 * 86_400_000 + 86_400_000);
    assert.ok(coverage > 0 && coverage < 1, `coverage ${coverage}`);
    assert.ok((read(world, "seen").value as number) >= 0);
  });

  test("leave alone what knows more than the log", async (t) => {
    let now = NOW - 60_000;
    const world = await openWorld(t, { clock: { now: () => now } });
    const first = FIRST.replace(SEEN, "feature seen = count of payment by card over 6d");
    await world.save(first);
    const stream = new Stream(22, CARDS);
    send(world, stream, 300);
    now = NOW;
    send(world, stream, 300);
    await world.store.committed(world.store.last);
    const before = read(world, "seen");
    assert.ok((await world.store.prune({ before: NOW, bytes: 1e12 })) > 0);
    await world.save(SECOND.replace(SEEN, "feature seen = count of payment by card over 6d"));
    assert.deepEqual(read(world, "seen"), before);
    const fills = world.registry.status().reload.plan?.fills ?? [];
    assert.deepEqual(fills.map(({ source, keys, from }) => [source, ...keys, from]), [
      ["payment", "card", "nothing"],
      ["payment", "shop", "log"],
      ["login", "card", "log"],
    ]);
    assert.match(fills[0]?.reason ?? "", /^the log reaches back to 2026-11-1\d.*, and `seen` may know what was before \(up to 12d10m\); reading it would lose that$/);
    assert.ok(read(world, "week").coverage < 1);
  });

  test("leave alone what is kept where memory has no room for both", async (t) => {
    const world = await openWorld(t, { windows: { budget: 2 ** 20 } });
    await world.save(FIRST);
    const cards = new Stream(23, 100_000);
    send(world, cards, 4_000);
    await world.save(SECOND);
    const { plan } = world.registry.status().reload;
    assert.match(plan?.fills[0]?.reason ?? "", /no room/);
    assert.ok(plan?.fills.every(({ from }) => from === "nothing"));
    assert.equal(world.registry.active()?.version, plan?.version);
  });
});

suite("a filling", () => {
  test("that breaks leaves the rules as they are, and is told", async (t) => {
    const world = await openWorld(t, { script: new URL("workers/failing.ts", import.meta.url) });
    await world.save(FIRST);
    const { version } = world.registry.status();
    send(world, new Stream(24, CARDS), 50);
    await world.save(SECOND);
    const { lastAttempt, ...status } = world.registry.status();
    assert.deepEqual([status.version, status.stale, lastAttempt?.stage, lastAttempt?.error], [version, true, "warm", "the disk is gone"]);
    await world.save(FIRST.replace("1000000", "1000001"));
    assert.equal(world.registry.status().stale, false, "what needs no filling is activated");
  });

  test("reads fields that were declared since as their default", async (t) => {
    const world = await openWorld(t);
    await world.save(FIRST);
    const stream = new Stream(25, CARDS);
    send(world, stream, 300);
    const grown = `${FIRST.replace("note: string?", "note: string?\n  risk: number = 3\n  hint: string?")}feature risky = sum of payment.risk by card over 7d\nfeature hinted = count of payment by card over 7d where hint is missing\n`;
    await world.save(grown);
    const whole = always(grown);
    const again = new Stream(25, CARDS);
    send(whole, again, 300);
    const { event } = stream.next();
    const last = { ...event, id: "last", shop: "s1", amount: 1, paid: { amount: "1", currency: "EUR" } };
    const payment = Object.fromEntries(Object.entries(last).filter(([name]) => name !== "ok"));
    assert.deepEqual(world.send(payment).features, whole.send(payment).features);
  });

  test("of an empty log has nothing to read", async (t) => {
    const world = await openWorld(t);
    await world.save(FIRST);
    await world.save(SECOND);
    const { plan } = world.registry.status().reload;
    assert.deepEqual(plan?.fills.map(({ from, events, oldest }) => [from, events, oldest]), plan?.fills.map(() => ["log", 0, null]));
    assert.deepEqual(plan?.features.filter(({ action }) => action === "start").map(({ name }) => name), STARTED);
  });

  test("reads no more of a long log than the windows reach back", async (t) => {
    const world = await openWorld(t);
    await world.save(FIRST);
    const stream = new Stream(26, CARDS);
    for (let n = 0; n < 20; n++) {
      send(world, stream, 300);
      // Segments of their own.
      await world.store.committed(world.store.last);
    }
    const grown = `${FIRST}feature lately = count of payment by card over 30m\nfeature latest = sum of payment.amount by shop over 10m\n`;
    await world.save(grown);
    const whole = always(grown);
    send(whole, new Stream(26, CARDS), 6_000);
    const fills = world.registry.status().reload.plan?.fills ?? [];
    for (const { since, events } of fills) assert.ok(since !== null && events > 0 && events < 3_000, JSON.stringify(fills));
    for (let n = 0; n < 50; n++) {
      const { type, event } = stream.next();
      assert.deepEqual(world.send(event, type).features, whole.send(event, type).features);
    }
  });
});
