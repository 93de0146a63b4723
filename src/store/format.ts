/*
 * A segment holds the records of one commit as they are needed to take them up again. All numbers are little-endian.
 *
 *   u32 magic, u32 CRC-32 of all that follows, u32 bytes of the whole, u32 records, f64 number of the first record
 *   … then each record:
 *     u32 bytes of the record, u32 shape (0 for what is no event), u8 kind, u8 flags, u16 fields,
 *     f64 time of the event, f64 arrival, u32 u32 hash of the id
 *     a tag for each field, then what the tags announce, in the same order
 *     with flag `HAS_STATES`: u32 changes, each: u8 kind, u32 state (a term), a tag and its entity, then
 *       held: f64 newest, f64 since, f64 since clearing (NaN for null), u8 latched; cooled: f64 time
 */

/** `SLG` and the version of what follows. */
export const MAGIC = 0x31474c53;

export const MAGIC_AT = 0;
export const CHECKSUM_AT = 4;
/** Where the bytes begin that the checksum covers. */
export const CHECKED_FROM = 8;
export const BYTES_AT = 8;
export const COUNT_AT = 12;
export const FIRST_AT = 16;
export const SEGMENT_HEAD = 24;

/** Within a record. */
export const SHAPE_AT = 4;
export const KIND_AT = 8;
export const FLAGS_AT = 9;
export const FIELDS_AT = 10;
export const TIME_AT = 12;
export const RECEIVED_AT = 20;
export const LOW_AT = 28;
export const HIGH_AT = 32;
export const RECORD_HEAD = 36;

export const HAS_ID = 1;
export const HAS_STATES = 2;

export const HELD = 0;
export const COOLED = 1;

/** The kinds of records by their number in a segment. */
export const KINDS = ["decided", "observed", "list", "label"] as const;

/** Tags of values; what follows each is in `WIDTHS`. */
export const MISSING = 0;
export const FALSE = 1;
export const TRUE = 2;
/** A whole number of 32 bits with a sign. */
export const WHOLE = 3;
export const DOUBLE = 4;
/** A text of at most 255 code units below 256: u8 length, then a byte each. */
export const SHORT = 5;
/** Of any length: u32 bytes. */
export const NARROW = 6;
/** A text of any code units: u32 bytes, two for each. */
export const WIDE = 7;
/** Money with three letters: f64 minor units, the letters. */
export const MONEY = 8;
export const IPV4 = 9;
/** u32 bytes of a value as `Writer` writes it. */
export const OTHER = 10;
/** Money in whole minor units of 32 bits. */
export const COINS = 11;

/** Bytes after a tag; 1 and 4 with a minus tell the width of a length that stands there. */
export const WIDTHS = new Int8Array([0, 0, 0, 4, 8, -1, -4, -4, 11, 4, -4, 7]);
