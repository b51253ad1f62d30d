import type { AudioPath } from '../../../core/media/audio-pipeline.js';

/** Frames that are kept, a power of two: 5.12 s. */
export const RING_FRAMES = 256;
const MASK = RING_FRAMES - 1;

/** Bits of {@link FrameRing.arrived}. */
export const ArrivalBit = { p2p: 1, sfu: 2 } as const;
const ARRIVED = ArrivalBit.p2p | ArrivalBit.sfu;
const DOUBLED_BIT = 4;
const MUTED_BIT = 8;

/** What has become of the latest frames of one talker at one listener. Numbers of frames are the talker's; a place is cleared before it is used again. */
export class FrameRing {
  private readonly p2p = new Float32Array(RING_FRAMES);
  private readonly sfu = new Float32Array(RING_FRAMES);
  private readonly delays = new Float32Array(RING_FRAMES);
  private readonly networkDelays = new Float32Array(RING_FRAMES);
  private readonly bytes = new Uint16Array(RING_FRAMES);
  private readonly arrivals = new Uint8Array(RING_FRAMES);

  /** A packet with the frame has arrived. */
  arrive(frame: number, path: AudioPath, networkDelayMs: number, bytes: number): void {
    const slot = frame & MASK;
    const bit = ArrivalBit[path];
    if ((this.arrivals[slot]! & bit) !== 0) return;
    if ((this.arrivals[slot]! & ARRIVED) === 0) this.networkDelays[slot] = networkDelayMs;
    this.arrivals[slot]! |= bit;
    this.bytes[slot]! += bytes;
  }

  /** The frame is played. @param delayMs from the begin of its capture to the begin of its playout */
  play(frame: number, path: AudioPath, gain: number, delayMs: number): void {
    const slot = frame & MASK;
    const gains = path === 'p2p' ? this.p2p : this.sfu;
    const other = path === 'p2p' ? this.sfu : this.p2p;
    // two rooms may bring the same frame: they are one path
    if (gain <= gains[slot]!) return;
    gains[slot] = gain;
    if (gain >= other[slot]!) this.delays[slot] = delayMs;
  }

  /** {@link ArrivalBit}s of the frame. */
  arrived(frame: number): number {
    return this.arrivals[frame & MASK]! & ARRIVED;
  }

  /** The frame was there in time, over a path that is not played. */
  markMuted(frame: number): void {
    this.arrivals[frame & MASK]! |= MUTED_BIT;
  }

  isMuted(frame: number): boolean {
    return (this.arrivals[frame & MASK]! & MUTED_BIT) !== 0;
  }

  /** The frame is heard twice. */
  markDoubled(frame: number): void {
    this.arrivals[frame & MASK]! |= DOUBLED_BIT;
  }

  isDoubled(frame: number): boolean {
    return (this.arrivals[frame & MASK]! & DOUBLED_BIT) !== 0;
  }

  gain(frame: number, path: AudioPath): number {
    return (path === 'p2p' ? this.p2p : this.sfu)[frame & MASK]!;
  }

  delayMs(frame: number): number {
    return this.delays[frame & MASK]!;
  }

  networkDelayMs(frame: number): number {
    return this.networkDelays[frame & MASK]!;
  }

  /** On the wire, over all paths. */
  bytesOf(frame: number): number {
    return this.bytes[frame & MASK]!;
  }

  clear(frame: number): void {
    const slot = frame & MASK;
    this.p2p[slot] = this.sfu[slot] = this.delays[slot] = this.networkDelays[slot] = 0;
    this.bytes[slot] = this.arrivals[slot] = 0;
  }
}
