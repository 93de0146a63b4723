/** Numbers that come in pieces and end up in one array. */
export class Words {
  readonly #pieces: Int32Array[] = [];
  length = 0;

  /** Yields where the piece begins. */
  push(piece: Int32Array): number {
    const at = this.length;
    this.#pieces.push(piece);
    this.length += piece.length;
    return at;
  }

  /** All of it behind so many zeros. */
  finish(before = 0): Int32Array {
    const all = new Int32Array(before + this.length);
    let at = before;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
