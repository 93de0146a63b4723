import type { Decl, ImportDecl, RuleFile } from "../syntax/ast.ts";
import { candidates } from "../text/path.ts";
import type { Report } from "../text/report.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import type { NamedDecl, OutOfReach } from "./scope.ts";

export interface Symbol {
  readonly decl: NamedDecl;
  readonly file: string;
}

/** What each kind of declaration is called in messages. */
export const KIND_WORDS: Readonly<Record<NamedDecl["kind"], string>> = {
  Event: "an event",
  List: "a list",
  Rates: "rates of exchange",
  Function: "a function",
  Feature: "a feature",
  Ruleset: "a ruleset",
};

/**
 * All top-level names of a rules folder. A name is declared once in the whole folder, since the service knows events,
 * features, lists and rulesets by name alone; a file sees its own names and those it imports.
 */
export class Symbols {
  readonly #all = new Map<string, Symbol>();
  readonly #visible = new Map<string, Map<string, Symbol>>();

  constructor(files: readonly RuleFile[], report: Report) {
    for (const file of files) this.#declare(file, report);
    const paths = new Map(files.map((file) => [file.path, file]));
    for (const file of files) {
      for (const decl of file.decls) if (decl.kind === "Import") this.#import(file, decl, paths, report);
    }
  }

  /** Every declaration that counts, in file order; the later of two with one name is reported and left out. */
  all(): Iterable<Symbol> {
    return this.#all.values();
  }

  visible(file: string, name: string): Symbol | undefined {
    return this.#visible.get(file)?.get(name);
  }

  visibleIn(file: string): Iterable<Symbol> {
    return this.#visible.get(file)?.values() ?? [];
  }

  /** Why a name of the folder cannot be used in a file, when it is declared elsewhere. */
  notImported(file: string, name: string): OutOfReach | undefined {
    const symbol = this.#all.get(name);
    if (symbol === undefined || symbol.file === file || this.visible(file, name) !== undefined) return undefined;
    const from = pathTo(file, symbol.file);
    return {
      code: "RSK0302",
      message: `\`${name}\` is declared in ${symbol.file} and not imported here`,
      help: `add \`import ${name} from "${from}"\``,
      importFrom: from,
    };
  }

  #declare(file: RuleFile, report: Report): void {
    const own = new Map<string, Symbol>();
    this.#visible.set(file.path, own);
    for (const decl of file.decls) {
      if (!named(decl)) continue;
      const { name, span } = decl.name;
      if (name === "") continue;
      const other = this.#all.get(name);
      if (other !== undefined) {
        report.add("RSK0304", span, `\`${name}\` is declared twice`, {
          label: "again here",
          labels: [{ span: other.decl.name.span, message: "first here" }],
          help: "a name is declared once in a rules folder; rename one of them",
        });
        continue;
      }
      const symbol = { decl, file: file.path };
      this.#all.set(name, symbol);
      own.set(name, symbol);
    }
  }

  #import(file: RuleFile, decl: ImportDecl, files: ReadonlyMap<string, RuleFile>, report: Report): void {
    const path = candidates(file.path, decl.from.value).find((each) => files.has(each));
    const target = path === undefined ? undefined : files.get(path);
    if (target === undefined) {
      const close = closest(decl.from.value, files.keys());
      report.add("RSK0305", decl.from.span, `there is no rule file \`${decl.from.value}\``, didYouMean(close, decl.from.span, PATHS, close === undefined ? close : JSON.stringify(close)));
      return;
    }
    for (const ident of decl.names) this.#importName(file, target, ident, report);
  }

  #importName(file: RuleFile, target: RuleFile, ident: ImportDecl["names"][number], report: Report): void {
    const declared = target.decls.find((each): each is NamedDecl => named(each) && each.name.name === ident.name);
    if (declared === undefined) {
      const close = closest(ident.name, target.decls.filter(named).map((each) => each.name.name));
      report.add("RSK0307", ident.span, `${target.path} does not declare \`${ident.name}\``, didYouMean(close, ident.span));
      return;
    }
    const symbol = this.#all.get(ident.name);
    if (symbol !== undefined) this.#visible.get(file.path)?.set(ident.name, symbol);
  }
}

function named(decl: Decl): decl is NamedDecl {
  return decl.kind !== "Import" && decl.kind !== "Test";
}

/** Where paths in rule files are looked up, for those whose path leads nowhere. */
export const PATHS = "a path is looked up beside this file, then from the root of the rules folder";

/** The path that an import in one file names another by. */
function pathTo(from: string, to: string): string {
  const folder = from.slice(0, from.lastIndexOf("/") + 1);
  return to.startsWith(folder) && !to.slice(folder.length).includes("/") ? to.slice(folder.length) : to;
}
