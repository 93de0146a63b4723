import type { Program, Run } from "../compile/program.ts";
import type { Answer } from "../engine/decision.ts";
import { Desk, type DeskObserver } from "../engine/desk.ts";
import { ManagedLists } from "../engine/lists.ts";
import { RuleStates } from "../engine/states.ts";
import type { Missing, Value } from "../types/value.ts";
import { WHOLE, type Frame, type Quality } from "../windows/spec.ts";
import { WindowStore } from "../windows/store.ts";

/** Looks at an event after the windows have taken it up and before rules decide it; the frame is its own copy. */
export type Witness = (frame: Frame, run: Run, type: string) => void;

/** An event as the desk takes it, with its time. */
export interface Sent {
  readonly type: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/**
 * The world of one test: the engine, windows and lists that serve, with a clock that stands at the time of the event at
 * hand, and features that the test may fix.
 */
export class Stage {
  readonly lists: ManagedLists;
  readonly #windows = new WindowStore({ whole: true });
  readonly #fixed = new Map<number, Value | Missing>();
  readonly #desk: Desk;
  readonly #run: Run;
  #witness: Witness | null = null;
  #now = -Infinity;

  /** @param events how many events the test sends, all of which are remembered for retries */
  constructor(program: Program, events: number, observer: DeskObserver) {
    const clock = { now: () => this.#now };
    this.lists = new ManagedLists(clock);
    this.#windows.adopt(program.windows);
    this.#run = { feature: (feature) => this.read(feature), quality: (feature) => this.#quality(feature), listed: (list, key) => this.lists.has(list, key) };
    const windows = {
      arrive: (type: string, frame: Frame, at: number, fold: boolean) => {
        this.#windows.arrive(type, frame, at, fold);
        this.#witness?.(frame.slice(), this.#run, type);
      },
      read: (feature: number) => this.read(feature),
      quality: (feature: number) => this.#quality(feature),
    };
    this.#desk = new Desk({ active: () => program, windows, states: new RuleStates(this.#windows), lists: this.lists, clock, replayCapacity: events, observer });
  }

  /** What a feature is for the event sent last. */
  read(feature: number): Value | Missing {
    return this.#fixed.get(feature) ?? this.#windows.read(feature);
  }

  /** What a test says of a feature is all there is to know of it. */
  #quality(feature: number): Quality {
    return this.#fixed.has(feature) ? WHOLE : this.#windows.quality(feature);
  }

  /** From here on the feature is what the test says. */
  fix(feature: number, value: Value | Missing): void {
    this.#fixed.set(feature, value);
  }

  send({ type, event, at }: Sent, witness: Witness | null): Answer {
    // Entries of lists expire by the clock, which never goes back for an event that is late.
    this.#now = Math.max(this.#now, at);
    this.#witness = witness;
    return this.#desk.decide({ type, event, explain: false, version: null });
  }
}
