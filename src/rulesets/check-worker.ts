import { parentPort } from "node:worker_threads";
import { MAX_DIAGNOSTICS } from "../text/report.ts";
import { checkSources } from "./check.ts";
import type { CheckQuestion } from "./checker.ts";

/* The worker behind `Checker`: one answer for each question. */

parentPort?.on("message", ({ files, data }: CheckQuestion) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  parentPort?.postMessage(checkSources(files, data).diagnostics.slice(0, MAX_DIAGNOSTICS));
});
