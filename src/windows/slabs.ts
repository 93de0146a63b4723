/** Words of a full page; a word has 8 bytes. 256 KB: cheap to make, and a gigabyte is only a few thousand objects. */
export const PAGE_WORDS = 32_768;
const PAGE_BITS = 15;
const PAGE_MASK = PAGE_WORDS - 1;

/** A larger block has a page of its own. */
const SHARED_WORDS = 4_096;
/** Words of the first page of a size, so that a small store stays small. */
const FIRST_WORDS = 512;
/** Large blocks are rounded up to this many words. */
const LARGE_STEP = 512;

/** Block sizes: four to every doubling, so that at most a fifth of a block is room that nobody asked for. */
const SIZES: readonly number[] = sizes();
const CLASS_OF: Uint8Array = classes();

const NONE = -1;

/** A page of blocks of one size, or of one large block. */
interface Page {
  readonly size: number;
  readonly words: number;
  /** Words that have been handed out at least once. */
  bump: number;
  /** Offset of the first block handed back, or -1; each names the next in its first word. */
  free: number;
  used: number;
  previous: number;
  next: number;
}

/**
 * Memory that the collector neither scans nor moves: blocks of 8-byte words in pages, by size. An address is the number
 * of the page and the word in it; 0 is none. A page without a block goes back to where every size can have it. What a
 * block held before is still in it when it is handed out again.
 */
export class Slabs {
  /** The pages as numbers, as integers and as bytes, by number of the page. */
  readonly f64: Float64Array[] = [];
  readonly u32: Uint32Array[] = [];
  readonly u8: Uint8Array[] = [];
  readonly #pages: (Page | null)[] = [];
  /** By size class: first page with room. */
  readonly #open: number[] = SIZES.map(() => NONE);
  readonly #numbers: number[] = [];
  readonly #spare: ArrayBuffer[] = [];
  #bytes = 0;
  #live = 0;

  constructor() {
    // No block has address 0.
    this.#open[0] = this.#newPage(0);
    this.allocate(1);
  }

  /** Bytes taken from the system. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of blocks in use. */
  get live(): number {
    return this.#live * 8;
  }

  /** Words of the block that a wish for so many gets. */
  static size(words: number): number {
    if (words > SHARED_WORDS) return Math.ceil(words / LARGE_STEP) * LARGE_STEP;
    return SIZES[CLASS_OF[words] as number] as number;
  }

  allocate(words: number): number {
    if (words > SHARED_WORDS) return this.#large(words);
    const size = CLASS_OF[words] as number;
    let number = this.#open[size] as number;
    if (number === NONE) number = this.#open[size] = this.#newPage(size);
    const page = this.#pages[number] as Page;
    let offset = page.free;
    if (offset === NONE) {
      offset = page.bump;
      page.bump += page.size;
    } else page.free = ((this.u32[number] as Uint32Array)[offset * 2] as number) - 1;
    page.used++;
    this.#live += page.size;
    if (page.free === NONE && page.bump + page.size > page.words) this.#unlink(number, page, size);
    return number * PAGE_WORDS + offset;
  }

  /** Takes back a block that was asked for with so many words. */
  free(address: number, words: number): void {
    const number = pageOf(address);
    const page = this.#pages[number] as Page;
    this.#live -= page.size;
    if (words > SHARED_WORDS) {
      this.#drop(number, page);
      return;
    }
    const size = CLASS_OF[words] as number;
    const full = page.free === NONE && page.bump + page.size > page.words;
    (this.u32[number] as Uint32Array)[(address & PAGE_MASK) * 2] = page.free + 1;
    page.free = address & PAGE_MASK;
    page.used--;
    if (full) this.#link(number, page, size);
    if (page.used > 0) return;
    this.#unlink(number, page, size);
    this.#drop(number, page);
  }

  #large(words: number): number {
    const size = Slabs.size(words);
    const number = this.#place(new ArrayBuffer(size * 8), size, size);
    const page = this.#pages[number] as Page;
    page.used = 1;
    this.#live += size;
    return number * PAGE_WORDS;
  }

  #newPage(size: number): number {
    const words = SIZES[size] as number;
    const first = this.#bytes < FIRST_WORDS * SIZES.length * 8 && words * 4 <= FIRST_WORDS;
    if (first) return this.#place(new ArrayBuffer(FIRST_WORDS * 8), words, FIRST_WORDS);
    return this.#place(this.#spare.pop() ?? new ArrayBuffer(PAGE_WORDS * 8), words, PAGE_WORDS);
  }

  #place(buffer: ArrayBuffer, size: number, words: number): number {
    const number = this.#numbers.pop() ?? this.#pages.length;
    if (number > 0x1ffff) throw new RangeError("the slabs are full: 32 GB");
    this.#pages[number] = { size, words, bump: 0, free: NONE, used: 0, previous: NONE, next: NONE };
    this.f64[number] = new Float64Array(buffer);
    this.u32[number] = new Uint32Array(buffer);
    this.u8[number] = new Uint8Array(buffer);
    this.#bytes += buffer.byteLength;
    return number;
  }

  #drop(number: number, page: Page): void {
    const { buffer } = this.f64[number] as Float64Array<ArrayBuffer>;
    this.#bytes -= buffer.byteLength;
    if (page.words === PAGE_WORDS && this.#spare.length < SPARE_PAGES) this.#spare.push(buffer);
    // Given back at once: the collector sees little of the heap that is old, and would take minutes.
    else buffer.transfer(0);
    this.#pages[number] = null;
    this.f64[number] = NOTHING_F64;
    this.u32[number] = NOTHING_U32;
    this.u8[number] = NOTHING_U8;
    this.#numbers.push(number);
  }

  #link(number: number, page: Page, size: number): void {
    const next = this.#open[size] as number;
    page.previous = NONE;
    page.next = next;
    if (next !== NONE) (this.#pages[next] as Page).previous = number;
    this.#open[size] = number;
  }

  #unlink(number: number, page: Page, size: number): void {
    if (page.next !== NONE) (this.#pages[page.next] as Page).previous = page.previous;
    if (page.previous !== NONE) (this.#pages[page.previous] as Page).next = page.next;
    else if (this.#open[size] === number) this.#open[size] = page.next;
    page.previous = NONE;
    page.next = NONE;
  }
}

/** Pages kept for the next need. They count as given back, so there are few. */
const SPARE_PAGES = 4;

const NOTHING_F64 = new Float64Array(0);
const NOTHING_U32 = new Uint32Array(0);
const NOTHING_U8 = new Uint8Array(0);

/** The page of an address. */
export function pageOf(address: number): number {
  return address >>> PAGE_BITS;
}

/** The first word of a block within its page. */
export function wordOf(address: number): number {
  return address & PAGE_MASK;
}

function sizes(): number[] {
  const found = [1, 2, 3, 4, 5, 6, 7];
  for (let step = 2; found.at(-1) !== SHARED_WORDS; step *= 2) for (let part = 4; part < 8; part++) if (found.at(-1) !== SHARED_WORDS) found.push(part * step);
  return found;
}

function classes(): Uint8Array {
  const found = new Uint8Array(SHARED_WORDS + 1);
  let index = 0;
  for (let words = 0; words <= SHARED_WORDS; words++) {
    while ((SIZES[index] as number) < words) index++;
    found[words] = index;
  }
  return found;
}
