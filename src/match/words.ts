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

  finish(): Int32Array {
    const all = new Int32Array(this.length);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
