import type { FastifyInstance } from "fastify";
import { Type, type Static } from "typebox";
import type { ListProgram } from "../../compile/program.ts";
import { jsonOfText } from "../../engine/inspect.ts";
import type { ManagedEntry } from "../../engine/lists.ts";
import type { ListEdit, LogRecord } from "../../store/record.ts";
import { keyOf } from "../../types/equality.ts";
import { printTimestamp } from "../../types/time.ts";
import type { Rooms } from "../context.ts";
import { demandStore, writeDown } from "../durable.ts";
import { demandType, JSON_TYPE } from "../media.ts";
import { operation } from "../openapi.ts";
import { ProblemError } from "../problem.ts";
import { ListEntryRequest } from "../schemas.ts";
import { decodeValue, readTime } from "../values.ts";
import { rulesAbsent } from "./ingest.ts";

/** Entries listed in one answer; a list may hold a million. */
export const MAX_LISTED = 1_000;

const Params = Type.Object({ name: Type.String() });
const DeleteQuery = Type.Object({ value: Type.String({ maxLength: 1_024 }) }, { additionalProperties: false });
type Named = { Params: Static<typeof Params> };

const PATH = "/v1/lists/:name/entries";

/** `GET|PUT|DELETE /v1/lists/{name}/entries`: the lists that are managed while the service runs. */
export function addLists(app: FastifyInstance, rooms: Rooms): void {
  app.get<Named>(PATH, {
    schema: { ...operation("List entries", `The entries of a managed list, at most ${MAX_LISTED}, and how many there are.`), params: Params },
    handler: (request) => {
      const list = managed(rooms, request.params.name);
      const entries = rooms.lists.entries(list.name);
      return { name: list.name, total: entries.length, entries: entries.slice(0, MAX_LISTED).map(describe) };
    },
  });
  app.put<Named & { Body: ListEntryRequest }>(PATH, {
    schema: { ...operation("Add an entry", "Adds an entry, or renews the one that is there."), params: Params, body: ListEntryRequest },
    onRequest: (request, _reply, done) => {
      demandType(request.headers, [JSON_TYPE]);
      done();
    },
    handler: async (request) => {
      demandStore(rooms);
      const list = managed(rooms, request.params.name);
      const key = keyOf(decodeValue(request.body.value, list.element, "/value", "list_entry_invalid"));
      const expiresAt = expiry(request.body.expiresAt, list, rooms.clock.now());
      if (!rooms.lists.put(list.name, key, expiresAt)) throw new ProblemError("list_full", `\`${list.name}\` holds as many entries as it may`);
      await writeDown(rooms, edit(list, [list.name, key, expiresAt]));
      return describe({ key, expiresAt });
    },
  });
  app.delete<Named & { Querystring: Static<typeof DeleteQuery> }>(PATH, {
    schema: { ...operation("Remove an entry", "Answers 204 whether or not there was such an entry."), params: Params, querystring: DeleteQuery },
    handler: async (request, reply) => {
      demandStore(rooms);
      const list = managed(rooms, request.params.name);
      const json = jsonOfText(request.query.value, list.element);
      const key = keyOf(decodeValue(json, list.element, "/value", "list_entry_invalid"));
      rooms.lists.remove(list.name, key);
      await writeDown(rooms, edit(list, [list.name, key, false]));
      return reply.code(204).send();
    },
  });
}

function edit({ name }: ListProgram, done: ListEdit): Pick<LogRecord, "kind" | "type" | "eventId" | "body"> {
  return { kind: "list", type: name, eventId: null, body: JSON.stringify([done]) };
}

function managed(rooms: Rooms, name: string): ListProgram {
  const program = rooms.registry.active();
  if (program === null) throw rulesAbsent(rooms);
  const list = program.lists.get(name);
  if (list === undefined) throw new ProblemError("list_unknown", "the active version has no such list");
  if (list.source !== "managed") throw new ProblemError("list_not_managed", `the entries of \`${list.name}\` stand in the rules folder`);
  return list;
}

function describe({ key, expiresAt }: ManagedEntry): unknown {
  return { value: key, expiresAt: expiresAt === null ? null : printTimestamp(expiresAt) };
}

function expiry(given: string | null | undefined, list: ListProgram, now: number): number | null {
  if (given === null) return null;
  if (given === undefined) return list.ttl === null ? null : now + list.ttl;
  const at = readTime(given, "/expiresAt", "list_entry_invalid");
  if (at <= now) throw new ProblemError("list_entry_invalid", "`/expiresAt` is in the past");
  return at;
}
