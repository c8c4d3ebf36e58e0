/**
 * The ledger as a file for the auditor: for programs in canonical JSON, for people as text. Folded from
 * logs and signed by nobody: the logs are the evidence, and whoever has them folds the same again.
 * @module
 */
import { keysInWords } from '../bundle/move.ts';
import { plainDay } from '../encoding/dates.ts';
import { encodeJson } from '../encoding/json.ts';
import type { Mode } from '../mode.ts';
import { policyInWords } from '../sharing/media-policy.ts';
import { shareName } from '../sharing/refusals.ts';
import { plainTime } from '../transcript/narrate-words.ts';
import { dutiesInWords, samePeople, type UnsealKeys } from './duties.ts';
import type {
  Ledger,
  LedgerCeremony,
  LedgerSet,
  LedgerShare,
  SetStatus,
  VersionUse,
} from './ledger.ts';
import { backupsGone, componentOver, joinedWith, nameOf } from './generations.ts';
import { remnantInWords, replacedInWords, retiredInWords, sharesLeft } from './remnants.ts';
import { openWays, type OpenWay } from './who-opens.ts';

/** `saidAt`: when somebody said it on this laptop, UTC; left out where a command was told. */
type SaidKeys = UnsealKeys & { readonly saidAt?: string };

/**
 * Canonical JSON.
 * @param at when it was folded, UTC
 * @param keys who unseals Vault; null: nobody said
 */
export function ledgerFile(
  ledger: Ledger,
  mode: Mode,
  at: string,
  keys: SaidKeys | null = null,
): Uint8Array {
  const { keyVersions, sets, ceremonies } = ledger;
  return encodeJson({
    conclave: 'ledger',
    version: 1,
    mode,
    foldedAt: at,
    keyVersions,
    sets: sets.map((set) => ({
      setId: set.setId,
      generation: set.generation,
      label: set.label,
      keyVersion: set.keyVersion,
      componentId: set.componentId,
      policy: set.policy,
      threshold: set.threshold,
      count: set.count,
      status: set.status,
      manifestDigest: set.manifestDigest,
      madeAt: set.madeAt,
      ceremonyId: set.ceremonyId,
      replacedBy: set.replacedBy,
      replacedAt: set.replacedAt,
      backupsGone: backupsGone(set, sets),
      vaultProvedAt: set.vaultProvedAt,
      dueAt: set.dueAt,
      shares: set.shares,
      written: set.remnants.map((one) => ({
        id: one.id,
        share: one.index,
        custodian: one.custodian,
        thing: remnantInWords(one),
        destroyed: one.gone,
      })),
    })),
    opens: openWays(ledger).map(({ id, label, what, threshold, pieces, besides, since }) => ({
      id,
      label,
      what,
      threshold,
      pieces,
      besides,
      since,
    })),
    unsealKeys: keys === null ? null : unsealKeysOf(ledger, keys),
    ceremonies: ceremonies.map(
      ({ ceremonyId, kind, title, startedAt, lastAt, standing, outcome, destroy }) => ({
        ceremonyId,
        kind,
        title,
        startedAt,
        lastAt,
        standing,
        outcome,
        destroy,
      }),
    ),
  });
}

/** Of what was said here only what belongs into a file. */
function unsealKeysOf(ledger: Ledger, keys: SaidKeys) {
  const { holders, needed, saidAt } = keys;
  const when = saidAt === undefined ? {} : { saidAt };
  return { holders, needed, ...when, samePeople: sameOf(ledger, keys) };
}

const sameOf = (ledger: Ledger, keys: UnsealKeys) =>
  samePeople(openWays(ledger), keys).map(({ way: { id }, people, reachBoth }) => ({
    id,
    people,
    reachBoth,
  }));

const STATUSES: Readonly<Record<SetStatus, string>> = {
  live: 'IN USE',
  'waiting-for-receipt': 'WAITS for its receipt',
  'in-progress': 'BEING MADE',
  void: 'VOID',
  superseded: 'REPLACED',
  retired: 'RETIRED with its key version',
};

/**
 * Lines of plain text, with a newline at the end.
 * @param at when it was folded, UTC
 * @param keys who unseals Vault; null: nobody said
 */
export function ledgerInWords(
  ledger: Ledger,
  mode: Mode,
  at: string,
  keys: SaidKeys | null = null,
): string {
  const { sets, ceremonies } = ledger;
  const ways = openWays(ledger).map(wayInWords);
  const lines = [
    `Ledger, folded on ${plainTime(at)}${mode === 'rehearsal' ? ', of REHEARSALS: nothing here is about a real key' : ''}`,
    'It is signed by nobody: whoever has the ceremony logs folds the same.',
    ...sets.flatMap((set) => ['', ...setInWords(set, ledger)]),
    ...(ways.length === 0 ? [] : ['', 'What leads to a key, and who has it', ...ways]),
    ...(keys === null
      ? []
      : [
          '',
          ...dutiesInWords(openWays(ledger), keys),
          ...(keys.saidAt === undefined
            ? []
            : [
                `  as somebody said it on the laptop on ${plainDay(keys.saidAt)}: no log tells, and nobody signed it`,
              ]),
        ]),
    '',
    ceremonies.length === 0 ? 'No ceremony.' : 'Ceremonies, the newest first',
    ...ceremonies.map(ceremonyInWords),
  ];
  return `${lines.join('\n')}\n`;
}

