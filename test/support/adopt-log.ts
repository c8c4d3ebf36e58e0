/**
 * The log of an adoption, as the app writes it, from its package to its receipt: four legacy shares
 * of which one is wrong, three stored survey keys of which one does not open.
 * @module
 */
import { storedKeyInWords } from '../../shared/bundle/adopt.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { escrowKeyDigest } from '../../shared/sharing/escrow-key.ts';
import { foundSame, makeAdoptBundle, makeAdoptPackage, secretsSame } from './adopt-documents.ts';
import { ENCRYPTED_KEK } from './documents.ts';
import { deliver, LogWriter } from './logs.ts';
import type { TestShareSet } from './share-sets.ts';

const KEYS = [31, 32, 33].map((surveyId) => ({ userId: 7, surveyId }));

/** @param newLegacy the component is written as new legacy shares too, onto two sticks */
export async function makeAdoptLog(
  set: TestShareSet,
  random: RandomSource = randomBytes,
  newLegacy = false,
) {
  const { manifest, roster, cast, sync, mode, ceremonyId } = set;
  const { body } = manifest;
  const [proof = null, ...more] = KEYS;
  const found = foundSame(body.keyVersion);
  const [secrets] = secretsSame(set);
  if (secrets === undefined) throw new Error('The set has one version.');
  const source = await makeAdoptPackage(set, {
    random,
    found: { ...found, versions: found.versions.map((one) => ({ ...one, proof, more })) },
    secrets: [{ ...secrets, encryptedKeks: KEYS.map(() => ENCRYPTED_KEK) }],
  });
  const writer = new LogWriter({ mode, kind: 'adopt', ceremonyId }, random);
  const digestOf = (value: string) => ({ type: 'digest', value }) as const;
  writer
    .entry('ceremony-opened', { ceremony: 'adopt', application: 'Conclave 0.1.0' })
    .document(sync.descriptor.envelope)
    .entry('descriptor-trusted', {
      digest: digestOf(sync.descriptor.digest),
      audience: sync.audience,
      how: 'typed',
    });
  const { nonce, epoch, expiresAt } = source.document.body;
  writer.document(source.document.envelope).entry('package-imported', {
    digest: digestOf(source.document.digest),
    nonce,
    packageKind: 'adopt',
    epoch,
    expiresAt: { type: 'time', value: expiresAt },
  });
  writer.entry('plan-agreed', {
    label: body.label,
    keyVersion: body.keyVersion,
    threshold: body.threshold,
    count: body.count,
    page: 'A4',
    operator: cast.operator.name,
    witness: cast.witness.name,
    ...Object.fromEntries(
      cast.custodians.map(({ name }, at) => [`custodian.${at + 1}.name`, name]),
    ),
  });
  for (const { name, roles, signer } of [cast.operator, cast.witness]) {
    const [role = ''] = roles;
    writer.entry('identity-ready', { name, role, publicKey: signer.keyid, how: 'opened' });
  }
  writer.entry('adopt-package-opened', { 'version.1': `${body.keyVersion}: same` });
  if (mode === 'rehearsal') writer.entry('legacy-practice');
  writer
    .entry('legacy-given', { numbers: '1, 2', by: 'custodian 1', source: 'a text file' })
    .entry('legacy-given', { numbers: '3', by: 'custodian 2', source: 'typed by hand' })
    .entry('legacy-given', { numbers: '4', by: 'a former custodian', source: 'a code on paper' })
    .entry('legacy-compared', { standing: 'wrong', agreed: false, suspects: '3' })
    .entry('legacy-proved', {
      proof: 'escrow',
      place: 'both',
      ...KEYS[0],
      'opened.1': KEYS.slice(0, 1).map(storedKeyInWords).join(),
      'opened.2': KEYS.slice(2).map(storedKeyInWords).join(),
      'unopened.1': KEYS.slice(1, 2).map(storedKeyInWords).join(),
      wrong: 3,
    })
    .entry('key-restored', {
      legacy: 'any 3 of 4 legacy shares',
      componentId: set.componentId,
      componentBytes: body.componentBytes,
      'check.custodianComponent': body.checks.custodianComponent,
      'check.vaultComponent': body.checks.vaultComponent,
      'check.platformKey': body.checks.platformKey,
      'escrowKey.digest': escrowKeyDigest(body.escrowKey ?? ''),
    })
    .entry('component-split', {
      setId: body.setId,
      generation: body.generation,
      threshold: body.threshold,
      count: body.count,
      ...Object.fromEntries(
        body.shares.map(({ index, publicKey }) => [`share.${index}`, publicKey]),
      ),
    });
  for (const { index, custodian, publicKey, media } of body.shares) {
    const [medium] = media;
    const common = { index, custodian: custodian.name, medium: medium?.kind ?? 'paper' };
    writer.entry('share-written', { ...common, description: medium?.description ?? '' });
    writer.entry('share-read-back', { ...common, publicKey });
  }
  writer.entry('quorum-proved', { indexes: '1, 2, 3' });
  writer
    .document(roster.envelope)
    .document(manifest.envelope)
    .entry('set-signed', {
      manifestDigest: digestOf(manifest.digest),
      rosterDigest: digestOf(roster.digest),
    });
  if (newLegacy) {
    writer.entry('new-legacy-split', { threshold: 2, count: 2 });
    for (const [at, custodian] of ['custodian 1', 'a doctor'].entries()) {
      const written = { number: at + 1, custodian, description: `stick WARD-${at + 1} (16 GB)` };
      writer
        .entry('new-legacy-writing', { number: at + 1, custodian })
        .entry('new-legacy-written', written)
        .entry('new-legacy-read-back', written);
    }
    writer.entry('new-legacy-proved', { threshold: 2, count: 2 });
  }
  await writer.seal(...set.quorum, cast.operator.signer, cast.witness.signer);
  const bundle = await makeAdoptBundle(set, {
    random,
    package: source.document,
    transcript: writer.standing(),
    said: { unopened: KEYS.slice(1, 2) },
  });
  return deliver(writer, set, bundle, {});
}
