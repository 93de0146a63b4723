import { parentPort, workerData } from "node:worker_threads";
import type { WriterStart } from "../../../src/store/protocol.ts";
import { serveWriter } from "../../../src/store/writing.ts";
import { slowDisk } from "./disk.ts";

/* The writing thread over a slow disk. */

if (parentPort !== null) serveWriter(parentPort, workerData as WriterStart, slowDisk);
