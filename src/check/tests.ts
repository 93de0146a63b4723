import type { PlanCase, PlanEvent, PlanExpectation, PlanGiven, PlanStep } from "../ir/plan.ts";
import type { EventLit, Ident, Moment, NumberLit, RuleFile, TestDecl, TestItem } from "../syntax/ast.ts";
import type { Span } from "../text/span.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { parseTimestamp } from "../types/time.ts";
import type { Build } from "./build.ts";
import { checkCases } from "./cases.ts";
import type { EventInfo, RulesetInfo, TestInfo, Written } from "./checked.ts";
import { importFix } from "./context.ts";
import { durationOf } from "./durations.ts";
import { checkEntries, type Testing } from "./entries.ts";
import { checkExpectation, managedList, readableFeature } from "./expectations.ts";
import { visibleEvent } from "./features.ts";
import { written } from "./written.ts";

/** When a test without `clock` plays: a Monday at noon. A fixed time, so that a test means the same on every day. */
export const TEST_CLOCK = Date.UTC(2026, 5, 15, 12);

/**
 * Events that one test may send. Rules look back over some hundred events at most; a test that needs more is a stream,
 * and `sluice replay` is for those.
 */
export const MAX_TEST_EVENTS = 10_000;

/** All tests of a folder that could run, in file order; what is wrong with the others is reported. */
export function checkTests(build: Build, files: readonly RuleFile[]): readonly TestInfo[] {
  const seen = new Map<string, TestDecl>();
  const tests: TestInfo[] = [];
  for (const file of files) {
    for (const decl of file.decls) {
      if (decl.kind !== "Test") continue;
      checkName(build, decl, seen);
      const ruleset = checkRulesetOf(build, file.path, decl);
      if (ruleset === undefined) continue;
      const home = ruleset.decl.span.file;
      tests.push(checkTest({ build, file: file.path, home, ruleset }, decl));
    }
  }
  return tests;
}

function checkName(build: Build, decl: TestDecl, seen: Map<string, TestDecl>): void {
  const key = JSON.stringify([decl.ruleset.name, decl.name.value]);
  const first = seen.get(key);
  if (first === undefined) seen.set(key, decl);
  else {
    build.report.add("RSK0802", decl.name.span, `two tests of \`${decl.ruleset.name}\` are called ${JSON.stringify(decl.name.value)}`, {
      labels: [{ span: first.name.span, message: "first here" }],
      help: "reports tell tests apart by their names; say what this one shows that the other does not",
    });
  }
}

function checkRulesetOf(build: Build, file: string, decl: TestDecl): RulesetInfo | undefined {
  const { name, span } = decl.ruleset;
  if (name === "") return undefined;
  if (build.symbols.visible(file, name)?.decl.kind === "Ruleset") return build.rulesets.get(name);
  const reach = build.symbols.notImported(file, name);
  if (reach !== undefined && build.rulesets.has(name)) {
    const fixes = reach.importFrom === undefined ? [] : [importFix(file, name, reach.importFrom)];
    build.report.add(reach.code, span, reach.message, { help: reach.help, fixes });
    return undefined;
  }
  const close = closest(name, build.rulesets.keys());
  build.report.add("RSK0801", span, `there is no ruleset \`${name}\``, didYouMean(close, span, "a test names the ruleset that it is about: `test \"…\" for NAME { … }`"));
  return undefined;
}

/** What stands before the next `when`. */
interface Before {
  given: PlanGiven<Written>[];
  features: PlanStep<Written>["features"][number][];
  lists: PlanStep<Written>["lists"][number][];
  last: Span | null;
}

