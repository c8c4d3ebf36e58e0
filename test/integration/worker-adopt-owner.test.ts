/**
 * An adoption that the owner of an organisation proves, through a real worker thread: the passphrase is
 * typed into a window of its own, and what the organisation keeps opens with the right key only.
 */
import { describe, expect, it } from 'vitest';
import { xorComponents } from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import {
  adoptSittings,
  blaming,
  PROOF,
  slipped,
  type Version,
  TWO,
} from '../support/adopt-sittings.ts';
import { ScriptedPerson } from '../support/entry-script.ts';
import { holds } from '../support/leaks.ts';
import {
  legacyDeployment,
  storedKek,
  type LegacyDeployment,
} from '../support/legacy-deployment.ts';
import { OWNERS_WORDS, organisationsKek, TEAM } from '../support/member-documents.ts';
import { codeOf } from '../support/worker.ts';

const { worker, open, judge, giveAll, restored } = adoptSittings();

const OWNER = 'the owner';
const TEAMS = { surveyId: 33, ...TEAM };
const WHOLE = { surveyId: 34, organisationId: 4, teamId: null };
const utf8 = (text: string) => new TextEncoder().encode(text);

/** What its team and the organisation itself keep, under this key and the owner's words. */
async function kept(platformKey: Uint8Array, words = OWNERS_WORDS): Promise<string[]> {
  const kek = randomBytes(32);
  return Promise.all(
    [TEAMS, WHOLE].map(({ surveyId, ...way }) =>
      organisationsKek(platformKey, { kek, way, words, surveyId }),
    ),
  );
}

async function version(
  { vault, platformKey }: LegacyDeployment,
  more: { readonly stored?: readonly string[]; readonly organisationKeks?: string[] } = {},
): Promise<Version> {
  return {
    version: 'v1',
    compared: 'same',
    organisationKeys: [TEAMS, WHOLE],
    secrets: {
      components: [{ place: 'both', bytes: vault }],
      encryptedKeks: more.stored ?? [],
      organisationKeks: more.organisationKeks ?? (await kept(platformKey)),
    },
  };
}

/** The owner sits down; `typed` one after the other, then the window is closed. */
function owner(...typed: string[]) {
  const person = new ScriptedPerson(OWNER);
  let left = typed.length - 1;
  const hands = {
    passphrases: typed.map(utf8),
    onRefused: () => {
      left -= 1;
      return left >= 0;
    },
  };
  const proof = worker().callWith(person, hands, 'prove-by-owner', { owner: OWNER });
  return { person, proof };
}

