import { parentPort } from "node:worker_threads";
import { MAX_DIAGNOSTICS } from "../text/report.ts";
import { analyse, isUnchanged, type Content } from "./build.ts";
import { diskReader } from "./disk.ts";
import { splitProgram, type Part } from "./parts.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

/*
 * The build worker: reads, parses, checks and lowers a rules folder off the main thread and hands the program over
 * in parts, each when it is asked for.
 */

interface State {
  folder: string;
  content: Content | null;
  parts: Iterator<Part, void>;
}

function answer(state: State, message: ToWorker): FromWorker {
  if (message.kind === "next") {
    const next = state.parts.next();
    return next.done === true ? { kind: "end" } : { kind: "part", part: next.value };
  }
  const reader = diskReader(message.folder);
  const known = state.folder === message.folder ? state.content : null;
  if (known !== null && isUnchanged(reader, known)) return { kind: "unchanged" };
  const { version, content, diagnostics, stages, failed, ir } = analyse(reader);
  state.folder = message.folder;
  state.content = content;
  state.parts = ir === null ? [][Symbol.iterator]() : splitProgram(ir);
  const shown = diagnostics.slice(0, MAX_DIAGNOSTICS);
  return { kind: "analysed", version, diagnostics: shown, omitted: diagnostics.length - shown.length, stages, failed };
}

function listen(): void {
  const port = parentPort;
  if (port === null) return;
  const state: State = { folder: "", content: null, parts: [][Symbol.iterator]() };
  port.on("message", (message: ToWorker) => port.postMessage(answer(state, message)));
}

listen();
