import { constants, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { ProgramAssembler } from "../rulesets/parts.ts";
import { Filler } from "./filler.ts";
import type { FromFiller, ToFiller } from "./protocol.ts";

/*
 * The filling worker: reads the log of events into windows of its own while others decide, and hands them over in pieces.
 */

/** How long it reads before it answers: the service then hears how far it is, and can give it up. */
const FOLD_MS = 100;

interface State {
  assembler: ProgramAssembler;
  filler: Filler | null;
}

function answer(state: State, message: ToFiller): FromFiller {
  switch (message.kind) {
    case "part":
      state.assembler.add(message.part);
      return { kind: "taken" };
    case "begin":
      state.filler = new Filler(state.assembler.finish(), message.task);
      return { kind: "taken" };
    case "fold": {
      if (state.filler === null) throw new Error("nothing has begun");
      return { kind: "folded", ...state.filler.fold(FOLD_MS) };
    }
    case "piece": {
      const bytes = state.filler?.piece() ?? null;
      if (bytes !== null) return { kind: "piece", bytes };
      state.filler?.close();
      return { kind: "end" };
    }
  }
}

function listen(): void {
  const port = parentPort;
  if (port === null) return;
  giveWay();
  const state: State = { assembler: new ProgramAssembler(), filler: null };
  port.on("message", (message: ToFiller) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
    port.postMessage(answer(state, message));
  });
}

/** On Linux 0 is this thread alone: where processors are few, those that decide go first. Elsewhere it would be all of the process. */
function giveWay(): void {
  if (process.platform === "linux") setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
}

listen();
