import { expect, test } from 'vitest';
import { Stage } from '../../sim/explore/models/index.js';

/**
 * Found by asking what the client model should say of a second tab of somebody who waits in the queue: each view that the others got made the
 * backend put the old tab back into the queue, in the place of the new one, and in the end the old tab could be let in and the new one be told that
 * it was replaced. Now a queued wish knows when it was first said, and an old one said again replaces no newer one.
 */
test('a queued person who opens a second tab is let in there, whatever happens meanwhile', async () => {
  const stage = new Stage({ seed: 1 });
  await stage.rise();
  stage.when('migrating', () => stage.cutFromSfu(2));
  stage.join(2, 3, 4);
  expect(await stage.until(() => stage.migrationState === 'migrating', 30)).toBe(true);
  stage.join(1);
  expect(await stage.until(() => stage.person(1).tab?.controller.state === 'queued', 10)).toBe(true);
  const tab = stage.person(1).openSecondTab();
  await stage.pass(1);
  // any change that everybody is shown will do
  stage.leave(4);
  await stage.pass(1);
  stage.mendAll();
  await stage.pass(5);
  expect(tab?.controller.state).toBe('in');
});
