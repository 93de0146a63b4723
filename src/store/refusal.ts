/** A data folder that is not to be used. The text says what to do about it. */
export class StoreRefused extends Error {
  readonly code: "locked" | "format" | "sqlite" | "unusable";

  constructor(code: StoreRefused["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreRefused";
    this.code = code;
  }
}

/** What waits for a record that could not be written. The record may become durable later; nothing was promised of it. */
export class StoreFailed extends Error {
  constructor(reason: string) {
    super(`the store cannot write: ${reason}`);
    this.name = "StoreFailed";
  }
}
