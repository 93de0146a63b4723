import type { MessagePort } from "node:worker_threads";
import { Queries } from "./queries.ts";

/** The questions that a reading thread answers: the methods of `Queries`. */
type Name = Exclude<keyof Queries, "close">;

export type Question = { readonly [N in Name]: { readonly id: number; readonly name: N; readonly values: Parameters<Queries[N]> } }[Name];

export type Reply = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };

/** The reading thread: one answer a question, in their order. */
export function serveReader(port: MessagePort, folder: string): void {
  let queries: Queries | null = null;
  port.on("message", (question: Question) => {
    let reply: Reply;
    try {
      queries ??= new Queries(folder);
      reply = { id: question.id, value: answer(queries, question) };
    } catch (error) {
      reply = { id: question.id, error: error instanceof Error ? error.message : String(error) };
    }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
    port.postMessage(reply);
  });
}

function answer(queries: Queries, { name, values }: Question): unknown {
  return (queries[name] as (...values: unknown[]) => unknown).apply(queries, [...values]);
}
