import type { IRecognitionException, IToken } from "chevrotain";
import { reportSkipped, type Skipped } from "../../grammar/skipping.ts";
import { RESERVED_WORDS } from "../../grammar/tokens.ts";
import type { Report } from "../text/report.ts";
import { LineMap, type SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";

/** What a production is called in "expected …". */
const WANTED: ReadonlyMap<string, string> = new Map([
  ["name", "a name"],
  ["expression", "a value"],
  ["disjunction", "a value"],
  ["conjunction", "a value"],
  ["negation", "a value"],
  ["comparison", "a value"],
  ["relation", "a value"],
  ["sum", "a value"],
  ["product", "a value"],
  ["unary", "a value"],
  ["postfix", "a value"],
  ["primary", "a value"],
  ["reference", "a value"],
  ["literal", "a value"],
  ["type", "a type"],
  ["namedType", "a type"],
  ["unit", "a unit"],
  ["names", "a name"],
  ["quantity", "a duration such as `5m`"],
  ["plainText", "text in quotes"],
  ["listSource", "`= […]`, `from \"file\"` or `managed`"],
  ["featureClause", "`by`, `over`, `where`, `ending … ago` or `excluding current`"],
  ["presence", "`missing` or `present`"],
  ["threshold", "an outcome and where it begins: `review at 50`"],
]);

const TOKENS: ReadonlyMap<string, string> = new Map([
  ["LBrace", "`{`"],
  ["RBrace", "`}`"],
  ["LParen", "`(`"],
  ["RParen", "`)`"],
  ["LBracket", "`[`"],
  ["RBracket", "`]`"],
  ["Colon", "`:`"],
  ["Comma", "`,`"],
  ["Eq", "`=`"],
  ["Dot", "`.`"],
  ["DotDot", "`..`"],
  ["Name", "a name"],
  ["Number", "a number"],
  ["Quantity", "a duration such as `5m`"],
  ["Text", "text in quotes"],
  ["EOF", "the end"],
]);

/**
 * Turns what the parser found into reports; at most one on a line, since what follows a mistake is rarely another.
 * Skipped text is told only where no mistake explains it.
 */
export function reportErrors(
  errors: readonly IRecognitionException[],
  skips: readonly Skipped[],
  source: SourceFile,
  report: Report,
): void {
  if (errors.length === 0 && skips.length === 0) return;
  const lines = new LineMap(source.text);
  const told = new Set<number>();
  const firstOn = (offset: number): boolean => {
    const line = lines.lineOf(offset);
    return told.has(line) ? false : told.add(line).has(line);
  };
  for (const error of errors) {
    const span = place(error, source);
    if (!firstOn(span.start)) continue;
    const found = describe(error.token);
    const wanted = wantedOf(error);
    const isWord = RESERVED_WORDS.has(error.token.image) && wanted === "a name";
    report.add("RSK0101", span, wanted === undefined ? `${found} has no place here` : `expected ${wanted}, found ${found}`, {
      ...(isWord ? { help: `\`${error.token.image}\` is a reserved word; choose another name` } : {}),
    });
  }
  for (const skip of skips) if (firstOn(skip.first.startOffset)) reportSkipped(report, skip, source.path, source.text);
}

function place(error: IRecognitionException, source: SourceFile): Span {
  const { token, previousToken } = error as IRecognitionException & { previousToken?: IToken };
  const at = token.startOffset;
  if (at >= 0) return { file: source.path, start: at, end: at + Math.max(1, token.image.length) };
  const before = previousToken?.startOffset;
  const end = before === undefined || !(before >= 0) ? source.text.trimEnd().length : before + (previousToken?.image.length ?? 0);
  return { file: source.path, start: end, end };
}

function describe(token: IToken): string {
  if (token.tokenType.name === "EOF" || token.image === "") return "the end";
  const image = token.image.split("\n")[0] ?? "";
  return `\`${image.length > 30 ? `${image.slice(0, 30)}…` : image}\``;
}

function wantedOf(error: IRecognitionException): string | undefined {
  const rule = error.context.ruleStack.at(-1)?.replace(/_~.*$/, "") ?? "";
  if (error.name === "MismatchedTokenException") {
    const name = /TokenType=(.*)$/.exec(error.message)?.[1] ?? "";
    return TOKENS.get(name) ?? (name.startsWith('"') ? `\`${name.slice(1, -1)}\`` : (WANTED.get(rule) ?? undefined));
  }
  if (error.name === "NotAllInputParsedException") return undefined;
  return WANTED.get(rule);
}
