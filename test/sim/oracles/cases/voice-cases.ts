import type { EarPair, GapCause } from '../../../../sim/media/ears/index.js';
import { pairOf, speech, talk } from '../../media/ears/made-up-voice.js';
import type { MadeUpEvidence } from '../made-up-evidence.js';
import type { Case, Cases } from './case.js';

type Happening = (pair: EarPair, evidence: MadeUpEvidence) => void;

/** What happens to user 1, who listens to user 2 in channel 7. */
const of = (what: string, happen: Happening, said: Case[2]): Case => [
  what,
  (evidence) => happen(pairOf(evidence.ears), evidence),
  said,
];

const silence =
  (fromS: number, toS: number, cause: GapCause = 'loss', unfinished = false): Happening =>
  (pair) =>
    pair.silence(fromS * 1e6, toS * 1e6, cause, unfinished);

const inAFault =
  (happen: Happening): Happening =>
  (pair, evidence) => {
    evidence.fault = true;
    happen(pair, evidence);
  };

/** The link of a user is worse from one time to another. */
const impaired =
  (userId: string, fromS: number, toS: number | null, happen: Happening): Happening =>
  (pair, evidence) => {
    evidence.ears.impaired(`client-${userId}`, fromS * 1e6, 'capacity', { capacityKbps: 100 });
    if (toS !== null) evidence.ears.mended(`client-${userId}`, toS * 1e6);
    happen(pair, evidence);
  };

/** The link becomes worse at 10 s; so many of 50 frames are lost in each second after it. */
const adapting =
  (lost: (atS: number) => number): Happening =>
  (pair, evidence) => {
    evidence.ears.impaired('client-2', 10e6, 'capacity', { capacityKbps: 60 });
    talk(pair, 10, 30, lost);
    evidence.ears.finish(30e6);
  };

const layers =
  (...steps: readonly (readonly [atS: number, 'h' | 'm' | 'l'])[]): Happening =>
  (pair) => {
    for (const [atS, layer] of steps) pair.layer(atS * 1e6, layer);
  };

/** User 3 sits in a channel, too. */
const withThird =
  (channelId: number, happen: Happening): Happening =>
  (pair, evidence) => {
    pairOf(evidence.ears, '1', '3', channelId);
    happen(pair, evidence);
  };

const layersAfterMending =
  (backS: number): Happening =>
  (pair, { ears }) => {
    pair.layer(0, 'h');
    ears.impaired('client-1', 10e6, 'capacity');
    pair.layer(12e6, 'l');
    ears.mended('client-1', 20e6);
    pair.layer(backS * 1e6, 'h');
  };

/** One estimate a second of the uplink of user 1, from 30 s on. */
const estimates =
  (...kbps: readonly number[]): Happening =>
  (_pair, { ears }) => {
    kbps.forEach((each, index) => {
      ears.estimate('client-1', 'up', (30 + index) * 1e6, each, null);
    });
  };

