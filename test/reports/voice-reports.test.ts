import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type RunResult,
  renderHtml,
  renderMarkdown,
  renderPrometheus,
  renderTerminal,
  resultSchema,
} from '../../reports/index.js';
import { parseResult } from '../../reports/read-result.js';
import { silentFixture, voiceFixture } from './media-fixture.js';
import { fixtureResult } from './result-fixture.js';

const result = voiceFixture();
const page = renderHtml(result);

describe('a result with voice', () => {
  test('can be read again, and by a reader that knows nothing of voice', () => {
    const text = JSON.stringify(result);
    expect(parseResult(text, 'x.json')).toEqual(JSON.parse(text));
    const { media, ...rest } = parseResult(text, 'x.json');
    expect(resultSchema.omit({ media: true }).parse(JSON.parse(text))).toEqual(rest);
    expect(media).toBeDefined();
  });

  test('is told from one without', () => {
    const without = renderHtml(fixtureResult());
    for (const id of ['voice', 'hearing', 'silences', 'delays', 'layers', 'bandwidth']) {
      expect(page).toContain(`<section id="${id}"`);
      expect(without).not.toContain(`<section id="${id}"`);
    }
    expect(without).not.toContain('strip-');
    expect(renderTerminal(fixtureResult(), { color: false })).not.toContain('Voice:');
  });
});

describe('the page', () => {
  test('names formula, scale and rows beside the score', () => {
    expect(page).toContain('ITU-T G.107.2 (full band)');
    expect(page).toContain('layer l: EVS 16.4 kbit/s (full-band, Ie 10.8, Bpl 10.3)');
    expect(page).toContain('G.113 has no row for Opus');
  });

  test('draws each pair, and says in words what its row shows', () => {
    const plot = /<svg class="strip-plot"[\s\S]*?<\/svg>/.exec(page)?.[0] ?? '';
    expect(plot.match(/<rect class="strip-touch"/g)).toHaveLength(56);
    for (const state of ['heard', 'silent', 'doubled']) expect(plot).toContain(`<path class="strip-${state}"`);
    expect(plot).not.toContain('strip-unwatched');
    expect(plot).toMatch(/user 5 listens to user 1: heard [\d.]+\u00a0s, spoken, but not heard 7\.5\u00a0s/);
    expect(plot).toMatch(
      /role="img" aria-label="Channel 7: listener ← talker 56 pairs\. In \d+ pairs something said was not heard/,
    );
  });

  test('draws a state exactly where it was', () => {
    const one = renderHtml({
      ...result,
      simulatedSeconds: 100,
      faults: [],
      media: {
        ...(result.media as NonNullable<RunResult['media']>),
        channels: [
          {
            channelId: 3,
            pairs: 1,
            rows: [
              {
                listener: '1',
                talker: '2',
                steps: [
                  [0, 0],
                  [20, 1],
                  [50, 3],
                  [55, 0],
                ],
              },
            ],
          },
        ],
      },
    });
    expect(one).toContain('<path class="strip-heard" d="M200 3h300v5h-300z"/>');
    expect(one).toContain('<path class="strip-silent" d="M500 1h50v9h-50z"/>');
  });

  test('says what each kind of gap is, and of how many clients it shows the links', () => {
    expect(page).toContain('Counted here: no working connection to a talker');
    expect(page).toContain('Counted here: something was said and not heard');
    const shown = new Set(result.media?.estimates.map(({ host }) => host)).size;
    expect(shown).toBeLessThan(result.clients);
    expect(page).toContain(`Links of ${shown} of ${result.clients} clients`);
  });

  test('tells gaps by cause, and what came of each impairment', () => {
    expect(page).toMatch(
      /<td>migration<\/td><td>the channel was moving between peer to peer and SFU<\/td><td class="number">8<\/td>/,
    );
    expect(page).toMatch(
      /<td class="name">client-3<\/td><td>capacity<\/td><td class="number">1:40<\/td><td class="number">60\u00a0s<\/td>/,
    );
  });

  test('allows by its policy exactly the style that it has, and none in the text', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    expect(page).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(page.replace(/<script>[\s\S]*?<\/script>/g, '')).not.toMatch(/\sstyle="|\son[a-z]+="/);
  });

  test('has a text for every picture, and is the same for the same result', () => {
    const canvases = page.match(/<canvas [^>]*>/g) ?? [];
    expect(canvases).toHaveLength(6 + 1 + 2 + 4);
    for (const canvas of canvases) expect(canvas).toMatch(/role="img" aria-label="[^"]{40,}"/);
    expect(renderHtml(voiceFixture())).toBe(page);
  });

  test('shows names as text', () => {
    const evil = '"><img src=x>';
    const media = JSON.parse(
      JSON.stringify(result.media).replaceAll(
        /"(listener|talker|userId|host|cause|codec|formula|kind)":"[^"]*"/g,
        (_, key) => `${JSON.stringify(key)}:${JSON.stringify(evil)}`,
      ),
    ) as NonNullable<RunResult['media']>;
    expect(renderHtml({ ...result, media })).not.toContain('<img');
  });

  test('says so when nobody spoke', () => {
    const silent = renderHtml(silentFixture());
    for (const text of [
      'Nobody spoke',
      'Nobody was in a channel',
      'No voice was played',
      'Nobody received layers',
      'Nothing was estimated',
    ])
      expect(silent).toContain(text);
  });
});

describe('in a terminal', () => {
  const text = renderTerminal(result, { color: false });

  test('voice is four lines of at most 80 columns', () => {
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.startsWith('Voice:'));
    const voice = lines.slice(at, at + 4);
    expect(voice).toEqual([
      expect.stringMatching(
        /^Voice: MOS \d\.\d+ \(full-band E-model\), worst listener \d\.\d+; [\d.]+ % of frames lost$/,
      ),
      expect.stringMatching(/^Delay: network p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms; mouth to ear p95 [\d.]+ ms$/),
      expect.stringMatching(/^Gaps: \d+ gaps from 200 ms, [\d.]+ % of speech; longest \d \d+ ms, partition: outage$/),
      'Audible gap: no connection to a talker. Gaps: said, but not heard.',
    ]);
    expect(lines[at + 4]).toBe('');
    for (const line of voice) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('nobody spoke', () => {
    expect(renderTerminal(silentFixture(), { color: false })).toContain('\nVoice: nobody spoke\n');
  });
});

test('in Markdown voice is a short list', () => {
  const text = renderMarkdown(result);
  expect(text).toMatch(/### Voice\n\n- Voice: MOS .*\n- Delay: .*\n- Gaps: .*\n- Audible gap: .*\n\n/);
  expect(renderMarkdown(fixtureResult())).not.toContain('### Voice');
});

test('for Prometheus its metrics are like all others', () => {
  const text = renderPrometheus(result);
  expect(text).toMatch(/deadair_mos\{[^}]*quantile="0\.5"\} 4\.\d+/);
  expect(text).toMatch(/deadair_voice_gaps_total\{[^}]*\} \d+/);
});
