import { beforeEach, describe, expect, it } from 'vitest';
import { Subscription } from '../../../core/backend/subscription.js';
import { SIGN_OF_LIFE } from '../../../core/store/tick.js';

describe('Subscription', () => {
  let heard: string[];
  let disconnects: boolean[];
  let reconnections: number;
  let publish: (message: string) => void;
  let ready: () => void;
  let subscription: Subscription;
  beforeEach(() => {
    heard = [];
    disconnects = [];
    reconnections = 0;
    subscription = new Subscription({
      subscriber: {
        subscribe: async () => 1,
        disconnect: (reconnect) => disconnects.push(reconnect),
        on: (event: string, listener: (...words: string[]) => void) => {
          if (event === 'message') publish = (message) => listener('channel', message);
          else if (event === 'ready') ready = listener;
        },
      },
      channels: ['channel'],
      onMessage: (_, message) => heard.push(message),
      onReconnected: () => reconnections++,
      log: { write: () => undefined },
    });
    ready();
  });
  const tick = (count: number) => {
    for (let i = 0; i < count; i++) subscription.ticked();
  };

  it('asks for a sign of life only after it has heard nothing for two ticks, and keeps that to itself', () => {
    tick(1);
    expect(subscription.quiet).toBe(false);
    tick(1);
    expect(subscription.quiet).toBe(true);
    publish(SIGN_OF_LIFE);
    expect(subscription.quiet).toBe(false);
    expect(heard).toEqual([]);
  });

  it('connects again when no sign of life has come back with three ticks', () => {
    publish(SIGN_OF_LIFE);
    tick(4);
    expect(disconnects).toEqual([]);
    tick(1);
    expect(disconnects).toEqual([true]);
    ready();
    expect(reconnections).toBe(1);
    tick(4);
    expect(disconnects).toEqual([true]);
  });

  it('leaves a new connection twice the time each time, until it hears something again', () => {
    publish(SIGN_OF_LIFE);
    tick(5);
    for (const [ticks, given] of [
      [10, 2],
      [20, 3],
      [40, 4],
      [40, 5],
    ] as const) {
      tick(ticks - 1);
      expect(disconnects).toHaveLength(given - 1);
      tick(1);
      expect(disconnects).toHaveLength(given);
    }
    tick(39);
    ready();
    tick(39);
    expect(disconnects).toHaveLength(5);
    publish(SIGN_OF_LIFE);
    tick(4);
    expect(disconnects).toHaveLength(5);
    tick(1);
    expect(disconnects).toHaveLength(6);
  });

  it('leaves the first connection its time, too', () => {
    tick(9);
    expect(disconnects).toEqual([]);
    tick(1);
    expect(disconnects).toEqual([true]);
  });

  it('takes any message for a sign of life', () => {
    for (let i = 0; i < 5; i++) {
      tick(4);
      publish(`m${i}`);
    }
    expect(disconnects).toEqual([]);
    expect(heard).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
  });
});
