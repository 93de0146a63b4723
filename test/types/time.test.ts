import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { builtins } from "../../src/types/functions/table.ts";
import { inRange, inSpan, MAX_SPAN, MAX_TIMESTAMP, MIN_TIMESTAMP, parseDuration, parseTimestamp, printDuration, printTimestamp } from "../../src/types/time.ts";
import { Missing } from "../../src/types/value.ts";

const moment = fc.integer({ min: MIN_TIMESTAMP, max: MAX_TIMESTAMP });

suite("timestamps", () => {
  test("read what Date prints, and print what Date reads", () => {
    fc.assert(
      fc.property(moment, (at) => {
        assert.equal(parseTimestamp(new Date(at).toISOString(), false), at);
        assert.equal(Date.parse(printTimestamp(at)), at);
        assert.equal(parseTimestamp(printTimestamp(at), false), at);
      }),
    );
  });
  test("with an offset they are the same moment as in UTC", () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1000, 0), max: Date.UTC(9000, 0) }), fc.integer({ min: -1_439, max: 1_439 }), (at, minutes) => {
        const size = Math.abs(minutes);
        const zone = `${minutes < 0 ? "-" : "+"}${String(Math.floor(size / 60)).padStart(2, "0")}:${String(size % 60).padStart(2, "0")}`;
        assert.equal(parseTimestamp(new Date(at + minutes * 60_000).toISOString().replace("Z", zone), false), at);
      }),
    );
  });
  test("the examples of RFC 3339", () => {
    assert.equal(parseTimestamp("1985-04-12T23:20:50.52Z", false), Date.UTC(1985, 3, 12, 23, 20, 50, 520));
    assert.equal(parseTimestamp("1996-12-19T16:39:57-08:00", false), Date.UTC(1996, 11, 20, 0, 39, 57));
    assert.equal(parseTimestamp("1937-01-01T12:00:27.87+00:20", false), Date.UTC(1937, 0, 1, 11, 40, 27, 870));
    assert.equal(parseTimestamp("1985-04-12t23:20:50z", false), Date.UTC(1985, 3, 12, 23, 20, 50));
  });
  test("every day from 1896 to 2104 exists exactly where the calendar has it", () => {
    for (let year = 1896; year <= 2104; year++) {
      for (let month = 1; month <= 12; month++) {
        for (let day = 0; day <= 32; day++) {
          const text = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
          const date = new Date(Date.UTC(year, month - 1, day));
          const expected = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCFullYear() === year ? date.getTime() : undefined;
          assert.equal(parseTimestamp(text, false), expected, text);
          assert.equal(parseTimestamp(`${text}T00:00:00Z`, false), expected, text);
        }
      }
    }
  });
  test("what is no time is refused", () => {
    const bad = ["", "2026", "2026-13-01", "2026-02-29", "1900-02-29", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00", "2026-1-1", " 2026-01-01", "2026-01-01Z", "0000-01-01", "2026-01-01T00:00:00.Z", "٢٠٢٦-01-01", "2026-0a-01T00:00:00Z", "+002026-01-01T00:00:00Z", "9999-12-31T23:59:59-00:01"];
    for (const text of bad) assert.equal(parseTimestamp(text, false), undefined, text);
    assert.equal(parseTimestamp("2026-01-01T00:00:00", true), Date.UTC(2026, 0));
  });
  test("digits below the millisecond are cut", () => assert.equal(parseTimestamp("2026-01-01T00:00:00.123999999Z", false), Date.UTC(2026, 0, 1, 0, 0, 0, 123)));
  test("the range ends with the last millisecond", () => {
    assert.equal(inRange(MAX_TIMESTAMP), MAX_TIMESTAMP);
    for (const beyond of [MAX_TIMESTAMP + 1, MIN_TIMESTAMP - 1, Number.NaN, Infinity]) assert.ok(inRange(beyond) instanceof Missing);
  });
});

suite("parts of a time are those of Intl in UTC", () => {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: "UTC", hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", weekday: "short" });
  const run = (name: string, at: number): unknown => builtins.get(name)?.run(at);
  test("against random moments", () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1600, 0), max: Date.UTC(2400, 0) }), (at) => {
        const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
        assert.equal(run("getFullYear", at), Number(parts["year"]));
        assert.equal(run("getMonth", at), Number(parts["month"]) - 1);
        assert.equal(run("getDate", at), Number(parts["day"]));
        assert.equal(run("getDayOfMonth", at), Number(parts["day"]) - 1);
        assert.equal(run("getHours", at), Number(parts["hour"]));
        assert.equal(run("getMinutes", at), Number(parts["minute"]));
        assert.equal(run("getSeconds", at), Number(parts["second"]));
        assert.equal(run("getDayOfWeek", at), ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].indexOf(parts["weekday"] ?? ""));
      }),
    );
  });
  test("the last day of a leap year is its 366th", () => {
    assert.equal(run("getDayOfYear", Date.UTC(2024, 11, 31, 23, 59, 59, 999)), 365);
    assert.equal(run("getDayOfYear", Date.UTC(2023, 11, 31)), 364);
    assert.equal(run("getDayOfYear", Date.UTC(2024, 0, 1)), 0);
  });
});

suite("durations", () => {
  test("are read back as printed", () => {
    fc.assert(fc.property(fc.integer({ min: -MAX_SPAN, max: MAX_SPAN }), (span) => assert.equal(parseDuration(printDuration(span)), span)));
  });
  test("known ones", () => {
    for (const [text, ms] of [["90s", 90_000], ["1h30m", 5_400_000], ["-2.5h", -9_000_000], ["1d", 86_400_000], ["2w", 1_209_600_000], ["250ms", 250], ["1m1ms", 60_001], ["0s", 0], ["+5min", 300_000]] as const) {
      assert.equal(parseDuration(text), ms, text);
    }
    assert.equal(printDuration(93_784_005), "1d2h3m4s5ms");
  });
  test("the longest is what 64 bits of nanoseconds hold", () => {
    assert.equal(parseDuration("9223372036854ms"), MAX_SPAN);
    assert.equal(parseDuration("-9223372036854ms"), -MAX_SPAN);
    assert.equal(inSpan(MAX_SPAN), MAX_SPAN);
    assert.ok(inSpan(MAX_SPAN + 1) instanceof Missing);
    assert.ok(inSpan(-MAX_SPAN - 1) instanceof Missing);
  });
  test("what is no duration is refused", () => {
    for (const text of ["9223372036855ms", "300000000000s", "", "-", "5", "5 m", "m", "1y", "1h-30m", "1.h", "١s", "1e3s"]) assert.equal(parseDuration(text), undefined, text);
  });
});
