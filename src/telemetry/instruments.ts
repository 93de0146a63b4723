import type { Attributes, Histogram, Meter, ObservableCallback } from "@opentelemetry/api";
import { Counts, type CountedDecision } from "./counts.ts";
import type { Histograms, Series } from "./histograms.ts";

/** What gauges read when they are asked. */
export interface Gauges {
  /** Version of the active rule set, null before there is one. */
  readonly version: string | null;
  /** True while the folder differs from the active rule set because it could not be built. */
  readonly stale: boolean;
  /** State behind features; null before there is any. */
  readonly windows: WindowGauges | null;
  /** Null where nothing is kept. */
  readonly store: StoreGauges | null;
}

export interface WindowGauges {
  readonly entities: number;
  /** Held one by one. */
  readonly events: number;
  /** Events older than the newest of their entity; those later than allowed; those that are not in any window. */
  readonly late: number;
  readonly tooLate: number;
  readonly dropped: number;
  /** Entities let go of because they were over, or because memory was used up. */
  readonly expired: number;
  readonly evicted: number;
  /** Values that were told from panes. */
  readonly approx: number;
  /** Taken from the system, in use, and allowed. */
  readonly bytes: number;
  readonly live: number;
  readonly budget: number;
}

export interface StoreGauges {
  readonly failed: boolean;
  /** Numbers of the newest record, and of the newest that is durable. */
  readonly last: number;
  readonly committed: number;
  readonly commits: number;
  readonly commitSeconds: number;
  readonly failures: number;
  readonly bytes: number;
  /** Null before the log is read. */
  readonly snapshot: SnapshotGauges | null;
}

export interface SnapshotGauges {
  /** Records behind the newest whole snapshot. */
  readonly tail: number;
  /** Seconds since it was begun; null where there is none. */
  readonly age: number | null;
  readonly seconds: number;
  readonly bytes: number;
  readonly made: number;
  readonly failed: number;
}

/** The metrics of the service. Labels are names out of rule files, routes and codes; never a value out of an event. */
export class Instruments {
  readonly counts = new Counts();
  readonly #decisionSeconds: (attributes: Attributes) => Series;
  readonly #requestSeconds: (attributes: Attributes) => Series;
  readonly #reloadSeconds: Histogram;
  readonly #commitSeconds: Histogram;
  readonly #filled = { events: 0, seconds: 0 };
  readonly #reloads = { success: 0, failure: 0 };
  readonly #decisions = new Map<string, Series>();
  /** By route, status and method. */
  readonly #requests = new Map<string | null, Map<number, Map<string, Series>>>();
  #gauges: () => Gauges = () => ({ version: null, stale: false, windows: null, store: null });

  constructor(meter: Meter, histograms: Histograms) {
    this.#decisionSeconds = histograms.open("sluice.decision.duration", "Time to decide one event, without HTTP.");
    this.#requestSeconds = histograms.open("http.server.request.duration", "Duration of HTTP server requests.");
    this.#reloadSeconds = meter.createHistogram("sluice.reload.duration", { unit: "s", description: "Time of one attempt to load the rules folder." });
    this.#commitSeconds = meter.createHistogram("sluice.store.commit.duration", { unit: "s", description: "Time to write one group of records." });
    this.#count(meter);
    this.#observeRules(meter);
    this.#observeWindows(meter);
    this.#observeStore(meter);
    observeProcess(meter);
  }

  /** Says where the gauges read; without it they tell of an empty service. */
  watch(gauges: () => Gauges): void {
    this.#gauges = gauges;
  }

