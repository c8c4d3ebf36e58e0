/**
 * Folding logs, receipts and manifests into the ledger.
 * @module
 */
import { legacyKeptInWords } from '../bundle/adopt.ts';
import type { ReceiptDocument } from '../bundle/receipt.ts';
import type { ManifestDocument } from '../sharing/manifest.ts';
import type { CeremonyLog } from '../transcript/log.ts';
import { foldEnvelopes } from './envelopes.ts';
import { isSameComponent, nameOf } from './generations.ts';
import { legacyKept, newLegacyRemnants } from './legacy.ts';
import type { KeyVersion, Ledger, LedgerCeremony, LedgerSet, SetStatus } from './ledger.ts';
import { freshShares, prove } from './proofs.ts';
import { readLog, type LogFacts } from './read-log.ts';
import { remnantsOf } from './remnants.ts';
import { emptiedOf, useOf, type VersionTold } from './version-use.ts';

/** Everything is parsed and verified already. */
export interface LedgerSources {
  /** This laptop's logs; one log for a ceremony. */
  readonly logs: readonly CeremonyLog[];
  /** From sync's chain or a stick; those in a log need not be repeated. */
  readonly receipts: readonly ReceiptDocument[];
  /** From sync's chain: sets that another laptop made. */
  readonly manifests: readonly ManifestDocument[];
  /** The ceremony that is open right now: it is neither interrupted nor void. */
  readonly running: string | null;
  /** UTC, `2026-05-03T09:30:00Z`. */
  readonly now: string;
}

export function foldLedger(sources: LedgerSources): Ledger {
  const { logs, receipts, running, now } = sources;
  const read = logs.map((log) => readLog(log, receipts, running));
  const byDigest = new Map<string, ManifestDocument>();
  for (const document of [...sources.manifests, ...read.flatMap(({ manifests }) => manifests)]) {
    byDigest.set(document.digest, document);
  }
  const fromManifests = [...byDigest.values()].map((document) =>
    setOfManifest(document, read, receipts),
  );
  const isDescribed = (facts: LogFacts) =>
    fromManifests.some(
      ({ setId, generation }) =>
        setId === facts.split?.setId && generation === facts.split.generation,
    );
  const unsigned = read.flatMap((facts) => (isDescribed(facts) ? [] : setOfSplit(facts)));
  const versions = read.flatMap((one) => one.versions ?? []);
  const sets = supersede([...fromManifests, ...unsigned], read, receipts)
    .map((set) => retire(set, versions))
    .map((set) => prove(set, read))
    .map((set) => {
      const kept = legacyKept(set, read, receipts);
      // New legacy shares open the key of a set that came to nothing as well.
      const made = set.status === 'void' ? newLegacyRemnants(kept?.made ?? null) : [];
      return {
        ...set,
        remnants: [...remnantsOf(set, read), ...made],
        legacyKept: kept,
        backupsGone: saidOf(set, read),
      };
    });
  const ceremonies = read.map(({ ceremony }) => withoutDestroyed(ceremony, sets)).sort(newestFirst);
  return {
    keyVersions: keyVersions(sets, versions, now),
    sets,
    ceremonies,
    due: sets
      .filter(({ dueAt }) => dueAt !== null && dueAt <= now)
      .sort((a, b) => ((a.dueAt ?? '') < (b.dueAt ?? '') ? -1 : 1)),
    envelopes: foldEnvelopes(read, receipts),
  };
}

/** For sorting: times have whole seconds, so what was written last comes first among equals. */
export function newestFirst(a: Started, b: Started): number {
  return (
    compare(b.startedAt, a.startedAt) ||
    compare(b.lastAt, a.lastAt) ||
    compare(a.ceremonyId, b.ceremonyId)
  );
}

/** A ceremony of which nothing is left has nothing to destroy any more. */
function withoutDestroyed(ceremony: LedgerCeremony, sets: readonly LedgerSet[]): LedgerCeremony {
  const own = sets.find(({ ceremonyId }) => ceremonyId === ceremony.ceremonyId);
  const isGone =
    own !== undefined && own.remnants.length > 0 && own.remnants.every(({ gone }) => gone);
  return isGone ? { ...ceremony, destroy: [] } : ceremony;
}

