import type { ProgramCode, SourceCode } from "../compile/link.ts";
import type { RulesetCode } from "../compile/rulesets.ts";
import type { ProgramIr, RulesetIr } from "../ir/ir.ts";
import type { Packing } from "../ir/pack.ts";
import { sharedTables } from "../match/share.ts";
import { Memory } from "./memory.ts";
import type { SourceFile } from "../text/source.ts";

/** The same program with what is large of it in memory that threads share: rules, index, texts. Posting it copies none of that. */
export function sharedProgram(ir: ProgramIr, memory = new Memory()): ProgramCode {
  return { ...ir, sources: ir.sources.map((source) => memory.shareSource(source, () => sharedSource(source))), rulesets: ir.rulesets.map((ruleset) => memory.share(ruleset, (packing) => sharedRuleset(ruleset, packing))) };
}

function sharedRuleset(ruleset: RulesetIr, { packed }: Packing): RulesetCode {
  return { ...ruleset, rules: packed, matching: ruleset.matching === null ? null : sharedTables(ruleset.matching) };
}

function sharedSource({ path, text }: SourceFile): SourceCode {
  const bytes = Buffer.from(new SharedArrayBuffer(Buffer.byteLength(text)));
  bytes.write(text);
  return { path, text: new Uint8Array(bytes.buffer) };
}
