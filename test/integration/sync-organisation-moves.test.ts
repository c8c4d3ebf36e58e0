/**
 * An organisation moves to the active key version, on a real Vault and PostgreSQL: the half is handed
 * over, the entries are wrapped under the other platform key with the same passphrase, the version of
 * before ends, and Vault's entry follows.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMemberPackage } from '../../shared/bundle/member-package.ts';
import { openHalf } from '../../shared/bundle/organisation-half.ts';
import { parsePackage } from '../../shared/bundle/package.ts';
import { openOrganisationKek, vaultPaths, xorComponents } from '../../shared/checktick/index.ts';
import { organisationHalf } from '../../shared/checktick/organisation-half.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { escrowPrivateKey } from '../../shared/sharing/escrow-key.ts';
import type { BundleAnswer, FileAnswer } from '../../sync/routes/answers.ts';
import { MASTER_KEY } from '../support/sync-adopt.ts';
import { OWN_WORDS } from '../support/organisation-moves.ts';
import {
  approvedRequest,
  committed,
  type MadeBundle,
  receiptFor,
  releasedPackage,
} from '../support/sync-ceremony.ts';
import { bytesOf } from '../support/sync-client.ts';
import type { OpenedMove } from '../support/sync-move.ts';
import {
  approveOrganisation,
  askedOrganisation,
  type OpenedOrganisation,
  openedWith,
  releasedOrganisation,
} from '../support/sync-organisation.ts';
import {
  addOrganisation,
  halfBundle,
  halfPackage,
  movedBundle,
  type OwnOrganisation,
  twoVersions,
  type TwoVersions,
} from '../support/sync-organisation-moves.ts';
import { deploy } from '../support/sync-service.ts';
import { changed, keptInstead } from '../support/sync-tricks.ts';
import { approvedChange } from '../support/sync-version.ts';

const code = (name: string) => expect.objectContaining({ code: name }) as Error;

describe('an organisation moves to the active key version', { retry: 0 }, () => {
  let world: TwoVersions;
  let organisation: OwnOrganisation;
  let halves: OpenedMove;
  let half: MadeBundle;
  let opened: OpenedOrganisation;
  let made: MadeBundle;
  const admins = () => world.service.admins;
  const entryOf = (id: number) => world.deployment.kv(vaultPaths.surveyKek(id));
  const retire = () => admins().operator.post('/v1/packages/retire', { keyVersion: 'v1' });
  const asked = (change: Readonly<Record<string, unknown>> = {}) =>
    askedOrganisation(admins().operator, world.second, organisation.id, {
      passphrase: 'kept',
      ...change,
    });

  beforeAll(async () => {
    world = await twoVersions(await deploy());
    organisation = await addOrganisation(world.deployment, world.first);
  });
  afterAll(() => world?.deployment.stop());

  it('holds its version back, and has to wait for the half', async () => {
    await expect(retire()).rejects.toMatchObject({
      code: 'version-needed',
      problem: { title: expect.stringContaining('1 organisation') as string },
    });
    await expect(asked()).rejects.toThrow(code('half-not-handed-over'));
  });

  it('the package for the survey keys of the version asks for the half, though none is left', async () => {
    halves = await halfPackage(admins(), world.first);
    expect(halves.document.body).toMatchObject({
      keyVersion: 'v1',
      movesTo: 'v2',
      handsOver: true,
      files: [],
      stored: { checktick: 0, sealed: 0 },
    });
    // A bundle that does nothing at all is none.
    await expect(halfBundle(world, halves, false)).rejects.toThrow();
  });

  it('approvers read what is handed over, and a quorum’s bundle is committed', async () => {
    half = await halfBundle(world, halves);
    const { operator, approver1 } = admins();
    const taken = await operator.post<BundleAnswer>('/v1/bundles', half.bytes);
    expect(taken.state).toBe('verified');
    const { statement } = await approver1.show('bundle-approve', half.digest, { reason: 'read' });
    expect(statement.sentence).toContain('Hand the half for organisations of key version v1');
    expect(Object.fromEntries(statement.facts)['half for organisations']).toContain(
      'an owner with the passphrase open what organisations keep under v1',
    );
    await approveOrganisation(admins(), half);
    await committed(admins(), half);
    const { body } = await receiptFor(operator, world.first, half.digest);
    expect(body.statement).toContain('Its half for organisations was handed over to v2.');
    await expect(retire()).rejects.toThrow(code('version-needed'));
  });

  it('a half under whose bundle not all signatures stand any more goes to nobody', async () => {
    const altered = changed(half.bytes, (envelope) => ({
      ...envelope,
      signatures: envelope.signatures.slice(1),
    }));
    await keptInstead(world.deployment, half.digest, altered);
    await expect(asked()).rejects.toThrow(code('bundle-not-as-imported'));
    await keptInstead(world.deployment, half.digest, half.bytes);
  });

  it('then the organisation’s package brings the half and its own entries, as two have read', async () => {
    const one = await asked();
    const { statement } = await admins().approver1.show('package-release', one.nonce, {
      reason: 'read',
    });
    expect(statement.sentence).toContain('2 stored keys of organisation');
    expect(Object.fromEntries(statement.facts)).toMatchObject({
      passphrase: 'the one in use; it stays',
      moves: 'from key version v1 to v2',
      'these surveys are': expect.stringContaining('all of which') as string,
    });
    opened = await releasedOrganisation(admins(), world.second, one);
    const { body } = opened.document;
    expect(body.facts.keyVersion).toBe('v2');
    expect(body.surveys).toMatchObject([
      { userId: null, escrow: { kind: 'organisation' }, keyHash: 'sealed' },
      { userId: null, escrow: { kind: 'organisation' }, keyHash: 'none' },
    ]);
    const { moves, mode, audience } = body;
    if (moves === undefined) throw new Error('it moves');
    const { from, ceremonyId, nonce, sealed } = moves;
    expect([from, nonce]).toEqual(['v1', half.nonce]);
    const key = escrowPrivateKey(world.second.platformKey, { mode, keyVersion: 'v2' });
    const place = { mode, audience, from, to: 'v2', ceremonyId, nonce };
    expect(await openHalf(place, key, sealed)).toEqual(organisationHalf(world.first.platformKey));
    const texts = await Promise.all(organisation.surveys.map(({ id }) => entryOf(id)));
    expect(opened.secrets.escrows.map(({ bytes }) => bytesToHex(bytes))).toEqual(
      texts.map((entry) => entry?.['encrypted_kek']),
    );
  });

  it('a bundle that says another version of before is refused', async () => {
    const wrong = await movedBundle(world, organisation, opened, { change: { movedFrom: 'v0' } });
    await expect(admins().operator.post('/v1/bundles', wrong.bytes)).rejects.toThrow(
      code('package-differs'),
    );
  });

  it('after the commit it opens with the other platform key and the same passphrase', async () => {
    const { operator, approver1 } = admins();
    made = await movedBundle(world, organisation, opened);
    await operator.post('/v1/bundles', made.bytes);
    const { statement } = await approver1.show('bundle-approve', made.digest, { reason: 'read' });
    expect(statement.sentence).toContain('from key version v1 to v2, under the same passphrase');
    await approveOrganisation(admins(), made);
    const before = await entryOf(organisation.surveys[0].id);
    await committed(admins(), made);
    for (const survey of organisation.surveys) {
      const kek = await openedWith(
        world.deployment,
        world.second,
        organisation.id,
        survey,
        OWN_WORDS,
      );
      expect(kek).toEqual(survey.kek);
      expect(await entryOf(survey.id)).toMatchObject({
        platform_key_version: 'v2',
        remark: 'kept',
      });
    }
    expect(await entryOf(organisation.surveys[0].id)).not.toEqual(before);
    expect(
      await world.deployment.kv(vaultPaths.organisationMasterKey(organisation.id)),
    ).toMatchObject({
      note: 'No key is stored here',
      platform_key_version: 'v2',
      moved_by: made.digest,
    });
    const { body } = await receiptFor(operator, world.second, made.digest);
    expect(body.statement).toContain('under the same passphrase and key version v2');
    await expect(asked()).rejects.toThrow(code('organisation-not-behind'));
    // No ceremony has made up a passphrase under which another could go on.
    await expect(asked({ passphrase: 'continued' })).rejects.toThrow(
      code('organisation-not-begun'),
    );
  });

  it('a member’s recovery goes by the version of the entry', async () => {
    const [survey] = organisation.surveys;
    const { id: surveyId, teamId } = survey;
    const way = { organisationId: organisation.id, teamId };
    const userId = world.deployment.checktick.people.requester.id;
    const request = await approvedRequest(admins(), { userId, surveyId, organisation: way });
    const { nonce, ticket } = await releasedPackage(admins(), world.second, request.code);
    const file = await admins().operator.get<FileAnswer>(`/v1/packages/${nonce}/file`);
    const { body } = parsePackage(bytesOf(file), world.second.mode, world.second.sync);
    if (body.kind !== 'recover-member') throw new Error('an organisation keeps it');
    expect(body.facts.keyVersion).toBe('v2');
    const secrets = await openMemberPackage(body, ticket.keys.privateKey);
    const kek = await openOrganisationKek(
      xorComponents(secrets.vaultComponent, world.second.component),
      { ...body.organisation, surveyId },
      new TextEncoder().encode(OWN_WORDS),
      secrets.encryptedKek,
    );
    expect(kek).toEqual(survey.kek);
  });

  it('then the version ends, and platform/master-key follows', async () => {
    const { operator } = admins();
    const entry = await world.deployment.kv(MASTER_KEY);
    expect(entry?.['vault_component']).toBe(bytesToHex(world.first.vaultComponent));
    const ending = await approvedChange(admins(), world.second, 'retire', 'v1');
    await committed(admins(), ending);
    expect(await world.deployment.kv(MASTER_KEY)).toEqual({
      ...entry,
      vault_component: bytesToHex(world.second.vaultComponent),
    });
    const { body } = await receiptFor(operator, world.second, ending.digest);
    expect(body).toMatchObject({ kind: 'retire', outcome: 'committed' });
    expect(body.readBack).toContain('Vault platform/master-key');
  });
});
