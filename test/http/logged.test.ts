import assert from "node:assert/strict";
import { test } from "node:test";
import type { Program } from "../../src/compile/program.ts";
import { Desk } from "../../src/engine/desk.ts";
import { KnownIds } from "../../src/engine/known.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { RETRY_WINDOW_MS } from "../../src/engine/retries.ts";
import { readLine } from "../../src/http/envelope.ts";
import { RequestScanner } from "../../src/http/scan.ts";
import type { Journal, LogRecord } from "../../src/store/record.ts";
import { eventDecoder, type Target } from "../../src/types/decode.ts";
import type { EventSchema } from "../../src/types/schema.ts";
import { NUMBER, STRING, TIMESTAMP } from "../../src/types/type.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { type Rng, rngOf } from "../random.ts";
import { field, NEVER, ordered, randomSchema, requestOf } from "./ways.ts";

/*
 * An event is one event, whichever way it was read: two desks get the same lines, one from bytes and one parsed, and must
 * answer the same, tell a retry that came the other way, and write down what reads as the same event again.
 */

const NOW = Date.UTC(2026, 10, 21, 3);
const SEED = Date.now() % 1_000_000_000;

interface Side {
  readonly desk: Desk;
  readonly log: LogRecord[];
  readonly frames: Target[];
  readonly scanner: RequestScanner;
}

function sideOf(program: Program, scanning: boolean): Side {
  const clock = { now: () => NOW };
  const [log, frames]: [LogRecord[], Target[]] = [[], []];
  const journal: Journal = {
    get last() {
      return log.length;
    },
    received: 0,
    seed: 1,
    append: (record, fold) => {
      log.push(record);
      frames.push(fold?.frame.slice() ?? []);
    },
  };
  const desk = new Desk({ active: () => program, windows: new WindowStore(), lists: new ManagedLists(clock), clock, log: { journal, ids: new KnownIds(RETRY_WINDOW_MS), find: () => Promise.resolve(null) } });
  return { desk, log, frames, scanner: scanning ? new RequestScanner(desk) : NEVER };
}

/** The answer without what differs from one to the next; the code of a problem where there is none. */
function answered({ desk, scanner }: Side, bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    const answer = desk.decide(readLine(bytes, scanner, null, null));
    if (answer.kind === "refused") return { ...answer.refusal };
    const { id: _id, durationUs: _duration, ...rest } = answer.decision;
    return rest;
  } catch (error) {
    return { problem: (error as { readonly problem?: unknown }).problem };
  }
}

function programOf(rng: Rng): Program {
  const schemas = ["pay", "login"].map((name): EventSchema => {
    const { fields } = randomSchema(rng, name);
    const id = rng.pick([field("key", STRING), field("key", NUMBER), null]);
    const time = rng.chance(0.5) ? field("when", TIMESTAMP) : null;
    const all = [...fields, ...[id, time].filter((each) => each !== null)];
    return { name, doc: null, fields: all, id: id === null ? null : all.indexOf(id), time: time === null ? null : all.indexOf(time) };
  });
  return { version: "v1", events: new Map(schemas.map((schema) => [schema.name, { schema, frameSize: schema.fields.length, features: [], rulesets: [] }])) } as unknown as Program;
}

/** The frame of what was written down. */
function again(program: Program, { type, body }: LogRecord): Target {
  const schema = program.events.get(type)?.schema as EventSchema;
  const frame: Target = schema.fields.map(() => undefined);
  eventDecoder(schema)(JSON.parse(body), frame, []);
  return frame;
}

test("an event that was read from its bytes is the one that was parsed, in answers, retries and the log", () => {
  let [decided, scanned] = [0, 0];
  for (let number = 0; number < 40; number++) {
    const rng = rngOf(SEED + number);
    const program = programOf(rng);
    const schemas = [...program.events.values()].map(({ schema }) => schema);
    const [bytes, parsed] = [sideOf(program, true), sideOf(program, false)];
    for (let i = 0; i < 40; i++) {
      const line = Buffer.from(requestOf(rng, rng.pick(schemas), rng.pick([0, 0, 0.02])));
      const shown = `seed ${SEED + number}: ${JSON.stringify(line.toString("latin1"))}`;
      scanned += Number(bytes.scanner.read(line, null, null) !== null);
      const expected = answered(parsed, line);
      assert.deepEqual(answered(bytes, line), expected, shown);
      assert.equal(bytes.log.length, parsed.log.length, shown);
      if (expected["replayed"] !== false) continue;
      decided += 1;
      for (const { log, frames } of [bytes, parsed]) assert.deepEqual(ordered(again(program, log.at(-1) as LogRecord)), ordered(frames.at(-1)), shown);
      assert.deepEqual(ordered(bytes.frames.at(-1)), ordered(parsed.frames.at(-1)), shown);
      const [one, other] = [bytes.log.at(-1), parsed.log.at(-1)].map((record) => ({ ...record, body: "", decision: "", decisionId: "" }));
      assert.deepEqual(one, other, shown);
      if (expected["eventId"] === null) continue;
      // The other way round now.
      const retried = answered({ ...bytes, scanner: NEVER }, line);
      assert.deepEqual(retried, { ...expected, replayed: true }, shown);
      assert.deepEqual(answered({ ...parsed, scanner: bytes.scanner }, line), retried, shown);
    }
  }
  assert.ok(decided > 300 && scanned > 300, `${decided}, ${scanned}`);
});
