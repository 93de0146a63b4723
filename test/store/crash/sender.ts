import { setTimeout as sleep } from "node:timers/promises";
import type { Rng } from "../../random.ts";
import { Card, type Expected, type Payment } from "./model.ts";
import { FILLING, KEEPING } from "./rules.ts";

export interface Decision {
  readonly id: string;
  readonly eventId: string;
  readonly version: string;
  readonly replayed: boolean;
  readonly decisions: { readonly cards: { readonly outcome: string; readonly score: number; readonly rules: readonly { readonly id: string; readonly reason: { readonly text: string } | null }[] } };
}

/** A label that was put on an event. */
export interface Put {
  readonly eventId: string;
  readonly label: string;
  readonly at: string;
}

const CARDS = 4;
const LINES = 60;
const JSON_HEADERS = { "content-type": "application/json" };

/**
 * A client with cards of its own: it sends the events of each in their order, one request after another, and after a break
 * it first sends again what was not answered. So what is expected of every event is known, however often the service dies.
 */
export class Sender {
  readonly cards = new Map<string, Card>();
  /** The first answer to every event. */
  readonly acknowledged = new Map<string, Decision>();
  readonly labels: Put[] = [];
  /** What went against expectation. */
  readonly wrong: string[] = [];
  sent = 0;
  retried = 0;
  readonly #name: string;
  readonly #random: Rng;
  readonly #times = new Map<string, number>();
  readonly #regimes = new Map<string, number>();
  #unanswered: Payment[] = [];
  #label: Put | null = null;
  #edit: { readonly card: string; readonly watched: boolean } | null = null;
  /** Requests that were answered with a refusal. */
  readonly refused: string[] = [];

  /** @param begin time of the first events, in milliseconds since 1970 */
  constructor(name: string, random: Rng, begin: number) {
    this.#name = name;
    this.#random = random;
    for (let n = 0; n < CARDS; n++) {
      this.cards.set(`${name}-${n}`, new Card());
      this.#times.set(`${name}-${n}`, begin);
    }
  }

  /** Sends until told to stop or until the service is gone. */
  async run(url: string, over: AbortSignal): Promise<void> {
    try {
      await this.settle(url);
      while (!over.aborted) await this.#act(url);
    } catch (error) {
      // A connection that breaks is what the harness is for.
      if (!(error instanceof TypeError)) throw error;
      await sleep(5);
    }
  }

  /** Repeats what was not answered, as a client would. */
  async settle(url: string): Promise<void> {
    if (this.#edit !== null) await this.#list(url, this.#edit);
    if (this.#label !== null) await this.#put(url, this.#label);
    if (this.#unanswered.length > 0) await this.#stream(url, this.#unanswered);
    if (this.#unanswered.length > 0) throw new TypeError("a stream ended before its time");
  }

  async #act(url: string): Promise<void> {
    const chance = this.#random.next();
    if (chance < 0.35) await this.#stream(url, this.#make(1 + this.#random.below(LINES)));
    else if (chance < 0.75) await this.#single(url, this.#make(1));
    else if (chance < 0.85) await this.#retry(url);
    else if (chance < 0.95) await this.#list(url, { card: this.#random.pick([...this.cards.keys()]), watched: this.#random.chance(0.3) });
    else if (this.acknowledged.size > 0) await this.#put(url, { eventId: this.#known(), label: this.#random.pick(["fraud", "genuine"]), at: new Date(Date.now()).toISOString() });
  }

  #make(count: number): Payment[] {
    const events = Array.from({ length: count }, () => {
      const card = this.#random.pick([...this.cards.keys()]);
      const at = (this.#times.get(card) ?? 0) + 5_000 + this.#random.below(80_000);
      this.#times.set(card, at);
      if (!this.#regimes.has(card) || this.#random.chance(0.2)) this.#regimes.set(card, this.#random.pick([0, 250, 550, 750, 850]));
      this.sent += 1;
      return { id: `${this.#name}-e${this.sent}`, card, at, amount: (this.#regimes.get(card) ?? 0) + this.#random.below(100) };
    });
    this.#unanswered.push(...events);
    return events;
  }

  async #single(url: string, [event]: readonly Payment[]): Promise<void> {
    const reply = await fetch(`${url}/v1/decisions`, { method: "POST", headers: JSON_HEADERS, body: bodyOf(event as Payment) });
    this.#note(await reply.text());
  }

  /** A stream whose answers count line by line as they come. */
  async #stream(url: string, events: readonly Payment[]): Promise<void> {
    const reply = await fetch(`${url}/v1/decisions`, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body: events.map(bodyOf).join("\n") });
    if (!reply.ok) return this.#refuse(await reply.text());
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of reply.body ?? []) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#note(line);
    }
  }

  #refuse(text: string): never {
    this.refused.push(text);
    throw new TypeError("refused");
  }

