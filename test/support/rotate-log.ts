/**
 * The log of new shares of a platform key, of a new platform key, or of another set of the same, as the app
 * writes it, from its package to its receipt: three of the set in force give a share, everybody of the new set gets one.
 * @module
 */
import type {
  AddSetPackage,
  NewVersionPackage,
  PackageDocument,
  RotatePackage,
} from '../../shared/bundle/package.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { escrowKeyDigest } from '../../shared/sharing/escrow-key.ts';
import { makeAddSetBundle, makeAddSetPackage } from './add-set-documents.ts';
import { deliver, LogWriter, type LogOptions } from './logs.ts';
import { makeRotateBundle, makeRotatePackage } from './rotate-documents.ts';
import type { TestShareSet } from './share-sets.ts';
import { makeVersionBundle, makeVersionPackage } from './version-documents.ts';

const digestOf = (value: string) => ({ type: 'digest', value }) as const;

type Source = PackageDocument & {
  readonly body: RotatePackage | NewVersionPackage | AddSetPackage;
};

/** How far it came, and what sync answered. */
type LogEnd = Pick<LogOptions, 'until' | 'outcome' | 'answered'>;

export async function makeRotateLog(
  set: TestShareSet,
  next: TestShareSet,
  random: RandomSource = randomBytes,
  end: LogEnd = {},
) {
  const { document } = await makeRotatePackage(set, random);
  const { writer, transcript } = await toBundle(set, next, document, random);
  const options = { random, package: document, change: { transcript } };
  return deliver(writer, set, await makeRotateBundle(set, next, options), end);
}

/**
 * @param next of the next version
 * @param end `others`: sets of further versions, one of which may have signed the roster of `set`
 */
export async function makeVersionLog(
  set: TestShareSet,
  next: TestShareSet,
  random: RandomSource = randomBytes,
  { others = [], ...end }: LogEnd & { readonly others?: readonly TestShareSet[] } = {},
) {
  const { document } = await makeVersionPackage(set, { random, others });
  const { writer, transcript } = await toBundle(set, next, document, random);
  const options = { random, package: document, change: { transcript } };
  return deliver(writer, set, await makeVersionBundle(set, next, options), end);
}

/**
 * @param next another split of the component of `set`
 * @param end `others`: further sets that are trusted
 */
export async function makeAddSetLog(
  set: TestShareSet,
  next: TestShareSet,
  random: RandomSource = randomBytes,
  { others = [], ...end }: LogEnd & { readonly others?: readonly TestShareSet[] } = {},
) {
  const document = await makeAddSetPackage(set, { random, others });
  const { writer, transcript } = await toBundle(set, next, document, random);
  const bundle = await makeAddSetBundle(set, next, document, { change: { transcript } });
  return deliver(writer, set, bundle, end);
}

/** The ceremony of a package, how its agreement and what it makes are called. */
const CEREMONIES = {
  'rotate-shares': ['rotate', 'rotation-agreed', 'key-renewed'],
  'new-version': ['new-version', 'version-agreed', 'key-made'],
  'add-set': ['add-set', 'set-agreed', 'component-restored'],
} as const;

async function toBundle(
  set: TestShareSet,
  next: TestShareSet,
  source: Source,
  random: RandomSource,
) {
  const { sync, mode } = set;
  const { cast, ceremonyId } = next;
  const { body } = next.manifest;
  const [ceremony, agreement, made] = CEREMONIES[source.body.kind];
  const bringsHalf = source.body.kind !== 'add-set';
  const writer = new LogWriter({ mode, kind: ceremony, ceremonyId }, random);
  writer
    .entry('ceremony-opened', { ceremony, application: 'Conclave 0.1.0' })
    .document(sync.descriptor.envelope)
    .entry('descriptor-trusted', {
      digest: digestOf(sync.descriptor.digest),
      audience: sync.audience,
      how: 'typed',
    });
  const { nonce, epoch, expiresAt } = source.body;
  writer
    .document(set.roster.envelope)
    .document(set.manifest.envelope)
    .document(source.envelope)
    .entry('package-imported', {
      digest: digestOf(source.digest),
      nonce,
      packageKind: source.body.kind,
      epoch,
      expiresAt: { type: 'time', value: expiresAt },
    })
    .entry('plan-agreed', {
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
  const agreed = {
    label: set.manifest.body.label,
    serial: next.roster.body.serial,
    previous: digestOf(set.roster.digest),
    'change.1': 'custodian 1 (custodian) is told by mail at keys@hospital.example from now on',
  };
  if (bringsHalf) writer.entry('vault-component-checked', { fits: true });
  if (agreement === 'rotation-agreed') {
    writer.entry(agreement, { ...agreed, replaces: digestOf(set.manifest.digest) });
  } else {
    writer.entry(agreement, {
      ...agreed,
      keyVersion: set.manifest.body.keyVersion,
      ...(agreement === 'version-agreed' ? { nextVersion: body.keyVersion } : {}),
      beside: digestOf(set.manifest.digest),
    });
  }
  const given = set.cast.custodians.slice(0, set.manifest.body.threshold);
  for (const [at, { name, signer }] of given.entries()) {
    const index = at + 1;
    writer
      .entry('person-seated', { name, role: 'custodian' })
      .entry('share-accepted', { index, custodian: name, medium: 'paper' })
      .entry('share-attested', {
        index,
        custodian: name,
        statement: 'I gave this share to make new ones, and for nothing else.',
      });
    await writer.seal(signer);
  }
  const checks = Object.entries(body.checks).map(([name, value]) => [`check.${name}`, value]);
  const indexes = given.map((_, at) => at + 1).join(', ');
  if (bringsHalf) writer.entry('platform-key-checked', { fits: true, indexes });
  writer
    .entry(made, {
      ...(bringsHalf ? {} : { indexes }),
      componentId: next.componentId,
      componentBytes: body.componentBytes,
      ...Object.fromEntries(checks),
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
    const { name } = custodian;
    const [{ kind, description } = { kind: 'paper', description: 'A4 sheet 1' }] = media;
    const written = { index, custodian: name, medium: kind };
    writer
      .entry('person-seated', { name, role: 'custodian' })
      .entry('share-writing', written)
      .entry('share-written', { ...written, description })
      .entry('share-read-back', { ...written, publicKey })
      .entry('share-attested', {
        index,
        custodian: name,
        statement: 'I hold this share and read it back.',
      });
    const person = cast.custodians[index - 1];
    if (person === undefined) throw new Error('Every share has a custodian.');
    await writer.seal(person.signer);
  }
  writer
    .entry('quorum-proved', { indexes: '2, 4' })
    .document(next.roster.envelope)
    .document(next.manifest.envelope)
    .entry('set-signed', {
      manifestDigest: digestOf(next.manifest.digest),
      rosterDigest: digestOf(next.roster.digest),
    });
  await writer.seal(...set.quorum, ...next.quorum, cast.operator.signer, cast.witness.signer);
  return { writer, transcript: writer.standing() };
}
