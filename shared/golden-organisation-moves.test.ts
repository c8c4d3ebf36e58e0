/**
 * The golden files of an organisation that moves still decode, verify and open: the half gives the key
 * of before, and what came back opens by CheckTick's formulas with the other platform key.
 */
import { expect, test } from 'vitest';
import { goldenFile, goldenJson } from '../test/support/golden.ts';
import {
  bundleType,
  verifyBundle,
  type MoveBundle,
  type OrganisationBundle,
} from './bundle/bundle.ts';
import { answersMove } from './bundle/move.ts';
import { openOrganisationBundle } from './bundle/organisation-bundle.ts';
import { openHalf } from './bundle/organisation-half.ts';
import { openOrganisationPackage } from './bundle/organisation-package.ts';
import { answersOrganisation } from './bundle/organisation.ts';
import { setBytes, verifyPackagedSet } from './bundle/packaged-set.ts';
import { parsePackage, type MovePackage, type OrganisationPackage } from './bundle/package.ts';
import { openKekBlob, openOrganisationKek, teamKey, vaultPaths } from './checktick/index.ts';
import { organisationKeyFromHalf } from './checktick/organisation-half.ts';
import { bytesToHex, hexToBytes } from './encoding/bytes.ts';
import { MODES } from './mode.ts';
import { escrowPrivateKey } from './sharing/escrow-key.ts';

test.each(MODES)('%s', async (mode) => {
  const wanted = goldenJson(mode, 'organisation-moves/expected.json') as {
    halfPackage: MovePackage;
    halfBundle: MoveBundle;
    package: OrganisationPackage;
    bundle: OrganisationBundle;
    sync: { audience: string; publicKey: string };
    passphrase: string;
    entries: string[];
    secrets: Record<'nextPlatformKey' | 'ticketPrivateKey' | 'recipientPrivateKey', string> & {
      keks: string[];
    };
  };
  const { secrets, sync } = wanted;
  const file = (name: string) => goldenFile(mode, `organisation-moves/${name}.json`);
  const asks = parsePackage(file('half-package'), mode, sync);
  expect(asks.body).toEqual(wanted.halfPackage);
  const brings = bundleType.parse(file('half-bundle'), mode);
  expect(brings.body).toEqual(wanted.halfBundle);
  expect(brings.body.packageDigest).toBe(asks.digest);
  expect(answersMove(wanted.halfPackage, wanted.halfBundle)).toBe(true);

  const source = parsePackage(file('package'), mode, sync);
  expect(source.body).toEqual(wanted.package);
  const { facts, surveys, moves } = wanted.package;
  if (moves === undefined) throw new Error('it moves');
  const { ceremonyId, nonce, organisationHalf } = wanted.halfBundle;
  const from = wanted.halfPackage.keyVersion;
  expect(moves).toEqual({ from, ceremonyId, nonce, sealed: organisationHalf });
  const platformKey = hexToBytes(secrets.nextPlatformKey);
  const { keyVersion: to } = facts;
  const place = { mode, audience: sync.audience, from, to, ceremonyId, nonce };
  const privateKey = escrowPrivateKey(platformKey, { mode, keyVersion: to });
  const half = await openHalf(place, privateKey, moves.sealed);
  const words = new TextEncoder().encode(wanted.passphrase);
  const before = await organisationKeyFromHalf(half, facts.organisationId, words);
  const ticketKey = hexToBytes(secrets.ticketPrivateKey);
  const { escrows } = await openOrganisationPackage(wanted.package, ticketKey);
  for (const [at, { bytes }] of escrows.entries()) {
    const { surveyId = 0, teamId = null } = surveys[at] ?? {};
    const key = teamId === null ? before : await teamKey(before, teamId);
    const kek = await openKekBlob(key, vaultPaths.surveyKek(surveyId), bytesToHex(bytes));
    expect(bytesToHex(kek)).toBe(secrets.keks[at]);
  }

  const bundle = bundleType.parse(file('bundle'), mode);
  expect(bundle.body).toEqual(wanted.bundle);
  expect(bundle.body.packageDigest).toBe(source.digest);
  expect(answersOrganisation(wanted.package, wanted.bundle)).toBe(true);
  const { manifest, roster } = verifyPackagedSet(setBytes(wanted.package), mode);
  expect(verifyBundle(bundle, manifest.body, roster.body).shares).toHaveLength(3);
  const recipientKey = hexToBytes(secrets.recipientPrivateKey);
  const entries = await openOrganisationBundle(bundle.body, recipientKey);
  expect(entries.map(bytesToHex)).toEqual(wanted.entries);
  for (const [at, { surveyId, teamId }] of wanted.bundle.moved.entries()) {
    const way = { organisationId: facts.organisationId, teamId, surveyId };
    const kek = await openOrganisationKek(platformKey, way, words, wanted.entries[at] ?? '');
    expect(bytesToHex(kek)).toBe(secrets.keks[at]);
  }
});
