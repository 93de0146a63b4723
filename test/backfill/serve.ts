import { readConfig } from "../../src/config.ts";
import { startService } from "../../src/service.ts";

/* The service with a filling worker that is slow, as a process that can be killed while features are filled. */

const [rules = "", data = ""] = process.argv.slice(2);
const config = readConfig({ rules, data, port: "0" }, { OTEL_SDK_DISABLED: "true", SLUICE_DURABILITY: "os", SLUICE_LOG_LEVEL: "silent" });
const { url } = await startService(config, { fillWorker: new URL("workers/slow.ts", import.meta.url) });
process.stdout.write(`${url}\n`);
