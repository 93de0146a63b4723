/** Times as they are written, RFC 3339: many events are decided within a millisecond. */
export class Instants {
  #ms = Number.NaN;
  #text = "";

  print(ms: number): string {
    if (ms !== this.#ms) {
      this.#text = new Date(ms).toISOString();
      this.#ms = ms;
    }
    return this.#text;
  }
}
