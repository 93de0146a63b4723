import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import { MAX_JOINED_LINES } from "../../src/replay/csv.ts";
import { MAX_LINE_BYTES } from "../../src/replay/lines.ts";
import { MAP, run } from "./stage.ts";

const HEADER = "time,card,amount,note";

function row(i: number, note = "", amount = `${i}.50`): string {
  return `2026-01-01 00:${String(Math.floor(i / 60)).padStart(2, "0")}:${String(i % 60).padStart(2, "0")},c${i % 3},${amount},${note}`;
}

function csv(...lines: string[]): string {
  return `${[HEADER, ...lines].join("\n")}\n`;
}

suite("CSV", () => {
  test("is decided in order, with event time and features, and summed up", async () => {
    const { summary, decisions, bad } = await run({ files: { "a.csv": csv(row(1), row(4), row(7, "", "150")) }, map: MAP, features: true });
    assert.deepEqual(bad, []);
    assert.deepEqual(decisions.map(({ file, line, seq }) => [file, line, seq]), [["a.csv", 2, 1], ["a.csv", 3, 2], ["a.csv", 4, 3]]);
    assert.deepEqual(decisions.map((each) => each.decisions["cards"]?.outcome), ["allow", "allow", "decline"]);
    assert.deepEqual(decisions.map((each) => (each as unknown as { features: unknown }).features), [
      { spent_1h: { amount: "1.50", currency: "USD" } },
      { spent_1h: { amount: "6.00", currency: "USD" } },
      { spent_1h: { amount: "156.00", currency: "USD" } },
    ]);
    const { seconds, rowsPerSecond, version, ...rest } = summary;
    assert.ok(seconds > 0 && rowsPerSecond > 0);
    assert.match(version, /^[0-9a-f]{16}$/);
    assert.deepEqual(rest, {
      files: 1,
      rows: 3,
      decided: 3,
      replayed: 0,
      bad: 0,
      skipped: 0,
      rulesets: [
        { name: "cards", outcomes: [{ name: "allow", count: 2 }, { name: "decline", count: 1 }], rules: [{ name: "large", count: 1 }, { name: "noted", count: 0 }] },
        { name: "logins", outcomes: [{ name: "ok", count: 0 }, { name: "lock", count: 0 }], rules: [{ name: "root", count: 0 }] },
      ],
      firstAt: "2026-01-01T00:00:01Z",
      lastAt: "2026-01-01T00:00:07Z",
      complete: true,
    });
  });

  test("loses nothing but a bad line in the middle", async () => {
    const bads: readonly (readonly [string, RegExp])[] = [
      ["only,three,columns", /expected 4 columns as in the header, found 3/],
      [`${row(5)},`, /expected 4 columns as in the header, found 5/],
      [row(5, "", "much"), /\/amount: .*money/],
      ["yesterday,c1,1.00,", /\/at \(column time\): expected timestamp/],
      [`2026-01-01T00:00:01,,1.00,`, /\/card: the field is required/],
      ['2026-01-01T00:00:01,c1,1.00,"a"b', /a quoted field is followed by other text/],
      [row(5, '"stray'), /a quoted field opens here/],
    ];
    for (const [line, reason] of bads) {
      const { decisions, bad, summary } = await run({ files: { "a.csv": csv(...range(0, 300), line, ...range(300, 600)) }, map: MAP });
      assert.equal(bad.length, 1, line);
      assert.match(bad[0] ?? "", /^a.csv:302 /, line);
      assert.match(bad[0] ?? "", reason);
      assert.deepEqual(decisions.map(({ line }) => line), [...numbers(2, 302), ...numbers(303, 603)]);
      assert.deepEqual([summary.rows, summary.decided, summary.bad], [601, 600, 1]);
    }
  });

  test("joins the lines of a quoted field, and gives up at the limit on the first line alone", async () => {
    const good = csv(row(1), row(2, '"line one\nline two"'), row(3, '"a ""b"", c"'));
    const { decisions, bad } = await run({ files: { "a.csv": good }, map: MAP });
    assert.deepEqual(bad, []);
    assert.deepEqual(decisions.map(({ line }) => line), [2, 3, 5]);
    assert.equal(decisions[1]?.decisions["cards"]?.outcome, "decline");
    // The quote closes on the last line that may be joined, and one line too late.
    const lines = (count: number): string => `"${Array.from({ length: count }, (_, i) => `l${i}`).join("\n")}"`;
    assert.deepEqual((await run({ files: { "a.csv": csv(row(1, lines(MAX_JOINED_LINES))) }, map: MAP })).bad, []);
    const late = await run({ files: { "a.csv": csv(row(1, lines(MAX_JOINED_LINES + 1)), row(2)) }, map: MAP });
    assert.match(late.bad[0] ?? "", /a.csv:2 a quoted field opens here and does not close within 100 lines/);
    assert.deepEqual(late.decisions.map(({ line }) => line), [2 + MAX_JOINED_LINES + 1]);
  });

  test("two stray quotes cost two lines", async () => {
    const { decisions, bad } = await run({ files: { "a.csv": csv(row(1), row(2, '"stray'), row(3), row(4, 'x'), row(5, '"stray'), row(6)) }, map: MAP });
    assert.deepEqual(bad.map((each) => each.split(" ")[0]), ["a.csv:3", "a.csv:6"]);
    assert.deepEqual(decisions.map(({ line }) => line), [2, 4, 5, 7]);
  });

  test("may have CRLF, a byte order mark, blank lines and no last line break", async () => {
    const text = `\uFEFF${[HEADER, row(1), "", row(2), row(3, '"line one\nline two"')].join("\r\n")}`;
    const { decisions, bad } = await run({ files: { "a.csv": text }, map: MAP });
    assert.deepEqual(bad, []);
    assert.deepEqual(decisions.map(({ line }) => line), [2, 4, 5]);
    assert.deepEqual((await run({ files: { "a.csv": "" }, map: MAP })).summary.rows, 0);
  });

  test("is the same however the bytes are cut", async () => {
    const text = Buffer.from(csv(row(1, "ü"), row(2, '"line one\nline two"'), row(3, "€€")) + row(4, "last"));
    const whole = await run({ files: { "a.csv": text }, map: MAP });
    assert.equal(whole.decisions.length, 4);
    for (const size of [1, 2, 3, 7, 50]) {
      const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.subarray(i * size, (i + 1) * size));
      assert.equal((await run({ files: { "a.csv": chunks }, map: MAP })).text, whole.text);
    }
  });

  test("reads columns of equal name without a mapping, and tells of one that is missing", async () => {
    const text = "at,card,amount,other\n2026-01-01T00:00:00Z,c,1.00 USD,x\n";
    assert.equal((await run({ files: { "a.csv": text }, type: "payment" })).decisions.length, 1);
    const { bad } = await run({ files: { "a.csv": text.replace("card", "crad"), "b.csv": text }, type: "payment" });
    assert.deepEqual(bad, ["a.csv:1 `a.csv` has no column `card`, which is required; give a mapping with `--map`"]);
  });
});

