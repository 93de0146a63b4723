import { parentPort } from "node:worker_threads";

/* A build worker that ends without an answer. */
parentPort?.on("message", () => process.exit(7));