function setInWords(set: LedgerSet, { sets, keyVersions }: Ledger): string[] {
  const { label, generation, keyVersion, threshold, count, replacedAt, dueAt } = set;
  const joined = set.status === 'live' ? joinedWith(set, sets) : [];
  const over = componentOver(set, sets);
  const said = backupsGone(set, sets);
  const left = set.remnants.filter(({ gone }) => !gone);
  const version = keyVersions.find((one) => one.mode === set.mode && one.keyVersion === keyVersion);
  const emptied = version?.emptied;
  return [
    `Set ${label}, generation ${generation}, of key version ${keyVersion}: any ${threshold} of ${count} shares. ${STATUSES[set.status]}${set.status === 'live' ? useInWords(version?.use ?? null) : ''}`,
    ...(set.policy === null ? [] : [`  rule for its media: ${policyInWords(set.policy)}`]),
    ...(joined.length === 0
      ? []
      : [`  opens without it what these shares open: ${joined.map(nameOf).join(', ')}`]),
    ...(set.supersededBy === null
      ? []
      : [
          `  replaced by ${set.supersededBy}${replacedAt === null ? '' : ` on ${plainDay(replacedAt)}`}${said === null ? halfInWords(replacedAt, over) : ''}`,
          ...(said === null
            ? []
            : [
                `  no backup with the old other half is left since ${said.on}, by the word of ${said.by.join(' and ')}`,
              ]),
          ...(over === undefined
            ? []
            : [
                `  ${replacedInWords(sharesLeft(set), threshold, over === null ? null : { ...over, gone: said })}`,
              ]),
        ]),
    ...(set.status === 'retired' ? [`  ${retiredInWords(sharesLeft(set), threshold)}`] : []),
    ...(emptied == null
      ? []
      : [
          `  what was stored under ${keyVersion} moved to ${emptied.to} on ${plainDay(emptied.at)}; by the bundle ${keysInWords(emptied.stay)} stayed`,
        ]),
    ...(dueAt === null ? [] : [`  next check due on ${plainDay(dueAt)}`]),
    ...set.shares.map((share) => `  ${shareInWords(share, count)}`),
    ...(left.length === 0 ? [] : ['  not destroyed, as far as the logs tell:']),
    ...left.map((one) => `    share ${one.index}, ${one.custodian}: ${remnantInWords(one)}`),
  ];
}

/** Where new survey keys go; '' where no log tells. */
function useInWords(use: VersionUse | null): string {
  if (use === null || use === 'retired') return '';
  return use === 'active'
    ? ', and new survey keys go under its version'
    : ', beside another version';
}

/** What this way takes, and who has a piece of it. */
function wayInWords({ label, what, keyVersion, threshold, pieces, besides, since }: OpenWay) {
  const who = pieces.map(({ number, by }) => `${number} ${by ?? '(nobody knows who)'}`).join(', ');
  const half =
    besides === 'backup' && since !== null
      ? `a backup from ${plainDay(since)} or before`
      : BESIDES[besides];
  return `  ${label}, ${WAYS[what]}, key version ${keyVersion}: any ${threshold} of ${who}; besides ${half}`;
}

const WAYS: Readonly<Record<OpenWay['what'], string>> = {
  set: 'shares',
  legacy: 'legacy shares',
  'new-legacy': 'new legacy shares',
};

const BESIDES: Readonly<Record<OpenWay['besides'], string>> = {
  vault: 'what Vault and the database hold today',
  backup: 'a backup from before the newer set',
  bundle: 'its bundle, which sync has not committed',
};

/** Until when sync's half fitted; '' where it does today, or nobody knows. */
function halfInWords(
  replacedAt: string | null,
  over: { readonly since: string | null } | null | undefined,
): string {
  const since = over?.since ?? null;
  if (since === null) return '';
  const day = since === replacedAt ? 'that day' : plainDay(since);
  return `; backups from ${day} or before hold the old other half`;
}

function shareInWords(share: LedgerShare, count: number): string {
  const { index, custodian, media, provedAt, provedByNonce, failedAt } = share;
  const on = media.map(({ description }) => description).join('; ');
  const read =
    provedAt === null
      ? 'never read here'
      : `last read on ${plainDay(provedAt)}, ${provedByNonce ? 'by a nonce of sync' : 'on the laptop’s word'}`;
  const failed = failedAt === null ? '' : `; NOT PROVED in a drill on ${plainDay(failedAt)}`;
  return `${shareName(index, count)}, ${custodian}${on === '' ? '' : `, on ${on}`}: ${read}${failed}`;
}

function ceremonyInWords({ startedAt, title, standing, outcome }: LedgerCeremony): string {
  return `  ${plainTime(startedAt)}: ${title}; ${outcome ?? standing}`;
}
