import { parentPort } from "node:worker_threads";

/* A build worker that fails on every question. */
parentPort?.on("message", () => {
  throw new Error("planted crash");
});