suite("NDJSON", () => {
  const event = (user: string): string => JSON.stringify({ user });

  test("lines name their type or are bare events; bad ones cost themselves alone", async () => {
    const lines = [
      `{"type":"login","event":${event("root")}}`,
      event("bare"),
      "{not json",
      '["a list"]',
      `{"type":"nothing","event":{}}`,
      `{"type":"login","event":{"user":5}}`,
      "",
      event("last"),
    ];
    const { decisions, bad } = await run({ files: { "a.ndjson": lines.join("\n") }, type: "login" });
    assert.deepEqual(decisions.map(({ line }) => line), [1, 2, 8]);
    assert.deepEqual(decisions.map((each) => each.decisions["logins"]?.outcome), ["lock", "ok", "ok"]);
    assert.equal(bad.length, 4);
    assert.match(bad[0] ?? "", /^a.ndjson:3 the line is not JSON/);
    assert.match(bad[1] ?? "", /^a.ndjson:4 the line is JSON, but no object/);
    assert.match(bad[2] ?? "", /^a.ndjson:5 there is no event type "nothing"/);
    assert.match(bad[3] ?? "", /^a.ndjson:6 \/user: expected text, found 5/);
    const marked = await run({ files: { "a.ndjson": `\uFEFF${event("root")}\n${event("x")}` }, type: "login" });
    assert.deepEqual(marked.bad, [], "a byte order mark");
    const untyped = await run({ files: { "a.ndjson": event("bare") } });
    assert.match(untyped.bad[0] ?? "", /names no event type/);
  });

  test("records are mapped, nested ones by dots, and scalars as text would be", async () => {
    const map = `type: payment
fields:
  at: { column: when.unix, format: unix_seconds }
  card: card.number
  amount: { column: value, money: USD }
  fraud: is.fraud
  note: { constant: "x" }
`;
    const record = { when: { unix: 1_767_225_600.5 }, card: { number: 42 }, value: 150, "is.fraud": 1 };
    const { decisions, bad, summary } = await run({ files: { "a.json": JSON.stringify(record) }, map });
    assert.deepEqual(bad, []);
    assert.equal(summary.firstAt, "2026-01-01T00:00:00.500Z");
    assert.equal(decisions[0]?.decisions["cards"]?.outcome, "decline");
  });
});

