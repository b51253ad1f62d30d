/** One frame as an encoder hands it to its outlets. Used again for the next one. */
export interface EncodedFrame {
  /** On the talker's grid of 20 ms. */
  frame: number;
  capturedUs: number;
  /** Bits of `FrameFlag`. */
  flags: number;
  marker: boolean;
  /** The how-manieth packet of the talker. */
  ordinal: number;
  /** Comfort noise: a few bytes, whatever the encoding. */
  comfortNoise: boolean;
}

/** Where a client's voice goes. */
export interface Outlet {
  /** True while it takes voice. */
  readonly open: boolean;
  send(frame: EncodedFrame): void;
}
