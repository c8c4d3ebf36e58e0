/**
 * The log of refreshed shares as the app writes it, from its package to its receipt: each custodian gives a
 * share, gets another one and reads it back; then the witness and the operator sit down.
 * @module
 */
import { randomBytes } from '../../shared/secret/random.ts';
import { deliver, LogWriter, type LogOptions, type TestLog } from './logs.ts';
import { randomId, type TestPerson } from './people.ts';
import {
  makeRefreshBundle,
  makeRefreshed,
  makeRefreshPackage,
  type RefreshedOptions,
  type TestRefreshBundle,
  type TestRefreshPackage,
} from './refresh-documents.ts';
import type { TestShareSet } from './share-sets.ts';

const digestOf = (value: string) => ({ type: 'digest', value }) as const;

export interface RefreshLogOptions
  extends Omit<LogOptions, 'random' | 'more'>, Omit<RefreshedOptions, 'ceremonyId'> {
  /** Of a real sync; else one is made. */
  readonly source?: TestRefreshPackage;
  /** Who sits there as the witness; null: nobody does. */
  readonly witness?: TestPerson | null;
  /** Facts of `share-refreshed` that are not so. */
  readonly told?: Readonly<Record<string, number>>;
  /** More entries, before the witness sits down (false) or when the operator does (true). */
  readonly before?: (writer: LogWriter, watched: boolean) => void;
}

export async function makeRefreshLog(
  set: TestShareSet,
  options: RefreshLogOptions = {},
): Promise<TestLog<TestRefreshBundle> & { readonly next: TestShareSet }> {
  const { random = randomBytes, witness = set.cast.witness } = options;
  const { sync, mode, cast } = set;
  const ceremonyId = randomId(random);
  const source = options.source ?? (await makeRefreshPackage(set, random));
  const { nonce, epoch, expiresAt } = source.body;
  const next = await makeRefreshed(set, nonce, { ...options, random, ceremonyId });
  const { body } = next.manifest;
  const statements = body.refreshed?.statements ?? [];
  const lives = statements.map(({ index }) => index);
  const ended = set.manifest.body.shares.filter(({ index }) => !lives.includes(index));
  const writer = new LogWriter({ mode, kind: 'refresh', ceremonyId }, random, options.begin);
  writer
    .entry('ceremony-opened', { ceremony: 'refresh', application: 'Conclave 0.1.0' })
    .document(sync.descriptor.envelope)
    .entry('descriptor-trusted', {
      digest: digestOf(sync.descriptor.digest),
      audience: sync.audience,
      how: 'known',
    })
    .document(source.envelope)
    .document(set.roster.envelope)
    .document(set.manifest.envelope)
    .entry('package-imported', {
      digest: digestOf(source.digest),
      nonce,
      packageKind: 'refresh',
      epoch,
      expiresAt: { type: 'time', value: expiresAt },
    })
    .entry('refresh-agreed', {
      setId: body.setId,
      label: body.label,
      keyVersion: body.keyVersion,
      generation: body.generation,
      threshold: body.threshold,
      count: body.count,
      page: 'A4',
      replaces: digestOf(set.manifest.digest),
      roster: digestOf(next.roster.digest),
      operator: cast.operator.name,
      ...Object.fromEntries(
        body.shares.map(({ index, custodian }) => [`custodian.${index}.name`, custodian.name]),
      ),
      ...Object.fromEntries(ended.map(({ index, custodian }) => [`ends.${index}`, custodian.name])),
    });
  for (const { index, custodian, publicKey, media } of body.shares) {
    const { name } = custodian;
    const before = lives[index - 1] ?? 0;
    const [{ kind, description } = { kind: 'paper', description: 'A4 sheet 1' }] = media;
    const written = { index, custodian: name, medium: kind };
    writer
      .entry('person-seated', { name, role: 'custodian' })
      .entry('share-accepted', { index: before, custodian: name, medium: kind })
      .entry('share-refreshed', {
        index,
        before,
        custodian: name,
        publicKey: digestOf(publicKey),
        ...options.told,
      })
      .entry('share-writing', written)
      .entry('share-written', { ...written, description })
      .entry('share-read-back', { ...written, publicKey })
      .entry('share-attested', {
        index,
        custodian: name,
        statement: 'I hold this share and read it back.',
      });
    const person = cast.custodians[before - 1];
    if (person === undefined) throw new Error('Every share has a custodian.');
    writer.entry('identity-ready', ready(person, 'custodian'));
    await writer.seal(person.signer);
  }
  options.before?.(writer, false);
  if (witness !== null) {
    writer
      .entry('person-seated', { name: witness.name, role: 'witness' })
      .entry('identity-ready', ready(witness, 'witness'));
    await writer.seal(witness.signer);
  }
  const { operator } = cast;
  writer.entry('person-seated', { name: operator.name, role: 'operator' });
  options.before?.(writer, true);
  writer
    .entry('identity-ready', ready(operator, 'operator'))
    .document(next.roster.envelope)
    .document(next.manifest.envelope)
    .entry('refreshed-set-signed', {
      manifestDigest: digestOf(next.manifest.digest),
      rosterDigest: digestOf(next.roster.digest),
    });
  await writer.seal(operator.signer);
  const bundle = await makeRefreshBundle(set, next, source, {
    change: { transcript: writer.standing() },
  });
  return { ...(await deliver(writer, set, bundle, options)), next };
}

const ready = ({ name, signer }: TestPerson, role: string) => ({
  name,
  role,
  publicKey: signer.keyid,
  how: 'opened',
});
