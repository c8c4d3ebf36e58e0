import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const sync = fileURLToPath(new URL('..', import.meta.url));
const sources = readdirSync(sync, { recursive: true, encoding: 'utf8' }).filter(
  (file) =>
    file.endsWith('.ts') &&
    !/\.(?:test|d)\.ts$/.test(file) &&
    !/^(?:web|node_modules|dist)/.test(file),
);
const holding = (pattern: RegExp): string[] =>
  sources.filter((file) => pattern.test(readFileSync(path.join(sync, file), 'utf8'))).sort();

it('the process’s clock decides nothing about bundles, packages, requests, people or links', () => {
  expect(sources.length).toBeGreaterThan(100);
  // Each with what it does with it; whoever adds one says so here, or asks the database instead.
  const allowed = {
    'people/failures.ts': 'at most so many failed sign-ins are written down in a minute',
    'cli/commands/check.ts': 'how many days a TLS certificate still lasts',
    'http/certificates.ts': 'whether a new TLS certificate has ended, as TLS itself judges it',
    'metrics/metrics.ts': 'how many seconds a TLS certificate still lasts',
    'people/machines.ts': 'certificates, as TLS itself judges them',
    'rehearsal/seed.ts': 'the made-up rows of a rehearsal',
  };
  const asking = holding(/Date\.now\(|new Date\(\)/);
  expect(asking.filter((file) => !(file in allowed))).toEqual([]);
});

it('nothing sets the database’s time but its own clock, and no setting moves it', () => {
  expect(holding(/UPDATE conclave\.clock/)).toEqual(['database/clock.ts']);
  const clock = readFileSync(path.join(sync, 'database/clock.ts'), 'utf8');
  expect(clock.match(/UPDATE conclave\.clock SET (.*)/)?.[1]).toBe('highest = clock_timestamp()');
  expect(holding(/(?:CONCLAVE|VAULT|DATABASE)_[A-Z_]*(?:CLOCK|TIME|NOW|DATE)(?![A-Z])/)).toEqual(
    [],
  );
});
