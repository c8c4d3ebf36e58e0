/**
 * The golden files for an owner who forgot the passphrase still decode, verify and open; and the
 * entries in the bundle open by CheckTick's formulas with the new passphrase.
 */
import { expect, test } from 'vitest';
import { goldenFile, goldenJson } from '../test/support/golden.ts';
import { bundleType, verifyBundle, type OrganisationBundle } from './bundle/bundle.ts';
import { openOrganisationBundle } from './bundle/organisation-bundle.ts';
import { openOrganisationPackage } from './bundle/organisation-package.ts';
import { answersOrganisation } from './bundle/organisation.ts';
import { parsePackage, type OrganisationPackage } from './bundle/package.ts';
import {
  fitsKeyHash,
  openKekBlob,
  openOrganisationKek,
  userRecoveryKey,
  vaultPaths,
} from './checktick/index.ts';
import { bytesToHex, hexToBytes } from './encoding/bytes.ts';
import { encodeJson } from './encoding/json.ts';
import { openEscrow } from './escrow/escrow.ts';
import { parseRoster } from './identity/roster.ts';
import { MODES } from './mode.ts';
import { escrowPrivateKey } from './sharing/escrow-key.ts';
import { parseManifest } from './sharing/manifest.ts';

test.each(MODES)('%s', async (mode) => {
  const wanted = goldenJson(mode, 'migrate-organisation/expected.json') as {
    package: OrganisationPackage;
    bundle: OrganisationBundle;
    sync: { audience: string; publicKey: string };
    passphrase: string;
    entries: string[];
    secrets: Record<'platformKey' | 'ticketPrivateKey' | 'recipientPrivateKey', string> & {
      keks: string[];
    };
  };
  const { secrets } = wanted;
  const platformKey = hexToBytes(secrets.platformKey);
  const file = goldenFile(mode, 'migrate-organisation/package.json');
  const source = parsePackage(file, mode, wanted.sync);
  expect(source.body).toEqual(wanted.package);
  const { facts, surveys } = wanted.package;
  const ticketKey = hexToBytes(secrets.ticketPrivateKey);
  const { escrows, entry } = await openOrganisationPackage(wanted.package, ticketKey);
  expect(entry).toBeNull();
  expect(escrows).toHaveLength(3);
  for (const [at, { bytes, keyHash }] of escrows.entries()) {
    const survey = surveys[at];
    const { surveyId = 0, escrow } = survey ?? {};
    const userId = survey?.userId ?? 0;
    const { audience, keyVersion } = { ...wanted.sync, ...facts };
    const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
    const kek =
      escrow?.kind === 'sealed'
        ? await openEscrow(
            escrowPrivateKey(platformKey, { mode, keyVersion }),
            { mode, audience, keyVersion, userId, surveyId },
            bytes,
          )
        : await openKekBlob(await userRecoveryKey(platformKey, userId), path, bytesToHex(bytes));
    expect(bytesToHex(kek)).toBe(secrets.keks[at]);
    if (keyHash !== null) expect(await fitsKeyHash(kek, keyHash)).toBe(true);
  }

  const bundle = bundleType.parse(goldenFile(mode, 'migrate-organisation/bundle.json'), mode);
  expect(bundle.body).toEqual(wanted.bundle);
  expect(bundle.body.packageDigest).toBe(source.digest);
  expect(answersOrganisation(wanted.package, wanted.bundle)).toBe(true);
  const set = parseManifest(encodeJson(wanted.package.manifest), mode);
  const people = parseRoster(encodeJson(wanted.package.roster), mode, set.body);
  expect(verifyBundle(bundle, set.body, people.body).shares).toHaveLength(3);
  const recipientKey = hexToBytes(secrets.recipientPrivateKey);
  const entries = await openOrganisationBundle(bundle.body, recipientKey);
  expect(entries.map(bytesToHex)).toEqual(wanted.entries);
  for (const [at, { surveyId, teamId }] of wanted.bundle.moved.entries()) {
    const way = { organisationId: facts.organisationId, teamId, surveyId };
    const words = new TextEncoder().encode(wanted.passphrase);
    const kek = await openOrganisationKek(platformKey, way, words, wanted.entries[at] ?? '');
    expect(bytesToHex(kek)).toBe(secrets.keks[at]);
  }
});
