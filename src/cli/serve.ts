import closeWithGrace from "close-with-grace";
import { type Config, ConfigError, readConfig } from "../config.ts";
import type { Service } from "../service.ts";
import { FALLS_SHORT, WRONG_USAGE, type Arguments, type Command, type ExitCode } from "./command.ts";
import type { Io } from "./io.ts";
import { runCommand } from "./run.ts";

export const command: Command = {
  name: "serve",
  synopsis: "[--rules DIR] [--port N] [--host HOST] [--data DIR]",
  summary: "Decides events over HTTP under the rules of a folder, and follows every change of it.",
  about: [
    "Settings come from flags, then from SLUICE_RULES, SLUICE_DATA, SLUICE_HOST, SLUICE_PORT, SLUICE_LOG_LEVEL,",
    "SLUICE_BODY_LIMIT, SLUICE_REPLAY_CAPACITY and SLUICE_SHUTDOWN_TIMEOUT_MS. Telemetry is set by the standard OTEL_* variables.",
  ],
  flags: [
    { name: "rules", value: "DIR", about: "folder of the rule files (default rules)" },
    { name: "host", value: "HOST", about: "address to listen on (default 127.0.0.1)" },
    { name: "port", value: "N", about: "port to listen on, 0 for any free one (default 8080)" },
    { name: "data", value: "DIR", about: "folder for durable state; this version keeps all state in memory and says so at the start" },
  ],
  operands: { least: 0, most: 0 },
  run: serve,
};

/** `sluice serve`. Yields an exit code only where the service does not start; otherwise a signal ends the process. */
export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(command, args, io);
}

async function serve({ values }: Arguments, io: Io): Promise<ExitCode> {
  let config: Config;
  try {
    config = readConfig({ rules: values.get("rules"), host: values.get("host"), port: values.get("port"), data: values.get("data") });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    io.stderr.write(`sluice serve: ${error.message}\n`);
    return WRONG_USAGE;
  }
  const { startService } = await import("../service.ts");
  try {
    const service = await startService(config);
    service.log.info({ url: service.url, rules: config.rules }, "serving");
    return await new Promise<never>(() => endOnSignal(service));
  } catch (error) {
    const refused = listenRefusal(error, config);
    if (refused === null) throw error;
    io.stderr.write(`sluice serve: ${refused}\n`);
    return FALLS_SHORT;
  }
}

/** Ends the process with 0 when everything in flight has ended, with 1 when something was cut or had failed. */
function endOnSignal(service: Service): void {
  // The service keeps to its own time: a limit here would cut the telemetry off.
  const logger = { error: (fault: unknown) => service.log.error({ err: fault }, "stopping") };
  closeWithGrace({ delay: false, logger }, async ({ signal, err }) => {
    if (err === undefined) service.log.info({ signal }, "stopping");
    else service.log.error({ err }, "stopping after a fault");
    if (!(await service.close())) throw new Error("requests were cut at the end of the shutdown time");
  });
}

function listenRefusal(error: unknown, { host, port }: Config): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  switch (error.code) {
    case "EADDRINUSE":
      return `port ${port} of ${host} is taken; give another with \`--port\``;
    case "EACCES":
      return `port ${port} may not be used by this user; give one above 1023 with \`--port\``;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `\`${host}\` is no address of this machine; give another with \`--host\``;
    default:
      return null;
  }
}
