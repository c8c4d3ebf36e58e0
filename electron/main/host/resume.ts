/**
 * A ceremony that waits for its receipt is rebuilt from its own log: the log is the only memory,
 * over restarts and on another laptop.
 * @module
 */
import { bringsSet, bundleType, type BundleDocument } from '../../../shared/bundle/bundle.ts';
import { descriptorType } from '../../../shared/bundle/descriptor.ts';
import { isRecoveryPackage, packageType } from '../../../shared/bundle/package.ts';
import { setBytes, verifyPackagedSet } from '../../../shared/bundle/packaged-set.ts';
import { openNewSet } from '../../../shared/bundle/rotate.ts';
import {
  startActivate,
  startRetire,
  type VersionChangeState,
} from '../../../shared/ceremony/change-version/state.ts';
import { startDrill, type DrillState } from '../../../shared/ceremony/drill/state.ts';
import type { CeremonyState } from '../../../shared/ceremony/machines.ts';
import { startMove, type MoveState } from '../../../shared/ceremony/move/state.ts';
import type { RefreshPackageFacts } from '../../../shared/ceremony/package-facts.ts';
import {
  startOrganisation,
  type OrganisationState,
} from '../../../shared/ceremony/organisation/state.ts';
import {
  startRecover,
  startRecoverMember,
  type RecoverState,
} from '../../../shared/ceremony/recover/state.ts';
import {
  startRefresh,
  type RefreshAgreed,
  type RefreshState,
} from '../../../shared/ceremony/refresh/state.ts';
import { startRoster, type RosterState } from '../../../shared/ceremony/roster/state.ts';
import { startAdopt, type AdoptState } from '../../../shared/ceremony/adopt/state.ts';
import { ROTATIONS } from '../../../shared/ceremony/rotate/kinds.ts';
import { startRotation, type RotateState } from '../../../shared/ceremony/rotate/state.ts';
import { startSplit, type SplitState } from '../../../shared/ceremony/split/state.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { readPayloadType } from '../../../shared/encoding/document.ts';
import type { Envelope } from '../../../shared/encoding/dsse.ts';
import { eightWords } from '../../../shared/encoding/words.ts';
import { rosterType } from '../../../shared/identity/roster.ts';
import { agreedPlan } from '../../../shared/plan/agreed.ts';
import { manifestType, verifyManifest, type Manifest } from '../../../shared/sharing/manifest.ts';
import { fact, type Entry } from '../../../shared/transcript/entry.ts';
import type { EntryKind } from '../../../shared/transcript/kinds.ts';
import { entries, type CeremonyLog } from '../../../shared/transcript/log.ts';
import type { Gathered } from './effect-context.ts';
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

/**
 * The documents of a log, validated. SECURITY: a log's documents are not chained, so the first
 * entries say by digest which descriptor and package count (they were there when people sealed),
 * and the bundle, which its quorum signed, says which manifest and roster do.
 */
function gatherDocuments(log: CeremonyLog): Gathered {
  const { mode } = log.header;
  const all = entries(log);
  const of = <T>(what: string, parse: (envelope: Envelope) => T): T[] =>
    log.items.flatMap((item) =>
      'document' in item && readPayloadType(item.document.payloadType)?.what === what
        ? [parse(item.document)]
        : [],
    );
  const named = <T extends { readonly digest: string }>(
    found: readonly T[],
    kind: EntryKind,
  ): T | null => {
    const entry = all.find((each) => fact(each, 'kind') === kind);
    const digest = entry === undefined ? undefined : fact(entry, 'digest');
    return found.find((each) => digest === undefined || each.digest === digest) ?? null;
  };
  const bundle =
    of('bundle', (envelope) => bundleType.parseEnvelope(envelope, mode)).at(-1) ?? null;
  const manifest = of('share-set', (envelope) =>
    verifyManifest(manifestType.parseEnvelope(envelope, mode)),
  ).find(({ digest }) => digest === bundle?.body.manifestDigest);
  // New shares: the bundle's roster is the new one, and the one in force is the one before it.
  const next = bundle !== null && bringsSet(bundle.body) ? openNewSet(bundle.body) : null;
  const rosterDigest = next === null ? bundle?.body.rosterDigest : next.roster.body.previous;
  const roster = of('roster', (envelope) => rosterType.parseEnvelope(envelope, mode)).find(
    ({ digest }) => digest === rosterDigest,
  );
  return {
    descriptor: named(
      of('descriptor', (envelope) => descriptorType.parseEnvelope(envelope, mode)),
      'descriptor-trusted',
    ),
    package: named(
      of('package', (envelope) => packageType.parseEnvelope(envelope, mode)),
      'package-imported',
    ),
    manifest: manifest ?? null,
    others: [],
    roster: roster ?? null,
    moveFiles: null,
    next,
    refresh: null,
    newAdmins: bundle?.body.kind === 'roster' ? bundle.body.admins : null,
    bundle,
    unsigned: null,
  };
}

