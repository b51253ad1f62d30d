import { expect, test } from 'vitest';
import { Stage } from '../../sim/explore/models/index.js';

/**
 * Found by asking what the client model should say of a second tab of somebody who waits in the queue. Each view that the others get makes the
 * backend put the session back that is no longer in the queue, in the place of the other one of the same person: the two tabs take turns, and when the
 * migration ends, the old tab may be let in and the new one be told that it was replaced. The person then closes the old one and is out.
 */
test.fails('a queued person who opens a second tab is let in there, whatever happens meanwhile', async () => {
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
