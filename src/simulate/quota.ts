/**
 * Keeps the share of labelled events at a rate. Campaigns deliver over days, so what they still owe counts as planned;
 * the horizon makes up for what is owed when the stream ends.
 */
export class Quota {
  readonly #rate: number;
  readonly #horizon: number;
  #seen = 0;
  #labelled = 0;

  /** `horizon` is a number of events: how far ahead of the stream campaigns are planned. */
  constructor(rate: number, horizon: number) {
    this.#rate = rate;
    this.#horizon = horizon;
  }

  count(events: number, labelled: number): void {
    this.#seen += events;
    this.#labelled += labelled;
  }

  /** Whether another campaign is due while the running ones still owe so many events. */
  due(owed: number): boolean {
    return this.#labelled + owed < this.#rate * (this.#seen + this.#horizon);
  }
}
