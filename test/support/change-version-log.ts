/**
 * The log of a ceremony that puts another key version to use, or that retires one, as the app writes it.
 * @module
 */
import type { VersionChange } from '../../shared/ceremony/package-facts.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { deliver, LogWriter, type LogOptions, type TestLog } from './logs.ts';
import { randomId } from './people.ts';
import type { TestShareSet } from './share-sets.ts';
import { makeChangeBundle, makeChangePackage, type TestChangeBundle } from './version-documents.ts';

const digestOf = (value: string) => ({ type: 'digest', value }) as const;

/** @param set of the active version, whose shares sign; `other`: of the one that it is about */
export async function makeChangeLog(
  change: VersionChange,
  set: TestShareSet,
  other: Pick<TestShareSet, 'manifest'>,
  options: LogOptions = {},
): Promise<TestLog<TestChangeBundle>> {
  const { random = randomBytes } = options;
  const { manifest, roster, cast, sync, mode } = set;
  const ceremonyId = randomId(random);
  const { keyVersion: version, label: otherLabel } = other.manifest.body;
  const { keyVersion, label } = manifest.body;
  const source = await makeChangePackage(set, change, version, random, {
    others: [other],
    stored: { active: 3, other: 0 },
  });
  const { nonce, epoch, expiresAt } = source.body;
  const writer = new LogWriter({ mode, kind: change, ceremonyId }, random, options.begin);
  writer
    .entry('ceremony-opened', { ceremony: change, application: 'Conclave 0.1.0' })
    .document(sync.descriptor.envelope)
    .entry('descriptor-trusted', {
      digest: digestOf(sync.descriptor.digest),
      audience: sync.audience,
      how: 'known',
    })
    .document(source.envelope)
    .document(roster.envelope)
    .document(manifest.envelope)
    .entry('package-imported', {
      digest: digestOf(source.digest),
      nonce,
      packageKind: change,
      epoch,
      expiresAt: { type: 'time', value: expiresAt },
    })
    .entry('environment-checked', { standing: 'ready', 'probe.swap': 'pass' })
    .entry('clock-compared', { agrees: true });
  const agreed = {
    keyVersion,
    label,
    otherLabel,
    otherSet: digestOf(other.manifest.digest),
    storedUnder: 3,
    storedUnderOther: 0,
  };
  if (change === 'activate') {
    writer.entry('activation-agreed', { activates: version, ...agreed });
  } else writer.entry('retirement-agreed', { retires: version, ...agreed });
  for (const share of set.shares.slice(0, manifest.body.threshold)) {
    const person = cast.custodians[share.index - 1];
    if (person === undefined) throw new Error('Every share has a custodian.');
    writer.entry('person-seated', { name: person.name, role: 'custodian' });
    writer.entry('share-accepted', { index: share.index, medium: 'paper' });
    await writer.seal(person.signer);
  }
  for (const { name, roles, signer } of [cast.witness, cast.operator]) {
    const role = roles[0] ?? '';
    writer.entry('person-seated', { name, role });
    writer.entry('identity-ready', { name, role, publicKey: signer.keyid, how: 'opened' });
  }
  await writer.seal(...set.quorum, cast.operator.signer, cast.witness.signer);
  const bundle = await makeChangeBundle(set, source, {
    random,
    change: { transcript: writer.standing(), ceremonyId },
  });
  return deliver(writer, set, bundle, options);
}