suite("a stream", () => {
  const files = { "a.csv": csv(...range(0, 50)), "b.csv.gz": gzipSync(csv(...range(50, 100))), "c.csv": csv(...range(100, 150)) };

  test("of several files, plain and gzip, is one stream and comes out the same each time", async () => {
    const first = await run({ files, map: MAP, features: true });
    const second = await run({ files, map: MAP, features: true });
    assert.equal(first.text, second.text);
    assert.deepEqual(first.decisions.map(({ seq }) => seq), numbers(1, 151));
    assert.equal(first.decisions.filter(({ file }) => file === "b.csv.gz").length, 50);
    const keys = ["file", "line", "seq", "type", "eventId", "version", "decisions", "features", "quality"];
    assert.ok(first.decisions.every((each) => Object.keys(each).join() === keys.join()));
  });

  test("begins where it is told", async () => {
    const { decisions, summary } = await run({ files, map: MAP, from: 120 });
    assert.deepEqual(decisions.map(({ seq }) => seq), numbers(120, 151));
    assert.deepEqual([summary.rows, summary.skipped, summary.decided], [150, 119, 31]);
  });

  test("goes on after a file that breaks off", async () => {
    const packed = gzipSync(csv(...range(0, 5_000)), { level: 1 });
    const { decisions, bad } = await run({ files: { "a.csv.gz": packed.subarray(0, packed.length >> 1), "b.csv": csv(row(1)) }, map: MAP });
    assert.match(bad.at(-1) ?? "", /a.csv.gz:null the file cannot be read to its end: the gzip data ends early/);
    assert.equal(decisions.at(-1)?.file, "b.csv");
    assert.ok(decisions.length > 100, `${decisions.length} decisions`);
  });

  test("ends cleanly where it is interrupted", async () => {
    const { summary, decisions } = await run({ files, map: MAP, signal: AbortSignal.abort() });
    assert.equal(summary.complete, false);
    assert.deepEqual(decisions, []);
  });

  test("with invalid UTF-8 or a line too long loses that line alone", async () => {
    const before = Buffer.from(csv(row(1), row(2)));
    const invalid = Buffer.concat([Buffer.from("2026-01-01 00:00:03,c"), Buffer.of(0xff), Buffer.from(",1.00,\n")]);
    const long = Buffer.from(`${row(4, "x".repeat(MAX_LINE_BYTES))}\n`);
    const after = Buffer.from(`${row(5)}\n`);
    const content = Buffer.concat([before, invalid, long, after]);
    const chunks = Array.from({ length: Math.ceil(content.length / 65_536) }, (_, i) => content.subarray(i * 65_536, (i + 1) * 65_536));
    const { decisions, bad } = await run({ files: { "a.csv": chunks }, map: MAP });
    assert.deepEqual(bad, ["a.csv:4 the line is not UTF-8", `a.csv:5 the line is longer than ${MAX_LINE_BYTES} bytes`]);
    assert.deepEqual(decisions.map(({ line }) => line), [2, 3, 6]);
  });
});

function range(from: number, to: number): string[] {
  return numbers(from, to).map((i) => row(i));
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

suite("what rules do", () => {
  const rules = `event login { at: timestamp @time user: string @key }
list locked: string managed ttl 1h
ruleset logins on login {
  outcomes ok < lock
  rule again { when user in locked then lock }
  rule root { when user == "root" do add user to locked }
}
`;

  test("is told with its decision, and done on lists of the replay", async () => {
    const lines = ["root", "root", "ann"].map((user, i) => JSON.stringify({ at: `2026-01-01T00:00:0${i}Z`, user }));
    const { decisions } = await run({ files: { "a.ndjson": `${lines.join("\n")}\n` }, rules, type: "login" });
    assert.deepEqual(decisions.map((each) => each.decisions["logins"]?.outcome), ["ok", "lock", "ok"]);
    const effect = { do: "add", ruleset: "logins", rule: "root", row: null, list: "locked", value: "root", expiresAt: "1970-01-01T01:00:00Z" };
    assert.deepEqual(decisions.map((each) => (each as unknown as { effects?: unknown }).effects), [[effect], [effect], undefined]);
  });
});
