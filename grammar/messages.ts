import { defaultParserErrorProvider, type IParserErrorMessageProvider } from "chevrotain";

/** Messages are made where the place is known; the parser only passes on which token it wanted. */
export const messages: IParserErrorMessageProvider = {
  ...defaultParserErrorProvider,
  buildMismatchTokenMessage: ({ expected }) => `TokenType=${expected.name}`,
  buildNotAllInputParsedMessage: () => "",
  buildNoViableAltMessage: () => "",
  buildEarlyExitMessage: () => "",
};
