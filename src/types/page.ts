/** Longer bodies are left to the usual way: few events are a tenth as long. */
export const PAGE_BYTES = 16 * 1024;
/** Room after the last byte, so that four bytes can be read from every place. */
const MARGIN = 8;

/** Lone bytes and four at a time of the same text, which ends in a byte that no JSON holds: nothing reads beyond it unnoticed. */
export class Page {
  readonly bytes: Buffer = Buffer.alloc(PAGE_BYTES + MARGIN);
  readonly view: DataView = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);

  /** Takes bytes up in place of those before; false where they are too many. */
  load(bytes: Uint8Array): boolean {
    if (bytes.length > PAGE_BYTES) return false;
    this.bytes.set(bytes, 0);
    this.bytes[bytes.length] = 0;
    return true;
  }

  /** Four bytes as one number, the first of them the lowest. */
  word(at: number): number {
    return this.view.getInt32(at, true);
  }
}
