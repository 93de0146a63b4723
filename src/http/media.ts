import { ProblemError } from "./problem.ts";

export const JSON_TYPE = "application/json";
export const CLOUD_EVENT_TYPE = "application/cloudevents+json";
export const NDJSON_TYPE = "application/x-ndjson";

/** Exact names with `charset=utf-8` as the only parameter: validation is side-stepped by odd content types otherwise. */
const EXACT = /^([a-z0-9.+/-]+)[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;

/** The media type of a `content-type` header that is written exactly; null for anything else. */
export function mediaType(header: string | undefined): string | null {
  return (header === undefined ? undefined : EXACT.exec(header)?.[1]?.toLowerCase()) ?? null;
}

/** Throws unless the headers announce a plain body of one of the types. */
export function demandType(
  headers: { readonly "content-type"?: string | undefined; readonly "content-encoding"?: string | undefined },
  accepted: readonly string[],
): void {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw new ProblemError("content_encoding_unsupported", "the header `content-encoding` names a compression");
  }
  const type = mediaType(headers["content-type"]);
  if (type === null || !accepted.includes(type)) {
    const found = headers["content-type"] === undefined ? "there is no `content-type`" : "the `content-type` is another";
    throw new ProblemError("media_type_unsupported", `${found}; taken here: ${accepted.join(", ")}`);
  }
}
