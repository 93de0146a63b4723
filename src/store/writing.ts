import type { MessagePort } from "node:worker_threads";
import type { FromWriter, ToWriter, WriterStart } from "./protocol.ts";
import { StoreRefused } from "./refusal.ts";
import { type Fault, Writer } from "./writer.ts";

/**
 * The writing thread: opens the folder, then does what it is told, one thing after another. After the first fault it
 * says so and does nothing more: what was on its way then was not written.
 */
export function serveWriter(port: MessagePort, start: WriterStart, fault?: Fault): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  const say = (message: FromWriter): void => port.postMessage(message);
  let writer: Writer;
  try {
    writer = new Writer(start, fault);
    say({ kind: "open", ...writer.last(), ...writer.known() });
  } catch (error) {
    say({ kind: "refused", code: error instanceof StoreRefused && error.code !== "locked" ? error.code : "unusable", message: reasonOf(error) });
    return;
  }
  let failed = false;
  port.on("message", (message: ToWriter) => {
    if (failed) return;
    try {
      say(carryOut(writer, message));
      if (message.kind === "close") port.close();
    } catch (error) {
      failed = true;
      try {
        writer.close();
      } finally {
        say({ kind: "failed", reason: reasonOf(error) });
      }
    }
  });
}

function carryOut(writer: Writer, message: ToWriter): FromWriter {
  switch (message.kind) {
    case "append": {
      const began = performance.now();
      writer.append(message.batch);
      return { kind: "committed", last: message.batch.seq + message.batch.records.length - 1, seconds: (performance.now() - began) / 1_000 };
    }
    case "piece":
      writer.keep(message.piece);
      return { kind: "piece" };
    case "activated":
      writer.activated(message.activation);
      return { kind: "activated" };
    case "prune":
      return { kind: "pruned", ...writer.prune(message.retention) };
    case "close":
      writer.close();
      return { kind: "closed" };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