/** Where the bundle exists no share is given any more. */
const NO_MORE_SHARES = { sets: [], sheets: [] };

/**
 * The state of a ceremony whose bundle exists. Refuses `no-ceremony` for any other. `unrecorded` is
 * the bundle whose own entry is missing: the laptop stopped between the two.
 */
export function resumeFromLog(log: CeremonyLog): {
  state: CeremonyState;
  gathered: Gathered;
  unrecorded: BundleDocument | null;
} {
  const all = entries(log);
  const of = (kind: EntryKind) => all.filter((entry) => fact(entry, 'kind') === kind);
  const gathered = gatherDocuments(log);
  const { descriptor, package: from, bundle, manifest, roster } = gathered;
  const [opened] = all;
  if (
    descriptor === null ||
    from === null ||
    bundle === null ||
    manifest === null ||
    roster === null ||
    opened === undefined
  ) {
    throw refuseHost('no-ceremony');
  }
  const { mode, ceremonyId, kind } = log.header;
  const start = { mode, ceremonyId, startedAt: text(opened, 'at') };
  const savedOn = of('bundle-written').map((entry) => text(entry, 'description'));
  const common = {
    sync: {
      digest: descriptor.digest,
      audience: descriptor.body.audience,
      publicKey: descriptor.body.publicKey,
      name: descriptor.body.name,
    },
    bundle: { digest: bundle.digest, words: eightWords(hexToBytes(bundle.digest)) },
    savedOn,
    phase: { at: savedOn.length === 0 ? ('save-bundle' as const) : ('waiting' as const) },
  };
  const unrecorded = of('bundle-made').length === 0 ? bundle : null;
  if (kind === 'recover' || kind === 'recover-member') {
    if (!isRecoveryPackage(from.body) || from.body.kind !== kind) throw refuseHost('no-ceremony');
    const state: RecoverState = {
      ...(kind === 'recover' ? startRecover : startRecoverMember)(start),
      ...common,
      recover: recoverFacts(from.body, manifest, roster.body, NO_MORE_SHARES),
      kekOpened: true,
    };
    return { state, gathered, unrecorded };
  }
  if (kind === 'migrate-organisation') {
    if (from.body.kind !== kind || bundle.body.kind !== kind) throw refuseHost('no-ceremony');
    const { moved, unopened } = bundle.body;
    const state: OrganisationState = {
      ...startOrganisation(start),
      ...common,
      organisation: organisationFacts(from.body, manifest, roster.body, NO_MORE_SHARES),
      wrapped: { moved, unopened },
    };
    return { state, gathered, unrecorded };
  }
  if (kind === 'drill') {
    if (from.body.kind !== kind || bundle.body.kind !== kind) throw refuseHost('no-ceremony');
    const { proofs, failed, full } = bundle.body;
    const state: DrillState = {
      ...startDrill(start),
      ...common,
      drill: drillFacts(from.body, manifest, roster.body, NO_MORE_SHARES),
      proofs,
      faults: Object.fromEntries(failed.map(({ index, why }) => [index, why])),
      // All that was to be said of the test escrow stands in the bundle.
      full: { firstShareAt: null, refused: null, outcome: full ?? null },
    };
    return { state, gathered, unrecorded };
  }
  if (kind === 'activate' || kind === 'retire') {
    const { body } = from;
    if (body.kind !== kind || (body.kind !== 'activate' && body.kind !== 'retire')) {
      throw refuseHost('no-ceremony');
    }
    const { others } = verifyPackagedSet(setBytes(body), mode);
    const state: VersionChangeState = {
      ...(kind === 'activate' ? startActivate : startRetire)(start),
      ...common,
      about: versionChangeFacts(body, { manifest, roster, others }, NO_MORE_SHARES),
    };
    return { state, gathered, unrecorded };
  }
  if (kind === 'migrate-escrows') {
    if (from.body.kind !== kind || bundle.body.kind !== kind) throw refuseHost('no-ceremony');
    const { others } = verifyPackagedSet(setBytes(from.body), mode);
    const state: MoveState = {
      ...startMove(start),
      ...common,
      move: moveFacts(from.body, { manifest, roster, others }, NO_MORE_SHARES),
      proved: true,
    };
    return { state, gathered, unrecorded };
  }
  if (kind === 'roster') {
    if (from.body.kind !== 'roster') throw refuseHost('no-ceremony');
    const present = verifyPackagedSet(setBytes(from.body), mode).roster;
    const state: RosterState = {
      ...startRoster(start),
      ...common,
      change: rosterFacts(from.body, manifest, present, NO_MORE_SHARES),
      signed: { rosterDigest: roster.digest, words: eightWords(hexToBytes(roster.digest)) },
    };
    return { state, gathered, unrecorded };
  }
  const { body: set } = (gathered.next ?? { manifest }).manifest;
  const media: SplitState['media'] = Object.fromEntries(
    set.shares.map(({ index, media: listed }) => [index, listed]),
  );
  const [agreed] = of('plan-agreed');
  const made = {
    ...common,
    plan: agreed === undefined ? null : agreedPlan(agreed, set.policy),
    setId: set.setId,
    media,
    everWritten: [
      ...of('share-written').map(
        (entry) =>
          `${text(entry, 'custodian')}: share ${text(entry, 'index')} of ${set.count} on ${text(entry, 'description')}`,
      ),
      ...of('new-legacy-written').map(
        (entry) =>
          `${text(entry, 'custodian')}: new legacy share ${text(entry, 'number')} on ${text(entry, 'description')}`,
      ),
    ],
  };
  if (kind === 'refresh') {
    if (from.body.kind !== kind) throw refuseHost('no-ceremony');
    const inForce = { manifest, roster };
    const refresh = refreshFacts(from.body, inForce, NO_MORE_SHARES, set.generation);
    const [entry] = of('refresh-agreed');
    const { media: shares, everWritten } = made;
    const state: RefreshState = {
      ...startRefresh(start),
      ...common,
      refresh,
      agreed: entry === undefined ? null : refreshAgreed(entry, set, refresh),
      media: shares,
      everWritten,
    };
    return { state, gathered, unrecorded };
  }
  if (kind === 'split') {
    const state: SplitState = { ...startSplit(start), ...made };
    return { state, gathered, unrecorded };
  }
  if (kind === 'rotate' || kind === 'new-version' || kind === 'add-set') {
    const { body } = from;
    const { packageKind } = ROTATIONS[kind];
    if (!isRotationPackage(body) || body.kind !== packageKind) throw refuseHost('no-ceremony');
    const { others } = verifyPackagedSet(setBytes(body), mode);
    const rotate = rotateFacts(
      body,
      { manifest, roster, others },
      {
        // The shares that were given were all given before the new set was made.
        sets: [manifest.body.setId],
        sheets: [],
      },
    );
    const state: RotateState = { ...startRotation(kind, start), ...made, rotate };
    return { state, gathered: { ...gathered, others }, unrecorded };
  }
  if (kind !== 'adopt' || from.body.kind !== 'adopt') throw refuseHost('no-ceremony');
  const { ticketId, found } = from.body;
  const newLegacy = newLegacyOf(of);
  const state: AdoptState = { ...startAdopt(start), ...made, ticketId, found, newLegacy };
  return { state, gathered, unrecorded };
}

/** As the people agreed, and as the statements of the manifest have it. */
function refreshAgreed(
  entry: Entry,
  { refreshed }: Manifest,
  { operators }: RefreshPackageFacts,
): RefreshAgreed | null {
  const operator = operators.find(({ publicKey }) => publicKey === refreshed?.operator);
  if (refreshed === undefined || operator === undefined) return null;
  const lives = refreshed.statements.map(({ index }) => index);
  return { lives, operator, page: text(entry, 'page') === 'Letter' ? 'Letter' : 'A4' };
}

/** The new legacy shares that were read back: who takes which home. */
function newLegacyOf(of: (kind: EntryKind) => readonly Entry[]): AdoptState['newLegacy'] {
  const [split] = of('new-legacy-split');
  if (split === undefined) return null;
  return {
    threshold: Number(fact(split, 'threshold')),
    count: Number(fact(split, 'count')),
    done: of('new-legacy-read-back').map((entry) => ({
      number: Number(fact(entry, 'number')),
      by: text(entry, 'custodian'),
      description: text(entry, 'description'),
    })),
    written: null,
    writingFor: null,
    proved: of('new-legacy-proved').length > 0,
  };
}

function text(entry: Entry, path: string): string {
  return String(fact(entry, path) ?? '');
}