  /** The events are answered in the order in which they were sent. */
  #note(text: string): void {
    const decision = JSON.parse(text) as Decision;
    const event = this.#unanswered[0];
    if (decision.eventId === undefined || event === undefined || decision.eventId !== event.id) {
      return this.#refuse(`${event?.id ?? "nothing"} was answered by ${text}`);
    }
    this.#unanswered.shift();
    this.acknowledged.set(event.id, decision);
    this.#judge(event, decision);
  }

  #judge(event: Payment, { decisions }: Decision): void {
    const { outcome, score, rules } = decisions.cards;
    const variant = [...KEEPING, FILLING].find((each) => each.score === score);
    const expected = (this.cards.get(event.card) as Card).take(event, variant ?? { more: false });
    const got: Expected = { outcome, hits: rules.map(({ id, reason }) => [id, reason?.text ?? ""]) };
    if (JSON.stringify(got) !== JSON.stringify(expected)) this.wrong.push(`${JSON.stringify(event)}: ${JSON.stringify(got)} and not ${JSON.stringify(expected)}`);
  }

  #known(): string {
    // Retries of what is long ago must be known as well as those of a moment ago.
    return this.#random.pick([...this.acknowledged.keys()].slice(this.#random.chance(0.5) ? -20 : 0));
  }

  async #retry(url: string): Promise<void> {
    if (this.acknowledged.size === 0) return;
    const known = this.acknowledged.get(this.#known()) as Decision;
    const event = [...this.cards.values()].flatMap(({ events }) => events).find(({ id }) => id === known.eventId) as Payment;
    const reply = await fetch(`${url}/v1/decisions`, { method: "POST", headers: JSON_HEADERS, body: bodyOf(event) });
    const text = await reply.text();
    if (!reply.ok) this.#refuse(text);
    this.retried += 1;
    if (text !== JSON.stringify({ ...known, replayed: true })) this.wrong.push(`a retry of ${known.eventId} was answered by ${text}`);
  }

  async #list(url: string, edit: { readonly card: string; readonly watched: boolean }): Promise<void> {
    this.#edit = edit;
    const path = `${url}/v1/lists/watched/entries`;
    const reply = edit.watched
      ? await fetch(path, { method: "PUT", headers: JSON_HEADERS, body: JSON.stringify({ value: edit.card }) })
      : await fetch(`${path}?value=${edit.card}`, { method: "DELETE" });
    const text = await reply.text();
    if (!reply.ok) this.#refuse(text);
    (this.cards.get(edit.card) as Card).watched = edit.watched;
    this.#edit = null;
  }

  async #put(url: string, label: Put): Promise<void> {
    this.#label = label;
    const reply = await fetch(`${url}/v1/labels`, { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(label) });
    const text = await reply.text();
    if (!reply.ok) this.#refuse(text);
    this.labels.push(label);
    this.#label = null;
  }
}

function bodyOf({ id, card, at, amount }: Payment): string {
  return JSON.stringify({ type: "payment", event: { id, at: new Date(at).toISOString(), card, amount } });
}
