/**
 * Reads the package from the stick, checks what can be checked of it alone, and says what is in it.
 * @module
 */
import { parsePackage } from '../../../shared/bundle/package.ts';
import { setBytes, verifyPackagedSet } from '../../../shared/bundle/packaged-set.ts';
import { need, type Executors } from './executors.ts';
import {
  drillFacts,
  isRotationPackage,
  moveFacts,
  organisationFacts,
  recoverFacts,
  refreshFacts,
  rosterFacts,
  rotateFacts,
  versionChangeFacts,
} from './package-facts.ts';
import { refuseHost } from './refusals.ts';
import { unusedGeneration } from '../../../shared/sharing/accept.ts';

/** @throws Refusal when it is no package for this ceremony, of an older epoch, or was used before */
export const loadPackage: Executors['load-package'] = async ({ documentId, kind }, context) => {
  const { sticks, mode, transcript, gathered } = context;
  const bytes = await sticks.readDocument(mode, documentId);
  const parsed = parsePackage(bytes, mode, need(gathered.descriptor).body);
  const { body, digest } = parsed;
  if (body.kind !== kind) throw refuseHost('package-other-kind', body.kind, kind);
  const seen = await context.seenEpoch(body.audience);
  if (body.epoch < seen) throw refuseHost('package-old-epoch', body.epoch, seen);
  if ((await context.usedNonces()).has(body.nonce)) throw refuseHost('package-used');
  gathered.package = parsed;
  await transcript.addDocument(parsed.envelope);
  const { nonce, epoch, expiresAt } = body;
  const common = { type: 'package-loaded' as const, digest, nonce, epoch, expiresAt };
  const none = { recover: null, roster: null };
  if (body.kind === 'setup') {
    return { ...common, kind: 'setup', keyVersion: body.keyVersion, ...none };
  }
  if (body.kind === 'adopt') {
    const { keyVersion, ticketId, found } = body;
    return { ...common, kind: 'adopt', keyVersion, ...none, adopt: { ticketId, found } };
  }
  const inForce = verifyPackagedSet(setBytes(body), mode);
  Object.assign(gathered, inForce);
  const { manifest, roster } = inForce;
  // All further sets stay in the package: nothing of theirs is used here.
  await transcript.addDocument(roster.envelope);
  await transcript.addDocument(manifest.envelope);
  const envelopes = await context.envelopes();
  if (body.kind === 'roster') {
    const change = rosterFacts(body, manifest, roster, envelopes);
    return {
      ...common,
      kind: 'roster',
      keyVersion: body.keyVersion,
      recover: null,
      roster: change,
    };
  }
  if (body.kind === 'drill') {
    const drill = drillFacts(body, manifest, roster.body, envelopes);
    return { ...common, kind: 'drill', keyVersion: body.keyVersion, ...none, drill };
  }
  if (body.kind === 'activate' || body.kind === 'retire') {
    const { keyVersion } = body;
    const versionChange = versionChangeFacts(body, inForce, envelopes);
    return { ...common, kind: body.kind, keyVersion, ...none, versionChange };
  }
  if (isRotationPackage(body)) {
    const rotate = rotateFacts(body, inForce, envelopes);
    // Of the set that is made.
    const keyVersion = rotate.nextVersion ?? rotate.keyVersion;
    return { ...common, kind: body.kind, keyVersion, ...none, rotate };
  }
  if (body.kind === 'refresh') {
    const next = unusedGeneration(manifest.body, await context.knownSets());
    const refresh = refreshFacts(body, inForce, envelopes, next);
    return { ...common, kind: body.kind, keyVersion: body.keyVersion, ...none, refresh };
  }
  if (body.kind === 'migrate-escrows') {
    const { keyVersion } = body;
    const move = moveFacts(body, inForce, envelopes);
    return { ...common, kind: body.kind, keyVersion, ...none, move };
  }
  const { keyVersion } = body.facts;
  if (body.kind === 'migrate-organisation') {
    const organisation = organisationFacts(body, manifest, roster.body, envelopes);
    return { ...common, kind: body.kind, keyVersion, ...none, organisation };
  }
  return {
    ...common,
    kind: body.kind,
    keyVersion,
    recover: recoverFacts(body, manifest, roster.body, envelopes),
    roster: null,
  };
};
