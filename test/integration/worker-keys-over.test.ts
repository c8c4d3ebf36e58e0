/**
 * An envelope of an OTP key that is over, through a real worker: an older copy of the file on a stick
 * is refused before any key is asked, and opened all the same only when that was chosen and written
 * down. What the ledger says is handed over by main; here the test says it.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { EnvelopesKnown } from '../../shared/ledger/known-envelopes.ts';
import { keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
import {
  envelopeBytes,
  envelopeName,
  keySittings,
  LATER,
  seen,
  touches,
  type Sitting,
} from '../support/key-sittings.ts';
import { NO_LOGS } from '../support/no-logs.ts';
import { codeOf, endOf } from '../support/worker.ts';

const { rack, sit, worker, write, give, noRoom } = keySittings();
const SPLIT: readonly [string, string] = ['ce'.repeat(16), '2026-05-03T09:16:00Z'];

/** What main would know after the renewals of one share, from the oldest on. */
function after(...digests: readonly string[]): EnvelopesKnown {
  const live = digests.at(-1) ?? '';
  const replacedAt = '2026-11-12T10:01:00Z';
  return {
    ...NO_LOGS,
    ceremonies: [SPLIT, [LATER, replacedAt]],
    named: digests,
    replaced: digests.slice(0, -1).map((envelope) => ({
      envelope,
      index: 2,
      replacedAt,
      live,
      liveSince: replacedAt,
      liveSheet: null,
      saidLost: false,
      destroyed: null,
    })),
  };
}

const digestOn = (sitting: Sitting) => keyEnvelopeDigest(envelopeBytes(sitting, 2));

/** Given twice from its stick: the bytes of all three envelopes, and what a laptop knows of them. */
async function givenTwice() {
  const sitting = await sit(2, { own: rack.add(12_345_678) });
  await write(sitting, 'yubikey-otp');
  const copies = [envelopeBytes(sitting, 2)];
  for (const _ of [1, 2]) {
    await give(sitting, 2);
    copies.push(envelopeBytes(sitting, 2));
  }
  const envelopes = after(...copies.map(keyEnvelopeDigest));
  const putBack = (at: number) =>
    writeFileSync(join(sitting.path, envelopeName(2)), copies[at] ?? new Uint8Array());
  sitting.person.tasks.length = 0;
  return { sitting, copies, envelopes, putBack };
}

const notes = () =>
  worker().sent.flatMap((message) =>
    'about' in message && message.about === 'replaced-envelope' ? [message.facts] : [],
  );

it('the newest is given as ever; a laptop without the log cannot know, and says so', async () => {
  const { sitting, envelopes } = await givenTwice();
  const digest = digestOn(sitting);
  const given = await give(sitting, 2, {}, undefined, { envelopes });
  expect(given).toMatchObject({ otp: { envelope: digest, standing: 'newest' } });
  const next = digestOn(sitting);
  expect(await give(sitting, 2)).toMatchObject({
    otp: { envelope: next, standing: 'not-known' },
    renewal: { done: true, before: next },
  });
});

it('an older copy of the file is refused before any key is asked', async () => {
  const { sitting, envelopes, putBack } = await givenTwice();
  for (const at of [0, 1]) {
    putBack(at);
    const note = await endOf(give(sitting, 2, {}, undefined, { envelopes }));
    expect(note).toMatchObject({ code: 'key-envelope-replaced', culprit: 'an old envelope' });
    expect(note?.happened).toMatch(/^This is an old copy of the envelope of share 2 of 4, of /);
    expect(note?.means).toMatch(/^The envelope on the custodian’s own stick counts, since 12 Nov/);
  }
  expect(seen(sitting.person)).toEqual([]);
});

it('it is used only where that was chosen of this very one, and written down before the touch', async () => {
  const { sitting, copies, envelopes, putBack } = await givenTwice();
  const chosen = { envelopes, usesReplaced: true } as const;
  putBack(1);
  // Nobody has seen a page about it yet.
  expect(await codeOf(give(sitting, 2, {}, undefined, chosen))).toBe('key-envelope-replaced');
  putBack(0);
  expect(await codeOf(give(sitting, 2, {}, undefined, chosen))).toBe('key-envelope-replaced');
  expect([notes(), touches(sitting.person)]).toEqual([[], []]);
  const [oldest, , newest] = copies.map(keyEnvelopeDigest);
  const given = await give(sitting, 2, {}, undefined, chosen);
  expect(notes()).toEqual([
    {
      envelope: oldest,
      madeIn: SPLIT[0],
      standing: 'replaced',
      sheet: null,
      live: newest,
      liveSheet: null,
      replacedAt: '2026-11-12T10:01:00Z',
      destroyedAt: null,
    },
  ]);
  const at = worker().sent.findIndex(
    (message) => 'about' in message && message.about === 'replaced-envelope',
  );
  // Then the one before the rename, and the answer.
  const later = worker().sent.slice(at + 1);
  expect(later).toHaveLength(2);
  expect(later[0]).toMatchObject({ about: 'envelope-making', facts: { before: oldest } });
  expect(given).toMatchObject({
    otp: { envelope: oldest, standing: 'replaced' },
    renewal: { done: true, before: oldest },
  });
  // From here on there is a newer one again.
  expect(digestOn(sitting)).not.toBe(oldest);
});

it('without room for that on the disk of the laptop the key is not asked', async () => {
  const { sitting, envelopes, putBack } = await givenTwice();
  putBack(0);
  await codeOf(give(sitting, 2, {}, undefined, { envelopes }));
  noRoom();
  const run = give(sitting, 2, {}, undefined, { envelopes, usesReplaced: true });
  expect(await codeOf(run)).toBe('not-noted');
  expect(touches(sitting.person)).toEqual([]);
});

it('who sits down next has seen no page about it', async () => {
  const { sitting, envelopes, putBack } = await givenTwice();
  putBack(0);
  await codeOf(give(sitting, 2, {}, undefined, { envelopes }));
  await worker().call('begin-seat', {
    turn: { name: sitting.person.name, role: 'custodian', index: 2 },
  });
  const run = give(sitting, 2, {}, undefined, { envelopes, usesReplaced: true });
  expect(await codeOf(run)).toBe('key-envelope-replaced');
});

it('nor does a new envelope take the old one’s place: the share was given, and the stick is as it was', async () => {
  const { sitting, envelopes } = await givenTwice();
  const before = digestOn(sitting);
  const files = readdirSync(sitting.path);
  noRoom();
  const given = await give(sitting, 2, {}, undefined, { envelopes });
  expect(given).toMatchObject({
    otp: { envelope: before, standing: 'newest' },
    renewal: { done: false, note: { code: 'not-noted' }, before, holds: 'old' },
  });
  expect([digestOn(sitting), readdirSync(sitting.path)]).toEqual([before, files]);
});