  /** One decided event; `durationUs` in microseconds, `missing` names the rules whose condition ended missing. */
  decided(
    decision: CountedDecision & { readonly durationUs: number },
    missing: readonly { readonly ruleset: string; readonly rule: string }[],
  ): void {
    this.counts.decided(decision, missing);
    const { type } = decision;
    // Types are those of a rule set, so that the map stays small.
    (this.#decisions.get(type) ?? put(this.#decisions, type, this.#decisionSeconds({ event: type }))).record(decision.durationUs / 1e6);
  }

  /** One answered request. `route` is the pattern, null where none matched. */
  answered(method: string, route: string | null, status: number, seconds: number): void {
    this.#series(method, route, status).record(seconds);
  }

  #series(method: string, route: string | null, status: number): Series {
    const byStatus = this.#requests.get(route) ?? put(this.#requests, route, new Map<number, Map<string, Series>>());
    const byMethod = byStatus.get(status) ?? put(byStatus, status, new Map<string, Series>());
    const known = byMethod.get(method);
    if (known !== undefined) return known;
    const attributes = { "http.request.method": method, "http.response.status_code": status, "url.scheme": "http", ...(route === null ? {} : { "http.route": route }) };
    return put(byMethod, method, this.#requestSeconds(attributes));
  }

  /** One commit of the store. */
  committed(seconds: number): void {
    this.#commitSeconds.record(seconds);
  }

  /** One attempt to load the rules folder. */
  reloaded(ok: boolean, seconds: number): void {
    const result = ok ? "success" : "failure";
    this.#reloads[result] += 1;
    this.#reloadSeconds.record(seconds, { result });
  }

  /** What filling features from the log took. */
  filled(events: number, seconds: number): void {
    this.#filled.events += events;
    this.#filled.seconds += seconds;
  }

  #count(meter: Meter): void {
    const { counts } = this;
    meter.createObservableCounter("sluice.decisions", { description: "Decisions by event type, ruleset and outcome." }).addCallback((result) => {
      for (const { event, ruleset, outcome, count } of counts.outcomes()) result.observe(count, { event, ruleset, outcome });
    });
    meter.createObservableCounter("sluice.rule.hits", { description: "How often a rule matched." }).addCallback((result) => {
      for (const { ruleset, rule, hits } of counts.rules()) result.observe(hits, { ruleset, rule });
    });
    meter.createObservableCounter("sluice.rule.missing", { description: "How often a rule's condition ended missing." }).addCallback((result) => {
      for (const { ruleset, rule, missing } of counts.rules()) result.observe(missing, { ruleset, rule });
    });
    meter.createObservableCounter("sluice.events", { description: "Accepted events, decided or only observed." }).addCallback((result) => {
      for (const [event, decided, observed] of counts.events()) {
        result.observe(decided, { event, use: "decided" });
        result.observe(observed, { event, use: "observed" });
      }
    });
    meter.createObservableCounter("sluice.events.future", { description: "Events that were ahead of the clock by more than is allowed." }).addCallback((result) => {
      for (const [event, refused, clamped] of counts.ahead()) {
        result.observe(refused, { event, result: "refused" });
        result.observe(clamped, { event, result: "clamped" });
      }
    });
  }

