import { parentPort } from "node:worker_threads";
import { systemClock } from "../clock.ts";
import { diagnosticsJson } from "../text/json.ts";
import { MAX_DIAGNOSTICS } from "../text/report.ts";
import { byPath } from "../text/source.ts";
import { analyse } from "./build.ts";
import { diskReader } from "./disk.ts";
import type { Linted } from "./linter.ts";
import { LINT_NICENESS, stepBack } from "./priority.ts";

/* The linting worker: all that is wrong or doubtful in a rules folder. */

function linted(folder: string): Linted {
  const { version, diagnostics, sources } = analyse(diskReader(folder), { warnings: { now: systemClock.now() } });
  const shown = diagnosticsJson(diagnostics.slice(0, MAX_DIAGNOSTICS), byPath(sources));
  return { version, diagnostics: shown, omitted: diagnostics.length - shown.length };
}

stepBack(LINT_NICENESS);
parentPort?.on("message", (folder: string) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  parentPort?.postMessage(linted(folder));
});
