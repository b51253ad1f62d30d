/** Where a capture goes, in order. */
export interface CaptureSink {
  /** Takes all of the bytes, or throws. They are reused after it returns. */
  write(bytes: Uint8Array): void;
}
