import type { Diagnostic } from "../text/diagnostic.ts";

/** What the language server asks its worker: to check a folder, with the texts of editors in place of the files. */
export interface CheckQuestion {
  /** Null for texts that are in no folder. */
  readonly root: string | null;
  /** Texts of editors by their path in the folder. */
  readonly open: ReadonlyMap<string, string>;
}

export interface CheckAnswer {
  readonly diagnostics: readonly Diagnostic[];
  /** Types of features, fields, functions and `let`s as an author writes them, by the key of their meaning. */
  readonly types: ReadonlyMap<string, string>;
}
