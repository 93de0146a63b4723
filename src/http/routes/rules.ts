import type { FastifyInstance } from "fastify";
import type { EventProgram, ListProgram, Program, RatesProgram, RuleProgram, RulesetProgram } from "../../compile/program.ts";
import { LineMap } from "../../text/source.ts";
import { jsonValue } from "../../types/print.ts";
import { printDuration, printTimestamp } from "../../types/time.ts";
import { printType, type Type } from "../../types/type.ts";
import type { Rooms } from "../context.ts";
import { demandType, JSON_TYPE } from "../media.ts";
import { operation } from "../openapi.ts";
import { ReloadRequest, STATUS_RESPONSE } from "../reloads.ts";
import { rulesAbsent } from "./ingest.ts";

/** `GET /v1/rules`, `GET /v1/status` and `POST /v1/reload`: what decides now, how loading it went, loading it again. */
export function addRules(app: FastifyInstance, rooms: Rooms): void {
  app.get("/v1/rules", { schema: operation("Active rules", "The active version: files, events, features, lists, rates, rulesets and how often each rule matched.") }, () => {
    const program = rooms.registry.active();
    if (program === null) throw rulesAbsent(rooms);
    return describeProgram(program, rooms);
  });
  const about = "The last attempt to load the rules folder and the last success, apart; what reloads do to the state behind features; its memory, and what was late, expired or evicted; the state of the store.";
  app.get("/v1/status", { schema: { ...operation("Status", about), response: { 200: STATUS_RESPONSE } } }, () => ({
    ...rooms.registry.status(),
    windows: rooms.windowStats(),
    store: describeStore(rooms),
  }));
  app.post<{ Body: ReloadRequest | undefined }>("/v1/reload", {
    schema: {
      ...operation("Reload", "Looks at the rules folder now. Answers when it was built: a version whose features are filled from the log first is `warming` then, and becomes active by itself."),
      body: { content: { [JSON_TYPE]: { schema: ReloadRequest } } },
      response: { 200: STATUS_RESPONSE },
    },
    onRequest: (request, _reply, done) => {
      if (request.headers["content-type"] !== undefined) demandType(request.headers, [JSON_TYPE]);
      done();
    },
    handler: async (request) => {
      await rooms.registry.reload({ cold: request.body?.cold ?? false, wait: false });
      return { ...rooms.registry.status(), windows: rooms.windowStats(), store: describeStore(rooms) };
    },
  });
}

/** Null where the service keeps nothing. */
function describeStore({ store, recovery, snapshots, clock }: Rooms): unknown {
  if (store === null) return null;
  const { status, reason, since } = store.state;
  const at = printTimestamp(Math.round(clock.now() - (performance.now() - since)));
  return { status, reason, since: at, ...store.stats, recovery: recovery(), snapshot: snapshots() };
}

/** Line starts of the rule files by path. */
type Lines = ReadonlyMap<string, LineMap>;

function describeProgram(program: Program, rooms: Rooms): unknown {
  const types = featureTypes(program);
  const lines: Lines = new Map(program.sources.map(({ path, text }) => [path, new LineMap(text)]));
  return {
    version: program.version,
    files: program.files,
    events: [...program.events.values()].map(describeEvent),
    features: program.windows.features.slice(0, program.windows.features.length - program.retained.length).map((spec) => describeFeature(spec, types.get(spec.name))),
    lists: [...program.lists.values()].map(describeList),
    rates: program.rates.map(describeRates),
    rulesets: program.rulesets.map((ruleset) => describeRuleset(ruleset, lines, rooms)),
  };
}

/** Types of the features by name; every feature is visible to the event that feeds it. */
function featureTypes(program: Program): ReadonlyMap<string, Type> {
  return new Map([...program.events.values()].flatMap((event) => event.features.map(({ name, type }) => [name, type])));
}

function describeEvent({ schema }: EventProgram): unknown {
  const { name, doc, id, time } = schema;
  const fields = schema.fields.map((field, at) => ({
    name: field.name,
    type: printType(field.type),
    range: field.range === null ? null : { low: jsonValue(field.range.low, field.type), high: jsonValue(field.range.high, field.type) },
    optional: field.optional || field.default !== null,
    id: at === id,
    time: at === time,
    key: field.key,
    pii: field.pii,
    doc: field.doc,
  }));
  return { name, doc, fields };
}

function describeFeature(spec: Program["windows"]["features"][number], type: Type | undefined): unknown {
  const { name, aggregate, argument, source, keys, lateness, excludingCurrent } = spec;
  return {
    name,
    type: type === undefined ? null : printType(type),
    aggregate,
    argument,
    source,
    keys,
    over: printDuration(spec.over),
    ending: spec.delay === 0 ? null : printDuration(spec.delay),
    lateness: lateness === undefined ? null : printDuration(lateness),
    excludingCurrent,
  };
}

function describeList({ name, element, source, ttl, size }: ListProgram): unknown {
  return { name, type: printType(element), source, ttl: ttl === null ? null : printDuration(ttl), size };
}

function describeRates({ name, source, editions, first, newest }: RatesProgram): unknown {
  return { name, source, editions, first: printTimestamp(first), newest: printTimestamp(newest) };
}

function describeRuleset(ruleset: RulesetProgram, lines: Lines, rooms: Rooms): unknown {
  const { name, event, outcomes, policy, thresholds } = ruleset;
  const { counts } = rooms.telemetry.instruments;
  // Hits and missing conditions are counted by name, so the rows of a table show those of the table.
  const rules = ruleset.rules.map((rule) => {
    const { hits, missing } = counts.rule(name, rule.id);
    return { ...describeRule(rule, lines), hits, missing };
  });
  const tables = ruleset.tables.map((table) => ({ id: table.name, policy: table.policy, rows: table.rows.length }));
  return { name, event, outcomes, policy, default: ruleset.default, thresholds, tables, rules };
}

function describeRule(rule: RuleProgram, lines: Lines): object {
  const { id, row, title, outcome, reason, notice, tags, mode, owner, was, reviewBy, rollout, span } = rule;
  return {
    id,
    row,
    title,
    outcome,
    reason: reason?.code ?? null,
    notice: notice?.code ?? null,
    tags,
    mode,
    owner,
    was,
    reviewBy: reviewBy === null ? null : dateOf(reviewBy),
    rollout: rollout?.share ?? null,
    active: describeActive(rule),
    effects: rule.effects.map((effect) => (effect.kind === "emit" ? { do: "emit", name: effect.name } : { do: effect.kind, list: effect.list })),
    file: span.file,
    start: span.start,
    end: span.end,
    line: lines.get(span.file)?.lineOf(span.start) ?? null,
    endLine: lines.get(span.file)?.lineOf(span.end) ?? null,
  };
}

function dateOf(time: number): string {
  return printTimestamp(time).slice(0, "2026-01-31".length);
}

function describeActive({ active }: RuleProgram): object | null {
  if (active === null) return null;
  const { from, until } = active;
  return { from: from === null ? null : printTimestamp(from), until: until === null ? null : printTimestamp(until) };
}
