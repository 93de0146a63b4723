import type { Violation } from "../types/schema.ts";

interface ProblemEntry {
  readonly status: number;
  /** What is wrong, the same for every occurrence. */
  readonly title: string;
  /** What the sender can do, where the occurrence knows nothing better. */
  readonly remedy: string;
  /** Seconds until it may be different. */
  readonly retryAfter?: number;
}

/**
 * Every error this service answers with. Codes are stable: one is never given a new meaning. The OpenAPI description
 * lists them all, and a test provokes each over a socket.
 */
export const problems = {
  body_empty: { status: 400, title: "the body is empty", remedy: "send a JSON object" },
  body_truncated: { status: 400, title: "the body is shorter than its content-length", remedy: "send the whole body" },
  body_encoding: { status: 400, title: "the body is not UTF-8", remedy: "encode the body as UTF-8" },
  body_byte_order_mark: { status: 400, title: "the body starts with a byte order mark", remedy: "send UTF-8 without a byte order mark" },
  json_invalid: { status: 400, title: "the body is not valid JSON", remedy: "send one JSON value as in RFC 8259" },
  json_too_deep: { status: 400, title: "the body is nested too deep", remedy: "send at most 32 levels of objects and arrays" },
  json_too_many_members: { status: 400, title: "the body has too many members", remedy: "send at most 1,000 object members" },
  json_forbidden_name: { status: 400, title: "an object member has a forbidden name", remedy: "do not use `__proto__`, or `prototype` inside `constructor`, as a name" },
  json_duplicate_name: { status: 400, title: "an object has two members of one name", remedy: "send each member once" },
  json_number_range: { status: 400, title: "a number is too large for a double", remedy: "send numbers below 1.8e308" },
  json_lone_surrogate: { status: 400, title: "a text holds half of a surrogate pair", remedy: "escape both halves of the pair, or send the character as UTF-8" },
  query_invalid: { status: 400, title: "the query is not valid", remedy: "send the parameters that the route describes" },
  http_malformed: { status: 400, title: "the request is not HTTP/1.1", remedy: "mend the client" },
  url_malformed: { status: 400, title: "the path has a wrong escape sequence", remedy: "percent-encode the path as in RFC 3986" },
  route_unknown: { status: 404, title: "there is nothing at this path", remedy: "see `/openapi.json` for what there is" },
  decision_unknown: { status: 404, title: "no decision has this id", remedy: "see `GET /v1/decisions` for those that are kept; retention forgets the oldest" },
  event_unknown: { status: 404, title: "the log holds no event with this id", remedy: "label an event once it was accepted; retention forgets the oldest" },
  log_absent: { status: 404, title: "this service keeps no log", remedy: "start it with a data folder: `--data DIR`" },
  feature_unknown: { status: 404, title: "no feature has this name", remedy: "see `GET /v1/rules` for the features of the active version" },
  list_unknown: { status: 404, title: "no list has this name", remedy: "see `GET /v1/rules` for the lists of the active version" },
  method_not_allowed: { status: 405, title: "the path does not take this method", remedy: "use a method of the `allow` header" },
  request_timeout: { status: 408, title: "the request took too long to arrive", remedy: "send the request without long pauses" },
  version_unknown: { status: 409, title: "the rules version is not available", remedy: "leave `sluice-rules-version` out, or name an available version" },
  id_conflict: { status: 409, title: "the event id was used for another event", remedy: "give every event its own id; a retry repeats the event unchanged" },
  list_not_managed: { status: 409, title: "the list is part of the rules", remedy: "change it in the rules folder, or declare it `managed`" },
  list_full: { status: 409, title: "the list has no room", remedy: "remove entries, or give them a shorter life" },
  body_too_large: { status: 413, title: "the body is too large", remedy: "send less in one request, or several lines as application/x-ndjson" },
  line_too_long: { status: 413, title: "a line is too long", remedy: "keep every line below the body limit" },
  url_too_long: { status: 414, title: "the URL is too long", remedy: "send at most 4,096 characters" },
  media_type_unsupported: { status: 415, title: "the content type is not taken here", remedy: "use a type of the `accept-post` header; the only parameter taken is `charset=utf-8`" },
  content_encoding_unsupported: { status: 415, title: "the content encoding is not taken", remedy: "send the body without compression" },
  request_invalid: { status: 422, title: "the request does not fit its schema", remedy: "mend every member listed under `violations`" },
  event_type_unknown: { status: 422, title: "no event has this type", remedy: "see `GET /v1/rules` for the events of the active version" },
  event_invalid: { status: 422, title: "the event does not fit its schema", remedy: "mend every field listed under `violations`" },
  event_future: { status: 422, title: "the event is ahead of the clock", remedy: "set the clock of the sender" },
  list_entry_invalid: { status: 422, title: "the entry does not fit the list", remedy: "send a value of the list's element type" },
  headers_too_large: { status: 431, title: "the headers are too large", remedy: "send at most 16 KiB of headers" },
  internal_error: { status: 500, title: "the service failed", remedy: "retry, and report the request id" },
  rules_absent: { status: 503, title: "no rule set is active yet", remedy: "see `GET /v1/status` for what keeps the rules from loading" },
  recovering: { status: 503, title: "the service is reading its log", remedy: "retry soon; nothing was counted", retryAfter: 1 },
  store_failed: { status: 503, title: "the store cannot write", remedy: "retry the same event: it is counted once, and answered once it is durable", retryAfter: 1 },
  search_failed: { status: 503, title: "the log could not be searched in time", remedy: "ask for less: narrow the time or name a rule" },
  check_unavailable: { status: 503, title: "the sources could not be checked now", remedy: "retry later, with fewer sources at once" },
  shutting_down: { status: 503, title: "the service is stopping", remedy: "retry against another instance" },
} as const satisfies Record<string, ProblemEntry>;

export type ProblemCode = keyof typeof problems;

/** Seconds after which a retry makes sense, null where nothing is known of that. */
export function retryAfter(code: ProblemCode): number | null {
  const entry: ProblemEntry = problems[code];
  return entry.retryAfter ?? null;
}

/** An error body as in RFC 9457, with members of ours from `code` on. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly remedy: string;
  readonly violations: readonly Violation[];
}

/** What one occurrence knows beyond its code. */
export interface ProblemDetails {
  readonly remedy?: string;
  readonly violations?: readonly Violation[];
}

export function problem(code: ProblemCode, detail: string, details: ProblemDetails = {}): Problem {
  const { status, title, remedy } = problems[code];
  return {
    type: `urn:sluice:problem:${code}`,
    title,
    status,
    detail,
    code,
    remedy: details.remedy ?? remedy,
    violations: details.violations ?? [],
  };
}

/** Thrown by hooks and handlers; the error handler sends its problem. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(code: ProblemCode, detail: string, details: ProblemDetails = {}) {
    super(detail);
    this.name = "ProblemError";
    this.problem = problem(code, detail, details);
  }
}

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";
