import { parentPort } from "node:worker_threads";
import { systemClock } from "../clock.ts";
import { diagnosticsJson } from "../text/json.ts";
import { MAX_DIAGNOSTICS } from "../text/report.ts";
import { byPath } from "../text/source.ts";
import { checkSources } from "./check.ts";
import type { CheckQuestion } from "./checker.ts";

/* The worker behind `Checker`: one answer for each question. */

parentPort?.on("message", ({ files, data }: CheckQuestion) => {
  const { diagnostics, sources } = checkSources(files, data, systemClock.now());
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  parentPort?.postMessage(diagnosticsJson(diagnostics.slice(0, MAX_DIAGNOSTICS), byPath(sources)));
});
