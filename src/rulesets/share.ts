import type { ProgramCode, SourceCode } from "../compile/link.ts";
import type { ProgramIr } from "../ir/ir.ts";
import { packRules } from "../ir/pack.ts";
import { withSharedTables } from "../match/share.ts";
import type { SourceFile } from "../text/source.ts";

/** The same program with what is large of it in memory that threads share: rules, index, texts. Posting it copies none of that. */
export function sharedProgram(ir: ProgramIr): ProgramCode {
  const { rulesets, ...rest } = withSharedTables(ir);
  return { ...rest, sources: ir.sources.map(sharedSource), rulesets: rulesets.map((ruleset) => ({ ...ruleset, rules: packRules(ruleset.rules) })) };
}

function sharedSource({ path, text }: SourceFile): SourceCode {
  const bytes = Buffer.from(new SharedArrayBuffer(Buffer.byteLength(text)));
  bytes.write(text);
  return { path, text: new Uint8Array(bytes.buffer) };
}