describe('what an organisation keeps', () => {
  it('proves the key; a wrong passphrase is typed again, and nothing is let out', async () => {
    const key = legacyDeployment();
    await open('v1', [await version(key)]);
    await giveAll(key.shares.slice(0, 3));
    await judge();
    const { person, proof } = owner('a wrong one', OWNERS_WORDS);
    expect(await proof).toEqual({
      opened: [],
      unopened: [],
      organisation: { owner: OWNER, opened: [TEAMS, WHOLE] },
      place: 'both',
      wrong: null,
    });
    expect(person.refusals.map(({ code }) => code)).toEqual(['owner-opens-nothing']);
    expect(person.tasks[0]).toMatchObject({
      task: 'passphrase',
      person: OWNER,
      organisation: true,
    });
    expect(await restored(key, 'both')).toMatchObject({ fits: true });
    const secrets = [key.custodian, key.vault, key.platformKey, utf8(OWNERS_WORDS)];
    for (const secret of secrets) expect(holds(worker().sent, secret)).toBe(false);
  });

  it('does not open with another key, and left alone two people may answer as before', async () => {
    const key = legacyDeployment();
    await open('v1', [await version(key)]);
    await giveAll([slipped(key.shares[0] ?? '', 500), ...key.shares.slice(1, 3)]);
    await judge();
    const { person, proof } = owner(OWNERS_WORDS);
    await expect(proof).rejects.toThrow();
    expect(person.refusals.map(({ code }) => code)).toEqual(['owner-opens-nothing']);
    const untried = { opened: [], unopened: [], place: 'both', wrong: null };
    expect(await worker().call('prove-legacy', {})).toEqual(untried);
  });

  it('tells which of several possible wrong shares it is, where nothing else could', async () => {
    const { key, forged } = blaming();
    await open('v1', [await version(key)]);
    await giveAll(forged);
    expect(await judge()).toMatchObject({ standing: 'wrong', agreed: false });
    expect(await codeOf(worker().call('prove-legacy', {}))).toBe('adopt-undecided');
    expect(await owner(OWNERS_WORDS).proof).toMatchObject({ wrong: 1 });
    expect(await restored(key, 'both')).toMatchObject({ fits: true });
  });

  it('where the stored keys do not open: after they were tried, and never instead of one that does', async () => {
    const key = legacyDeployment();
    await open('v1', [await version(key, { stored: [bytesToHex(randomBytes(60))] })]);
    await giveAll(key.shares.slice(0, 3));
    await judge();
    expect(await codeOf(owner(OWNERS_WORDS).proof)).toBe('worker-out-of-order');
    const unopened = [PROOF];
    const none = { opened: [], unopened, place: null, wrong: null };
    expect(await worker().call('prove-legacy', {})).toEqual(none);
    // SECURITY: something could have been opened, so nobody's word is enough.
    const byWord = worker().call('restore-legacy', { place: 'both', answers: TWO });
    expect(await codeOf(byWord)).toBe('worker-out-of-order');
    expect(await owner(OWNERS_WORDS).proof).toMatchObject({ opened: [], unopened, place: 'both' });
    expect(await restored(key, 'both')).toMatchObject({ fits: true });
  });

  it('is not asked for where a stored key opened, or where nothing of an organisation is there', async () => {
    const key = legacyDeployment();
    await open('v1', [await version(key, { stored: [await storedKek(key.platformKey, PROOF)] })]);
    await giveAll(key.shares.slice(0, 3));
    await judge();
    expect(await worker().call('prove-legacy', {})).toMatchObject({ opened: [PROOF] });
    expect(await codeOf(owner(OWNERS_WORDS).proof)).toBe('worker-out-of-order');
    const { organisationKeys: _, secrets, ...bare } = await version(key);
    const { organisationKeks: __, ...others } = secrets;
    await open('v1', [{ ...bare, secrets: others }]);
    await judge();
    expect(await codeOf(owner(OWNERS_WORDS).proof)).toBe('worker-out-of-order');
  });

  it('opens with the right one of two places, and what two keys open is not decided', async () => {
    const key = legacyDeployment();
    const other = randomBytes(64);
    const components = [
      { place: 'row' as const, bytes: other },
      { place: 'vault' as const, bytes: key.vault },
    ];
    const differs = async (organisationKeks: string[]): Promise<Version> => ({
      ...(await version(key)),
      compared: 'differs',
      secrets: { components, encryptedKeks: [], organisationKeks },
    });
    const right = await kept(key.platformKey);
    await open('v1', [await differs(right)]);
    await giveAll(key.shares.slice(0, 3));
    await judge();
    expect(await owner(OWNERS_WORDS).proof).toMatchObject({ place: 'vault' });
    const [one = ''] = right;
    const [, two = ''] = await kept(xorComponents(other, key.custodian));
    await open('v1', [await differs([one, two])]);
    await judge();
    expect(await codeOf(owner(OWNERS_WORDS).proof)).toBe('adopt-two-keys');
    expect(await codeOf(worker().call('prove-legacy', {}))).toBe('adopt-undecided');
    expect(await codeOf(worker().call('restore-legacy', { place: 'vault', answers: TWO }))).toBe(
      'worker-out-of-order',
    );
  });
});
