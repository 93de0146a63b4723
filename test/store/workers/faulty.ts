import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { WriterStart } from "../../../src/store/protocol.ts";
import type { Fault } from "../../../src/store/writer.ts";
import { serveWriter } from "../../../src/store/writing.ts";

/* The writing thread with faults: a file `fault` in the data folder says at which step, how often, and what is thrown. */

const start = workerData as WriterStart;
const file = join(start.folder, "fault");

const fault: Fault = (step) => {
  if (!existsSync(file)) return;
  const { step: at, message, times } = JSON.parse(readFileSync(file, "utf8")) as { step: string; message: string; times: number };
  if (at !== step || times === 0) return;
  writeFileSync(file, JSON.stringify({ step: at, message, times: times - 1 }));
  if (message === "exit") process.exit(3);
  throw new Error(message);
};

if (parentPort !== null) serveWriter(parentPort, start, fault);
