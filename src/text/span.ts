/** A half-open range of UTF-16 offsets in one file. */
export interface Span {
  /** Path of the file as in `SourceFile.path`. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}
