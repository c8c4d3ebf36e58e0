/**
 * Whether what is left of a share set may be destroyed, and everything that its destruction has to
 * know. A share that may still be needed is never offered.
 * @module
 */
import type { DestroyFacts } from '../../../shared/ceremony/destroy/state.ts';
import { readPayloadType } from '../../../shared/encoding/document.ts';
import { rosterType } from '../../../shared/identity/roster.ts';
import { componentOver } from '../../../shared/ledger/generations.ts';
import { legacyRemnants } from '../../../shared/ledger/legacy.ts';
import { isRefreshed } from '../../../shared/ledger/generations.ts';
import type { LedgerSet, LegacyKept } from '../../../shared/ledger/ledger.ts';
import { liveSlots, mayBeNeeded, type LiveSlot } from '../../../shared/ledger/live-slots.ts';
import { serialsIn } from '../../../shared/ledger/remnants.ts';
import { MODES, type Mode } from '../../../shared/mode.ts';
import { isKeyMedium } from '../../../shared/sharing/manifest.ts';
import { fact } from '../../../shared/transcript/entry.ts';
import { entries, type CeremonyLog } from '../../../shared/transcript/log.ts';
import type { Knowledge } from './knowledge.ts';
import { refuseHost } from './refusals.ts';
import type { Store } from './store.ts';

/** Which set. */
export interface SetAsked {
  readonly setId: string;
  readonly generation: number;
  /** Not the set, which is live, but what opened its key before. */
  readonly legacy?: true | undefined;
}

/**
 * @throws Refusal `no-set`, `set-in-use`, `set-not-replaced-safely`, `set-destroyed`; `no-legacy`,
 *   `legacy-needed`, `legacy-unproved`
 */
export async function destroyFacts(
  { store, knowledge }: { readonly store: Store; readonly knowledge: Knowledge },
  mode: Mode,
  about: SetAsked | undefined,
): Promise<DestroyFacts> {
  const { sets } = await knowledge.ledger(mode, null);
  const set = sets.find(
    ({ setId, generation }) => setId === about?.setId && generation === about.generation,
  );
  if (set === undefined) throw refuseHost('no-set');
  const standing = about?.legacy === true ? legacyOf(set, sets) : standingOf(set, sets);
  const all = standing === 'legacy' ? legacyRemnants(keptOf(set)) : set.remnants;
  const remnants = all.filter(({ gone }) => !gone);
  if (remnants.length === 0) throw refuseHost('set-destroyed', set.label);

  const logs = await store.readLogs(mode);
  const own = logs.find(({ header }) => header.ceremonyId === set.ceremonyId);
  const { setId, generation, label, supersededBy, count } = set;
  const over = componentOver(set, sets);
  return {
    setId,
    generation,
    label,
    standing,
    supersededBy,
    count: standing === 'legacy' ? keptOf(set).pieces.length : count,
    threshold: standing === 'legacy' ? keptOf(set).threshold : set.threshold,
    newThreshold: set.legacyKept?.made?.threshold ?? 0,
    halfOf: over?.since ?? null,
    ofKeyInUse: set.legacy !== null || over === null,
    remnants,
    filesTold: await areFilesTold(knowledge, set),
    people: [...(await rosterPeople(store, mode, logs)), ...peopleOf(own)],
    witness: textOf(own, 'plan-agreed', 'witness'),
    inUse: [...new Set((await slotsOfBothModes(knowledge, null, set)).map(({ serial }) => serial))],
    owners: ownersOf(set),
  };
}

/**
 * A key of a rehearsal may hold a real share in the same slot, and the other way round.
 * @param ends the set that is destroyed: its own slots do not hold it up
 */
export async function slotsOfBothModes(
  knowledge: Knowledge,
  running: string | null,
  ends?: Pick<LedgerSet, 'mode' | 'setId' | 'generation'>,
): Promise<LiveSlot[]> {
  const ledgers = await Promise.all(MODES.map((mode) => knowledge.ledger(mode, running)));
  const isOther = ({ mode, setId, generation }: LedgerSet) =>
    mode !== ends?.mode || setId !== ends.setId || generation !== ends.generation;
  return ledgers.flatMap(({ sets }) => liveSlots(sets.filter(isOther)));
}

