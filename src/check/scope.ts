import type { Decl, ImportDecl, TestDecl } from "../syntax/ast.ts";
import type { FunctionInfo, RatesInfo, Use } from "./checked.ts";

/** What has a name of its own in the folder; a test has a title. */
export type NamedDecl = Exclude<Decl, ImportDecl | TestDecl>;

/** Which names an expression may use, and what they are. */
export interface Scope {
  /** File the expression stands in; names of other files need an import. */
  readonly file: string;
  /** A name as a value, or undefined. */
  readonly value: (name: string) => Use | undefined;
  readonly func: (name: string) => FunctionInfo | undefined;
  /** Names worth suggesting for a misspelt one. */
  readonly names: () => readonly string[];
  /** What to say of a name that exists but not here, such as a feature in a function; undefined when nothing is known. */
  readonly outOfReach: (name: string) => OutOfReach | undefined;
  /** The currency that is most likely meant where none is given; absent where nothing is declared. */
  readonly currency?: () => string | undefined;
  /** Rates of exchange: those that a name stands for here, and all of the folder; absent where nothing is declared. */
  readonly rates?: { readonly find: (name: string) => RatesInfo | undefined; readonly all: () => readonly RatesInfo[] };
}

export interface OutOfReach {
  readonly code: "RSK0219" | "RSK0302" | "RSK0308" | "RSK0411" | "RSK0807";
  readonly message: string;
  readonly help: string;
  /** Path to import the name from, where that is the remedy. */
  readonly importFrom?: string;
}
