import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { suite, test } from "node:test";
import fc from "fast-check";
import Papa from "papaparse";
import { csv, ndjson } from "../../src/simulate/format.ts";
import { KIND_NAMES, MAX_FRAUD, simulate } from "../../src/simulate/simulate.ts";
import { START, stream } from "./streams.ts";

const LABEL = { payments: "fraud", logins: "fraud", telemetry: "anomaly" } as const;
const USUAL = { payments: 0.01, logins: 0.03, telemetry: 0.05 } as const;

suite("every kind", () => {
  for (const kind of KIND_NAMES) {
    test(`${kind}: as many events as asked for, in order, from the start on`, () => {
      fc.assert(
        fc.property(fc.string(), fc.integer({ min: 0, max: 3_000 }), fc.double({ min: 0, max: MAX_FRAUD, noNaN: true }), (seed, events, fraud) => {
          let before = START;
          let count = 0;
          for (const { at, event } of simulate({ kind, events, seed, fraud, start: START })) {
            assert.ok(at >= before, `${at} after ${before}`);
            assert.equal(event["at"], new Date(at).toISOString());
            before = at;
            count++;
          }
          assert.equal(count, events);
        }),
        { numRuns: 20 },
      );
    });

    test(`${kind}: the same seed gives the same bytes, another seed others`, () => {
      const bytes = (seed: string): string => [...ndjson(stream(kind, 3_000, seed))].join("");
      assert.equal(bytes("a"), bytes("a"));
      assert.notEqual(bytes("a"), bytes("b"));
    });

    test(`${kind}: the share of labelled events is as asked for, within a quarter`, () => {
      for (const seed of ["1", "2", "3"]) {
        for (const fraud of [null, 0.02, 0.1]) {
          const events = stream(kind, 20_000, seed, fraud);
          const share = events.filter(({ event }) => event[LABEL[kind]] === true).length / events.length;
          const wanted = fraud ?? USUAL[kind];
          assert.ok(Math.abs(share / wanted - 1) <= 0.25, `seed ${seed}: ${share}, wanted ${wanted}`);
        }
      }
    });

    test(`${kind}: without fraud nothing is labelled, and labels and patterns go together`, () => {
      assert.ok(stream(kind, 5_000, "1", 0).every(({ event }) => event[LABEL[kind]] === false));
      for (const { event } of stream(kind, 5_000)) assert.equal(event[LABEL[kind]], event["pattern"] !== undefined);
    });

    test(`${kind}: CSV says what NDJSON says`, () => {
      const events = stream(kind, 2_000);
      const { data } = Papa.parse<Record<string, string>>([...csv(kind, events)].join("").trimEnd(), { header: true });
      assert.equal(data.length, events.length);
      data.forEach((row, i) => {
        const filled = Object.entries(row).filter(([, cell]) => cell !== "");
        const expected = Object.entries(events[i]?.event ?? {}).map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)]);
        assert.deepEqual(Object.fromEntries(filled), Object.fromEntries(expected));
      });
    });
  }
});

// Another machine or engine must give these too; a change of the simulator changes them, and is a note in the change log.
test("the bytes are these on every machine", () => {
  const digest = (kind: (typeof KIND_NAMES)[number]): string =>
    createHash("sha256").update([...ndjson(stream(kind, 5_000, "machine"))].join("")).digest("hex").slice(0, 16);
  assert.deepEqual(Object.fromEntries(KIND_NAMES.map((kind) => [kind, digest(kind)])), {
    payments: "9c910ab055c02827",
    logins: "ef71155e77ae9f1e",
    telemetry: "4ed29ee321621327",
  });
});
