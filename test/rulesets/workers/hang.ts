import { parentPort } from "node:worker_threads";

/* A build worker that never answers. */
parentPort?.on("message", () => {
  for (;;);
});
