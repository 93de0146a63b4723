import type { Clock } from "../clock.ts";
import { type EventProgram, type Hit, HIT_KEPT, type Program, type Run } from "../compile/program.ts";
import { idHash } from "../store/idhash.ts";
import { decisionMarks, ruleMark, typeMark } from "../store/marks.ts";
import type { Journal, LogRecord, StoredRecord } from "../store/record.ts";
import type { EventSchema, Violation } from "../types/schema.ts";
import type { Page } from "../types/page.ts";
import type { Frame } from "../windows/spec.ts";
import type { WindowStore } from "../windows/store.ts";
import type { Answer, Decision, Degraded, DecisionRequest, Refusal } from "./decision.ts";
import { NotedEdits } from "./edits.ts";
import { carryOut, type Done } from "./effects.ts";
import { withEnvelope } from "./envelope.ts";
import { evaluate, explainFeatures, type MissedRule } from "./evaluate.ts";
import { Ids } from "./ids.ts";
import { Instants } from "./instants.ts";
import { idIn, Intakes } from "./intake.ts";
import type { KnownIds } from "./known.ts";
import { clamped, eventFuture, FUTURE_MS, type FuturePolicy, happening } from "./future.ts";
import type { ManagedLists } from "./lists.ts";
import { eventInvalid, idConflict, RULES_ABSENT, typeUnknown, versionUnknown } from "./refusals.ts";
import { doubts, featuresRead, qualitiesOf, type Sight } from "./quality.ts";
import { type Accepted, isRetry, REPLAY_CAPACITY, Retries, RETRY_WINDOW_MS } from "./retries.ts";
import type { Scanned } from "./scanned.ts";
import { RuleStates } from "./states.ts";
import { decisionText } from "./text.ts";
import type { Explain } from "./trace.ts";

/** Told of every event that was decided anew. */
export interface DeskObserver {
  /** An event that was too far ahead of the clock. */
  future?(type: string, policy: FuturePolicy): void;
  decided(decision: Decision, program: Program, missing: readonly MissedRule[]): void;
}

export interface DeskOptions {
  readonly active: () => Program | null;
  readonly windows: Pick<WindowStore, "arrive" | "read" | "quality">;
  readonly lists: ManagedLists;
  /** State of rules that look beyond one event; its own unless given. */
  readonly states?: RuleStates;
  /** Tells when events arrive and are decided. */
  readonly clock: Clock;
  /**
   * The time that events are of: of those that say none themselves, and of what rules do to lists. That of `clock` unless
   * given; a recorded stream arrives today and has a time of its own.
   */
  readonly events?: Clock;
  /**
   * What becomes of an event that is further ahead of the clock than `FUTURE_MS`. Unless given times are not looked at:
   * the clock of a recorded stream or a test is that of its events.
   */
  readonly future?: FuturePolicy;
  /** How many decisions of each event type are kept for retries; 0 turns that off. */
  readonly replayCapacity?: number;
  readonly observer?: DeskObserver;
  /** Where every accepted event is written down; nowhere unless given. */
  readonly log?: DeskLog;
  /** Makes the trace that `explain` asks for; without it there is none. */
  readonly explain?: Explain;
}

/** The log of accepted events. */
export interface DeskLog {
  readonly journal: Journal;
  /** Ids of the events in it that arrived lately. */
  readonly ids: KnownIds;
  /** Finds the newest event of a type with an id in it. */
  readonly find: (type: string, eventId: string) => Promise<StoredRecord | null>;
}

/** What `observe` answers. */
export type Receipt =
  | {
      readonly kind: "observed";
      readonly type: string;
      readonly seq: number;
      readonly eventId: string | null;
      readonly version: string;
      readonly replayed: boolean;
      /** What of the event was changed. */
      readonly degraded: readonly Degraded[];
    }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** An event that has passed every check and is about to be taken up. */
interface Admitted {
  readonly program: Program;
  readonly event: EventProgram;
  readonly frame: Frame;
  /** The value of the `@id` field. */
  readonly id: string | number | null;
  /** The time that the event gives itself, where that is too far ahead of the clock; null otherwise. */
  readonly ahead: number | null;
}

/** Event and decision as JSON. */
interface Written {
  readonly body: string;
  /** Null for an event that was only counted. */
  readonly decision: string | null;
}

type Admission = Admitted | { readonly refusal: Refusal };

/**
 * Takes events in and answers them. Everything between reading the active program and the finished decision happens in
 * one synchronous stretch.
 * INVARIANT: an event sees exactly one version.
 */