/** What the oracles of voice say. */
export const voiceCases: Cases = {
  'gap-budget': [
    of('a breath', silence(20, 20.2), []),
    of('a word lost', silence(20, 20.3), [/user 1 does not hear what user 2 says in channel 7 for 300 ms: loss/]),
    of('a word lost in a fault', inAFault(silence(20, 20.3)), []),
    of('a laptop that sleeps', silence(20, 50, 'asleep'), []),
    of('one who is just leaving', silence(20, 21, 'path', true), []),
    of('one who left because nobody was heard', silence(20, 25, 'path', true), [/for 5000 ms: path/]),
    of('a word lost over a bad link', impaired('1', 10, null, silence(20, 20.3)), []),
    of("a word lost over the talker's bad link", impaired('2', 10, null, silence(20, 20.3)), []),
    of('a word lost soon after the link became good', impaired('2', 10, 15, silence(20, 20.3)), []),
    of('a word lost long after', impaired('2', 10, 15, silence(40, 40.3)), [/for 300 ms/]),
    of("a word lost while somebody else's link is bad", impaired('3', 10, null, silence(20, 20.3)), [/for 300 ms/]),
    of(
      'a word lost over a link that is poor by nature',
      (pair, e) => {
        e.ears.link('client-1', 0, { poor: true, varying: false, lossShare: 0.02 });
        silence(20, 20.3)(pair, e);
      },
      [],
    ),
  ],
  'doubled-voice': [
    of('three packets', (pair) => pair.doubled(1e6, 1.06e6), []),
    of('four packets', (pair) => pair.doubled(1e6, 1.08e6), [/user 1 hears user 2 twice in channel 7 for 80 ms/]),
    of(
      'an echo in a fault',
      inAFault((pair) => pair.doubled(1e6, 2e6)),
      [/for 1000 ms/],
    ),
  ],
  'layer-continuity': [
    of('a switch without a break', layers([0, 'h'], [10, 'm']), []),
    of(
      'a break',
      (pair, e) => {
        layers([0, 'm'])(pair, e);
        pair.discontinuity(1e6, 'sequence-jump');
      },
      [/user 1 receives user 2 in channel 7 \(layer m\) as a broken stream: sequence numbers jump/],
    ),
    of('a repeat', (pair) => pair.discontinuity(1e6, 'sequence-repeat'), [/comes again/]),
  ],
  'steady-estimate': [
    of('one that settles', estimates(100, 85, 72, 61, 64, 67, 70, 70, 70), []),
    of('one that goes to and fro', estimates(100, 85, 95, 80, 90, 76, 85), [
      /the estimate of what the link of client-1 carries up has fallen and risen again three times/,
    ]),
    of('one that moves a little', estimates(100, 92, 100, 92, 100, 92, 100, 92, 100), []),
    of(
      'one that looks for more every 10 s',
      estimates(...[1, 2, 3, 4].flatMap(() => [100, 85, ...Array<number>(8).fill(85)])),
      [],
    ),
    of('one that goes to and fro while something is broken', inAFault(estimates(100, 85, 95, 80, 90, 76, 85)), []),
    of('one of a link that has changed 15 s ago', impaired('1', 25, null, estimates(100, 85, 95, 80, 90, 76, 85)), []),
  ],
  'layer-flapping': [
    of('a change every five seconds', layers([0, 'h'], [20, 'm'], [25, 'h'], [30, 'm']), []),
    of('a change and back', layers([0, 'h'], [20, 'm'], [24, 'h']), [/in layer h only 4\.0 s after the change to m/]),
    of(
      'two steps down because the link became worse',
      impaired('1', 19, null, layers([0, 'h'], [20, 'm'], [22, 'l'])),
      [],
    ),
    of(
      'two steps while the link has been worse for long',
      impaired('1', 5, null, layers([0, 'h'], [20, 'm'], [22, 'l'])),
      [/only 2\.0 s/],
    ),
    of(
      'changes on a link that is never the same',
      (pair, e) => {
        e.ears.link('client-1', 0, { poor: true, varying: true, lossShare: 0 });
        layers([0, 'h'], [20, 'm'], [22, 'l'])(pair, e);
      },
      [],
    ),
    of(
      'another layer because the path is another',
      (pair) => {
        pair.interval(speech(0, { path: 'p2p' }));
        pair.layer(0, 'h');
        pair.layer(20e6, 'm');
        pair.layer(21e6, 'l', 'sfu');
        pair.interval(speech(21, { path: 'sfu' }));
        pair.layer(22e6, 'h');
      },
      [],
    ),
  ],
  'adaptation-time': [
    of(
      'five seconds',
      adapting((atS) => (atS < 15 ? 10 : 0)),
      [],
    ),
    of(
      'six seconds',
      adapting((atS) => (atS < 16 ? 10 : 0)),
      [/after the link of client-2 became worse \(capacity\) at 10\.0 s, it took 6\.0 s/],
    ),
    of(
      'never',
      adapting(() => 10),
      [/it took 20\.0 s/],
    ),
    of('never, in a fault', inAFault(adapting(() => 10)), []),
    of(
      '1 % lost for ever',
      adapting(() => 0.5),
      [],
    ),
  ],
  'recovery-time': [
    of('back at once', impaired('2', 10, 20, silence(11, 20.1, 'outage')), []),
    of('back in time', impaired('2', 10, 20, silence(11, 22, 'outage')), []),
    of('back too late', impaired('2', 10, 20, silence(11, 22.1, 'rebuffer')), [
      /user 1 hears user 2 in channel 7 only 2\.1 s after the link between them was good again: rebuffer/,
    ]),
    of('silent again much later', impaired('2', 10, 20, silence(30, 40, 'path')), []),
    of('silent because the link never became good', impaired('2', 10, null, silence(11, 40, 'outage')), []),
    of(
      "silent because the other one's link is bad",
      impaired('1', 5, null, impaired('2', 10, 20, silence(11, 40, 'outage'))),
      [],
    ),
    of('the layer of before in time', layersAfterMending(80), []),
    of('the layer of before too late', layersAfterMending(81), [
      /61 s after the link of client-1 was good again, voice over it was not yet as good as before/,
    ]),
  ],
  isolation: [
    of(
      'trouble of somebody whose link is bad',
      impaired('1', 0, null, (pair) => talk(pair, 20, 22, () => 5)),
      [],
    ),
    of(
      "trouble of others because somebody's link is bad",
      withThird(
        7,
        impaired('3', 10, null, (pair) => talk(pair, 20, 22, () => 5)),
      ),
      [/users 1 and 2 have good links, but since that of client-3 is poor 1 loses 10\.0 % of what 2 says in channel 7/],
    ),
    of(
      'trouble of others while voice is only late',
      withThird(
        7,
        impaired('3', 10, null, (pair) => {
          for (const atS of [20, 21]) pair.interval(speech(atS, { mouthToEarMs: 900 }));
        }),
      ),
      [/since that of client-3 is poor 1 loses 0\.0 % .* \(rating \d+\)/],
    ),
    of(
      'good voice',
      withThird(
        7,
        impaired('3', 10, null, (pair) => talk(pair, 20, 40, () => 1)),
      ),
      [],
    ),
    of(
      'a bad link in another channel',
      withThird(
        8,
        impaired('3', 10, null, (pair) => talk(pair, 20, 22, () => 5)),
      ),
      [],
    ),
    of(
      'trouble that was there before the link became bad',
      withThird(7, (pair, e) => {
        talk(pair, 5, 7, () => 5);
        e.ears.impaired('client-3', 10e6, 'loss', { lossShare: 0.2 });
        talk(pair, 20, 22, () => 5);
      }),
      [],
    ),
    of(
      'trouble in a fault',
      withThird(7, inAFault(impaired('3', 10, null, (pair) => talk(pair, 20, 22, () => 5)))),
      [],
    ),
  ],
};