  /** Each is a series for every kind. */
  #observeWindows(meter: Meter): void {
    const kinds = (read: (windows: WindowGauges) => Readonly<Record<string, number>>): ObservableCallback => (result) => {
      const { windows } = this.#gauges();
      if (windows !== null) for (const [kind, value] of Object.entries(read(windows))) result.observe(value, { kind });
    };
    // Late events stand here too since before they had a counter.
    const state = kinds(({ entities, events, late, tooLate }) => ({ entities, events, late, too_late: tooLate }));
    meter.createObservableGauge("sluice.windows", { description: "State behind features, by kind." }).addCallback(state);
    const memory = kinds(({ bytes, live, budget }) => ({ taken: bytes, live, budget }));
    meter.createObservableGauge("sluice.windows.memory", { unit: "By", description: "Memory of the windows: taken from the system, in use, and allowed." }).addCallback(memory);
    const late = kinds((windows) => ({ late: windows.late, too_late: windows.tooLate, dropped: windows.dropped }));
    meter.createObservableCounter("sluice.windows.late", { description: "Events older than the newest of their entity, later than allowed, too late for any window." }).addCallback(late);
    const removed = kinds(({ expired, evicted }) => ({ expired, evicted }));
    meter.createObservableCounter("sluice.windows.removed", { description: "Entities let go of: over, or evicted because memory was used up." }).addCallback(removed);
    const values = kinds(({ approx }) => ({ approx }));
    meter.createObservableCounter("sluice.windows.values", { description: "Values of features by kind: approximate ones." }).addCallback(values);
  }

  #observeStore(meter: Meter): void {
    const gauge = (name: string, description: string, read: (store: StoreGauges) => number): void => {
      meter.createObservableGauge(name, { description }).addCallback((result) => {
        const { store } = this.#gauges();
        if (store !== null) result.observe(read(store));
      });
    };
    const counter = (name: string, description: string, read: (store: StoreGauges) => number): void => {
      meter.createObservableCounter(name, { description }).addCallback((result) => {
        const { store } = this.#gauges();
        if (store !== null) result.observe(read(store));
      });
    };
    gauge("sluice.store.failed", "1 while the store cannot write and events are refused.", ({ failed }) => (failed ? 1 : 0));
    gauge("sluice.store.pending", "Records that are not known to be durable yet.", ({ last, committed }) => last - committed);
    gauge("sluice.store.bytes", "Size of the log as of the last look at what to forget.", ({ bytes }) => bytes);
    counter("sluice.store.commits", "Commits, each of a group of records.", ({ commits }) => commits);
    counter("sluice.store.commit.seconds", "Time spent in commits.", ({ commitSeconds }) => commitSeconds);
    counter("sluice.store.failures", "How often writing has failed.", ({ failures }) => failures);
    this.#observeSnapshots(meter);
  }

  #observeSnapshots(meter: Meter): void {
    const observe = (name: string, description: string, read: (snapshot: SnapshotGauges) => number | null): void => {
      meter.createObservableGauge(name, { description }).addCallback((result) => {
        const snapshot = this.#gauges().store?.snapshot ?? null;
        const value = snapshot === null ? null : read(snapshot);
        if (value !== null) result.observe(value);
      });
    };
    observe("sluice.snapshot.tail", "Records behind the newest whole snapshot, which the next start has to read.", ({ tail }) => tail);
    observe("sluice.snapshot.age", "Seconds since the newest whole snapshot was begun.", ({ age }) => age);
    observe("sluice.snapshot.seconds", "How long it took to write beside the events.", ({ seconds }) => seconds);
    observe("sluice.snapshot.bytes", "Its size.", ({ bytes }) => bytes);
    const count = (name: string, description: string, read: (snapshot: SnapshotGauges) => number): void => {
      meter.createObservableCounter(name, { description }).addCallback((result) => {
        const snapshot = this.#gauges().store?.snapshot ?? null;
        if (snapshot !== null) result.observe(read(snapshot));
      });
    };
    count("sluice.snapshots", "Snapshots written.", ({ made }) => made);
    count("sluice.snapshot.failures", "Snapshots that came to nothing.", ({ failed }) => failed);
  }

  #observeRules(meter: Meter): void {
    meter.createObservableCounter("sluice.reload.attempts", { description: "Attempts to load the rules folder." }).addCallback((result) => {
      result.observe(this.#reloads.success, { result: "success" });
      result.observe(this.#reloads.failure, { result: "failure" });
    });
    meter.createObservableCounter("sluice.backfill.events", { description: "Events read from the log to fill new features." }).addCallback((result) => {
      result.observe(this.#filled.events);
    });
    meter.createObservableCounter("sluice.backfill.seconds", { unit: "s", description: "Time spent on filling new features." }).addCallback((result) => {
      result.observe(this.#filled.seconds);
    });
    meter.createObservableGauge("sluice.rules.stale", { description: "1 while the rules folder could not be loaded as it is." }).addCallback((result) => {
      result.observe(this.#gauges().stale ? 1 : 0);
    });
    meter.createObservableGauge("sluice.rules.info", { description: "1 for the active version." }).addCallback((result) => {
      const { version } = this.#gauges();
      if (version !== null) result.observe(1, { version });
    });
  }
}

/** What the runtime instrumentation leaves out. */
function observeProcess(meter: Meter): void {
  meter.createObservableCounter("process.cpu.time", { unit: "s", description: "CPU time of the process." }).addCallback((result) => {
    const { user, system } = process.cpuUsage();
    result.observe(user / 1e6, { "cpu.mode": "user" });
    result.observe(system / 1e6, { "cpu.mode": "system" });
  });
  meter.createObservableGauge("process.memory.usage", { unit: "By", description: "Resident memory of the process." }).addCallback((result) => {
    result.observe(process.memoryUsage.rss());
  });
  meter.createObservableGauge("process.uptime", { unit: "s", description: "Time since the process started." }).addCallback((result) => {
    result.observe(process.uptime());
  });
}

function put<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}
