/** The golden files of a recovery of an organisation's survey still decode, verify and open. */
import { expect, test } from 'vitest';
import { goldenFile, goldenJson } from '../test/support/golden.ts';
import { bundleType, verifyBundle, type MemberBundle } from './bundle/bundle.ts';
import { openBundle } from './bundle/bundle-secret.ts';
import { openMemberPackage } from './bundle/member-package.ts';
import { parsePackage, type MemberPackage } from './bundle/package.ts';
import { openOrganisationKek } from './checktick/index.ts';
import { bytesToHex, hexToBytes } from './encoding/bytes.ts';
import { encodeJson } from './encoding/json.ts';
import { parseRoster } from './identity/roster.ts';
import { MODES } from './mode.ts';
import { parseManifest } from './sharing/manifest.ts';

test.each(MODES)('%s', async (mode) => {
  const wanted = goldenJson(mode, 'recover-member/expected.json') as {
    package: MemberPackage;
    bundle: MemberBundle;
    sync: { audience: string; publicKey: string };
    passphrase: string;
    secrets: Record<'platformKey' | 'ticketPrivateKey' | 'recipientPrivateKey' | 'kek', string>;
  };
  const { secrets } = wanted;
  const source = parsePackage(goldenFile(mode, 'recover-member/package.json'), mode, wanted.sync);
  expect(source.body).toEqual(wanted.package);
  const { organisation, facts } = wanted.package;
  const opened = await openMemberPackage(wanted.package, hexToBytes(secrets.ticketPrivateKey));
  const kek = await openOrganisationKek(
    hexToBytes(secrets.platformKey),
    { ...organisation, surveyId: facts.surveyId },
    new TextEncoder().encode(wanted.passphrase),
    opened.encryptedKek,
  );
  expect(bytesToHex(kek)).toBe(secrets.kek);
  const bundle = bundleType.parse(goldenFile(mode, 'recover-member/bundle.json'), mode);
  expect(bundle.body).toEqual(wanted.bundle);
  expect(bundle.body.packageDigest).toBe(source.digest);
  const set = parseManifest(encodeJson(wanted.package.manifest), mode);
  const people = parseRoster(encodeJson(wanted.package.roster), mode, set.body);
  expect(verifyBundle(bundle, set.body, people.body).shares).toHaveLength(3);
  expect(await openBundle(bundle.body, hexToBytes(secrets.recipientPrivateKey))).toEqual(kek);
});
