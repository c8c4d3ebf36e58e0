import { defineConfig } from 'vitest/config';

// Tests that mount sticks, list volumes or play a whole laptop: each would find the others' sticks.
// Two projects, which `npm test` runs beside each other, each with mounts of its own.
const WORKER = ['test/integration/{age,usb,worker}*.test.ts', 'test/servers/volumes.test.ts'];
const CEREMONIES = ['test/integration/{bad-input,break-glass,ceremony,rehearse}*.test.ts'];

// Real servers, mounts and killed processes on a shared machine: one more try, and the report
// still shows that the first one failed.
const onRealServers = {
  globalSetup: ['test/servers/prepare.ts'],
  retry: 1,
  testTimeout: 180_000,
  hookTimeout: 180_000,
};

export default defineConfig({
  test: {
    pool: 'forks',
    // Not one second: a page that is asked again is slow on a busy machine.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{shared,ui,electron,renderer,sync,scripts}/**/*.test.{ts,tsx}'],
          testTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          ...onRealServers,
          name: 'integration',
          include: ['test/{integration,servers}/**/*.test.ts'],
          exclude: [...WORKER, ...CEREMONIES],
          // A third of their time they wait for a server to start, to stop or to die: two left cores idle.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      ...[
        { name: 'worker', include: WORKER },
        { name: 'ceremonies', include: CEREMONIES },
      ].map((test, index) => ({
        extends: true as const,
        test: { ...onRealServers, ...test, maxWorkers: 1, sequence: { groupOrder: 2 + index } },
      })),
    ],
  },
});
