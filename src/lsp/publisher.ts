import { LogMessageNotification, MessageType, type Connection } from "vscode-languageserver/node";
import { diagnosticsOf } from "./diagnostics.ts";
import type { Folder } from "./folder.ts";
import { Inspector } from "./inspector.ts";
import type { TestAnswer } from "./questions.ts";

/** An author who has not typed for this long is waiting for the check. */
const PAUSE_MS = 150;

/** Tells findings: those of the syntax at once, those of the whole folder when the author pauses. */
export class Publisher {
  readonly #connection: Connection;
  readonly #inspector = new Inspector();
  readonly #timers = new Map<Folder, NodeJS.Timeout>();
  /** Folders that are checked now, and whether they have changed since. */
  readonly #checking = new Map<Folder, boolean>();
  /** What was told last, by URI, so that nothing is told twice. */
  readonly #told = new Map<string, string>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Tells the findings of one file, and has its folder checked soon. */
  changed(folder: Folder, path: string): void {
    this.#tell(folder, path);
    this.later(folder);
  }

  /** Runs tests of a file; what went wrong stands among its findings until the next change of the folder. */
  async runTests(folder: Folder, path: string, name: string | null): Promise<TestAnswer> {
    const answer = await this.#inspector.test(() => ({ ...folder.texts(), file: path, name }));
    folder.tested(path, answer.findings);
    this.#tell(folder, path);
    return answer;
  }

  later(folder: Folder): void {
    clearTimeout(this.#timers.get(folder));
    this.#timers.set(folder, setTimeout(() => void this.#check(folder), PAUSE_MS));
  }

  /** Takes back what was told of a folder. */
  forget(folder: Folder): void {
    clearTimeout(this.#timers.get(folder));
    this.#timers.delete(folder);
    for (const path of folder.findings) this.#send(folder.uriOf(path), []);
  }

  clear(uri: string): void {
    this.#send(uri, []);
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await this.#inspector.stop();
  }

  async #check(folder: Folder): Promise<void> {
    this.#timers.delete(folder);
    if (this.#checking.has(folder)) {
      this.#checking.set(folder, true);
      return;
    }
    this.#checking.set(folder, false);
    try {
      const before = [...folder.findings];
      folder.answer(await this.#inspector.check(() => folder.question()));
      if (!folder.hasOpen) return;
      for (const path of new Set([...before, ...folder.findings])) this.#tell(folder, path);
      void this.#connection.languages.inlayHint.refresh().catch(() => undefined);
    } catch (error) {
      const message = `the check of ${folder.root ?? "an open text"} failed: ${error instanceof Error ? error.message : String(error)}`;
      void this.#connection.sendNotification(LogMessageNotification.type, { type: MessageType.Error, message });
    } finally {
      const again = this.#checking.get(folder) === true;
      this.#checking.delete(folder);
      if (again) this.later(folder);
    }
  }

  #tell(folder: Folder, path: string): void {
    // What is wrong with the folder as a whole is told in the first open file.
    const [first] = folder.open;
    const found = path === "." ? [] : diagnosticsOf(folder, path);
    const whole = path === first ? diagnosticsOf(folder, ".") : [];
    if (path !== ".") this.#send(folder.uriOf(path), [...found, ...whole], folder.document(path)?.version);
  }

  #send(uri: string, diagnostics: ReturnType<typeof diagnosticsOf>, version?: number): void {
    const text = JSON.stringify(diagnostics);
    if ((this.#told.get(uri) ?? "[]") === text) return;
    this.#told.set(uri, text);
    if (diagnostics.length === 0) this.#told.delete(uri);
    void this.#connection.sendDiagnostics({ uri, diagnostics: [...diagnostics], ...(version === undefined || version === 0 ? {} : { version }) });
  }
}
