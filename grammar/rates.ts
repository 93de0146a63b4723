import type { MoneyLit, Rate, RateEdition, RatesDecl, RateSource } from "../src/syntax/ast.ts";
import { DeclarationParser } from "./declarations.ts";
import { readMoney } from "./literals.ts";
import * as T from "./tokens.ts";

/** Rates of exchange. */
export abstract class RateParser extends DeclarationParser {
  private rates: RatesDecl | null = null;

  /** rates = "rates" name ( "from" text | "{" { edition } "}" ) */
  ratesDecl = this.RULE(
    "ratesDecl",
    (): RatesDecl => {
      const first = this.CONSUME(T.K.rates);
      this.rates = null;
      const name = this.SUBRULE(this.name);
      const finish = (source: RateSource | null): RatesDecl =>
        (this.rates = { kind: "Rates", name, source, doc: this.docOf(first), span: this.spanFrom(first) });
      this.make(() => finish(null));
      const start = this.LA(1);
      return this.OR([
        {
          ALT: (): RatesDecl => {
            this.CONSUME(T.K.from);
            const path = this.SUBRULE(this.plainText);
            return this.make(() => finish({ kind: "file", path }));
          },
        },
        {
          ALT: (): RatesDecl => {
            const editions: RateEdition[] = [];
            this.CONSUME(T.LBrace);
            this.MANY(() => {
              const edition = this.SUBRULE(this.edition);
              this.make(() => editions.push(edition));
            });
            this.CONSUME(T.RBrace);
            return this.make(() => finish({ kind: "inline", editions, span: this.spanFrom(start) }));
          },
        },
      ]);
    },
    { recoveryValueFunc: () => this.make(() => this.rates ?? { kind: "Rates", name: this.noName(), source: null, doc: null, span: this.broken().span }) },
  );

  /** edition = "from" date "{" rate { "," rate } [ "," ] "}" */
  edition = this.RULE(
    "edition",
    (): RateEdition => {
      const rates: Rate[] = [];
      const first = this.CONSUME(T.K.from);
      const from = this.SUBRULE(this.date);
      this.CONSUME(T.LBrace);
      rates.push(this.SUBRULE(this.rate));
      this.MANY(() => {
        this.CONSUME(T.Comma);
        rates.push(this.SUBRULE2(this.rate));
      });
      this.OPTION(() => this.CONSUME2(T.Comma));
      this.CONSUME(T.RBrace);
      return this.make(() => ({ kind: "RateEdition", from, rates, span: this.spanFrom(first) }));
    },
    {
      recoveryValueFunc: () =>
        this.make(() => ({ kind: "RateEdition", from: { kind: "TimestampLit", text: "", span: this.broken().span }, rates: [], span: this.broken().span })),
    },
  );

  /** rate = money "=" money */
  rate = this.RULE(
    "rate",
    (): Rate => {
      const first = this.LA(1);
      const base = this.SUBRULE(this.money);
      this.CONSUME(T.Eq);
      const quote = this.SUBRULE2(this.money);
      return this.make(() => ({ kind: "Rate", base, quote, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "Rate", base: this.noMoney(), quote: this.noMoney(), span: this.broken().span })) },
  );

  /** money = amount currency */
  money = this.RULE(
    "money",
    (): MoneyLit => {
      const token = this.CONSUME(T.Money);
      return this.make(() => (token.isInsertedInRecovery === true ? this.noMoney() : { kind: "MoneyLit", ...readMoney(token.image), span: this.spanOf(token) }));
    },
    { recoveryValueFunc: () => this.make(() => this.noMoney()) },
  );

  private noMoney(): MoneyLit {
    return { kind: "MoneyLit", amount: "0", currency: "", span: this.broken().span };
  }
}