export class Desk {
  readonly #options: DeskOptions;
  readonly #retries: Retries;
  readonly #intakes: Intakes;
  readonly #run: Run;
  readonly #states: RuleStates;
  readonly #ids = new Ids();
  readonly #edits: NotedEdits | null;
  readonly #instants = new Instants();
  #seq = 0;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#retries = new Retries(options.replayCapacity ?? REPLAY_CAPACITY);
    this.#intakes = new Intakes(options.log?.journal.seed ?? 0);
    this.#edits = options.log === undefined ? null : new NotedEdits(options.lists);
    this.#states = options.states ?? new RuleStates();
    if (options.log !== undefined) this.#states.note();
    this.#run = {
      feature: (feature) => options.windows.read(feature),
      quality: (feature) => options.windows.quality(feature),
      listed: (list, key) => options.lists.has(list, key),
    };
  }

  /** Reads an event for the active program; see `Intakes`. Null too for a type that it does not have. */
  scan(type: string, page: Page, from: number): Scanned | null {
    const event = this.#options.active()?.events.get(type);
    return event === undefined ? null : this.#intakes.scan(event, page, from);
  }

  /** Counts an event and decides it. */
  decide(request: DecisionRequest): Answer {
    const started = performance.now();
    const now = this.#options.clock.now();
    const admitted = this.#admit(request, now);
    return "refusal" in admitted ? refuse(admitted.refusal) : this.#decide(admitted, request, now, started);
  }

  /** The same for an event of the active program that is decoded already: what it is made of is the desk's from here on. */
  decideFrame(event: EventProgram, frame: Frame, explain: boolean): Answer {
    const program = this.#options.active();
    if (program === null) return refuse(RULES_ABSENT);
    const started = performance.now();
    const now = this.#options.clock.now();
    const admitted = { program, event, frame, id: idOf(event, frame), ahead: this.#ahead(event.schema, frame, now) };
    return this.#decide(admitted, { type: event.schema.name, event: null, explain, version: null }, now, started);
  }

  /**
   * Counts and decides an event that is decoded already, for who asks no more than what was decided and sees to retries
   * itself; nothing is logged. The frame can be used again afterwards.
   */
  judge(event: EventProgram, frame: Frame): Decision["decisions"] {
    const { clock, events = clock, lists } = this.#options;
    const at = this.#takeUp({ event, frame, ahead: null });
    const { decisions, fired } = evaluate(event, frame, this.#run, at, this.#states);
    if (fired.length > 0) carryOut(fired, { frame, run: this.#run, lists, now: events.now() });
    return decisions;
  }

  #decide(admitted: Admitted, request: DecisionRequest, now: number, started: number): Answer {
    const known = this.#known(admitted, now);
    if (known !== undefined) {
      if (known.decision === null || !isRetry(admitted.event.schema, admitted.frame, known)) return refuse(conflict(admitted, known));
      const stored = typeof known.decision === "string" ? (JSON.parse(known.decision) as Decision) : known.decision;
      return { kind: "decided", decision: { ...stored, replayed: true }, text: null };
    }
    const future = this.#refusesFuture(admitted, now);
    if (future !== null) return refuse(future);
    const { program, event, frame } = admitted;
    const at = this.#takeUp(admitted);
    const { decisions, degraded, missing, fired } = evaluate(event, frame, this.#run, at, this.#states);
    // Before anything is done: what rules do may change the lists that they asked.
    const trace = request.explain ? this.#options.explain?.({ program, event, frame, run: this.#run, at, states: this.#states, decisions }) : undefined;
    const done = fired.length === 0 ? NOTHING_DONE : carryOut(fired, { frame, run: this.#run, lists: this.#edits ?? this.#options.lists, now: this.#options.events?.now() ?? now });
    const decision: Decision = {
      id: this.#ids.next(now),
      type: event.schema.name,
      eventId: textOf(admitted.id),
      version: program.version,
      seq: this.#seq,
      evaluatedAt: this.#instants.print(now),
      decisions,
      effects: done.effects,
      degraded: joined(joined(clamped(admitted.ahead, at), doubts(event, frame, this.#run)), joined(degraded, done.degraded)),
      replayed: false,
      traceId: request.traceId ?? null,
      durationUs: Math.round((performance.now() - started) * 1_000),
    };
    // A trace is many times as large as its decision, so it is not kept.
    if (!request.explain) return { kind: "decided", decision, text: this.#settle(admitted, request, at, now, decision, missing) };
    const explained = { ...decision, features: explainFeatures(event, frame, this.#run), quality: qualitiesOf(event.features, this.#sight(program, at)) };
    const text = this.#settle(admitted, request, at, now, explained, missing);
    return trace === undefined ? { kind: "decided", decision: explained, text } : { kind: "decided", decision: { ...explained, trace }, text: null };
  }

  /** Keeps a decision, writes it down and tells of it. Yields its text where one was made. */
  #settle(admitted: Admitted, request: DecisionRequest, at: number, now: number, decision: Decision, missing: readonly MissedRule[]): string | null {
    const written = this.#written(admitted, request, decision);
    this.#keep(admitted, decision, written, now);
    this.#log(admitted, at, now, decision, written);
    this.#options.observer?.decided(decision, admitted.program, missing);
    return written?.decision ?? null;
  }

  /** Event and decision as texts, where they are to be written down or are kept; null where nobody asks for them. */
  #written({ event, id }: Admitted, request: DecisionRequest, decision: Decision | null): Written | null {
    const { scanned } = request;
    if (this.#options.log === undefined && (scanned === undefined || id === null || !this.#retries.keeps)) return null;
    const body = scanned === undefined ? JSON.stringify(withEnvelope(event.schema, request)) : scanned.text;
    return { body, decision: decision === null ? null : decisionText(decision) };
  }

  /** Counts an event without deciding it. */
  observe(request: DecisionRequest): Receipt {
    const now = this.#options.clock.now();
    const admitted = this.#admit(request, now);
    if ("refusal" in admitted) return { kind: "refused", refusal: admitted.refusal };
    const known = this.#known(admitted, now);
    if (known !== undefined && !isRetry(admitted.event.schema, admitted.frame, known)) return refuse(conflict(admitted, known));
    let degraded: readonly Degraded[] = [];
    if (known === undefined) {
      const future = this.#refusesFuture(admitted, now);
      if (future !== null) return refuse(future);
      const at = this.#takeUp(admitted);
      degraded = clamped(admitted.ahead, at);
      const written = this.#written(admitted, request, null);
      this.#keep(admitted, null, written, now);
      this.#log(admitted, at, now, null, written);
    }
    return {
      kind: "observed",
      type: admitted.event.schema.name,
      seq: known?.seq ?? this.#seq,
      eventId: textOf(admitted.id),
      version: known?.version ?? admitted.program.version,
      replayed: known !== undefined,
      degraded,
    };
  }

  /**
   * Looks an event's id up in the log where it may have come within the last day and memory does not hold it any more.
   * Null where there is nothing to look up; otherwise resolves when memory holds it. To be called before `decide` or
   * `observe`, and rejects where the log cannot be read.
   */
  recall(request: DecisionRequest): Promise<void> | null {
    const { log, clock } = this.#options;
    const event = this.#options.active()?.events.get(request.type);
    if (log === undefined || event === undefined || event.schema.id === null || !this.#retries.keeps) return null;
    const { name } = event.schema;
    const id = idIn(request, event);
    if (typeof id !== "string" && typeof id !== "number") return null;
    const now = clock.now();
    if (this.#retries.has(name, id, now)) return null;
    const complete = log.ids.lostUntil <= now - RETRY_WINDOW_MS;
    if (complete && !log.ids.has(idHash(String(id), this.#intakes.seed(event)))) return null;
    return this.#fetch(event, id, log.find(name, String(id)));
  }

  async #fetch(event: EventProgram, id: string | number, asked: Promise<StoredRecord | null>): Promise<void> {
    const record = await asked;
    const now = this.#options.clock.now();
    // The same event may have come in while the log was read.
    if (record === null || record.received <= now - RETRY_WINDOW_MS || this.#retries.has(event.schema.name, id, now)) return;
    const { seq, version, received, body, decision } = record;
    this.#retries.keepText(event.schema.name, { id: String(id), schema: event.schema, version, seq, received, body, decision });
  }

  /** Everything that can refuse an event, before anything of it is counted. */
  #admit(request: DecisionRequest, now: number): Admission {
    const program = this.#options.active();
    if (program === null) return { refusal: RULES_ABSENT };
    if (request.version !== null && request.version !== program.version) {
      return { refusal: versionUnknown(request.version, program.version) };
    }
    const event = program.events.get(request.type);
    if (event === undefined) return { refusal: typeUnknown(request.type, program) };
    const { schema } = event;
    const violations: Violation[] = [];
    const frame = this.#intakes.frame(request, event, violations);
    if (violations.length > 0) return { refusal: eventInvalid(schema, violations) };
    return { program, event, frame, id: idOf(event, frame), ahead: this.#ahead(schema, frame, now) };
  }

  #ahead({ time }: EventSchema, frame: Frame, now: number): number | null {
    if (this.#options.future === undefined || time === null) return null;
    const at = frame[time] as number;
    return at > now + FUTURE_MS ? at : null;
  }

  /** Counts an event that is too far ahead of the clock, and refuses it where that is wanted. A retry never comes here. */
  #refusesFuture({ event: { schema }, ahead }: Admitted, now: number): Refusal | null {
    const { future, observer } = this.#options;
    if (ahead === null || future === undefined) return null;
    observer?.future?.(schema.name, future);
    return future === "refuse" ? eventFuture(schema, ahead, now) : null;
  }

  #known({ event, id }: Admitted, now: number): Accepted | undefined {
    return id === null ? undefined : this.#retries.get(event.schema.name, id, now);
  }

  /** Yields the time of the event, which from here on stands in the frame too. */
  #takeUp({ event, frame, ahead }: Pick<Admitted, "event" | "frame" | "ahead">): number {
    const { time, name } = event.schema;
    const at = time === null || ahead !== null ? (this.#options.events ?? this.#options.clock).now() : (frame[time] as number);
    if (time !== null) frame[time] = at;
    this.#options.windows.arrive(name, frame, at, true);
    this.#seq = this.#options.log === undefined ? this.#seq + 1 : this.#options.log.journal.last + 1;
    return at;
  }

  #sight({ windows }: Program, at: number): Sight {
    return { run: this.#run, plan: windows, at };
  }

  #keep({ program, event, frame, id, ahead }: Admitted, decision: Decision | null, written: Written | null, received: number): void {
    if (id === null || !this.#retries.keeps) return;
    const { schema } = event;
    const { version } = program;
    if (written !== null) {
      this.#retries.keepText(schema.name, { id: String(id), schema, version, seq: this.#seq, received, body: written.body, decision: written.decision });
      return;
    }
    // A retry says the time that the sender said.
    const sent = ahead === null ? frame : happening(schema, frame, ahead);
    this.#retries.keep(schema.name, id, { schema, frame: sent, seq: this.#seq, version, received, decision });
  }

  /** Writes an event down, as number `#seq`. */
  #log({ program, event, frame, id }: Admitted, at: number, now: number, decision: Decision | null, written: Written | null): void {
    const { log } = this.#options;
    if (log === undefined || written === null) return;
    const { journal } = log;
    const { name } = event.schema;
    const hash = id === null ? null : idHash(String(id), this.#intakes.seed(event));
    const record: LogRecord = {
      kind: decision === null ? "observed" : "decided",
      type: name,
      eventId: textOf(id),
      at,
      // The log's time does not go back, also where the clock is set back.
      received: Math.max(now, journal.received),
      version: program.version,
      body: written.body,
      edits: this.#edits?.take() ?? null,
      decisionId: decision?.id ?? null,
      decision: written.decision,
      features: decision === null ? null : featuresRead(event, frame, this.#sight(program, at)),
      marks: decision === null ? [typeMark(name)] : decisionMarks(decision, markOf),
    };
    if (hash !== null) log.ids.add(hash, record.received);
    journal.append(record, { schema: event.schema, frame, id: hash, states: this.#states.take() });
  }
}

/** Nearly always nothing, so that nothing is made. */
function joined(first: readonly Degraded[], second: readonly Degraded[]): readonly Degraded[] {
  if (second.length === 0) return first;
  return first.length === 0 ? second : [...first, ...second];
}

/** Most hits say the same every time, so that what the log finds them by is made once. */
function markOf(hit: Hit): string {
  const kept = hit[HIT_KEPT];
  return kept === undefined ? ruleMark(hit.id) : (kept.mark ??= ruleMark(hit.id));
}

const NOTHING_DONE: Done = { effects: [], degraded: [] };

/** The value of the `@id` field. */
function idOf({ schema }: EventProgram, frame: Frame): string | number | null {
  const id = schema.id === null ? null : frame[schema.id];
  return typeof id === "string" || typeof id === "number" ? id : null;
}

function textOf(id: string | number | null): string | null {
  return id === null ? null : String(id);
}

function refuse(refusal: Refusal): { readonly kind: "refused"; readonly refusal: Refusal } {
  return { kind: "refused", refusal };
}

function conflict(admitted: Admitted, known: Accepted): Refusal {
  return idConflict(textOf(admitted.id), known.decision === null && isRetry(admitted.event.schema, admitted.frame, known));
}
