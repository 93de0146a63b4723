import { crc32 } from "node:zlib";

/*
 * A snapshot is a stream of frames, cut into pieces wherever one is full. A piece begins with a header of integers, lowest
 * byte first: what it is, its version and whether it is the last, its snapshot, its number, its length without the header,
 * and a checksum of all that. A frame begins with its length without this, and a byte that says what it holds.
 */

/** Bytes of a piece: so few that taking it up does not hold up a request. */
export const PIECE = 65_536;

/** To be raised with every change of what rows, panes, records or frames look like. Others are not read: the log is. */
export const VERSION = 1;

const MAGIC = 0x574c5353;
const LAST = 0x8000_0000;
export const PIECE_HEAD = 24;
const CHECKSUM = 20;

export const FRAME_HEAD = 5;

/** What a frame holds. */
export const FRAME = { header: 1, log: 2, layout: 3, entity: 4, rows: 5, panes: 6, seen: 7, record: 8, end: 9 } as const;

export type SnapshotFault =
  /** A piece is not what was written. */
  | "snapshot_damaged"
  /** It was written by another version of this program. */
  | "snapshot_version"
  /** A piece is missing, or is of another snapshot. */
  | "snapshot_order"
  /** It comes from a store with another seed, and this one is in use already. */
  | "snapshot_seed"
  /** More changed than was taken away: the snapshot was given up. */
  | "snapshot_behind"
  /** Not all of its pieces were there. */
  | "snapshot_unfinished"
  | "snapshot_closed";

export class SnapshotError extends Error {
  readonly code: SnapshotFault;

  constructor(code: SnapshotFault, message: string) {
    super(message);
    this.code = code;
  }
}

/** Cuts frames into pieces. */
export class PieceWriter {
  readonly #snapshot: number;
  readonly #full: Uint8Array[] = [];
  #open = new Uint8Array(PIECE);
  #length = PIECE_HEAD;
  #number = 0;

  constructor(snapshot: number) {
    this.#snapshot = snapshot;
  }

  /** Pieces that are full and were not taken. */
  get pending(): number {
    return this.#full.length;
  }

  put(frame: Uint8Array): void {
    let at = 0;
    while (at < frame.length) {
      if (this.#length === PIECE) this.#full.push(this.#seal(false));
      const count = Math.min(frame.length - at, PIECE - this.#length);
      this.#open.set(frame.subarray(at, at + count), this.#length);
      this.#length += count;
      at += count;
    }
  }

  /** The oldest full piece. */
  take(): Uint8Array | null {
    return this.#full.shift() ?? null;
  }

  /** What there is of the next piece. */
  flush(last: boolean): Uint8Array {
    return this.#seal(last);
  }

  #seal(last: boolean): Uint8Array {
    const piece = this.#open.subarray(0, this.#length);
    const view = new DataView(piece.buffer, piece.byteOffset, piece.length);
    view.setUint32(0, MAGIC, true);
    view.setUint32(4, (last ? LAST | VERSION : VERSION) >>> 0, true);
    view.setUint32(8, this.#snapshot, true);
    view.setUint32(12, this.#number++, true);
    view.setUint32(16, this.#length - PIECE_HEAD, true);
    view.setUint32(CHECKSUM, checksum(piece), true);
    this.#open = new Uint8Array(PIECE);
    this.#length = PIECE_HEAD;
    return piece;
  }
}

/** Joins pieces to frames. */
export class PieceReader {
  #snapshot = -1;
  #next = 0;
  #carried: Uint8Array = new Uint8Array(0);

  /** Hands each frame that is whole to `visit`; whether the piece was the last. A frame is good for as long as it is visited. */
  read(piece: Uint8Array, visit: (kind: number, frame: Uint8Array) => void): boolean {
    const last = this.#check(piece);
    let bytes = piece.subarray(PIECE_HEAD);
    if (this.#carried.length > 0) {
      const joined = new Uint8Array(this.#carried.length + bytes.length);
      joined.set(this.#carried);
      joined.set(bytes, this.#carried.length);
      bytes = joined;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (bytes.length - at >= FRAME_HEAD) {
      const end = at + FRAME_HEAD + view.getUint32(at, true);
      if (end > bytes.length) break;
      visit(bytes[at + 4] as number, bytes.subarray(at + FRAME_HEAD, end));
      at = end;
    }
    this.#carried = bytes.slice(at);
    if (last && this.#carried.length > 0) throw new SnapshotError("snapshot_damaged", "the last piece ends within a frame");
    return last;
  }

  #check(piece: Uint8Array): boolean {
    if (piece.length < PIECE_HEAD) throw new SnapshotError("snapshot_damaged", "a piece ends within its header");
    const view = new DataView(piece.buffer, piece.byteOffset, piece.length);
    const version = view.getUint32(4, true);
    if (view.getUint32(0, true) !== MAGIC) throw new SnapshotError("snapshot_damaged", "a piece does not begin as pieces do");
    if (view.getUint32(16, true) !== piece.length - PIECE_HEAD || view.getUint32(CHECKSUM, true) !== checksum(piece)) {
      throw new SnapshotError("snapshot_damaged", "the checksum of a piece is wrong");
    }
    if (version % LAST !== VERSION) throw new SnapshotError("snapshot_version", `a piece has version ${version % LAST}, this program reads ${VERSION}`);
    if (this.#next === 0) this.#snapshot = view.getUint32(8, true);
    if (view.getUint32(8, true) !== this.#snapshot) throw new SnapshotError("snapshot_order", "a piece is of another snapshot");
    if (view.getUint32(12, true) !== this.#next) throw new SnapshotError("snapshot_order", `piece ${view.getUint32(12, true)} comes where piece ${this.#next} belongs`);
    this.#next++;
    return version >= LAST;
  }
}

/** Of all but itself. */
function checksum(piece: Uint8Array): number {
  return crc32(piece.subarray(PIECE_HEAD), crc32(piece.subarray(0, CHECKSUM)));
}
