import { parentPort } from "node:worker_threads";
import { placeDiagnostics } from "../text/json.ts";
import { MAX_DIAGNOSTICS } from "../text/report.ts";
import { checkSources } from "./check.ts";
import type { CheckQuestion } from "./checker.ts";

/* The worker behind `Checker`: one answer for each question. */

parentPort?.on("message", ({ files, data }: CheckQuestion) => {
  const { diagnostics, sources } = checkSources(files, data);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  parentPort?.postMessage(placeDiagnostics(diagnostics.slice(0, MAX_DIAGNOSTICS), sources));
});
