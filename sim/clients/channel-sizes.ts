import { DeadairError } from '../errors.js';
import type { ChoiceStream } from '../kernel/index.js';

/**
 * Sizes of `channels` channels of `min` to `max` members with `clients` members in all. They are log-uniform as far as the
 * sum allows (many small channels, few large ones), which for 2 to 30 means 10.3 on average.
 * @throws DeadairError `population.sizes` when no such sizes exist
 */
export function channelSizes(
  stream: ChoiceStream,
  clients: number,
  channels: number,
  min: number,
  max: number,
): number[] {
  if (clients < channels * min || clients > channels * max) {
    throw new DeadairError(
      'population.sizes',
      `${clients} clients do not fill ${channels} channels of ${min} to ${max}: give population.clients from ${channels * min} to ${channels * max}`,
    );
  }
  const sizes: number[] = [];
  let sum = 0;
  for (let i = 0; i < channels; i++) {
    const size = Math.min(max, Math.floor(min * Math.exp(stream.uniform() * Math.log((max + 1) / min))));
    sizes.push(size);
    sum += size;
  }
  const surplus = sum > clients;
  const room = surplus ? sum - channels * min : channels * max - sum;
  const missing = surplus ? sum - clients : clients - sum;
  if (missing === 0) return sizes;
  // everybody gives (or takes) the same share of what it can; the rest goes round
  let rest = missing;
  for (let i = 0; i < channels; i++) {
    const size = sizes[i] as number;
    const share = Math.floor(((surplus ? size - min : max - size) * missing) / room);
    sizes[i] = surplus ? size - share : size + share;
    rest -= share;
  }
  for (let i = stream.choose(channels); rest > 0; i = (i + 1) % channels) {
    const size = sizes[i] as number;
    if (surplus ? size === min : size === max) continue;
    sizes[i] = surplus ? size - 1 : size + 1;
    rest--;
  }
  return sizes;
}