/**
 * SECURITY: the name of a file on a stick has the first digits of the set's id, and no generation. One
 * of a share that is in use is not removed in the place of one that is over.
 */
async function areFilesTold(knowledge: Knowledge, { setId }: LedgerSet): Promise<boolean> {
  const ledgers = await Promise.all(MODES.map((mode) => knowledge.ledger(mode, null)));
  const alike = ledgers
    .flatMap(({ sets }) => sets)
    .filter((one) => one.setId.slice(0, 8) === setId.slice(0, 8));
  return alike.length === 1;
}

function keptOf({ legacyKept, label }: LedgerSet): LegacyKept {
  if (legacyKept === null) throw refuseHost('no-legacy', label);
  return legacyKept;
}

/**
 * SECURITY: as long as nothing opened with the new set, the legacy shares may be all there is. Once the
 * set itself was replaced they are as its shares: kept until sync's new half was seen.
 */
function legacyOf(set: LedgerSet, sets: readonly LedgerSet[]): 'legacy' {
  const { proved } = keptOf(set);
  const isReplaced = set.status === 'superseded' && !mayBeNeeded(set, sets);
  const isInForce = set.status === 'live' || set.status === 'retired';
  if (!isInForce && !isReplaced) throw refuseHost('legacy-needed', set.label);
  if (!proved) throw refuseHost('legacy-unproved', set.label);
  return 'legacy';
}

function standingOf(
  set: LedgerSet,
  sets: readonly LedgerSet[],
): Exclude<DestroyFacts['standing'], 'legacy'> {
  const { status, label, supersededBy } = set;
  if (status === 'void' || status === 'retired') return status;
  if (status !== 'superseded') throw refuseHost('set-in-use', label);
  if (isRefreshed(set, sets)) return 'refreshed';
  // SECURITY: the old shares open the old half of the key. They are kept until the new one was seen.
  if (mayBeNeeded(set, sets)) {
    throw refuseHost('set-not-replaced-safely', label, supersededBy ?? 'the newer set');
  }
  return status;
}

type Person = DestroyFacts['people'][number];

/** Of every roster that this laptop keeps: who left may still have something to destroy. */
async function rosterPeople(
  store: Store,
  mode: Mode,
  logs: readonly CeremonyLog[],
): Promise<Person[]> {
  const kept = await store.kept(mode, 'documents');
  const inLogs = logs.flatMap(({ items }) =>
    items.flatMap((item) => ('document' in item ? [item.document] : [])),
  );
  return [...kept, ...inLogs]
    .filter(({ payloadType }) => readPayloadType(payloadType)?.what === 'roster')
    .flatMap((envelope) => rosterType.parseEnvelope(envelope, mode).body.people)
    .map(({ name, publicKey }) => ({ name, publicKey }));
}

/** Who made or opened an identity when the set was made: a void set has no roster. */
function peopleOf(log: CeremonyLog | undefined): Person[] {
  return (log === undefined ? [] : entries(log)).flatMap((entry): Person[] => {
    if (fact(entry, 'kind') !== 'identity-ready') return [];
    const name = fact(entry, 'name');
    const publicKey = fact(entry, 'publicKey');
    return typeof name === 'string' && typeof publicKey === 'string' ? [{ name, publicKey }] : [];
  });
}

function textOf(log: CeremonyLog | undefined, kind: string, path: string): string {
  const entry =
    log === undefined ? undefined : entries(log).find((one) => fact(one, 'kind') === kind);
  const value = entry === undefined ? undefined : fact(entry, path);
  return typeof value === 'string' ? value : '';
}

function ownersOf({ shares, remnants }: LedgerSet): DestroyFacts['owners'] {
  const described = shares.flatMap(({ custodian, media }) =>
    media
      .filter(({ kind }) => isKeyMedium(kind))
      .flatMap(({ description }) => serialsIn(description))
      .map((serial) => [serial, custodian] as const),
  );
  const registered = remnants.flatMap((one) =>
    one.what === 'slot' && one.serial !== null ? [[one.serial, one.custodian] as const] : [],
  );
  return [...described, ...registered];
}