function checkTest(testing: Testing, decl: TestDecl): TestInfo {
  const { build, ruleset } = testing;
  const clock = checkClock(build, decl);
  const steps: (PlanStep<Written> & { readonly expectations: PlanExpectation<Written>[] })[] = [];
  let cases: readonly PlanCase<Written>[] = [];
  let before = nothingBefore();
  let asked = 0;
  let mark: Span | null = null;
  for (const item of decl.items) {
    switch (item.kind) {
      case "GivenEvent":
      case "GivenFeature":
      case "GivenList":
        checkGiven(testing, item, clock, before);
        before.last = item.span;
        break;
      case "WhenEvent": {
        const event = eventOf(testing, item.event.event);
        if (event !== undefined && event !== ruleset.event) wrongEvent(testing, item.event.event);
        const when = checkEventLit(testing, item.event, event, momentOf(build, item.at, clock) ?? clock, item.at);
        const { given, features, lists } = before;
        if (when !== undefined) steps.push({ given, features, lists, when, expectations: [] });
        before = nothingBefore();
        mark = item.span;
        break;
      }
      case "Expect": {
        asked++;
        if (mark === null) noEventYet(build, item.span);
        const expectation = checkExpectation(testing, item.expectation);
        if (expectation !== undefined) steps.at(-1)?.expectations.push(expectation);
        break;
      }
      case "Cases":
        asked++;
        if (mark === null) noEventYet(build, item.span);
        if (cases.length > 0) build.report.add("RSK0811", item.span, "a test has one table of cases", { help: "write a second test" });
        cases = checkCases(testing, item);
        break;
      case "Clock":
        break;
    }
  }
  checkWhole(testing, decl, { mark, asked, last: before.last });
  checkSize(build, decl, steps, cases.length);
  return { decl, plan: { name: decl.name.value, ruleset: ruleset.decl.name.name, clock, steps, cases, span: decl.name.span } };
}

function nothingBefore(): Before {
  return { given: [], features: [], lists: [], last: null };
}

function noEventYet(build: Build, span: Span): void {
  build.report.add("RSK0803", span, "nothing is decided before this expectation", { help: "write the event above it: `when EVENT { … }`" });
}

/** A test decides something, asks something of it, and gives nothing that is never used. */
function checkWhole({ build, ruleset }: Testing, decl: TestDecl, { mark, asked, last }: { mark: Span | null; asked: number; last: Span | null }): void {
  if (build.report.touches(decl.span)) return;
  const { name } = decl;
  if (mark === null) {
    build.report.add("RSK0803", name.span, "this test decides nothing", { help: `add \`when ${ruleset.event.schema.name} { … }\`` });
  } else if (asked === 0) {
    build.report.add("RSK0803", name.span, "this test expects nothing", { help: "add what must come out: `expect outcome …`" });
  } else if (last !== null) {
    build.report.add("RSK0803", last, "no event is decided after this", { help: "what is given stands above the `when` that it is for" });
  }
}

function checkSize(build: Build, decl: TestDecl, steps: readonly PlanStep<Written>[], cases: number): void {
  const once = steps.reduce((sum, step) => step.given.reduce((count, { times }) => count + times, sum + 1), 0);
  const all = once * Math.max(1, cases);
  if (all <= MAX_TEST_EVENTS) return;
  build.report.add("RSK0812", decl.name.span, `this test sends ${all} events, at most ${MAX_TEST_EVENTS} are allowed`, {
    help: "give the feature its value instead: `given feature NAME = …`",
  });
}

function checkClock(build: Build, decl: TestDecl): number {
  const clocks = decl.items.filter((item) => item.kind === "Clock");
  const [clock, again] = clocks;
  if (again !== undefined) build.report.add("RSK0812", again.span, "the clock of a test is set once", { help: "give single events a time of their own: `at 10m`" });
  return clock === undefined ? TEST_CLOCK : (instant(build, clock.time.text, clock.time.span) ?? TEST_CLOCK);
}

function instant(build: Build, text: string, span: Span): number | undefined {
  const ms = parseTimestamp(text, false);
  if (ms === undefined) {
    build.report.add("RSK0208", span, `\`${text}\` is not a date or time that exists`, {
      help: "write a date `2026-01-31`, or a time with its zone `2026-01-31T09:30:00Z`",
    });
  }
  return ms;
}

function momentOf(build: Build, moment: Moment | null, clock: number): number | undefined {
  if (moment === null) return undefined;
  if (moment.kind === "Instant") return instant(build, moment.time.text, moment.time.span);
  if (moment.duration.value === 0) return clock;
  const ms = durationOf(build.report, moment.duration, "how far from the clock of the test");
  return ms === undefined ? undefined : clock + (moment.negative ? -ms : ms);
}

