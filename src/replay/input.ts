import { createReadStream, statSync } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** Large enough that a turn of the event loop is nothing beside the lines of a chunk. */
const CHUNK_BYTES = 256 * 1024;

/** One recorded file as a stream of bytes, unpacked. */
export interface Input {
  /** Throws on a file that cannot be read or unpacked, after everything before that point. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes of the file itself, packed as it is; null where that is unknown. */
  readonly size: number | null;
  /** Bytes of the file taken so far. */
  taken(): number;
  /** Ends the stream at once, also while it waits for more; `chunks` may then throw. */
  stop(): void;
}

/** Opens a file. Whether it is gzip is told by its first bytes, not by its name. */
export function openInput(path: string): Input {
  return inputOf(createReadStream(path, { highWaterMark: CHUNK_BYTES }), sizeOf(path));
}

/** Reads a stream that is already open, such as standard input. */
export function streamInput(stream: Readable): Input {
  return inputOf(stream, null);
}

function inputOf(stream: Readable, size: number | null): Input {
  const progress = { bytes: 0 };
  return { chunks: unpacked(stream, progress), size, taken: () => progress.bytes, stop: () => stream.destroy() };
}

function sizeOf(path: string): number | null {
  try {
    return statSync(path).size;
  } catch {
    return null;
  }
}

async function* unpacked(raw: Readable, progress: { bytes: number }): AsyncGenerator<Buffer, void> {
  const chunks = counted(raw, progress);
  try {
    const first = await chunks.next();
    if (first.done === true) return;
    if (first.value[0] === 0x1f && first.value[1] === 0x8b) yield* gunzipped(rejoined(first.value, chunks));
    else yield* rejoined(first.value, chunks);
  } finally {
    raw.destroy();
  }
}

async function* gunzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const packed = Readable.from(chunks, { objectMode: false, highWaterMark: CHUNK_BYTES });
  packed.on("error", (error) => gunzip.destroy(error));
  packed.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } finally {
    packed.destroy();
  }
}

async function* counted(raw: Readable, progress: { bytes: number }): AsyncGenerator<Buffer, void> {
  for await (const chunk of raw) {
    const bytes = chunk as Buffer;
    progress.bytes += bytes.length;
    yield bytes;
  }
}

async function* rejoined(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  yield first;
  yield* rest;
}