type Started = Pick<LedgerCeremony, 'startedAt' | 'lastAt' | 'ceremonyId'>;

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** What is left of a set when its ceremony stands so. */
function statusAfter({ standing, outcome }: LedgerCeremony): SetStatus {
  if (standing === 'running') return 'in-progress';
  if (standing === 'waiting-for-receipt') return 'waiting-for-receipt';
  return standing === 'closed' && outcome === 'committed' ? 'live' : 'void';
}

function setOfManifest(
  { body, digest }: ManifestDocument,
  read: readonly LogFacts[],
  receipts: readonly ReceiptDocument[],
): LedgerSet {
  const own = read.find(({ ceremony }) => ceremony.ceremonyId === body.ceremonyId);
  const answered = receipts.find(({ body: receipt }) => receipt.ceremonyId === body.ceremonyId);
  // A manifest without a log came from sync, which keeps only what was committed.
  const elsewhere: SetStatus =
    answered === undefined || answered.body.outcome === 'committed' ? 'live' : 'void';
  const isRefreshed = body.refreshed !== undefined;
  return {
    mode: body.mode,
    setId: body.setId,
    generation: body.generation,
    label: body.label,
    keyVersion: body.keyVersion,
    componentId: body.componentId,
    threshold: body.threshold,
    count: body.count,
    status: own === undefined ? elsewhere : statusAfter(own.ceremony),
    supersededBy: null,
    replacedBy: null,
    replacedAt: null,
    manifestDigest: digest,
    previous: body.previous,
    ceremonyId: body.ceremonyId,
    madeAt: body.createdAt,
    shares: body.shares.map(({ index, custodian, media }) => ({
      index,
      custodian: custodian.name,
      media,
      // A refresh had each new share sign sync's nonce as it was read back: the manifest itself proves them.
      provedAt: isRefreshed ? body.createdAt : null,
      provedIn: isRefreshed ? body.ceremonyId : null,
      provedByNonce: isRefreshed,
      failedAt: null,
      dueAt: null,
    })),
    policy: body.policy ?? null,
    legacy: own?.split?.legacy ?? legacyOf(answered),
    legacyKept: null,
    dueAt: null,
    vaultProvedAt: null,
    remnants: [],
    backupsGone: null,
  };
}

/** Where its log is not here, the receipt of its adoption tells. */
function legacyOf(receipt: ReceiptDocument | undefined): string | null {
  const adopted = receipt?.body.adopted;
  return adopted === undefined ? null : legacyKeptInWords(adopted.legacy);
}

/** A set whose ceremony never came to a manifest: it still has media that must be destroyed. */
function setOfSplit({ split, ceremony }: LogFacts): LedgerSet[] {
  if (split === null) return [];
  const { setId, generation, label, keyVersion, componentId, threshold, count } = split;
  const status = statusAfter(ceremony);
  return [
    {
      mode: ceremony.mode,
      setId,
      generation,
      label,
      keyVersion,
      componentId,
      threshold,
      count,
      // SECURITY: no manifest, no live set, whatever the log's receipt entry says.
      status: status === 'live' ? 'void' : status,
      supersededBy: null,
      replacedBy: null,
      replacedAt: null,
      manifestDigest: null,
      previous: null,
      ceremonyId: ceremony.ceremonyId,
      madeAt: null,
      shares: [...split.custodians].map(([index, custodian]) => ({
        index,
        custodian,
        media: split.media.get(index) ?? [],
        provedAt: null,
        provedIn: null,
        provedByNonce: false,
        failedAt: null,
        dueAt: null,
      })),
      policy: split.policy,
      legacy: split.legacy,
      legacyKept: null,
      dueAt: null,
      vaultProvedAt: null,
      remnants: [],
      backupsGone: null,
    },
  ];
}

