import { describe, expect, it } from 'vitest';
import type { HomeDue } from '../../shared/ceremony/home.ts';
import type { OpenWay } from '../../shared/ledger/who-opens.ts';
import { dueGroups, sayUntil } from './due.ts';
import { besidesInWords, waySentence, wayTitle } from './who-opens.ts';

const now = new Date('2026-05-03T09:00:00Z');
const share = (index: number, dueAt: string, failed = false): HomeDue => ({
  mode: 'production',
  setId: '1',
  label: '2026 A',
  index,
  count: 4,
  custodian: `custodian ${index}`,
  dueAt,
  failed,
});

describe('checks that are due', () => {
  it('stand together by set and day, and none that is more than 90 days away', () => {
    const groups = dueGroups(
      [
        share(2, '2026-04-01T09:00:00Z', true),
        share(1, '2026-05-01T09:00:00Z'),
        share(3, '2026-06-01T09:00:00Z'),
        share(4, '2026-06-01T17:00:00Z'),
        share(5, '2026-08-01T09:00:00Z'),
        share(6, '2026-08-01T09:00:01Z'),
      ],
      now,
    );
    expect(
      groups.map(({ standing, shares }) => [standing, shares.map((one) => one.index)]),
    ).toEqual([
      ['failed', [2]],
      ['overdue', [1]],
      ['soon', [3, 4]],
      ['soon', [5]],
    ]);
  });

  it('say how far away the next one is', () => {
    expect(sayUntil('2026-08-02T09:00:00Z', now)).toBe('in 91 days');
    expect(sayUntil('2028-05-02T09:00:00Z', now)).toBe('in about 24 months');
    expect(sayUntil('2026-05-01T09:00:00Z', now)).toBe('in 0 days');
  });
});

describe('a group of people and a way to a key', () => {
  const way: OpenWay = {
    id: '1',
    mode: 'production',
    label: '2026 A',
    status: 'live',
    keyVersion: 'v1',
    what: 'set',
    threshold: 3,
    pieces: [],
    besides: 'vault',
    since: null,
  };
  const answer = { way, held: 0, unknown: 0, opens: false };

  it('is told in a sentence', () => {
    expect(waySentence(answer, 0)).toBe('It takes people who hold 3 shares.');
    expect(waySentence({ ...answer, held: 3, opens: true }, 3)).toBe(
      'These 3 people can open it: they hold 3 shares, and 3 are enough.',
    );
    expect(waySentence({ ...answer, held: 1 }, 1)).toBe(
      'This one person cannot open it: 1 of the 3 shares that it takes.',
    );
    expect(waySentence({ ...answer, held: 2, unknown: 1 }, 2)).toContain('Nobody knows the holder');
    expect(waySentence({ ...answer, held: 1, unknown: 1 }, 2)).not.toContain('Nobody knows');
  });

  it('with what is needed besides', () => {
    expect(wayTitle({ ...way, what: 'legacy' })).toBe('Key version v1, set 2026 A, legacy shares');
    expect(besidesInWords(way)).toContain('Vault and the database hold');
    const since = '2026-05-05T11:12:00Z';
    expect(besidesInWords({ ...way, besides: 'backup', since })).toContain('5 May 2026 or before');
    expect(besidesInWords({ ...way, besides: 'backup' })).toContain('only backups');
    expect(besidesInWords({ ...way, besides: 'bundle' })).toContain('when sync commits');
  });

  it('with what Conclave refuses although the half of today fits it, and nothing of what it takes', () => {
    const half = 'Needed besides: the other half, which Vault and the database hold.';
    expect(besidesInWords(way)).toBe(half);
    const refused = (status: OpenWay['status']) => besidesInWords({ ...way, status });
    expect(refused('superseded')).toMatch(/^Replaced by a refresh, and not destroyed: /);
    expect(refused('void')).toMatch(/^Void, and not destroyed: /);
    expect(refused('retired')).toMatch(/^Retired: /);
    for (const one of ['superseded', 'void', 'retired'] as const) {
      expect(refused(one)).toContain(half);
    }
    // Legacy shares are not what was refreshed.
    expect(besidesInWords({ ...way, status: 'superseded', what: 'legacy' })).toBe(half);
  });
});
