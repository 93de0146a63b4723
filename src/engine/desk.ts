import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { EventProgram, Program, Run } from "../compile/program.ts";
import { eventDecoder, type EventDecoder } from "../types/decode.ts";
import { keyOf } from "../types/equality.ts";
import type { EventSchema, Violation } from "../types/schema.ts";
import { Missing } from "../types/value.ts";
import type { Frame } from "../windows/spec.ts";
import type { WindowStore } from "../windows/store.ts";
import type { Answer, Decision, DecisionRequest, Refusal } from "./decision.ts";
import { carryOut, type Done } from "./effects.ts";
import { evaluate, explainFeatures, type MissedRule } from "./evaluate.ts";
import { Ids } from "./ids.ts";
import type { ManagedLists } from "./lists.ts";
import { RuleStates } from "./states.ts";
import type { Explain } from "./trace.ts";

/** Decisions of one event type kept in memory for retries; about 100 MB at 1 KB each. */
export const REPLAY_CAPACITY = 100_000;

/** Told of every event that was decided anew. */
export interface DeskObserver {
  decided(decision: Decision, program: Program, missing: readonly MissedRule[]): void;
}

export interface DeskOptions {
  readonly active: () => Program | null;
  readonly windows: Pick<WindowStore, "arrive" | "read">;
  readonly lists: ManagedLists;
  /** State of rules that look beyond one event; its own unless given. */
  readonly states?: RuleStates;
  readonly clock: Clock;
  /** How many decisions of each event type are kept for retries; 0 turns that off. */
  readonly replayCapacity?: number;
  readonly observer?: DeskObserver;
  /** Makes the trace that `explain` asks for; without it there is none. */
  readonly explain?: Explain;
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
    }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** What is kept of an accepted event with an `@id`. */
interface Accepted {
  /** Its schema and frame, to tell a retry from another event with its id. */
  readonly schema: EventSchema;
  readonly frame: Frame;
  readonly seq: number;
  readonly version: string;
  /** Null for an event that was only counted. */
  readonly decision: Decision | null;
}

/** How events of one type are taken in: their decoder, and an empty frame to copy. */
interface Intake {
  readonly decode: EventDecoder;
  readonly blank: Frame;
}

/** An event that has passed every check and is about to be taken up. */
interface Admitted {
  readonly program: Program;
  readonly event: EventProgram;
  readonly frame: Frame;
  /** The value of the `@id` field. */
  readonly id: string | number | null;
}

type Admission = Admitted | { readonly refusal: Refusal };

/**
 * Takes events in and answers them. Everything between reading the active program and the finished decision happens in
 * one synchronous stretch.
 * INVARIANT: an event sees exactly one version.
 */
