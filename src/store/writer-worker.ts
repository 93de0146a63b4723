import { parentPort, workerData } from "node:worker_threads";
import type { WriterStart } from "./protocol.ts";
import { serveWriter } from "./writing.ts";

if (parentPort !== null) serveWriter(parentPort, workerData as WriterStart);
