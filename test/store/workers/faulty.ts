import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { WriterStart } from "../../../src/store/protocol.ts";
import type { Fault } from "../../../src/store/writer.ts";
import { serveWriter } from "../../../src/store/writing.ts";

/* The writing thread with faults: a file `fault` in the data folder says at which step, how often, and what is
   thrown; `exit` ends the thread, `100 ms` holds it up. */

const start = workerData as WriterStart;
const file = join(start.folder, "fault");

const fault: Fault = (step) => {
  if (!existsSync(file)) return;
  const { step: at, message, times } = JSON.parse(readFileSync(file, "utf8")) as { step: string; message: string; times: number };
  if (at !== step || times === 0) return;
  writeFileSync(`${file}.new`, JSON.stringify({ step: at, message, times: times - 1 }));
  renameSync(`${file}.new`, file);
  if (message === "exit") process.exit(3);
  const slow = /^(\d+) ms$/.exec(message);
  if (slow !== null) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(slow[1]));
    return;
  }
  throw new Error(message);
};

if (parentPort !== null) serveWriter(parentPort, start, fault);
