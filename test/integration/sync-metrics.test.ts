import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { createMetrics } from '../../sync/metrics/metrics.ts';
import { createRehearsalKv } from '../../sync/vault/rehearsal-kv.ts';
import { DATABASES } from '../support/sync-databases.ts';
import { approvedSetup, committed, shareSetFor } from '../support/sync-ceremony.ts';
import { deploy } from '../support/sync-service.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

it('promtool accepts the rules, and they fire when they should and not before', async () => {
  await run('promtool', ['check', 'rules', path.join(root, 'resources/alerts.yml')]);
  const tests = path.join(root, 'test/monitoring/alerts.test.yml');
  expect((await run('promtool', ['test', 'rules', tests])).stdout).toContain('SUCCESS');
  const [rules, tried] = await Promise.all(
    [path.join(root, 'resources/alerts.yml'), tests].map((file) => readFile(file, 'utf8')),
  );
  const names = [...(rules ?? '').matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
  const fired = [
    ...(tried ?? '').matchAll(/alertname: (\w+)\s+eval_time: \w+\s+exp_alerts:\s+- exp/g),
  ];
  expect(new Set(fired.map(([, name]) => name))).toEqual(new Set(names));
});

/** The names of metrics in a PromQL expression: what is no function, label, keyword or number. */
function metricsIn(expr: string): string[] {
  const bare = expr
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, ' ')
    .replaceAll(/\b(?:by|on|group_left|without|ignoring)\s*\([^)]*\)/g, ' ');
  return [...bare.matchAll(/\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b(?!\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => name !== 'group_left');
}

it('the dashboard and the rules ask only for numbers that there are', async () => {
  const test = await (DATABASES[1] ?? expect.fail('no PGlite'))[1]('rehearsal');
  const folder = await mkdtemp(path.join(tmpdir(), 'conclave-dashboard-'));
  try {
    const { database } = test;
    const metrics = await createMetrics({ database, kv: await createRehearsalKv(database) });
    const served = await metrics.read();
    const names = new Set(
      [...served.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
    // Before anything has ended: else the first recovery of a fresh sync is not counted.
    expect(served).toContain('conclave_bundles_total{kind="recover",outcome="committed"} 0\n');
    const dashboard = JSON.parse(
      await readFile(path.join(root, 'resources/grafana-dashboard.json'), 'utf8'),
    ) as { panels: { title: string; targets: { expr: string }[] }[] };
    const exprs = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const rules = await readFile(path.join(root, 'resources/alerts.yml'), 'utf8');
    expect(exprs.length).toBeGreaterThan(12);
    for (const expr of exprs) {
      expect(metricsIn(expr), expr).not.toEqual([]);
      for (const name of metricsIn(expr)) expect(names, expr).toContain(name);
    }
    for (const [name] of rules.matchAll(/\bconclave_[a-z_]+/g)) expect(names).toContain(name);
    // Prometheus itself parses each.
    const file = path.join(folder, 'rules.json');
    await writeFile(
      file,
      JSON.stringify({
        groups: [
          { name: 'g', rules: exprs.map((expr, i) => ({ record: `dashboard:panel:${i}`, expr })) },
        ],
      }),
    );
    await run('promtool', ['check', 'rules', file]);
  } finally {
    await rm(folder, { recursive: true });
    await test.stop();
  }
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
