import { connect, type Socket } from "node:net";
import { type Request, renew } from "./requests.ts";

/*
 * A client that costs next to nothing: bytes made beforehand, over connections that stay open, one request at a time on
 * each. Answers are only looked at as far as to find their end and to see that none is a refusal.
 */

const END_OF_HEAD = Buffer.from("\r\n\r\n");
const END_OF_CHUNKS = Buffer.from("\r\n0\r\n\r\n");

/** One connection. */
class Line {
  readonly #socket: Socket;
  readonly #requests: readonly Request[];
  #next = 0;
  /** Bytes of the answer that are still to come; -1 where chunks come, 0 before its head. */
  #left = 0;
  #tail: Buffer = Buffer.alloc(0);
  #waiting = false;
  #done: (line: Line) => void = () => undefined;
  /** When the request was due, in milliseconds of `performance.now`. */
  due = 0;

  constructor(socket: Socket, requests: readonly Request[]) {
    this.#socket = socket;
    this.#requests = requests;
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    socket.on("close", () => {
      if (this.#waiting) throw new Error(`the connection ended without an answer, ${this.#left} bytes of it are left`);
    });
  }

  send(due: number, done: (line: Line) => void): void {
    this.due = due;
    this.#done = done;
    const request = this.#requests[this.#next] as Request;
    this.#next = (this.#next + 1) % this.#requests.length;
    renew(request);
    this.#waiting = true;
    this.#socket.write(request.bytes);
  }

  close(): void {
    this.#waiting = false;
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    if (this.#left > 0) this.#left -= bytes.length;
    else if (this.#left === 0) this.#left = this.#begin(bytes);
    if (this.#left === -1) {
      const end = bytes.subarray(-END_OF_CHUNKS.length);
      this.#tail = Buffer.concat([this.#tail, end]).subarray(-END_OF_CHUNKS.length);
      if (this.#tail.equals(END_OF_CHUNKS)) this.#left = 0;
    }
    if (this.#left === 0) {
      this.#tail = Buffer.alloc(0);
      this.#waiting = false;
      this.#done(this);
    }
  }

  /** What is left of an answer after its first bytes. */
  #begin(bytes: Buffer): number {
    const end = bytes.indexOf(END_OF_HEAD);
    const head = bytes.toString("latin1", 0, Math.max(0, end));
    if (end === -1 || !head.startsWith("HTTP/1.1 200")) throw new Error(`refused: ${bytes.toString()}`);
    const length = /content-length: (\d+)/i.exec(head)?.[1];
    return length === undefined ? -1 : end + END_OF_HEAD.length + Number(length) - bytes.length;
  }
}

export class Client {
  readonly #lines: readonly Line[];

  private constructor(lines: readonly Line[]) {
    this.#lines = lines;
  }

  /** @param requests what each connection sends in turn */
  static async open(port: number, connections: number, requests: (connection: number) => readonly Request[]): Promise<Client> {
    const lines = Array.from({ length: connections }, async (_, i) => {
      const socket = connect(port, "127.0.0.1");
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      socket.once("connect", resolve).once("error", reject);
      await promise;
      return new Line(socket, requests(i));
    });
    return new Client(await Promise.all(lines));
  }

  /** Sends as fast as answers come, for so many milliseconds; yields how many requests were answered. */
  async closed(ms: number): Promise<number> {
    let answered = 0;
    const until = performance.now() + ms;
    const each = this.#lines.map((line) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const next = (): void => {
        answered += 1;
        const now = performance.now();
        if (now < until) line.send(now, next);
        else resolve();
      };
      line.send(performance.now(), next);
      return promise;
    });
    await Promise.all(each);
    return answered;
  }

  /**
   * Sends at a rate, at times of a Poisson process whatever becomes of the answers. Yields for each request the
   * milliseconds from the time at which it was due.
   */
  async open(ms: number, rate: number, chance: () => number): Promise<number[]> {
    const latencies: number[] = [];
    const free = [...this.#lines];
    const late: number[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const gap = 1_000 / rate;
    let due = performance.now();
    const until = due + ms;
    const done = (line: Line): void => {
      latencies.push(performance.now() - line.due);
      const waiting = late.shift();
      if (waiting === undefined) free.push(line);
      else line.send(waiting, done);
    };
    // A timer is off by a millisecond, which is many times what is measured.
    const spin = (): void => {
      const now = performance.now();
      for (; due <= now && due < until; due -= Math.log(1 - chance()) * gap) {
        const line = free.pop();
        if (line === undefined) late.push(due);
        else line.send(due, done);
      }
      if (now < until || free.length < this.#lines.length) setImmediate(spin);
      else resolve();
    };
    spin();
    await promise;
    return latencies;
  }

  close(): void {
    for (const line of this.#lines) line.close();
  }
}
