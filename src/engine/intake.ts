import type { EventProgram } from "../compile/program.ts";
import { typeSeed } from "../store/idhash.ts";
import { eventDecoder, type EventDecoder } from "../types/decode.ts";
import type { Page } from "../types/page.ts";
import { type EventScanner, eventScanner } from "../types/scan.ts";
import { GIVEN_UP } from "../types/scanners.ts";
import type { Violation } from "../types/schema.ts";
import type { Frame } from "../windows/spec.ts";
import type { DecisionRequest } from "./decision.ts";
import { withEnvelope } from "./envelope.ts";
import type { Scanned } from "./scanned.ts";

/** How events of one type are taken in. */
interface Intake {
  readonly decode: EventDecoder;
  /** An empty frame, to be copied. */
  readonly blank: Frame;
  /** Reads plain events from their bytes into a copy of `clear`; null for a type whose events are all parsed. */
  readonly scanner: EventScanner | null;
  /** A frame with what fields have that an event leaves out. */
  readonly clear: Frame;
  /** What the hashes of ids begin with. */
  readonly seed: number;
}

/** From events as they come to frames. */
export class Intakes {
  readonly #intakes = new WeakMap<EventProgram, Intake>();
  readonly #seed: number;

  /** @param seed of the log, for hashes of ids */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** What the hashes of the ids of these events begin with. */
  seed(event: EventProgram): number {
    return this.#of(event).seed;
  }

  /**
   * Reads the event that begins at `from` of the page. Null where anything about it is wrong or unusual:
   * then it is to be parsed, and `decode` says what is wrong.
   */
  scan(event: EventProgram, page: Page, from: number): Scanned | null {
    const { scanner, clear } = this.#of(event);
    if (scanner === null) return null;
    const frame = clear.slice();
    const end = scanner.scan(page, from, frame);
    return end === GIVEN_UP ? null : { event, frame, text: page.bytes.toString("utf8", from, end), end };
  }

  /** An event as a frame of this program, where nothing is wrong with it. */
  frame(request: DecisionRequest, event: EventProgram, violations: Violation[]): Frame {
    return scannedFor(request, event) ?? this.decode(withEnvelope(event.schema, request), event, violations);
  }

  decode(json: unknown, event: EventProgram, violations: Violation[]): Frame {
    const { decode, blank } = this.#of(event);
    const frame: Frame = blank.slice();
    decode(json, frame, violations);
    return frame;
  }

  #of(event: EventProgram): Intake {
    let intake = this.#intakes.get(event);
    if (intake === undefined) {
      const { schema, frameSize } = event;
      const blank: Frame = Array.from({ length: frameSize }, () => undefined);
      const scanner = eventScanner(schema);
      const clear = blank.map((_, slot) => scanner?.absent[slot]);
      this.#intakes.set(event, (intake = { decode: eventDecoder(schema), blank, scanner, clear, seed: typeSeed(schema.name, this.#seed) }));
    }
    return intake;
  }
}

/** The frame that an event was read into, where that was for this program. */
function scannedFor({ scanned }: DecisionRequest, event: EventProgram): Frame | undefined {
  return scanned?.event === event ? scanned.frame : undefined;
}

/** The id of an event that need not be valid; null where the type has none. */
export function idIn(request: DecisionRequest, event: EventProgram): unknown {
  const { schema } = event;
  if (schema.id === null) return null;
  const frame = scannedFor(request, event);
  if (frame !== undefined) return frame[schema.id];
  const filled = withEnvelope(schema, request) as Readonly<Record<string, unknown>> | null;
  return filled?.[schema.fields[schema.id]?.name ?? ""];
}
