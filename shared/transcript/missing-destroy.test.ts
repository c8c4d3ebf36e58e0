import { expect, test } from 'vitest';
import { makeDestroyLog, type DestroyLogOptions } from '../../test/support/destroy-log.ts';
import { LogWriter } from '../../test/support/logs.ts';
import { makeCast, seededRandom } from '../../test/support/people.ts';
import { parseLog } from './log.ts';
import { verifyLog } from './verify.ts';

const random = seededRandom('missing destroy');
const cast = makeCast('rehearsal', 4, random);
const SET = { setId: 'a1'.repeat(16), generation: 1, label: '2024 A' };

const make = (options: Partial<DestroyLogOptions> = {}) =>
  makeDestroyLog({ mode: 'rehearsal', cast }, SET, { random, ...options });

test('a witnessed destruction wants neither a bundle, a manifest nor a quorum', async () => {
  const { log } = await make({ slot: { serial: 12_345_678, empty: true } });
  const { missing, standing } = verifyLog(log);
  expect(missing).toEqual([expect.stringMatching(/^Entry \d+ is not signed by anybody\.$/)]);
  // Nobody but the file itself says whose the keys are.
  expect(standing).toBe('self-consistent');
});

test('a witness who did not sign is missing by name', async () => {
  const { log } = await make({ unwitnessed: true });
  expect(verifyLog(log).missing).toContain('The signature of the witness, witness, is missing.');
});

test('who answers for backups that nobody tried is missing by name without a signature', async () => {
  const said = /who answers for it that no backup was tried/;
  const { log } = await make({ untried: 'not-signed' });
  const { missing } = verifyLog(log);
  expect(missing.filter((line) => said.test(line))).toEqual([
    expect.stringContaining(cast.operator.name),
  ]);
  const signed = verifyLog((await make({ untried: 'signed' })).log);
  expect(signed.missing.filter((line) => said.test(line))).toEqual([]);
});

test('a slot that was not read empty counts as not destroyed', async () => {
  const { log } = await make({ slot: { serial: 12_345_678, empty: false } });
  expect(verifyLog(log).missing).toContain('Things to destroy: 2 listed, 1 not destroyed.');
});

test('without an agreement nobody knows what was to be destroyed', () => {
  const header = { mode: 'rehearsal', kind: 'destroy', ceremonyId: 'ce'.repeat(16) } as const;
  const log = new LogWriter(header, random)
    .entry('ceremony-opened', { ceremony: 'destroy', application: 'Conclave 0.1.0' })
    .log();
  expect(verifyLog(log).missing).toContain('No entry says what was to be destroyed.');
});

test('a flipped byte anywhere is refused, or changes nothing that is told', async () => {
  const { bytes, log } = await make({ slot: { serial: 12_345_678, empty: true } });
  const told = verifyLog(log).facts;
  for (let at = 0; at < bytes.length; at += 7) {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    try {
      expect(verifyLog(parseLog(flipped)).facts).toEqual(told);
    } catch (error) {
      expect((error as { code?: unknown }).code).toMatch(/^(transcript|document|signature|dsse)-/);
    }
  }
});
