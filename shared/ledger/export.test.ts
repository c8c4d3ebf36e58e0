/** What the exported ledger says of versions, of rules for media, and of what is left of a retired version. */
import { expect, test } from 'vitest';
import { makeChangeLog } from '../../test/support/change-version-log.ts';
import { makeShareSet } from '../../test/support/share-sets.ts';
import { makeNextVersion } from '../../test/support/version-documents.ts';
import type { CeremonyLog } from '../transcript/log.ts';
import { ledgerFile, ledgerInWords } from './export.ts';
import { foldLedger } from './fold.ts';

const NOW = '2026-06-01T00:00:00Z';
const later = { begin: 86_400, answered: 93_600 };

test('which version is in use, and that shares of a retired one still open it', async () => {
  const first = await makeShareSet({ mode: 'rehearsal', label: '2024 A' });
  const second = await makeNextVersion(first, { threshold: 2 });
  const told = (...logs: readonly CeremonyLog[]) => {
    const manifests = [first.manifest, second.manifest];
    const ledger = foldLedger({ logs, receipts: [], manifests, running: null, now: NOW });
    return { ledger, words: ledgerInWords(ledger, 'rehearsal', NOW).split('\n') };
  };
  const { label } = second.manifest.body;
  const lineOf = (words: readonly string[], of: string) =>
    words.find((line) => line.startsWith(`Set ${of},`));

  const used = told((await makeChangeLog('activate', first, second, later)).log);
  expect(lineOf(used.words, label)).toMatch(/IN USE, and new survey keys go under its version$/);
  expect(lineOf(used.words, '2024 A')).toMatch(/IN USE, beside another version$/);

  const ended = told((await makeChangeLog('retire', second, first, later)).log);
  expect(lineOf(ended.words, '2024 A')).toMatch(/RETIRED with its key version$/);
  expect(ended.words).toContain(
    '  4 shares are not destroyed: any 3 still open its key with the half that CheckTick’s row keeps.',
  );

  const policy = { allowed: ['paper', 'usb'], kinds: 2, apart: true } as const;
  const [set] = ended.ledger.sets;
  if (set === undefined) throw new Error('a set');
  const ruled = { ...ended.ledger, sets: [{ ...set, policy }] };
  expect(ledgerInWords(ruled, 'rehearsal', NOW)).toContain('\n  rule for its media: ');
  const file = JSON.parse(new TextDecoder().decode(ledgerFile(ruled, 'rehearsal', NOW))) as object;
  expect(file).toMatchObject({ sets: [{ policy, componentId: set.componentId }] });
});
