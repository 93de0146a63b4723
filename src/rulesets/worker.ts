import { parentPort } from "node:worker_threads";
import { systemClock } from "../clock.ts";
import { diagnosticsJson } from "../text/json.ts";
import { MAX_DIAGNOSTICS } from "../text/report.ts";
import { byPath } from "../text/source.ts";
import { BUILD_NICENESS, stepBack } from "./priority.ts";
import { WARNED_AT_ONCE } from "./linter.ts";
import { analyse, isUnchanged, VERIFY_MS, type Analysis, type Content } from "./build.ts";
import { diskReader } from "./disk.ts";
import { batches, splitProgram, type Part } from "./parts.ts";
import { Memory } from "./memory.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";
import type { RulesReader } from "./reader.ts";
import { sharedProgram } from "./share.ts";

/*
 * The build worker: reads, parses, checks and lowers a rules folder off the main thread and hands the program over
 * in parts, each when it is asked for.
 */

/** A folder that is still being written is read again, but not without end: the next hint comes anyway. */
const STEADY_ATTEMPTS = 3;

interface State {
  folder: string;
  content: Content | null;
  readonly memory: Memory;
  parts: Iterator<readonly Part[], void>;
  /** Those that are sent next; null where there are none. */
  next: readonly Part[] | null;
}

const NOTHING: Iterator<readonly Part[], void> = [][Symbol.iterator]();

function sendNext(state: State): FromWorker {
  const parts = state.next ?? [];
  state.next = state.parts.next().value ?? null;
  return { kind: "parts", parts, last: state.next === null };
}

function answer(state: State, message: ToWorker): FromWorker {
  if (message.kind === "next") return sendNext(state);
  const reader = diskReader(message.folder);
  const known = state.folder === message.folder ? state.content : null;
  if (known !== null && isUnchanged(reader, known)) return { kind: "unchanged" };
  const { version, content, diagnostics, sources, stages, failed, ir } = analyseSteady(reader, state.memory);
  const looked = stages.some(({ name }) => name === "analyse");
  // A file saved with the text it had was empty for a moment, and is as before now.
  if (known !== null && isUnchanged(reader, known)) return { kind: "unchanged" };
  state.folder = message.folder;
  state.content = content;
  const { surroundings } = state.memory;
  const holds = surroundings === message.holds?.surroundings ? message.holds : null;
  state.parts = ir === null ? NOTHING : batches(splitProgram({ ...sharedProgram(ir, state.memory), ...(holds === null ? {} : { lists: [], rates: [] }) }, new Set(holds?.keys)));
  state.next = state.parts.next().value ?? null;
  const shown = diagnosticsJson(diagnostics.slice(0, MAX_DIAGNOSTICS), byPath(sources));
  return { kind: "analysed", surroundings, version, diagnostics: shown, omitted: diagnostics.length - shown.length, stages, failed, looked };
}

/** Between emptying a file and filling it a writer takes well below this; a small folder is analysed faster still. */
const SETTLE_MS = 20;

/** Never woken: this thread has nothing else to do while a folder comes to rest. */
const rest = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

function settled(reader: RulesReader, analysis: Analysis): boolean {
  Atomics.wait(rest, 0, 0, SETTLE_MS);
  return isUnchanged(reader, analysis.content);
}

const VERIFIED = { verifyMs: VERIFY_MS, indexed: true };

/**
 * Analyses until the folder is the same after as before: plain writes empty a file first, and a set that misses half of
 * its rules must not become active.
 */
function analyseSteady(reader: RulesReader, memory: Memory): Analysis {
  const options = { ...VERIFIED, warnings: { now: systemClock.now(), most: WARNED_AT_ONCE } };
  let analysis = analyse(reader, options, memory);
  for (let attempt = 1; attempt < STEADY_ATTEMPTS && !settled(reader, analysis); attempt++) {
    analysis = analyse(reader, options, memory);
  }
  return analysis;
}

function listen(): void {
  const port = parentPort;
  if (port === null) return;
  stepBack(BUILD_NICENESS);
  const state: State = { folder: "", content: null, memory: new Memory(WARNED_AT_ONCE), parts: NOTHING, next: null };
  port.on("message", (message: ToWorker) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
    port.postMessage(answer(state, message));
  });
}

listen();
