import type { Payment } from "../rules/events.ts";
import { CEL, say } from "./dialect.ts";
import { askEach } from "./every.ts";
import { load, type Peer } from "./peer.ts";

type Program = (event: Payment) => unknown;

interface CelJs {
  readonly Environment: new (options: { readonly unlistedVariablesAreDyn: boolean }) => { parse(text: string): Program };
}

export const celJs: Peer = {
  name: "@marcbachmann/cel-js",
  package: "@marcbachmann/cel-js",
  how: "parsed once",
  prepare: async (rules) => {
    const { Environment } = await load<CelJs>("@marcbachmann/cel-js");
    const environment = new Environment({ unlistedVariablesAreDyn: true });
    return askEach(rules.map((asked) => environment.parse(say(asked, CEL))));
  },
};

interface Buf {
  readonly celEnv: () => unknown;
  readonly parse: (text: string) => unknown;
  readonly plan: (environment: unknown, expression: unknown) => Program;
}

export const bufCel: Peer = {
  name: "@bufbuild/cel",
  package: "@bufbuild/cel",
  how: "planned once",
  prepare: async (rules) => {
    const { celEnv, parse, plan } = await load<Buf>("@bufbuild/cel");
    const environment = celEnv();
    return askEach(rules.map((asked) => plan(environment, parse(say(asked, CEL)))));
  },
};
