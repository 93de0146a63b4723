import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { FromWriter, ToWriter, WriterStart } from "../../../src/store/protocol.ts";
import { serveWriter } from "../../../src/store/writing.ts";
import { slowDisk } from "./disk.ts";

/*
 * The writing thread over a slow disk with the mistake that the kill harness must find: it says that a batch is durable
 * before it is written.
 */

function hasty(port: MessagePort): MessagePort {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  const say = (message: FromWriter): void => port.postMessage(message);
  const changed = {
    postMessage: (message: FromWriter) => {
      if (message.kind !== "committed") say(message);
    },
    on: (event: "message", listener: (message: ToWriter) => void) => {
      port.on(event, (message: ToWriter) => {
        if (message.kind === "append") say({ kind: "committed", last: message.batch.seq + message.batch.records.length - 1, seconds: 0 });
        listener(message);
      });
    },
    close: () => port.close(),
  };
  return changed as unknown as MessagePort;
}

if (parentPort !== null) serveWriter(hasty(parentPort), workerData as WriterStart, slowDisk);
