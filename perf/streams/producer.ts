import { connect, type Socket } from "node:net";

/*
 * A producer: one request of NDJSON that stays open, written line by line as events are due, its answers read as they
 * come. Answers come in the order of the lines, so the n-th is that of the n-th event.
 */

const NEWLINE = 0x0a;
const BRACE = 0x7d;
const REFUSED = Buffer.from('{"error":');
const HEAD = (port: number): string =>
  `POST /v1/decisions HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n`;

export class Producer {
  readonly #socket: Socket;
  readonly #answered: (due: number) => void;
  /** When the events that are not answered were due, oldest first. */
  #due: number[] = [];
  #first = 0;
  #last = 0;
  #failure: Error | null = null;

  private constructor(socket: Socket, answered: (due: number) => void) {
    this.#socket = socket;
    this.#answered = answered;
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    socket.on("error", (error) => (this.#failure = error));
    socket.on("close", () => (this.#failure ??= new Error("the service ended the stream")));
  }

  /** @param answered told of every answer, with the time at which its event was due */
  static async open(port: number, answered: (due: number) => void): Promise<Producer> {
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once("connect", resolve).once("error", reject);
    await promise;
    socket.write(HEAD(port));
    return new Producer(socket, answered);
  }

  get waiting(): number {
    return this.#due.length - this.#first;
  }

  /** Sends lines that were due at these times. Throws where the stream is broken or an event was refused. */
  send(lines: readonly Buffer[], due: readonly number[]): void {
    if (this.#failure !== null) throw this.#failure;
    if (lines.length === 0) return;
    this.#due.push(...due);
    const size = lines.reduce((sum, line) => sum + line.length, 0);
    this.#socket.write(Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), ...lines, Buffer.from("\r\n")]));
  }

  close(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }

  /** An answer ends with a brace and a line feed; what frames the chunks ends with a carriage return before it. */
  #take(bytes: Buffer): void {
    const refused = bytes.indexOf(REFUSED);
    if (refused !== -1) this.#failure ??= new Error(`an event was refused: ${bytes.toString("utf8", refused, refused + 300)}`);
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
      if ((at === 0 ? this.#last : bytes[at - 1]) !== BRACE) continue;
      this.#answered(this.#due[this.#first++] ?? Number.NaN);
    }
    this.#last = bytes.at(-1) ?? this.#last;
    if (this.#first > 65_536) {
      this.#due = this.#due.slice(this.#first);
      this.#first = 0;
    }
  }
}
