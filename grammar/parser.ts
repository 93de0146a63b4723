import type { Decl, Expr } from "../src/syntax/ast.ts";
import { TestParser } from "./tests.ts";

/** Reads a whole rule file. Each production stands above its rule; what cannot be read is reported and skipped. */
export class RuleParser extends TestParser {
  /** `skipValidations` leaves out the checks of the grammar itself, which a test makes once. */
  constructor(skipValidations: boolean) {
    super({ skipValidations });
    this.performSelfAnalysis();
  }

  /** What was read of the file before a mistake at its very end, which no declaration can recover from. */
  private decls: Decl[] = [];

  /** file = { import | event | list | rates | function | feature | ruleset | test } */
  ruleFile = this.RULE("ruleFile", (): readonly Decl[] => {
    const decls: Decl[] = [];
    this.decls = decls;
    const keep = (decl: Decl): void => this.make(() => void decls.push(decl));
    this.MANY(() => {
      this.OR({ MAX_LOOKAHEAD: 1, DEF: [
        { ALT: () => keep(this.SUBRULE(this.importDecl)) },
        { ALT: () => keep(this.SUBRULE(this.eventDecl)) },
        { ALT: () => keep(this.SUBRULE(this.listDecl)) },
        { ALT: () => keep(this.SUBRULE(this.ratesDecl)) },
        { ALT: () => keep(this.SUBRULE(this.functionDecl)) },
        { ALT: () => keep(this.SUBRULE(this.featureDecl)) },
        { ALT: () => keep(this.SUBRULE(this.rulesetDecl)) },
        { ALT: () => keep(this.SUBRULE(this.testDecl)) },
        { ALT: () => this.SUBRULE(this.skipped, { ARGS: ["file"] }), IGNORE_AMBIGUITIES: true },
      ] });
    });
    return decls;
  }, { recoveryValueFunc: () => this.decls });

  /** A lone expression, as `sluice eval` reads it. */
  loneExpression = this.RULE("loneExpression", (): Expr => this.SUBRULE(this.expression), {
    recoveryValueFunc: () => this.broken(),
  });
}
