import type { DecisionRequest } from "../engine/decision.ts";
import type { Scanned } from "../engine/scanned.ts";
import { Page } from "../types/page.ts";
import { afterSpace, CLOSE, COMMA, GIVEN_UP, OPEN, says, scanTruth, textScan } from "../types/scanners.ts";
import { SeenTexts } from "../types/seen.ts";
import type { Target } from "../types/decode.ts";
import type { Rooms } from "./context.ts";

const TYPE = '"type":';
const EVENT = '"event":';
const EXPLAIN = '"explain":';

/** The members of a request as far as they were read. */
interface Draft {
  type: string | null;
  scanned: Scanned | null;
  explain: boolean | null;
}

/**
 * Reads requests of the plain form without parsing them: what it yields is what the strict parser, the schema of requests
 * and the decoder of events would make of the same bytes, in a fraction of the time. Null for whatever they refuse, and for
 * what is unusual: then they are asked.
 */
export class RequestScanner {
  readonly #desk: Pick<Rooms["desk"], "scan">;
  readonly #page = new Page();
  readonly #text = textScan(new SeenTexts());
  readonly #value: Target = [];
  /** The type of the request before: the one to expect where an event comes before its type. */
  #type = "";

  constructor(desk: Pick<Rooms["desk"], "scan">) {
    this.#desk = desk;
  }

  read(bytes: Uint8Array, version: string | null, traceId: string | null): DecisionRequest | null {
    const page = this.#page;
    if (!page.load(bytes) || page.bytes[0] !== OPEN) return null;
    const draft: Draft = { type: null, scanned: null, explain: null };
    let at = afterSpace(page, 1);
    for (;;) {
      at = this.#member(at, draft);
      if (at === GIVEN_UP) return null;
      at = afterSpace(page, at);
      const next = page.bytes[at];
      at += 1;
      if (next === CLOSE) break;
      if (next !== COMMA) return null;
      at = afterSpace(page, at);
    }
    const { type, scanned, explain } = draft;
    if (type === null || scanned === null || scanned.event.schema.name !== type || !isBlank(bytes, at)) return null;
    this.#type = type;
    return { type, event: undefined, scanned, explain: explain ?? false, version, traceId };
  }

  /** Reads one member, each of which comes once; yields the offset after it. */
  #member(from: number, draft: Draft): number {
    const page = this.#page;
    if (draft.type === null && says(page, from, TYPE)) {
      const end = this.#text(page, afterSpace(page, from + TYPE.length), this.#value, 0);
      if (end !== GIVEN_UP) draft.type = this.#value[0] as string;
      return end;
    }
    if (draft.scanned === null && says(page, from, EVENT)) {
      draft.scanned = this.#desk.scan(draft.type ?? this.#type, page, afterSpace(page, from + EVENT.length));
      return draft.scanned?.end ?? GIVEN_UP;
    }
    if (draft.explain === null && says(page, from, EXPLAIN)) {
      const end = scanTruth(page, afterSpace(page, from + EXPLAIN.length), this.#value, 0);
      if (end !== GIVEN_UP) draft.explain = this.#value[0] as boolean;
      return end;
    }
    return GIVEN_UP;
  }
}

/** Whether nothing but white space is left. */
function isBlank(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return false;
  }
  return true;
}
