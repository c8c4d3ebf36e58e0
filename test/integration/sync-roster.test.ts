import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { parseChain } from '../../shared/transcript/chain.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { BundleAnswer, FileAnswer } from '../../sync/routes/answers.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import { makeNewAdmins, makeRosterBundle } from '../support/roster-documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { makeCast } from '../support/people.ts';
import {
  approvedRequest,
  committed,
  receiptFor,
  recoverBundle,
  releasedPackage,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { bytesOf } from '../support/sync-client.ts';
import {
  answeredWithRoster,
  approvedRoster,
  type MadeRoster,
  rosterBundle,
} from '../support/sync-roster.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;

describe('a change of the roster on a real Vault and PostgreSQL', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let other: Service;
  /** With the roster that is in force. */
  let set: TestShareSet;

  beforeAll(async () => {
    deployment = await deploy();
    [service, other] = await Promise.all([deployment.start(), deployment.start()]);
    set = await withPlatformKey(deployment, service);
  }, 120_000);
  afterAll(async () => {
    await deployment?.stop();
  });

  const trust = () => deployment.kv('conclave/trust');
  const bundlesNow = async () =>
    (await deployment.sql('SELECT digest FROM conclave.bundles')).length;

  describe('what is not wholly authentic changes nothing and burns nothing', () => {
    const take = (bytes: Uint8Array) => service.admins.operator.post('/v1/bundles', bytes);

    it('too few share keys, a stranger’s set, an operator whom the new roster does not list', async () => {
      const before = await bundlesNow();
      const { operator } = set.cast;
      const few = { signers: [...set.quorum.slice(1), operator.signer] };
      const strangers = makeCast(deployment.mode, 4);
      for (const [options, code] of [
        [few, 'signature-missing'],
        [{ signers: [strangers.operator.signer, operator.signer] }, 'signature-unknown'],
        [
          {
            change: {
              people: set.roster.body.people.map((person) =>
                person.roles.includes('operator')
                  ? { ...person, publicKey: strangers.operator.signer.keyid }
                  : person,
              ),
            },
          },
          'signature-unknown',
        ],
      ] as const) {
        const made = await rosterBundle(service.admins.operator, set, options);
        await expect(take(made.bytes)).rejects.toThrow(refused(code));
      }
      expect(await bundlesNow()).toBe(before);
    });

    it('a roster with an old number, of another one, or without a holder of a share', async () => {
      const { people } = set.roster.body;
      for (const [change, code] of [
        [{ serial: 1 }, 'roster-not-next'],
        [{ serial: 3 }, 'roster-not-next'],
        [{ previous: 'ab'.repeat(32) }, 'roster-not-next'],
        [{ people: people.filter(({ name }) => name !== 'custodian 2') }, 'roster-holder-missing'],
        [
          { people: people.filter(({ roles }) => !roles.includes('witness')) },
          'roster-role-missing',
        ],
      ] as const) {
        const made = await rosterBundle(service.admins.operator, set, { change });
        await expect(take(made.bytes)).rejects.toThrow(refused(code));
      }
    });

    it('admins in a bundle whose package did not ask for them', async () => {
      const made = await rosterBundle(service.admins.operator, set, { admins: makeNewAdmins() });
      await expect(take(made.bytes)).rejects.toThrow(refused('way-of-import'));
    });

    it('another sync’s bundle, and a package that this sync did not make', async () => {
      const foreign = await makeRosterBundle(set);
      await expect(take(bundleType.toBytes(foreign.document))).rejects.toThrow(
        refused('package-unknown'),
      );
      const audience = { ...set.sync, audience: 'ab'.repeat(16) };
      const moved = await makeRosterBundle({ ...set, sync: audience });
      await expect(take(bundleType.toBytes(moved.document))).rejects.toThrow(
        refused('other-audience'),
      );
    });
  });

  it('is shown in full, and approved by the words of the new roster only', async () => {
    const made = await rosterBundle(service.admins.operator, set);
    const shown = await service.admins.operator.post<BundleAnswer>('/v1/bundles', made.bytes);
    expect(shown).toMatchObject({ kind: 'roster', state: 'verified', replacesAdmins: false });
    expect(shown.sentence).toMatch(/^Put roster 2 in force: who takes part changes, and no share;/);
    const { approver1 } = service.admins;
    const words = eightWords(hexToBytes(set.manifest.digest));
    await expect(
      approver1.show('bundle-approve', made.digest, { reason: 'seen', words }),
    ).rejects.toThrow(refused('words-differ'));
    const { statement } = await approver1.show('bundle-approve', made.digest, {
      reason: 'seen',
      words: made.words,
    });
    expect(Object.fromEntries(statement.facts)).toMatchObject({
      'in force now': 'roster 1',
      'change 1': 'operator is operator and witness from now on',
    });
    await expect(committed(service.admins, made)).rejects.toThrow(refused('bundle-state'));
    await approver1.post(`/v1/bundles/${made.digest}/refuse`, { reason: 'only looked at' });
    const { body } = await receiptFor(service.admins.operator, set, made.digest);
    expect(body).toMatchObject({ kind: 'roster', outcome: 'refused', epoch: 1 });
    expect(await trust()).toMatchObject({ epoch: 1, roster: set.roster.digest });
  });

  it('is approved by nobody who asked for its package, whoever imported it', async () => {
    const both = service.as('both');
    const made = await rosterBundle(both, set);
    await service.admins.operator.post('/v1/bundles', made.bytes);
    await expect(
      both.show('bundle-approve', made.digest, { reason: 'seen', words: made.words }),
    ).rejects.toThrow(refused('own-approval'));
    await service.admins.approver1.post(`/v1/bundles/${made.digest}/refuse`, { reason: 'a test' });
  });

  it('commits once out of many posts to two processes; trust and database agree; a replay changes nothing', async () => {
    const made = await approvedRoster(service.admins, set);
    const posts = Array.from({ length: 20 }, (_, at) =>
      committed((at % 2 === 0 ? service : other).admins, made),
    );
    const answers = await Promise.all(posts);
    expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(['committed']));
    expect(await trust()).toEqual({
      epoch: 2,
      roster: made.roster.digest,
      versions: { v1: [set.manifest.digest] },
      escrowKeys: { v1: set.manifest.body.escrowKey },
    });
    expect(await deployment.sql('SELECT epoch FROM conclave.settings')).toEqual([{ epoch: 2 }]);
    const receipt = await receiptFor(other.admins.operator, set, made.digest);
    expect(receipt.body).toMatchObject({
      kind: 'roster',
      outcome: 'committed',
      epoch: 2,
      statement: 'Roster 2 is in force. No share has changed.',
      readBack: ['Vault conclave/trust'],
    });
    const again = await other.admins.operator.post<BundleAnswer>('/v1/bundles', made.bytes);
    expect(again.state).toBe('committed');
    const file = await service.admins.operator.get<FileAnswer>(`/v1/packages/${made.nonce}/file`);
    const second = await answeredWithRoster(bytesOf(file), set);
    await expect(service.admins.operator.post('/v1/bundles', second.bytes)).rejects.toThrow(
      refused('package-spent'),
    );
    const chain = parseChain(
      bytesOf(await service.admins.operator.get<FileAnswer>('/v1/chain')),
      deployment.mode,
    );
    expect(chain.rosters.map(({ digest }) => digest)).toEqual([
      set.roster.digest,
      made.roster.digest,
    ]);
    const { items } = await service.admins.operator.get<QueueAnswer>('/v1/queue');
    expect(items.find(({ subject }) => subject === made.digest)).toMatchObject({
      open: false,
      files: ['receipt'],
    });
    set = { ...set, roster: made.roster };
  });

  it('a recovery goes by the new roster, and refuses the old one', async () => {
    const { people, survey } = deployment.checktick;
    const about = { userId: people.requester.id, surveyId: survey.id };
    const request = await approvedRequest(service.admins, about);
    const flow = await releasedPackage(service.admins, set, request.code);
    const old = { ...set.roster, digest: String(set.roster.body.previous) };
    const stale = await recoverBundle(service.admins.operator, { ...set, roster: old }, flow);
    await expect(service.admins.operator.post('/v1/bundles', stale.bytes)).rejects.toThrow(
      refused('roster-not-trusted'),
    );
    const made = await recoverBundle(service.admins.operator, set, flow);
    await service.admins.operator.post('/v1/bundles', made.bytes);
    expect((await committed(service.admins, made)).state).toBe('committed');
  });

  describe('two changes at once', () => {
    let one: MadeRoster;
    let two: MadeRoster;

    it('one is committed, the other gets its negative receipt, and neither blocks anything', async () => {
      one = await approvedRoster(service.admins, set);
      const { operator } = set.cast;
      const people = set.roster.body.people.map((person) =>
        person.publicKey === operator.signer.keyid
          ? { ...person, roles: ['operator' as const] }
          : person,
      );
      two = await approvedRoster(service.admins, set, { change: { people } });
      const both = await Promise.allSettled([
        committed(service.admins, one),
        committed(other.admins, two),
      ]);
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const [first] = both;
      const [won, lost] = first.status === 'fulfilled' ? [one, two] : [two, one];
      expect(await trust()).toMatchObject({ epoch: 3, roster: won.roster.digest });
      // On a busy machine the first answer may be that the other commit is still going on.
      const receipt = await vi.waitFor(
        async () => {
          await expect(committed(service.admins, lost)).rejects.toThrow();
          return receiptFor(service.admins.operator, set, lost.digest);
        },
        { timeout: 60_000, interval: 500 },
      );
      expect(receipt.body).toMatchObject({ outcome: 'refused', epoch: 3 });
      expect(
        await deployment.sql('SELECT step FROM conclave.intents WHERE finished_at IS NULL'),
      ).toEqual([]);
      set = { ...set, roster: won.roster };
    });

    it('a bundle made before the change is refused as soon as it comes', async () => {
      const made = await approvedRoster(service.admins, set);
      const late = await rosterBundle(service.admins.operator, set);
      await committed(service.admins, made);
      const shown = await service.admins.operator.post<BundleAnswer>('/v1/bundles', late.bytes);
      expect(shown.state).toBe('refused');
      expect(shown.reason).toMatch(/^Trust has changed since its package was made/);
    });
  });
});
