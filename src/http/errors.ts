import { STATUS_CODES, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { problem, PROBLEM_TYPE, ProblemError, retryAfter, type Problem, type ProblemCode } from "./problem.ts";

/** Fastify's own errors by their code; any other is a fault of ours. */
const FASTIFY_CODES: ReadonlyMap<string, readonly [ProblemCode, string]> = new Map([
  ["FST_ERR_CTP_BODY_TOO_LARGE", ["body_too_large", "the body has more bytes than this route takes"]],
  ["FST_ERR_CTP_INVALID_MEDIA_TYPE", ["media_type_unsupported", "the `content-type` is another"]],
  ["FST_ERR_CTP_INVALID_TYPE", ["media_type_unsupported", "the `content-type` is another"]],
  ["FST_ERR_CTP_INVALID_CONTENT_LENGTH", ["body_truncated", "fewer bytes arrived than `content-length` says"]],
  ["ECONNRESET", ["body_truncated", "the connection ended before the body did"]],
  ["FST_ERR_BAD_URL", ["url_malformed", "the path cannot be decoded"]],
  ["FST_ERR_MAX_PARAM_LENGTH", ["url_too_long", "a part of the path is too long"]],
]);

/** What is told of an error. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  const known = FASTIFY_CODES.get(code);
  return known === undefined ? problem("internal_error", "the request could not be worked on") : problem(known[0], known[1]);
}

/** Answers with the problem of an error. Only faults of the service are logged. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = problemOf(error);
  if (answer.code === "internal_error") request.log.error({ err: error }, "request failed");
  // What is left of the body would have to be read to its end before the connection can be used again.
  if (!request.raw.complete) reply.header("connection", "close");
  const seconds = retryAfter(answer.code);
  if (seconds !== null) reply.header("retry-after", seconds);
  return reply.code(answer.status).header("content-type", PROBLEM_TYPE).send(answer);
}

/** Answers what is not even HTTP: there is no request yet, so the bytes are written by hand. */
export function sendClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const answer = clientProblem(error.code);
  const body = JSON.stringify(answer);
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** Whether an answer has begun: bytes written now would land in its middle. Node's own handler looks at the same place. */
function isAnswering(socket: Socket & { readonly _httpMessage?: ServerResponse | null }): boolean {
  return socket._httpMessage?.headersSent === true;
}

function clientProblem(code: string | undefined): Problem {
  if (code === "HPE_HEADER_OVERFLOW") return problem("headers_too_large", "the headers have more than 16 KiB");
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return problem("request_timeout", "the headers did not arrive in time");
  if (code === "HPE_INVALID_EOF_STATE") return problem("body_truncated", "the connection ended before the body did");
  return problem("http_malformed", "the bytes are not an HTTP request");
}
