import { parentPort } from "node:worker_threads";
import type { ToFiller } from "../../../src/backfill/protocol.ts";

/* A filling worker that breaks when it is to read on. */

parentPort?.on("message", ({ kind }: ToFiller) => {
  if (kind === "fold") throw new Error("the disk is gone");
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  parentPort?.postMessage({ kind: "taken" });
});