/**
 * A live set replaces those that it ended, and those that they had ended. The first set of a new key
 * version stands beside the one that its manifest names, and so does one that joined it.
 */
function supersede(
  sets: readonly LedgerSet[],
  read: readonly LogFacts[],
  receipts: readonly ReceiptDocument[],
): LedgerSet[] {
  const replaced = new Map<string, LedgerSet>();
  const live = sets.filter(({ status }) => status === 'live');
  for (const one of live) {
    const ended = endedBy(one, sets);
    for (let before = ended.pop(); before !== undefined; before = ended.pop()) {
      const { manifestDigest } = before;
      if (manifestDigest === null || replaced.has(manifestDigest)) continue;
      replaced.set(manifestDigest, one);
      ended.push(...endedBy(before, sets));
    }
  }
  return sets.map((set) => {
    const by = set.manifestDigest === null ? undefined : replaced.get(set.manifestDigest);
    if (by === undefined || set.status !== 'live') return set;
    // Another one may have replaced that since: the other half changed with the first of them.
    const next = live.find((one) => endedBy(one, sets).includes(set));
    return {
      ...set,
      status: 'superseded',
      supersededBy: nameOf(by),
      replacedBy: by.manifestDigest,
      replacedAt: committedAt(next ?? by, read, receipts),
    };
  });
}

/**
 * What a set ends when sync commits it: of a refresh the generation before it; of new shares every set of
 * the component that was in use, not only the one whose shares were given.
 */
function endedBy(set: LedgerSet, sets: readonly LedgerSet[]): LedgerSet[] {
  const before = setBefore(set, sets);
  if (before === undefined) return [];
  if (before.setId === set.setId) return [before];
  if (isSameComponent(before, set, sets)) return [];
  return sets.filter((one) => isSameComponent(one, before, sets));
}

/** Sync trusts the sets of a retired version no more. */
function retire(set: LedgerSet, versions: readonly VersionTold[]): LedgerSet {
  return set.status === 'live' && useOf(set, versions) === 'retired'
    ? { ...set, status: 'retired' }
    : set;
}

/** By sync's clock. */
function committedAt(
  { ceremonyId }: LedgerSet,
  read: readonly LogFacts[],
  receipts: readonly ReceiptDocument[],
): string | null {
  const own = read.find(({ ceremony }) => ceremony.ceremonyId === ceremonyId);
  const answered = receipts.find(({ body }) => body.ceremonyId === ceremonyId);
  return own?.answeredAt ?? answered?.body.at ?? null;
}

/** Of the same key version. */
function setBefore({ previous, keyVersion }: LedgerSet, sets: readonly LedgerSet[]) {
  return sets.find(
    (set) => previous !== null && set.manifestDigest === previous && set.keyVersion === keyVersion,
  );
}

function keyVersions(
  sets: readonly LedgerSet[],
  versions: readonly VersionTold[],
  now: string,
): KeyVersion[] {
  const groups = new Map<string, LedgerSet[]>();
  for (const set of sets) {
    const key = `${set.mode} ${set.keyVersion}`;
    groups.set(key, [...(groups.get(key) ?? []), set]);
  }
  return [...groups.values()].flatMap((group): KeyVersion[] => {
    const [first] = group;
    if (first === undefined) return [];
    const live = group.filter(({ status }) => status === 'live');
    return [
      {
        mode: first.mode,
        keyVersion: first.keyVersion,
        use: useOf(first, versions),
        emptied: emptiedOf(first, versions),
        liveSets: live.map(({ setId }) => setId),
        safe: live.some((set) => freshShares(set, now) >= set.threshold),
      },
    ];
  });
}

/** A component has one other half, whatever the generation of its shares. */
function saidOf({ setId, mode }: LedgerSet, read: readonly LogFacts[]): LedgerSet['backupsGone'] {
  const said = read.flatMap(({ destroyed, log }) =>
    destroyed?.setId === setId && log.header.mode === mode ? (destroyed.backupsGone ?? []) : [],
  );
  return said[0] ?? null;
}
