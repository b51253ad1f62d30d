import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { counterexampleSchema, renderPage, renderTimeline } from '../../../reports/counterexample/index.js';
import { collaboratorsOf, hazards } from '../../../scenarios/hazards/index.js';
import { parseRepro } from '../../../sim/explore/index.js';
import { tellStory } from '../../../sim/explore/story.js';

const FOLDER = 'scenarios/regressions';
const repros = readdirSync(FOLDER).map((name) => parseRepro(readFileSync(`${FOLDER}/${name}`, 'utf8'), name));

describe('the story of a repro', () => {
  test.each(repros.filter((repro) => repro.hazards.length > 0).map((repro) => [repro.hazards.join(), repro] as const))(
    '%s is one that every renderer can take, and tells every choice',
    async (_, repro) => {
      const chosen = repro.hazards.map((id) => hazards.find((hazard) => hazard.id === id)!);
      const { outcome, story } = await tellStory(repro, {
        collaborators: collaboratorsOf(...chosen),
        replay: 'deadair replay it.json',
      });
      expect(outcome.violation?.oracle).toBe(repro.violation.oracle);
      expect(counterexampleSchema.safeParse(story).error?.issues ?? []).toEqual([]);
      expect(story.events.filter((event) => event.chosen === true)).toHaveLength(
        repro.choices.length + repro.holds.length,
      );
      expect(story.events.at(-1)).toMatchObject({ kind: 'violation', label: outcome.violation?.message });
      expect(renderTimeline(story, { color: false })).toContain(repro.violation.oracle);
      expect(renderPage(story)).toMatch(/^<!doctype html>/);
    },
  );

  test('what was held back until it was called off is not said to be still to come', async () => {
    const known = repros.find(({ hazards: [hazard] }) => hazard === 'ack-duplicate')!;
    const timer = 'client-2 timers#5';
    const [first] = known.holds;
    const { story } = await tellStory(
      { ...known, holds: [first!, { hold: timer, until: first!.until }] },
      {
        collaborators: collaboratorsOf(hazards.find(({ id }) => id === 'ack-duplicate')!),
        replay: 'deadair replay it.json',
      },
    );
    const told = story.events.filter(({ label }) => label.includes('while it was held back'));
    expect(told).toMatchObject([
      { host: 'client-2', chosen: true, label: 'timer (never comes: called off while it was held back)' },
    ]);
    expect(told[0]).not.toHaveProperty('lateUs');
    expect(told[0]!.atUs).toBeLessThan(story.violation.atUs);
    expect(story.events.some(({ label }) => label.includes('still to come'))).toBe(false);
  });
});
