/** Which currencies are in a window, and how often. The empty code of a zero fits every currency and is not counted. */
export class Currencies {
  /** One of them, while there is any; almost always the only one. */
  #code = "";
  #count = 0;
  #others: Map<string, number> | null = null;

  add(code: string): void {
    if (code === "") return;
    if (this.#count === 0) this.#code = code;
    if (code === this.#code) this.#count++;
    else {
      this.#others ??= new Map();
      this.#others.set(code, (this.#others.get(code) ?? 0) + 1);
    }
  }

  remove(code: string): void {
    if (code === "") return;
    if (code !== this.#code) {
      const count = this.#others?.get(code) ?? 0;
      if (count > 1) this.#others?.set(code, count - 1);
      else this.#others?.delete(code);
    } else if (--this.#count === 0) this.#promote();
  }

  clear(): void {
    this.#code = "";
    this.#count = 0;
    this.#others = null;
  }

  get mixed(): boolean {
    return this.#others !== null && this.#others.size > 0;
  }

  /** The one currency there is, or the empty code. */
  get code(): string {
    return this.#code;
  }

  #promote(): void {
    const [code, count] = this.#others?.entries().next().value ?? ["", 0];
    this.#code = code;
    this.#count = count;
    this.#others?.delete(code);
  }
}
