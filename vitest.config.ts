import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{shared,ui,electron,renderer,sync,scripts}/**/*.test.{ts,tsx}'],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/{integration,servers}/**/*.test.ts'],
          globalSetup: ['test/servers/prepare.ts'],
          // Real servers, mounts and killed processes on a shared machine: one more try, and the
          // report still shows that the first one failed.
          retry: 1,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
