import type { ListEdit } from "../store/record.ts";
import type { ManagedLists } from "./lists.ts";

/** Edits lists and notes what changed, for the log. */
export class NotedEdits {
  readonly #lists: Pick<ManagedLists, "put" | "remove">;
  #edits: ListEdit[] = [];

  constructor(lists: Pick<ManagedLists, "put" | "remove">) {
    this.#lists = lists;
  }

  put(list: string, key: string | number | boolean, expiresAt: number | null): boolean {
    const done = this.#lists.put(list, key, expiresAt);
    if (done) this.#edits.push([list, key, expiresAt]);
    return done;
  }

  remove(list: string, key: string | number | boolean): boolean {
    const had = this.#lists.remove(list, key);
    if (had) this.#edits.push([list, key, false]);
    return had;
  }

  /** What was noted since the last call, as JSON; null for nothing. */
  take(): string | null {
    if (this.#edits.length === 0) return null;
    const text = JSON.stringify(this.#edits);
    this.#edits = [];
    return text;
  }
}