export class Desk {
  readonly #options: DeskOptions;
  /** By event type, then by the value of the `@id` field: joining the two would make a new text for every event. */
  readonly #accepted = new Map<string, LRUCache<string | number, Accepted>>();
  readonly #capacity: number;
  readonly #intakes = new WeakMap<EventProgram, Intake>();
  readonly #run: Run;
  readonly #states: RuleStates;
  readonly #ids = new Ids();
  #seq = 0;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#capacity = options.replayCapacity ?? REPLAY_CAPACITY;
    this.#states = options.states ?? new RuleStates();
    this.#run = {
      feature: (feature) => options.windows.read(feature),
      listed: (list, key) => options.lists.has(list, key),
    };
  }

  /** Counts an event and decides it. */
  decide(request: DecisionRequest): Answer {
    const started = performance.now();
    const admitted = this.#admit(request);
    if ("refusal" in admitted) return { kind: "refused", refusal: admitted.refusal };
    const known = this.#known(admitted);
    if (known !== undefined) {
      if (known.decision === null || !isRetry(admitted, known)) return refuse(idConflict(admitted, known));
      return { kind: "decided", decision: { ...known.decision, replayed: true } };
    }
    const { program, event, frame } = admitted;
    const at = this.#takeUp(admitted);
    const { decisions, degraded, missing, fired } = evaluate(event, frame, this.#run, at, this.#states);
    // Before anything is done: what rules do may change the lists that they asked.
    const trace = request.explain ? this.#options.explain?.({ program, event, frame, run: this.#run, at, states: this.#states, decisions }) : undefined;
    const now = this.#options.clock.now();
    const done = fired.length === 0 ? NOTHING_DONE : carryOut(fired, { frame, run: this.#run, lists: this.#options.lists, now });
    const decision: Decision = {
      id: this.#ids.next(now),
      type: event.schema.name,
      eventId: textOf(admitted.id),
      version: program.version,
      seq: this.#seq,
      evaluatedAt: new Date(now).toISOString(),
      decisions,
      effects: done.effects,
      degraded: done.degraded.length === 0 ? degraded : [...degraded, ...done.degraded],
      replayed: false,
      traceId: request.traceId ?? null,
      durationUs: Math.round((performance.now() - started) * 1_000),
      ...(request.explain ? { features: explainFeatures(event, frame, this.#run) } : {}),
    };
    // A trace is many times as large as its decision, so it is not kept for retries.
    this.#keep(admitted, decision);
    this.#options.observer?.decided(decision, program, missing);
    return { kind: "decided", decision: trace === undefined ? decision : { ...decision, trace } };
  }

  /** Counts an event without deciding it. */
  observe(request: DecisionRequest): Receipt {
    const admitted = this.#admit(request);
    if ("refusal" in admitted) return { kind: "refused", refusal: admitted.refusal };
    const known = this.#known(admitted);
    if (known !== undefined && !isRetry(admitted, known)) return refuse(idConflict(admitted, known));
    if (known === undefined) {
      this.#takeUp(admitted);
      this.#keep(admitted, null);
    }
    return {
      kind: "observed",
      type: admitted.event.schema.name,
      seq: known?.seq ?? this.#seq,
      eventId: textOf(admitted.id),
      version: known?.version ?? admitted.program.version,
      replayed: known !== undefined,
    };
  }

  /** Everything that can refuse an event, before anything of it is counted. */
  #admit(request: DecisionRequest): Admission {
    const program = this.#options.active();
    if (program === null) return { refusal: RULES_ABSENT };
    if (request.version !== null && request.version !== program.version) {
      return { refusal: versionUnknown(request.version, program.version) };
    }
    const event = program.events.get(request.type);
    if (event === undefined) return { refusal: typeUnknown(request.type, program) };
    const { schema } = event;
    const intake = this.#intake(event);
    const frame: Frame = intake.blank.slice();
    const violations: Violation[] = [];
    intake.decode(withEnvelope(schema, request), frame, violations);
    if (violations.length > 0) return { refusal: eventInvalid(schema, violations) };
    const id = schema.id === null ? null : frame[schema.id];
    return { program, event, frame, id: typeof id === "string" || typeof id === "number" ? id : null };
  }

  #intake(event: EventProgram): Intake {
    let intake = this.#intakes.get(event);
    if (intake === undefined) {
      const blank: Frame = Array.from({ length: event.frameSize }, () => undefined);
      this.#intakes.set(event, (intake = { decode: eventDecoder(event.schema), blank }));
    }
    return intake;
  }

  #known({ event, id }: Admitted): Accepted | undefined {
    return id === null ? undefined : this.#accepted.get(event.schema.name)?.get(id);
  }

  /** Yields the time of the event. */
  #takeUp({ event, frame }: Admitted): number {
    const { time, name } = event.schema;
    const at = time === null ? this.#options.clock.now() : (frame[time] as number);
    this.#options.windows.arrive(name, frame, at, true);
    this.#seq++;
    return at;
  }

  #keep({ program, event, frame, id }: Admitted, decision: Decision | null): void {
    if (id === null || this.#capacity === 0) return;
    const { schema } = event;
    let accepted = this.#accepted.get(schema.name);
    if (accepted === undefined) this.#accepted.set(schema.name, (accepted = new LRUCache({ max: this.#capacity })));
    accepted.set(id, { schema, frame, seq: this.#seq, version: program.version, decision });
  }
}

const NOTHING_DONE: Done = { effects: [], degraded: [] };

function textOf(id: string | number | null): string | null {
  return id === null ? null : String(id);
}

/** What an envelope says outside of the event fills the fields that the event lacks. */
function withEnvelope(schema: EventSchema, request: DecisionRequest): unknown {
  const { event, envelopeId, envelopeTime } = request;
  if ((envelopeId === undefined && envelopeTime === undefined) || typeof event !== "object" || event === null) return event;
  const filled: Record<string, unknown> = { ...event };
  const fill = (index: number | null, value: string | undefined): void => {
    const field = index === null ? undefined : schema.fields[index];
    if (field === undefined || value === undefined || Object.hasOwn(filled, field.name)) return;
    filled[field.name] = field.type.kind === "number" ? Number(value) : value;
  };
  fill(schema.id, envelopeId);
  fill(schema.time, envelopeTime);
  return filled;
}

/**
 * Whether an event means the same as the one accepted under its id, however its JSON is spelt. Fields are met by name,
 * since the rules may have changed in between; one that only one of the two schemas has counts where it has a value.
 */
function isRetry({ event, frame }: Admitted, known: Accepted): boolean {
  const names = new Set([...event.schema.fields, ...known.schema.fields].map((field) => field.name));
  return [...names].every((name) => fieldKey(event.schema, frame, name) === fieldKey(known.schema, known.frame, name));
}

/** A text or number for the value of a field; undefined where it is missing. */
function fieldKey(schema: EventSchema, frame: Frame, name: string): string | number | undefined {
  const value = frame[schema.fields.findIndex((field) => field.name === name)];
  return value === undefined || value instanceof Missing ? undefined : keyOf(value);
}

function refuse(refusal: Refusal): { readonly kind: "refused"; readonly refusal: Refusal } {
  return { kind: "refused", refusal };
}

const RULES_ABSENT: Refusal = {
  code: "rules_absent",
  message: "no rule set is active",
  remedy: "mend the rules folder; GET /v1/status tells what is wrong with it",
  violations: [],
};

/** Texts of senders are cut in answers. */
const SHOWN = 100;

function versionUnknown(asked: string, active: string): Refusal {
  return {
    code: "version_unknown",
    message: `the version ${JSON.stringify(asked.slice(0, SHOWN))} is not active`,
    remedy: `leave out the header Sluice-Rules-Version or send ${active}`,
    violations: [],
  };
}

function typeUnknown(type: string, program: Program): Refusal {
  return {
    code: "event_type_unknown",
    message: `there is no event type ${JSON.stringify(type.slice(0, SHOWN))}`,
    remedy: `send one of ${[...program.events.keys()].join(", ")}, or declare it in the rules`,
    violations: [],
  };
}

function eventInvalid(schema: EventSchema, violations: readonly Violation[]): Refusal {
  return {
    code: "event_invalid",
    message: `the event is no valid \`${schema.name}\``,
    remedy: "mend what `violations` lists",
    violations,
  };
}

function idConflict(admitted: Admitted, known: Accepted): Refusal {
  const counted = known.decision === null && isRetry(admitted, known);
  return {
    code: "id_conflict",
    message: counted
      ? `the event ${JSON.stringify(textOf(admitted.id)?.slice(0, SHOWN))} was counted before without a decision`
      : `another event was accepted with the id ${JSON.stringify(textOf(admitted.id)?.slice(0, SHOWN))}`,
    remedy: "give every event an id of its own; send a retry unchanged and to the same path",
    violations: [],
  };
}
