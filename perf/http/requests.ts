import { rngOf } from "../../test/random.ts";
import { payment, type Payment } from "../rules/events.ts";

/** Digits of the number in the id of an event, which are overwritten before it is sent: no two events have one id. */
const DIGITS = 10;
const MARK = "0".repeat(DIGITS);

/** A request of one or many events whose ids can be changed in its bytes. */
export interface Request {
  readonly bytes: Buffer;
  /** Where the digits of each id begin. */
  readonly ids: readonly number[];
}

/** Made of a seed, the same in every run. */
export function payments(seed: number, count: number): readonly Payment[] {
  const rng = rngOf(seed);
  return Array.from({ length: count }, (_, i) => ({ ...payment(rng, i), id: `tx_${MARK}` }));
}

const line = (event: Payment): string => JSON.stringify({ type: "payment", event });

export function single(path: string, event: Payment): Request {
  return request(path, "application/json", line(event));
}

export function stream(path: string, events: readonly Payment[]): Request {
  return request(path, "application/x-ndjson", events.map(line).join("\n"));
}

function request(path: string, type: string, body: string): Request {
  const bytes = Buffer.from(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  const ids: number[] = [];
  const start = '"tx_';
  for (let at = bytes.indexOf(start + MARK); at !== -1; at = bytes.indexOf(start + MARK, at + 1)) ids.push(at + start.length);
  return { bytes, ids };
}

let numbers = 0;

/** Gives every event of a request an id that no other had. */
export function renew({ bytes, ids }: Request): void {
  for (const id of ids) {
    let rest = (numbers += 1);
    for (let at = id + DIGITS - 1; rest > 0; at--) {
      bytes[at] = 0x30 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }
}
