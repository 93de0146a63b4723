import type { Diagnostic } from "../text/diagnostic.ts";

/** A folder to be checked, with the texts of editors in place of the files. */
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

/** Tests of one file to be run, by their name or all of them. */
export interface TestQuestion extends CheckQuestion {
  readonly file: string;
  readonly name: string | null;
}

export interface TestAnswer {
  /** False where the folder has errors, so that no test can run. */
  readonly ran: boolean;
  readonly passed: number;
  readonly failed: number;
  /** What went wrong. */
  readonly findings: readonly Diagnostic[];
}

/** What the language server asks its worker. */
export type Question = { readonly kind: "check"; readonly about: CheckQuestion } | { readonly kind: "test"; readonly about: TestQuestion };

export type Answer = { readonly kind: "check"; readonly answer: CheckAnswer } | { readonly kind: "test"; readonly answer: TestAnswer };
