import { DURATION, NUMBER, STRING, BOOL, TIMESTAMP } from "../type.ts";
import { inRange } from "../time.ts";
import { Missing } from "../value.ts";
import { fits, fixed, type Builtin, type Example, type Literal } from "./signature.ts";

/*
 * Parts of a time. Zones are those of the IANA database (`Europe/Berlin`) and fixed offsets (`+02:00`, as in CEL also
 * without a sign); without one the clock is that of UTC.
 */

const NO_ZONE = new Missing("no such time zone");
const NO_STEP = new Missing("no such part of the calendar");
const DAY_MS = 86_400_000;
const UNSIGNED = /^\d\d:\d\d$/;
/** The longest name of a zone has 32 characters. */
const MAX_ZONE = 64;

/** The time on the clock of a zone; undefined when there is no such zone. */
function clockAt(ms: number, zone: string): Temporal.ZonedDateTime | undefined {
  if (zone.length > MAX_ZONE) return undefined;
  try {
    return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(UNSIGNED.test(zone) ? `+${zone}` : zone);
  } catch {
    return undefined;
  }
}

function zoneAt(at: number): Literal {
  return { at, what: "a time zone such as `Europe/Berlin` or `+02:00`", reads: (zone) => clockAt(0, zone) !== undefined };
}

interface Part {
  readonly name: string;
  readonly doc: string;
  readonly examples: readonly Example[];
  readonly utc: (date: Date) => number;
  readonly zoned: (clock: Temporal.ZonedDateTime) => number;
}

function read({ utc, zoned }: Part, ms: number, zone: string | undefined): number | Missing {
  if (zone === undefined) return utc(new Date(ms));
  const clock = clockAt(ms, zone);
  return clock === undefined ? NO_ZONE : zoned(clock);
}

/** A part of a timestamp, named as in CEL. */
function part(of: Part): Builtin {
  const { name, doc, examples } = of;
  return fixed(
    { name, signature: `timestamp.${name}([zone]) → number`, doc: `${doc}, in UTC or in the zone`, examples, literal: zoneAt(1) },
    ["timestamp", "string"],
    NUMBER,
    (at, zone) => read(of, at as number, zone as string | undefined),
    1,
  );
}

/** A part of a timestamp, or all such units of a duration. */
function eitherPart(of: Part, unitMs: number): Builtin {
  const { name, doc, examples } = of;
  return {
    name,
    signature: `timestamp.${name}([zone]) → number, duration.${name}() → number`,
    doc: `${doc}; a duration is counted in whole ones`,
    examples,
    literal: zoneAt(1),
    arity: [1, 2],
    result: (args) => (fits(args, "timestamp", "string") || fits(args, "duration") ? NUMBER : undefined),
    run: (at, zone) => read(of, at as number, zone as string | undefined),
    variants: { duration: (span) => Math.trunc((span as number) / unitMs) },
  };
}

function dayOfYear(date: Date): number {
  const first = new Date(date);
  first.setUTCMonth(0, 1);
  return Math.round((date.getTime() - first.getTime()) / DAY_MS);
}

type Step = (clock: Temporal.ZonedDateTime) => Temporal.ZonedDateTime;

const STEPS: ReadonlyMap<string, Step> = new Map<string, Step>([
  ["hour", (clock) => clock.round({ smallestUnit: "hour", roundingMode: "floor" })],
  ["day", (clock) => clock.startOfDay()],
  ["week", (clock) => clock.subtract({ days: clock.dayOfWeek - 1 }).startOfDay()],
  ["month", (clock) => clock.with({ day: 1 }).startOfDay()],
  ["year", (clock) => clock.with({ month: 1, day: 1 }).startOfDay()],
]);

/** What a reading of the clock in a zone makes of one time. */
function onClock(name: string, run: (clock: Temporal.ZonedDateTime) => number | string | boolean, doc: string, examples: readonly Example[], type: typeof STRING): Builtin {
  return fixed(
    { name, signature: `${name}(timestamp[, zone]) → ${type.kind}`, doc, examples, literal: zoneAt(1) },
    ["timestamp", "string"],
    type,
    (at, zone = "UTC") => {
      const clock = clockAt(at as number, zone as string);
      return clock === undefined ? NO_ZONE : run(clock);
    },
    1,
  );
}

/** Whole units of the calendar from one time to another. */
function between(name: string, doc: string, examples: readonly Example[], unit: "years" | "days"): Builtin {
  return fixed(
    { name, signature: `${name}(from, to[, zone]) → number`, doc, examples, literal: zoneAt(2) },
    ["timestamp", "timestamp", "string"],
    NUMBER,
    (from, to, zone = "UTC") => {
      const start = clockAt(from as number, zone as string)?.toPlainDate();
      const end = clockAt(to as number, zone as string)?.toPlainDate();
      if (start === undefined || end === undefined) return NO_ZONE;
      return start.until(end, { largestUnit: unit })[unit];
    },
    2,
  );
}

function startOf(at: number, step: string, zone: string): number | Missing {
  const cut = STEPS.get(step);
  if (cut === undefined) return NO_STEP;
  const clock = clockAt(at, zone);
  return clock === undefined ? NO_ZONE : inRange(cut(clock).epochMilliseconds);
}

