import { parentPort, workerData } from "node:worker_threads";
import { Report } from "../text/report.ts";
import { readBatches, transferable } from "./batch.ts";
import { openInput } from "./input.ts";
import { type EventSource, eventSource } from "./records.ts";
import type { FromReading, ReadingFacts, ToReading } from "./thread.ts";

/*
 * The reading thread of a replay: reads, maps and checks records while others are decided. It stays so many batches
 * ahead as it was told.
 */

interface State {
  readonly source: EventSource;
  /** Batches that may still be sent. */
  credit: number;
  wake: (() => void) | null;
}

function sourceOf({ schemas, type, mapping }: ReadingFacts): EventSource {
  const program = { events: new Map(schemas.map((schema) => [schema.name, { schema }])) };
  const source = eventSource(program, mapping, type, new Report());
  if (source === null) throw new Error("the mapping does not fit");
  return source;
}

async function readAll(state: State, name: string, path: string, send: (message: FromReading, transfer: ArrayBuffer[]) => void): Promise<void> {
  try {
    for await (const batch of readBatches(name, openInput(path), state.source)) {
      while (state.credit === 0) await new Promise<void>((resolve) => (state.wake = resolve));
      state.credit--;
      send({ kind: "batch", batch }, transferable(batch));
    }
    send({ kind: "end" }, []);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : null;
    send({ kind: "broken", message: error instanceof Error ? error.message : String(error), code }, []);
  }
}

function listen(): void {
  const port = parentPort;
  if (port === null) return;
  const state: State = { source: sourceOf(workerData as ReadingFacts), credit: 0, wake: null };
  port.on("message", (message: ToReading) => {
    if (message.kind === "open") {
      state.credit = message.ahead;
      void readAll(state, message.name, message.path, (answer, transfer) => port.postMessage(answer, transfer));
      return;
    }
    state.credit++;
    state.wake?.();
    state.wake = null;
  });
}

listen();
