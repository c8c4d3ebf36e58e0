/** What launchers print where: scripts read their results from standard output. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('progress, also of the programs that are run, stays out of standard output', () => {
  const program = `
    import { main, run, say } from ${JSON.stringify(import.meta.resolve('./run.mjs'))};
    await main(() => {
      say('Installing.');
      run('sh', ['-c', 'echo added 656 packages']);
      console.log('{"result":1}');
    });`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { encoding: 'utf8' },
  );
  expect(stdout).toBe('{"result":1}\n');
  expect(stderr).toBe('· Installing.\nadded 656 packages\n');
  expect(status).toBe(0);
});