const SYDNEY = 'timestamp("2009-02-13T23:31:30Z")';

export const timeFunctions: readonly Builtin[] = [
  part({ name: "getFullYear", doc: "the year", examples: [[`${SYDNEY}.getFullYear()`, "2009"]], utc: (date) => date.getUTCFullYear(), zoned: (clock) => clock.year }),
  part({ name: "getMonth", doc: "the month from 0", examples: [[`${SYDNEY}.getMonth()`, "1"]], utc: (date) => date.getUTCMonth(), zoned: (clock) => clock.month - 1 }),
  part({ name: "getDate", doc: "the day of the month from 1", examples: [[`${SYDNEY}.getDate()`, "13"], [`${SYDNEY}.getDate("Australia/Sydney")`, "14"]], utc: (date) => date.getUTCDate(), zoned: (clock) => clock.day }),
  part({ name: "getDayOfMonth", doc: "the day of the month from 0", examples: [[`${SYDNEY}.getDayOfMonth()`, "12"]], utc: (date) => date.getUTCDate() - 1, zoned: (clock) => clock.day - 1 }),
  part({ name: "getDayOfWeek", doc: "the day of the week, Sunday is 0", examples: [[`${SYDNEY}.getDayOfWeek()`, "5"]], utc: (date) => date.getUTCDay(), zoned: (clock) => clock.dayOfWeek % 7 }),
  part({ name: "getDayOfYear", doc: "the day of the year from 0", examples: [[`${SYDNEY}.getDayOfYear()`, "43"]], utc: dayOfYear, zoned: (clock) => clock.dayOfYear - 1 }),
  eitherPart({ name: "getHours", doc: "the hour of the day", examples: [[`${SYDNEY}.getHours()`, "23"], [`${SYDNEY}.getHours("02:00")`, "1"], ["90m.getHours()", "1"]], utc: (date) => date.getUTCHours(), zoned: (clock) => clock.hour }, 3_600_000),
  eitherPart({ name: "getMinutes", doc: "the minute of the hour", examples: [[`${SYDNEY}.getMinutes("Asia/Kathmandu")`, "16"], ["2h.getMinutes()", "120"]], utc: (date) => date.getUTCMinutes(), zoned: (clock) => clock.minute }, 60_000),
  eitherPart({ name: "getSeconds", doc: "the second of the minute", examples: [[`${SYDNEY}.getSeconds()`, "30"]], utc: (date) => date.getUTCSeconds(), zoned: (clock) => clock.second }, 1_000),
  onClock("date", (clock) => clock.toPlainDate().toString(), "the calendar day as `2026-01-31`, in UTC or in the zone", [['date(2026-01-31T23:30:00Z, "Europe/Berlin")', '"2026-02-01"']], STRING),
  onClock("is_weekend", (clock) => clock.dayOfWeek > 5, "whether it is Saturday or Sunday, in UTC or in the zone", [["is_weekend(2026-01-31)", "true"], ['is_weekend(2026-02-01T23:30:00Z, "Europe/Berlin")', "false"]], BOOL),
  fixed(
    {
      name: "time_of_day",
      signature: "time_of_day(timestamp[, zone]) → duration",
      doc: "how far the clock has come since 00:00, in UTC or in the zone; what it shows counts, also on days that lose or gain an hour",
      examples: [['time_of_day(2026-01-31T21:30:00Z, "Europe/Berlin")', "22h30m"], ["time_of_day(2026-01-31T03:00:00Z) in 0h..5h", "true"]],
      literal: zoneAt(1),
    },
    ["timestamp", "string"],
    DURATION,
    (at, zone = "UTC") => {
      const clock = clockAt(at as number, zone as string);
      return clock === undefined ? NO_ZONE : ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000 + clock.millisecond;
    },
    1,
  ),
  fixed(
    {
      name: "start_of",
      signature: "start_of(timestamp, part[, zone]) → timestamp",
      doc: 'when the hour, day, week (from Monday), month or year began, in UTC or in the zone; the part is `"hour"`, `"day"`, `"week"`, `"month"` or `"year"`',
      examples: [['start_of(2026-01-31T09:30:00Z, "day", "Europe/Berlin")', "2026-01-30T23:00:00Z"], ['start_of(2026-01-31, "week")', "2026-01-26T00:00:00Z"]],
      literal: { at: 1, what: "one of `hour`, `day`, `week`, `month`, `year`", reads: (step) => STEPS.has(step) },
    },
    ["timestamp", "string", "string"],
    TIMESTAMP,
    (at, step, zone = "UTC") => startOf(at as number, step as string, zone as string),
    2,
  ),
  between("days_between", "midnights from the first time to the second, in UTC or in the zone; below zero when the second is earlier. Elapsed time is `(b - a) / 1d`", [["days_between(2026-01-31T23:00:00Z, 2026-02-01T01:00:00Z)", "1"]], "days"),
  between("years_between", "birthdays from the first time to the second, in UTC or in the zone: the age of who was born at the first", [["years_between(2000-02-29, 2026-02-28)", "25"], ["years_between(2000-02-29, 2026-03-01)", "26"]], "years"),
];
