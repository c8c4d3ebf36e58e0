/**
 * The log of a change of the roster as the app writes it: the operator becomes a witness, too,
 * custodian 1 gets another address, and two new admins are named.
 * @module
 */
import { changeInWords, rosterChanges } from '../../shared/identity/roster-change.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { deliver, LogWriter, type LogOptions, type TestLog } from './logs.ts';
import { randomId } from './people.ts';
import {
  makeNewAdmins,
  makeNextRoster,
  makeRosterBundle,
  makeRosterPackage,
  type TestRosterBundle,
} from './roster-documents.ts';
import type { TestShareSet } from './share-sets.ts';

/** The change that {@link makeRosterLog} makes. */
function changed(set: TestShareSet) {
  const people = set.roster.body.people.map((person) => {
    if (person.name === 'custodian 1') return { ...person, mail: 'keys@hospital.example' };
    return person.roles.includes('operator')
      ? { ...person, roles: ['operator' as const, 'witness' as const] }
      : person;
  });
  return { people };
}

export async function makeRosterLog(
  set: TestShareSet,
  options: LogOptions = {},
): Promise<TestLog<TestRosterBundle>> {
  const { random = randomBytes } = options;
  const { manifest, roster, cast, sync, mode } = set;
  const ceremonyId = randomId(random);
  const source = await makeRosterPackage(set, true, random);
  const admins = makeNewAdmins(random);
  const change = changed(set);
  const next = await makeNextRoster(set, change);
  const { nonce, epoch, expiresAt } = source.body;
  const writer = new LogWriter({ mode, kind: 'roster', ceremonyId }, random, options.begin);
  writer.entry('ceremony-opened', { ceremony: 'roster', application: 'Conclave 0.1.0' });
  writer.document(sync.descriptor.envelope).entry('descriptor-trusted', {
    digest: { type: 'digest', value: sync.descriptor.digest },
    audience: sync.audience,
    how: 'known',
  });
  writer
    .document(manifest.envelope)
    .document(roster.envelope)
    .document(source.envelope)
    .entry('package-imported', {
      digest: { type: 'digest', value: source.digest },
      nonce,
      packageKind: 'roster',
      epoch,
      expiresAt: { type: 'time', value: expiresAt },
    });
  writer.entry('environment-checked', { standing: 'pass', 'probe.swap': 'pass' });
  writer.entry('clock-compared', { agrees: true });
  for (const { name, publicKey } of admins) {
    writer.entry('person-seated', { name, role: 'admin' });
    writer.entry('identity-ready', { name, role: 'admin', publicKey, how: 'new' });
  }
  const changes = rosterChanges(roster.body.people, next.body.people).map(changeInWords);
  writer.entry('roster-agreed', {
    serial: next.body.serial,
    previous: { type: 'digest', value: roster.digest },
    ...Object.fromEntries(changes.map((one, index) => [`change.${index + 1}`, one])),
    ...Object.fromEntries(
      admins.flatMap(({ name, userId, roles, publicKey }, index) => [
        [`admin.${index + 1}.name`, name],
        [`admin.${index + 1}.user`, userId],
        [`admin.${index + 1}.roles`, roles.join(', ')],
        [`admin.${index + 1}.key`, { type: 'digest' as const, value: publicKey }],
      ]),
    ),
  });
  for (const share of set.shares.slice(0, manifest.body.threshold)) {
    const person = cast.custodians[share.index - 1];
    if (person === undefined) throw new Error('Every share has a custodian.');
    writer.entry('person-seated', { name: person.name, role: 'custodian' });
    writer.entry('share-accepted', { index: share.index, medium: 'paper' });
    await writer.seal(person.signer);
  }
  writer.document(next.envelope).entry('roster-signed', {
    rosterDigest: { type: 'digest', value: next.digest },
  });
  for (const { name, roles, signer } of [cast.witness, cast.operator]) {
    const role = roles[0] ?? '';
    writer.entry('person-seated', { name, role });
    writer.entry('identity-ready', { name, role, publicKey: signer.keyid, how: 'opened' });
  }
  await writer.seal(...set.quorum, cast.operator.signer, cast.witness.signer);
  const transcript = writer.standing();
  const bundle = await makeRosterBundle(set, {
    random,
    admins,
    change,
    document: source,
    transcript,
    ceremonyId,
  });
  return deliver(writer, set, bundle, options);
}