function checkGiven(testing: Testing, item: Extract<TestItem, { kind: "GivenEvent" | "GivenFeature" | "GivenList" }>, clock: number, before: Before): void {
  switch (item.kind) {
    case "GivenEvent": {
      const given = checkGivenEvent(testing, item, clock);
      if (given !== undefined) before.given.push(given);
      break;
    }
    case "GivenFeature": {
      const info = readableFeature(testing, item.feature);
      if (info === undefined) break;
      const name = item.feature.name;
      const value = item.value === null ? null : written(testing, item.value, info.type, `\`${name}\``);
      if (value !== undefined) before.features.push({ feature: name, value });
      break;
    }
    case "GivenList": {
      const info = managedList(testing, item.list);
      if (info === undefined) break;
      const items = item.items.map((each) => written(testing, each, info.element, `an entry of \`${item.list.name}\``));
      before.lists.push({ list: item.list.name, items: items.filter((each) => each !== undefined) });
      break;
    }
  }
}

function checkGivenEvent(testing: Testing, item: Extract<TestItem, { kind: "GivenEvent" }>, clock: number): PlanGiven<Written> | undefined {
  const { build } = testing;
  const event = eventOf(testing, item.event.event);
  const times = item.repeat === null ? 1 : checkTimes(build, item.repeat.times);
  const every = item.repeat?.every === null || item.repeat === null ? 0 : (durationOf(build.report, item.repeat.every, "the time between two of them") ?? 0);
  // Without a time of their own the last of them comes one step before the clock.
  const at = item.at === null ? clock - times * every : (momentOf(build, item.at, clock) ?? clock);
  const checked = checkEventLit(testing, item.event, event, at, item.at);
  if (checked === undefined || event === undefined) return undefined;
  const { id, time, fields } = event.schema;
  for (const [index, what] of [[id, "id"], [time, "time"]] as const) {
    const fixed = item.event.fields.find((entry) => index !== null && entry.name.name === fields[index]?.name);
    if (fixed === undefined || times === 1) continue;
    build.report.add("RSK0812", fixed.span, `all ${times} of these events would have the same ${what}`, {
      help: what === "id" ? "leave it out: each event is given an id of its own" : "write `at -50m` after the event, and `every 5m` after `repeat`",
    });
  }
  return { ...checked, times, every };
}

function checkTimes(build: Build, times: NumberLit): number {
  if (Number.isInteger(times.value) && times.value >= 1 && times.value <= MAX_TEST_EVENTS) return times.value;
  build.report.add("RSK0812", times.span, `an event is repeated 1 to ${MAX_TEST_EVENTS} times`);
  return 1;
}

/** An event by the names of the ruleset's file or the test's own; undefined when it is unknown, which is reported. */
function eventOf({ build, home, file }: Testing, ident: Ident): EventInfo | undefined {
  const seen = [home, file].find((each) => build.symbols.visible(each, ident.name)?.decl.kind === "Event");
  return seen === undefined ? visibleEvent(build, file, ident) : build.events.get(ident.name);
}

function wrongEvent({ build, ruleset }: Testing, ident: Ident): void {
  const wanted = ruleset.event.schema.name;
  build.report.add("RSK0804", ident.span, `\`${ruleset.decl.name.name}\` decides \`${wanted}\`, not \`${ident.name}\``, {
    help: `events of other types come before it: \`given ${ident.name} { … }\``,
  });
}

function checkEventLit(testing: Testing, literal: EventLit, event: EventInfo | undefined, at: number, moment: Moment | null): PlanEvent<Written> | undefined {
  if (event === undefined) return undefined;
  const { schema } = event;
  const fields = checkEntries(testing, literal.fields, event);
  const time = schema.time === null ? undefined : literal.fields.find((entry) => entry.name.name === schema.fields[schema.time as number]?.name);
  if (time !== undefined && moment !== null) {
    testing.build.report.add("RSK0812", moment.span, "the time of this event is given twice", {
      labels: [{ span: time.span, message: "first here" }],
      help: "leave out one of them",
    });
  }
  return { event: schema.name, fields, at: time === undefined ? at : null, span: literal.span };
}
