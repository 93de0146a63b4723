/** Node's own limit, said here because clients meet it. Traces, cookies and long user agents fit in a tenth of it. */
export const MAX_HEADER_BYTES = 16 * 1024;
/** The longest useful URL is a feature with a few key fields of some hundred characters. */
export const MAX_URL_LENGTH = 4_096;
/** A body below the limit takes milliseconds on any network that decides payments; slower ones hold a socket for nothing. */
export const BODY_TIMEOUT_MS = 10_000;
/** A connection on which nothing moves, such as a stream whose reader has gone to sleep. */
export const IDLE_TIMEOUT_MS = 60_000;
/** Above the idle timeout of common load balancers (60 s), so that it is them who close. */
export const KEEP_ALIVE_MS = 72_000;
/** The sources of a rules folder, larger than one event. */
export const CHECK_BODY_LIMIT = 1024 * 1024;
