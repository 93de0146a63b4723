import { parentPort, workerData } from "node:worker_threads";
import { serveReader } from "./reading.ts";

if (parentPort !== null) serveReader(parentPort, String(workerData));
