import { Writer } from "./bytes.ts";
import { FRAME, FRAME_HEAD } from "./pieces.ts";
import type { RecordKeeper, Records } from "./records.ts";

interface Waiting {
  readonly stamp: number;
  readonly frame: Uint8Array;
}

/**
 * Writes records down as of when it began, least recently written first, so that they are let go of in the same order
 * after a restart. One that changes before its turn waits for its turn as it was.
 */
export class Listing implements RecordKeeper {
  readonly #records: Records;
  readonly #number: number;
  readonly #emit: (frame: Uint8Array) => void;
  readonly #arrival: number;
  readonly #hand: number;
  /** Stamp of the last one that it has. */
  readonly #end: number;
  readonly #writer = new Writer();
  /** A heap (Williams, 1964): the least stamp is first. */
  readonly #waiting: Waiting[] = [];
  #bytes = 0;
  #next: number;

  /** @param number of the container in the snapshot. */
  constructor(records: Records, number: number, mark: number, emit: (frame: Uint8Array) => void) {
    this.#records = records;
    this.#number = number;
    this.#emit = emit;
    this.#arrival = records.shared.arrival;
    this.#hand = records.next;
    this.#next = records.first;
    this.#end = records.lastStamp;
    records.mark = mark;
    records.keeper = this;
  }

  /** Bytes of records that changed and wait for their turn. */
  get waiting(): number {
    return this.#bytes;
  }

  take(address: number): void {
    const frame = this.#frame(address).slice();
    this.#bytes += frame.length;
    push(this.#waiting, { stamp: this.#records.stamp(address), frame });
    if (address === this.#next) this.#advance();
  }

  /** Writes so many; whether there are more. */
  walk(count: number): boolean {
    for (let written = 0; written < count; written++) {
      const address = this.#next;
      this.#release(address === 0 ? Infinity : this.#records.stamp(address));
      if (address === 0) return false;
      this.#emit(this.#frame(address));
      this.#advance();
    }
    return true;
  }

  /** Records need not be written down any more. */
  close(): void {
    if (this.#records.keeper === this) this.#records.keeper = null;
  }

  #advance(): void {
    const next = this.#records.after(this.#next);
    this.#next = next === 0 || this.#records.stamp(next) > this.#end ? 0 : next;
  }

  /** Writes those whose turn is before this stamp. */
  #release(stamp: number): void {
    while ((this.#waiting[0]?.stamp ?? Infinity) < stamp) {
      const { frame } = pop(this.#waiting);
      this.#bytes -= frame.length;
      this.#emit(frame);
    }
  }

  #frame(address: number): Uint8Array {
    const records = this.#records;
    const writer = this.#writer;
    records.setMark(address);
    writer.length = 0;
    writer.u32(0);
    writer.u8(FRAME.record);
    writer.u8(this.#number);
    writer.u8(address === this.#hand ? 1 : 0);
    writer.u32(Math.max(0, records.idleOf(address) - (records.shared.arrival - this.#arrival)));
    writer.f64(records.until(address));
    for (let index = 0; index < records.words; index++) writer.f64(records.value(address, index));
    writer.put(records.key(address));
    writer.setU32(0, writer.length - FRAME_HEAD);
    return writer.bytes.subarray(0, writer.length);
  }
}

function push(heap: Waiting[], item: Waiting): void {
  let at = heap.push(item) - 1;
  while (at > 0) {
    const parent = (at - 1) >>> 1;
    if ((heap[parent] as Waiting).stamp <= item.stamp) break;
    heap[at] = heap[parent] as Waiting;
    at = parent;
  }
  heap[at] = item;
}

/** The first of a heap that is not empty. */
function pop(heap: Waiting[]): Waiting {
  const first = heap[0] as Waiting;
  const item = heap.pop() as Waiting;
  if (heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = at * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as Waiting).stamp < (heap[child] as Waiting).stamp) child++;
    if ((heap[child] as Waiting).stamp >= item.stamp) break;
    heap[at] = heap[child] as Waiting;
    at = child;
  }
  heap[at] = item;
  return first;
}
