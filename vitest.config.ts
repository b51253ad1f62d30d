import { defineConfig } from 'vitest/config';

export default defineConfig({
  // vitest alone would leave one core idle, and on two cores that is half
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, pool: 'forks', maxWorkers: '100%' },
});
