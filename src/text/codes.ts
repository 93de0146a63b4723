import { analysisCodes } from "./codes/analysis.ts";
import { fileCodes } from "./codes/files.ts";
import { lintCodes } from "./codes/lint.ts";
import { nameCodes } from "./codes/names.ts";
import { declarationCodes } from "./codes/declarations.ts";
import { ruleCodes } from "./codes/rules.ts";
import { syntaxCodes } from "./codes/syntax.ts";
import { testCodes } from "./codes/tests.ts";
import { typeCodes } from "./codes/types.ts";
import { valueCodes } from "./codes/values.ts";

/**
 * Every diagnostic code with its severity and title. Codes are stable: one is never given a new meaning and never
 * reused. RSK01.. syntax, RSK02.. types, RSK03.. names, RSK04.. declarations and their laws, RSK05.. files, RSK06.. lint,
 * RSK07.. analysis, RSK08.. tests.
 */
export const codes = {
  ...syntaxCodes,
  ...typeCodes,
  ...nameCodes,
  ...declarationCodes,
  ...ruleCodes,
  ...fileCodes,
  ...lintCodes,
  ...analysisCodes,
  ...testCodes,
  ...valueCodes,
} as const;

export type Code = keyof typeof codes;
