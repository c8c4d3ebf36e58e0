import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { approvedSetup, committed, shareSetFor } from '../support/sync-ceremony.ts';
import { deploy } from '../support/sync-service.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

it('promtool accepts the rules, and they fire when they should and not before', async () => {
  await run('promtool', ['check', 'rules', path.join(root, 'resources/alerts.yml')]);
  const tests = path.join(root, 'test/monitoring/alerts.test.yml');
  expect((await run('promtool', ['test', 'rules', tests])).stdout).toContain('SUCCESS');
});

it('counts what happened, the same in each replica and after a restart, on a listener of its own', async () => {
  const deployment = await deploy();
  try {
    const env = { CONCLAVE_METRICS_PORT: '0' };
    const service = await deployment.start({ env });
    const set = await shareSetFor(service.admins.operator, deployment.mode);
    const made = await approvedSetup(service.admins, set);
    await committed(service.admins, made);
    expect((await fetch(`${service.address}/metrics`)).status).toBe(404);
    const other = await deployment.start({ env });
    for (const one of [service, other]) {
      const address = /Metrics at (http:\S+)/.exec(one.child.output())?.[1] ?? '';
      expect((await fetch(address.replace('/metrics', '/v1/bundles'))).status).toBe(404);
      const read = async (): Promise<string> => (await fetch(address.replace(/\.$/, ''))).text();
      const text = await read();
      expect(text).toContain('conclave_bundles_total{kind="setup",outcome="committed"} 1\n');
      expect(text).toContain('conclave_commit_seconds_bucket{le="+Inf"} 1\n');
      expect(text).toContain('conclave_commit_seconds_count 1\n');
      expect(text).toContain('conclave_vault_up 1\n');
      expect(text).toMatch(/conclave_share_set_age_seconds\{key_version="[^"]+"\} \d/);
      const file = path.join(deployment.folder, 'metrics.txt');
      await writeFile(file, text);
      // The exposition format itself, and Prometheus' naming conventions.
      await run('sh', ['-c', 'promtool check metrics < "$0"', file]);
      await deployment.vault.seal();
      await vi.waitFor(async () => expect(await read()).toContain('conclave_vault_sealed 1\n'));
      await deployment.vault.unseal();
    }
  } finally {
    await deployment.stop();
  }
});
