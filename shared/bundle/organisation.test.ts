/** An owner without passphrase on the wire: what its package holds, what its bundle says. */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  makeOrganisationBundle,
  makeOrganisationPackage,
  type TestOrganisationPackage,
} from '../../test/support/organisation-documents.ts';
import { organisationPackage } from '../../test/support/organisation-arbitraries.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { encodeEnvelope, signEnvelope } from '../encoding/dsse.ts';
import { encodeJson } from '../encoding/json.ts';
import { randomBytes } from '../secret/random.ts';
import { verifyBundleFile } from '../transcript/verify-files.ts';
import { bundleType, isRecovery, verifyBundle } from './bundle.ts';
import { openBundle } from './bundle-secret.ts';
import { openOrganisationBundle, sealOrganisationBundle } from './organisation-bundle.ts';
import { openOrganisationPackage, sealOrganisationPackage } from './organisation-package.ts';
import {
  answersOrganisation,
  LEFT_SURVEYS,
  ORGANISATION_SURVEYS,
  whosePassphrase,
  type OrganisationMoved,
} from './organisation.ts';
import { packageType, parsePackage } from './package.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
let set: TestShareSet;
let source: TestOrganisationPackage;
beforeAll(async () => {
  set = await makeShareSet();
  source = await makeOrganisationPackage(set);
});

async function signedAnyway(what: 'package' | 'bundle', body: unknown): Promise<Uint8Array> {
  const type = `application/vnd.conclave.${what}.v1.production+json`;
  return encodeEnvelope(await signEnvelope(type, encodeJson(body), [set.sync.signer]));
}

describe('the package', () => {
  test('gives component, escrows and hashes to the ticket’s key and to no other', async () => {
    const { document, ticket, secrets } = source;
    const opened = await openOrganisationPackage(document.body, ticket.keys.privateKey);
    expect(opened).toEqual(secrets);
    const other = await makeOrganisationPackage(set);
    await expect(
      openOrganisationPackage(document.body, other.ticket.keys.privateKey),
    ).rejects.toThrow(refused('sealed-not-openable'));
  });

  test('opens only with what it openly says of organisation and surveys', async () => {
    const { document, ticket } = source;
    const { body } = document;
    for (const change of [
      { facts: { ...body.facts, organisationId: 5 } },
      { surveys: body.surveys.slice(1) },
      { left: [] },
      { continues: { surveyId: 30, teamId: null } },
    ]) {
      await expect(
        openOrganisationPackage({ ...body, ...change }, ticket.keys.privateKey),
      ).rejects.toThrow(refused('sealed-not-openable'));
    }
  });

  test('whose sealed part is not what it openly says opens as nothing', async () => {
    const { document, ticket, secrets } = source;
    const { sealed: _, ...open } = document.body;
    const [first, second, third] = secrets.escrows;
    if (first === undefined || second === undefined || third === undefined) throw new Error('3');
    const cases = [
      { ...secrets, escrows: [first, second] },
      { ...secrets, escrows: [second, first, third] },
      { ...secrets, escrows: [{ ...first, keyHash: null }, second, third] },
      { ...secrets, escrows: [first, { ...second, keyHash: first.keyHash }, third] },
      { ...secrets, entry: randomBytes(60) },
    ];
    for (const lying of cases) {
      const body = await sealOrganisationPackage(open, ticket.keys.publicKey, lying);
      await expect(openOrganisationPackage(body, ticket.keys.privateKey)).rejects.toThrow(
        refused('sealed-not-openable'),
      );
    }
  });

  test('does not bring a sealed escrow that nothing could be compared with, nor a survey twice', async () => {
    const { body } = source.document;
    const [first, second, third] = body.surveys;
    if (first === undefined || second === undefined || third === undefined) throw new Error('3');
    for (const surveys of [
      [first, second, { ...third, keyHash: 'none' }],
      [first, { ...first }],
      [],
      Array.from({ length: ORGANISATION_SURVEYS + 1 }, (_, at) => ({ ...first, surveyId: at + 1 })),
    ]) {
      const bytes = await signedAnyway('package', { ...body, surveys });
      expect(() => parsePackage(bytes, 'production', set.sync)).toThrow(
        refused('document-damaged'),
      );
    }
  });

  test('has room for as many surveys as it may name, each with an escrow of the longest kind', async () => {
    const { document, ticket, secrets } = source;
    const { sealed: _, ...open } = document.body;
    const [, , survey] = open.surveys;
    const [, , escrow] = secrets.escrows;
    if (survey === undefined || escrow === undefined) throw new Error('a sealed one');
    const many = Array.from({ length: ORGANISATION_SURVEYS }, (_one, at) => ({
      ...survey,
      surveyId: at + 1,
    }));
    const left = Array.from({ length: LEFT_SURVEYS }, (_one, at) => ({
      surveyId: at + 1_000,
      teamId: null,
      surveyName: 'Survey',
      why: 'no-escrow' as const,
    }));
    const body = await sealOrganisationPackage(
      { ...open, surveys: many, left },
      ticket.keys.publicKey,
      { ...secrets, escrows: many.map(() => escrow) },
    );
    const bytes = packageType.toBytes(await packageType.sign(body, [set.sync.signer]));
    const parsed = parsePackage(bytes, 'production', set.sync);
    if (parsed.body.kind !== 'migrate-organisation') throw new Error('another kind');
    const opened = await openOrganisationPackage(parsed.body, ticket.keys.privateKey);
    expect(opened.escrows).toHaveLength(ORGANISATION_SURVEYS);
  });
});

