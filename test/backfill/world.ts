import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Backfill, type BackfillOptions } from "../../src/backfill/backfill.ts";
import type { Program } from "../../src/compile/program.ts";
import type { Decision } from "../../src/engine/decision.ts";
import { Desk } from "../../src/engine/desk.ts";
import { KnownIds } from "../../src/engine/known.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { RETRY_WINDOW_MS } from "../../src/engine/retries.ts";
import type { Lineage } from "../../src/ir/lineage.ts";
import type { Built } from "../../src/rulesets/builder.ts";
import { Registry } from "../../src/rulesets/registry.ts";
import { Store } from "../../src/store/store.ts";
import { WindowStore, type WindowOptions } from "../../src/windows/store.ts";
import { built } from "../rulesets/workshop.ts";

/* The parts of the service that decide, record and reload, without HTTP and without a folder of rules. */

/** The time that everything happens at; events are older. */
export const NOW = Date.UTC(2026, 10, 21);
const STILL = { now: () => NOW };

export interface World {
  readonly registry: Registry;
  readonly store: Store;
  readonly windows: WindowStore;
  readonly folder: string;
  /** Takes up rules as a save does, and resolves when they are active or have failed. */
  save(text: string, options?: { readonly cold?: boolean }): Promise<void>;
  send(event: object, type?: string): Decision;
}

export interface WorldOptions {
  readonly windows?: WindowOptions;
  /** Faults put between the filling and the store. */
  readonly faulty?: (store: BackfillOptions["store"]) => BackfillOptions["store"];
  readonly script?: URL;
  /** When events arrive; `NOW` unless given. */
  readonly clock?: { now(): number };
}

export async function openWorld(t: TestContext, { windows: given, faulty, script, clock = STILL }: WorldOptions = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-backfill-"));
  const store = await Store.open(folder, { durability: "os" });
  const windows = new WindowStore(given);
  let text = "";
  let before = "";
  const build = async (past: readonly Lineage[]): Promise<Built | null> => {
    const now = text;
    await nextTurn();
    if (now === before) return null;
    before = now;
    return built(now, past);
  };
  const warmer = new Backfill({
    store: faulty === undefined ? store : faulty(store),
    folder,
    windows,
    ...(given?.budget === undefined ? {} : { budget: given.budget }),
    ...(script === undefined ? {} : { script }),
  });
  const registry = new Registry({ builder: { build }, windows, clock, warmer });
  const log = { journal: store, ids: new KnownIds(RETRY_WINDOW_MS), find: (type: string, id: string) => store.event(type, id) };
  const desk = new Desk({ active: () => registry.active(), windows, lists: new ManagedLists(clock), clock, log });
  t.after(async () => {
    await registry.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const save = (next: string, options = {}): Promise<void> => {
    text = next;
    return registry.reload(options);
  };
  return { registry, store, windows, folder, save, send: (event, type = "payment") => sendTo(desk, event, type) };
}

/** A desk whose rules were there from the start, and which keeps nothing. */
export function always(text: string, options: WindowOptions = {}): { readonly send: World["send"]; readonly windows: WindowStore; readonly program: Program } {
  const { made, diagnostics } = built(text);
  assert.ok(made !== null, JSON.stringify(diagnostics));
  const windows = new WindowStore(options);
  windows.adopt(made.program.windows);
  const desk = new Desk({ active: () => made.program, windows, lists: new ManagedLists(STILL), clock: STILL });
  return { send: (event, type = "payment") => sendTo(desk, event, type), windows, program: made.program };
}

function sendTo(desk: Desk, event: object, type: string): Decision {
  const answer = desk.decide({ type, event, version: null, explain: true });
  assert.equal(answer.kind, "decided", JSON.stringify(answer));
  return (answer as { readonly decision: Decision }).decision;
}