describe('the bundle', () => {
  test('brings the entries to sync, and only as what it is', async () => {
    const { document, entries } = await makeOrganisationBundle(set, source);
    const { body } = document;
    const { privateKey } = set.sync.recipient;
    expect(isRecovery(body)).toBe(false);
    expect(verifyBundle(document, set.manifest.body, set.roster.body).shares).toHaveLength(3);
    expect(await openOrganisationBundle(body, privateKey)).toEqual(entries);
    await expect(openBundle(body, privateKey)).rejects.toThrow(refused('sealed-not-openable'));
    const moved = body.moved.map((one) => ({ ...one, teamId: 10 }));
    await expect(openOrganisationBundle({ ...body, moved }, privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });

  test('whose entries are not the ones that it names opens as nothing', async () => {
    const { document, entries } = await makeOrganisationBundle(set, source);
    const { sealed: _, ...open } = document.body;
    const { privateKey, publicKey } = set.sync.recipient;
    for (const others of [entries.slice(1), [...entries].reverse(), [randomBytes(60)]]) {
      const body = await sealOrganisationBundle(open, publicKey, others);
      await expect(openOrganisationBundle(body, privateKey)).rejects.toThrow(
        refused('sealed-not-openable'),
      );
    }
  });

  test('an auditor reads which survey got which entry, by whose escrow, and which stay', async () => {
    const { body } = source.document;
    const made = await makeOrganisationBundle(set, source);
    const [first, ...moved] = made.document.body.moved;
    if (first === undefined) throw new Error('a survey');
    const { surveyId, teamId } = first;
    const { document } = await makeOrganisationBundle(set, source, {
      change: { moved, unopened: [{ surveyId, teamId, why: 'not-the-surveys' }] },
    });
    expect(answersOrganisation(body, document.body)).toBe(true);
    const anchor = { manifest: set.manifest, roster: set.roster };
    const read = verifyBundleFile(bundleType.toBytes(document), 'production', anchor);
    expect(read.standing).toBe('authenticated');
    const facts = read.facts.join('\n');
    expect(facts).toContain(
      'It wraps 2 survey keys of organisation 4 (Organisation 4) under a new passphrase, which owner 1 made up',
    );
    expect(facts).toContain(
      'The key of survey 32 came from the escrow of user 8; its key was compared with nothing',
    );
    expect(facts).toContain(
      'The entry of survey 31 (team 9) stays as it is: the key in the user’s',
    );
  });

  test('answers exactly the surveys of its package', async () => {
    const { body } = source.document;
    const { document } = await makeOrganisationBundle(set, source);
    const said: OrganisationMoved = document.body;
    const [first, second, third] = said.moved;
    if (first === undefined || second === undefined || third === undefined) throw new Error('3');
    expect(answersOrganisation(body, said)).toBe(true);
    const why = 'not-opened' as const;
    const unopened = [{ surveyId: first.surveyId, teamId: first.teamId, why }];
    expect(answersOrganisation(body, { ...said, moved: [second, third], unopened })).toBe(true);
    const wrong: Partial<OrganisationMoved>[] = [
      { moved: [second, third] },
      { unopened },
      { moved: [second, first, third] },
      { moved: [{ ...first, teamId: null }, second, third] },
      { moved: [{ ...first, userId: 9 }, second, third] },
      { moved: [{ ...first, surveyId: 99 }, second, third] },
      { moved: [{ ...first, surveyKey: 'not-compared' }, second, third] },
      { moved: [first, { ...second, surveyKey: 'fits' }, third] },
      { moved: [second, third], unopened: [{ surveyId: first.surveyId, teamId: 1, why }] },
      { passphrase: 'continued' },
      { facts: { ...said.facts, owner: 'owner 2' } },
      { facts: { ...said.facts, organisationId: 5 } },
    ];
    for (const change of wrong)
      expect(answersOrganisation(body, { ...said, ...change })).toBe(false);
    expect(answersOrganisation({ ...body, continues: { surveyId: 9, teamId: 1 } }, said)).toBe(
      false,
    );
  });
});

// The envelope is that of every other kind, of which each byte is tried in documents.test.ts.
test('a single-byte change of package or bundle is refused', { timeout: 180_000 }, async () => {
  const small = await makeShareSet({ threshold: 2, count: 2 });
  const made = await makeOrganisationPackage(small);
  const read = (changed: Uint8Array) => parsePackage(changed, 'production', small.sync);
  expect(notRefused(packageType.toBytes(made.document), read, { sample: 1, step: 8 })).toEqual([]);
  const { document } = await makeOrganisationBundle(small, made);
  const accept = (changed: Uint8Array) =>
    verifyBundle(bundleType.parse(changed, 'production'), small.manifest.body, small.roster.body);
  expect(notRefused(bundleType.toBytes(document), accept, { sample: 1, step: 4 })).toEqual([]);
});

test('any answer that names every survey is one, and none that leaves one out', () => {
  fc.assert(
    fc.property(organisationPackage, fc.infiniteStream(fc.boolean()), (body, opens) => {
      const { facts, surveys, moves } = body;
      const opened = new Set(surveys.filter(() => opens.next().value === true));
      const moved = surveys
        .filter((one) => opened.has(one))
        .map(({ surveyId, teamId, userId, keyHash }) => ({
          surveyId,
          teamId,
          userId,
          surveyKey: keyHash === 'sealed' ? ('fits' as const) : ('not-compared' as const),
          entry: '00'.repeat(32),
        }));
      const unopened = surveys
        .filter((one) => !opened.has(one))
        .map(({ surveyId, teamId }) => ({ surveyId, teamId, why: 'not-opened' as const }));
      const passphrase = whosePassphrase(body);
      const whence = moves === undefined ? {} : { movedFrom: moves.from };
      const said = { facts, passphrase, ...whence, moved, unopened };
      expect(answersOrganisation(body, said)).toBe(true);
      const fewer =
        moved.length > 0
          ? { ...said, moved: moved.slice(1) }
          : { ...said, unopened: unopened.slice(1) };
      expect(answersOrganisation(body, fewer)).toBe(false);
    }),
  );
});
