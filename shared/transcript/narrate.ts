/**
 * A ceremony log in plain English: one sentence for each entry.
 * @module
 */
import type { FullDrillFailure } from '../bundle/full-drill.ts';
import { FULL_DRILL_FAILURE_WORDS } from '../bundle/full-drill-words.ts';
import { fact, type Entry } from './entry.ts';
import { ENTRY_KINDS, type EntryKind } from './kinds.ts';
import { entries, type CeremonyLog } from './log.ts';
import { howItStood, KEY_SENTENCES } from './narrate-keys.ts';
import { LEGACY_SENTENCES } from './narrate-legacy.ts';
import { MOVE_SENTENCES } from './narrate-move.ts';
import {
  has,
  list,
  medium,
  mediumName,
  plainTime,
  short,
  stripSaid,
  yes,
  type Say,
  type Sentences,
} from './narrate-words.ts';

/** Words of `ShareFailure`. */
function notProved(why: string): string {
  const words: Readonly<Record<string, string>> = {
    absent: 'it was not brought',
    unreadable: 'its medium could not be read',
    wrong: 'what was brought is not this share',
  };
  return words[why] ?? why;
}

/** Words of `FullDrillFailure`. */
const notOpened = (why: string): string =>
  Object.hasOwn(FULL_DRILL_FAILURE_WORDS, why)
    ? FULL_DRILL_FAILURE_WORDS[why as FullDrillFailure]
    : why;

/** Survey keys under either version, as the package said. */
function storedSaid(say: Say, entry: Entry, other: 'activates' | 'retires'): string {
  if (!has(entry, 'storedUnder')) return '';
  return ` Survey keys as sync counted them: ${say('storedUnder')} under ${say('keyVersion')}, ${say('storedUnderOther')} under ${say(other)}.`;
}

/** Sets of a version beside the one that is named: each opens the same. */
function furtherSaid(entry: Entry): string {
  const further = list(entry, 'further');
  return further === '' ? '' : `, and ${further} besides`;
}

const SENTENCES: Sentences<EntryKind> = {
  ...KEY_SENTENCES,
  ...LEGACY_SENTENCES,
  ...MOVE_SENTENCES,
  'ceremony-opened': (say) =>
    `The ceremony "${say('ceremony')}" was opened in ${say('application')}.`,
  'plan-loaded': (say) =>
    `The plan ${say('digest')} was loaded, made for ${say('madeFor')}: ${plainTime(say('begins'))}, ${say('minutes')} minutes, ${say('place')}.`,
  'descriptor-trusted': (say) =>
    `Sync's descriptor ${say('digest')} (audience ${say('audience')}) was accepted: ${say('how') === 'typed' ? 'its eight words were typed' : say('how')}.`,
  'package-imported': (say) =>
    `${/^[aeiou]/.test(say('packageKind')) ? 'An' : 'A'} ${say('packageKind')} package ${say('digest')} was imported; nonce ${say('nonce')}, trust epoch ${say('epoch')}, valid until ${plainTime(say('expiresAt'))}.`,
  'plan-agreed': (say, entry) => {
    const custodians = list(entry, 'custodian');
    const people = ['operator', 'witness'].flatMap((role) => {
      const address = has(entry, `${role}.mail`) ? `, ${say(`${role}.mail`)}` : '';
      const who = role === 'operator' ? 'Operator' : 'Witness';
      return has(entry, role) ? [` ${who}: ${say(role)}${address}.`] : [];
    });
    return (
      `The people agreed on the set ${say('label')} for key version ${say('keyVersion')}: any ${say('threshold')} of ` +
      `${say('count')} shares, on ${say('page')} paper where it is paper.` +
      (custodians === '' ? '' : ` Custodians: ${custodians}.`) +
      people.join('') +
      (has(entry, 'policy.allowed') ? rule(say) : '') +
      ofPlan(say, entry)
    );
  },
  'environment-checked': (say, entry) => {
    const probes = list(entry, 'probe');
    return `The laptop was checked: ${say('standing')}${probes === '' ? '' : ` (${probes})`}.`;
  },
  'clock-compared': (say) =>
    yes(
      say('agrees'),
      'The laptop’s clock agrees with the operator’s watch.',
      'The laptop’s clock does NOT agree with the operator’s watch.',
    ),
  'person-seated': (say) => `${say('name')} sat down as ${say('role')}.`,
  'identity-ready': (say) =>
    `${say('name')} (${say('role')}) has the personal key ${say('publicKey')} at hand: ${say('how')}.`,
  'key-made': (say, entry) =>
    `A new key was made: component ${say('componentId')}, ${say('componentBytes')} bytes; check values ` +
    `custodian component ${say('check.custodianComponent')}, vault component ${say('check.vaultComponent')}, ` +
    `platform key ${say('check.platformKey')}.` +
    (has(entry, 'escrowKey.digest')
      ? ` Survey keys can be sealed to its escrow key, SHA-256 ${say('escrowKey.digest')}.`
      : ''),
  'rotation-agreed': (say, entry) => {
    const changes = list(entry, 'change');
    const ends = list(entry, 'ends');
    return (
      `The people agreed that new shares of the same platform key take the place of the set ${say('label')} ` +
      `(${say('replaces')})${ends === '' ? '' : `, as well as of the sets that open the same key: ${ends}`}, with roster ${say('serial')}, which follows the roster ${say('previous')}` +
      (changes === '' ? '.' : `. Changes: ${changes}.`)
    );
  },
  'version-agreed': (say, entry) => {
    const changes = list(entry, 'change');
    return (
      `The people agreed that a new platform key, version ${say('nextVersion')}, is made beside version ${say('keyVersion')}, ` +
      `whose set ${say('label')} (${say('beside')}) stays in use, with roster ${say('serial')}, which follows the roster ${say('previous')}` +
      (changes === '' ? '.' : `. Changes: ${changes}.`)
    );
  },
  'set-agreed': (say, entry) => {
    const changes = list(entry, 'change');
    const joined = list(entry, 'joined');
    return (
      `The people agreed that another set of the platform key of version ${say('keyVersion')} comes beside the set ${say('label')} ` +
      `(${say('beside')}), which stays in use${joined === '' ? '' : `, as does what opens the same key as well: ${joined}`}; ` +
      `with roster ${say('serial')}, which follows the roster ${say('previous')}` +
      (changes === '' ? '.' : `. Changes: ${changes}.`)
    );
  },
  'component-restored': (say, entry) =>
    `The custodian component ${say('componentId')}, ${say('componentBytes')} bytes, was put together from the shares ${say('indexes')} that were given, and is the one of the check value ` +
    `${say('check.custodianComponent')}; vault component ${say('check.vaultComponent')}, platform key ${say('check.platformKey')} stay.` +
    (has(entry, 'escrowKey.digest')
      ? ` The escrow key of the platform key is SHA-256 ${say('escrowKey.digest')}.`
      : ''),
  'key-renewed': (say) =>
    `The platform key in use was restored from the shares that were given, and both of its halves were made anew: component ${say('componentId')}, ${say('componentBytes')} bytes; check values ` +
    `custodian component ${say('check.custodianComponent')}, vault component ${say('check.vaultComponent')}, ` +
    `platform key ${say('check.platformKey')}. Its escrow key is SHA-256 ${say('escrowKey.digest')}.`,
  'component-split': (say) =>
    `The custodian component was split into ${say('count')} shares of the set ${say('setId')}, generation ` +
    `${say('generation')}; any ${say('threshold')} of them open it.`,
  'share-writing': (say) =>
    `Share ${say('index')} of ${say('custodian')} was about to be written on ${medium(say)}.`,
  'share-written': (say) =>
    `Share ${say('index')} was written for ${say('custodian')} on ${medium(say)}: ${say('description')}.`,
  'share-read-back': (say, entry) =>
    `Share ${say('index')} of ${say('custodian')} was read back from its own ${medium(say)}; it is the share with the key ${say('publicKey')}${has(entry, 'envelope') ? `, in the envelope ${say('envelope')}` : ''}.`,
  'backups-gone': (say, entry) =>
    `${say('by.1.name')} and ${say('by.2.name')} say that since ${say('on')} no backup is left that holds the other half of the shares of the set ${say('label')} (${say('setId')})${has(entry, 'since') ? `, which changed on ${say('since')}` : ''}.`,
  'destruction-agreed': (say, entry) => {
    const things = list(entry, 'thing');
    if (say('standing') === 'legacy') {
      return `The people agreed to destroy what opened the key of the set ${say('label')} (${say('setId')}, generation ${say('generation')}) before that set did; ${say('witness')} watches.${things === '' ? '' : ` To be destroyed: ${things}.`}`;
    }
    return (
      `The people agreed to destroy what is left of the set ${say('label')} (${say('setId')}, generation ${say('generation')}), which is ${say('standing')}; ` +
      `${say('witness')} watches.` +
      (has(entry, 'backups') ? ` Of the backups they said: ${say('backups')}.` : '') +
      (has(entry, 'backups.reason')
        ? ` ${say('backups.by.name')} and the witness answer for that: "${say('backups.reason')}".`
        : '') +
      (things === '' ? '' : ` To be destroyed: ${things}.`)
    );
  },
  'medium-destroyed': (say, entry) =>
    (say('medium').startsWith('yubikey')
      ? `The envelope of share ${say('index')} of ${say('custodian')} (${medium(say)}), not the key, was destroyed before everybody’s eyes: ${say('description')}`
      : `What share ${say('index')} of ${say('custodian')} lay on (${medium(say)}) was destroyed before everybody’s eyes: ${say('description')}`) +
    stripSaid(say, entry),
  'share-file-removed': (say, entry) =>
    `The file of share ${say('index')} of ${say('custodian')} was removed from the ${say('where')} (${list(entry, 'file')}); when the stick had been out, ${yes(say('gone'), 'it was gone', 'it was still THERE')}.`,
  'share-attested': (say) =>
    `${say('custodian')} stated about share ${say('index')}: "${say('statement')}"`,
  'quorum-proved': (say) =>
    `Shares ${say('indexes')}, read back from their media, gave the component back.`,
  'set-signed': (say) =>
    `Manifest ${say('manifestDigest')} and roster ${say('rosterDigest')} were signed by a quorum of the new shares.`,
  'witness-page-printed': (say) =>
    `The page for the witness’s file was printed: ${say('description')}. It bears the head ${say('head')}.`,
  'vault-component-checked': (say) =>
    yes(
      say('fits'),
      'Sync’s half of the key was compared with its check value and fits.',
      'Sync’s half of the key does NOT fit its check value.',
    ),
  'facts-agreed': (say, entry) =>
    `The custodians agreed to request ${say('requestCode')}: user ${say('userId')}, survey ${say('surveyId')}, key version ${say('keyVersion')}${passphraseOf(say, entry)}.` +
    (has(entry, 'escrow')
      ? ` ${say('escrow') === 'organisation' ? 'Its stored key' : 'The escrow'} is of the kind ${say('escrow')}, ${say('escrowDigest')}; CheckTick’s hash of the survey’s key: ${say('keyHash')}.`
      : ''),
  'organisation-agreed': (say, entry) =>
    `The custodians agreed to request ${say('requestCode')}: survey keys of organisation ${say('organisationId')} are wrapped under ${ofOwner(say)}, key version ${say('keyVersion')}${whence(say, entry)}. To be ${has(entry, 'movesFrom') ? 'moved' : 'helped'}: ${list(entry, 'survey')}.` +
    staying(entry) +
    (say('further') === '0' ? '' : ` The package had no room for ${say('further')} more.`),
  'surveys-wrapped': (say, entry) =>
    `Survey keys of organisation ${say('organisationId')} were wrapped under ${ofOwner(say)}${whence(say, entry)}, and read back with what was typed${has(entry, 'movesFrom') ? '' : ' once more'}: ${list(entry, 'moved')}.${staying(entry)}`,
  'roster-agreed': (say, entry) => {
    const changes = list(entry, 'change');
    const admins = list(entry, 'admin');
    return (
      `The people agreed on roster ${say('serial')}, which follows the roster ${say('previous')}` +
      (changes === '' ? '.' : `. Changes: ${changes}.`) +
      (admins === '' ? '' : ` New admins of sync, in place of all others: ${admins}.`)
    );
  },
  'roster-signed': (say) =>
    `The new roster ${say('rosterDigest')} was signed by the keys of the shares that were given.`,
  'share-accepted': (say, entry) =>
    `Share ${say('index')} was read from ${medium(say)}${has(entry, 'sheet') ? `, sheet ${say('sheet')},` : ''} and is genuine.${howItStood(say, entry)}`,
  'share-refused': (say, entry) => {
    const share = has(entry, 'index') ? ` (share ${say('index')})` : '';
    const what = has(entry, 'readBackOf')
      ? `What was read back for ${say('readBackOf')}${share}`
      : `A share${share}`;
    return `${what} was refused: ${say('code')}${has(entry, 'culprit') ? ` (${say('culprit')})` : ''}.`;
  },
  'activation-agreed': (say, entry) =>
    `Everybody agreed that key version ${say('activates')}, whose set is ${say('otherLabel')} (${say('otherSet')})${furtherSaid(entry)}, is put to use in the place of ${say('keyVersion')}; shares of the set ${say('label')} sign it.${storedSaid(say, entry, 'activates')}`,
  'retirement-agreed': (say, entry) =>
    `Everybody agreed that key version ${say('retires')}, whose set is ${say('otherLabel')} (${say('otherSet')})${furtherSaid(entry)}, is retired; shares of the set ${say('label')}, of version ${say('keyVersion')}, sign it.${storedSaid(say, entry, 'retires')}`,
  'refresh-agreed': (say, entry) => {
    const ended = list(entry, 'ends');
    return (
      `The people agreed that ${say('count')} shares of the set ${say('label')} (${say('setId')}; ${say('replaces')}) become others of the same component, ` +
      `generation ${say('generation')}, key version ${say('keyVersion')}, of which any ${say('threshold')} open it, on ${say('page')} paper where it is paper; with the roster ${say('roster')}. ` +
      `Custodians: ${list(entry, 'custodian')}. ${say('operator')} signs for it.` +
      (ended === '' ? '' : ` Did not come, and have no share from now on: ${ended}.`)
    );
  },
  'share-refreshed': (say) =>
    `Share ${say('before')}, which ${say('custodian')} gave, signed for share ${say('index')} of the next generation, with the key ${say('publicKey')}, which was made of it; then it was wiped.`,
  'refreshed-set-signed': (say) =>
    `Manifest ${say('manifestDigest')} holds what each old and each new share signed; the operator signed it. A threshold of the new shares signed the roster ${say('rosterDigest')}.`,
  'drill-agreed': (say, entry) =>
    `Everybody agreed to prove shares of the set ${say('label')} (${say('setId')}, generation ${say('generation')}), key version ${say('keyVersion')}, one by one; ${
      has(entry, 'proofKey')
        ? `then they are put together once, and open a test escrow of the key ${say('proofKey')}`
        : 'nothing is put together'
    }.`,
  'check-agreed': (say) =>
    `Everybody agreed to read shares of the set ${say('label')} (${say('setId')}, generation ${say('generation')}), key version ${say('keyVersion')}, one by one and without a nonce of sync: what follows is on this laptop’s word.`,
  'test-escrow-opened': (say) =>
    `The test escrow was opened, and its key signed. From the first share to the platform key: ${say('restored')}, ${say('restoreMs')} ms.`,
  'test-escrow-not-opened': (say) => `The test escrow was NOT opened: ${notOpened(say('why'))}.`,
  'full-drill-timed': (say) =>
    `From the beginning (${say('begunAt')}) to the bundle: ${say('whole')}, ${say('wholeMs')} ms.`,
  'share-proved': (say) =>
    `Share ${say('index')}, which ${say('custodian')} brought on ${medium(say)}, signed the nonce of sync with its own key.`,
  'share-not-proved': (say) =>
    `Share ${say('index')} of ${say('custodian')} was NOT proved: ${notProved(say('why'))}.`,
  'platform-key-checked': (say) =>
    yes(
      say('fits'),
      `The platform key from shares ${say('indexes')} fits its check value.`,
      `The platform key from shares ${say('indexes')} does NOT fit its check value.`,
    ),
  'kek-opened': (say, entry) =>
    `The survey key of user ${say('userId')}, survey ${say('surveyId')}, was opened${has(entry, 'owner') ? ` with the passphrase of organisation ${say('organisationId')}, which ${say('owner')} typed` : ''}.` +
    (has(entry, 'escrow')
      ? ` It lay in ${say('escrow') === 'organisation' ? 'the stored key' : 'the escrow'} ${say('escrowDigest')} of the kind ${say('escrow')}; against CheckTick’s hash of the survey’s key: ${say('surveyKey')}.`
      : ''),
  'escrowed-email-compared': (say, entry) =>
    `The escrowed e-mail address was compared: ${say('outcome')} (the account’s address today: ${say('account')}; ` +
    `the one that the person gave: ${say('stated')}). ${say('decidedBy')} decided: ${say('decision')}` +
    `${has(entry, 'reason') ? `, because: ${say('reason')}` : ''}.`,
  'bundle-made': (say) =>
    `Bundle ${say('digest')} was made; it signs the first ${say('signedEntries')} entries of this log.`,
  'bundle-written': (say) =>
    `Bundle ${say('digest')} was written and read back: ${say('description')}.`,
  'receipt-imported': (say) =>
    `Receipt ${say('digest')} came home: ${say('outcome')}. Sync says: "${say('statement')}"`,
  exception: (say) => `EXCEPTION: ${say('text')}`,
  paused: () => 'The ceremony was paused.',
  resumed: () => 'The ceremony went on.',
  'declared-void': (say, entry) => {
    const media = list(entry, 'medium');
    return (
      `The set was declared VOID: ${say('reason')}` +
      (media === '' ? '' : ` To be destroyed: ${media}.`)
    );
  },
  'ceremony-closed': (say) => `The ceremony was closed: ${say('outcome')}.`,
};

/** Of an organisation: whose passphrase its survey keys are wrapped under. */
function ofOwner(say: Say): string {
  const which = say('passphrase');
  if (which === 'new') return `a new passphrase, which ${say('owner')} makes up`;
  if (which === 'kept') return `the passphrase in use, which ${say('owner')} types`;
  return which === 'continued'
    ? `the passphrase of an earlier ceremony, which ${say('owner')} types`
    : `a passphrase (${which}) of ${say('owner')}`;
}

/** Of an organisation that moves: the version of before. */
function whence(say: Say, entry: Entry): string {
  return has(entry, 'movesFrom') ? `; it moves from key version ${say('movesFrom')}` : '';
}

function staying(entry: Entry): string {
  const left = list(entry, 'left');
  return left === '' ? '' : ` These stay as they are: ${left}.`;
}

/** Of a survey key that an organisation keeps. */
function passphraseOf(say: Say, entry: Entry): string {
  if (!has(entry, 'organisationId')) return '';
  const team = has(entry, 'teamId') ? `, of whose team ${say('teamId')} the survey is` : '';
  return `, with the passphrase of organisation ${say('organisationId')}${team}`;
}

/** The rule for the media of a set. */
function rule(say: Say): string {
  const allowed = say('policy.allowed').split(', ').map(mediumName).join(', ');
  const apart = yes(
    say('policy.apart'),
    'no two custodians on the same kind',
    'custodians may have the same kind',
  );
  return ` Rule for the media: ${allowed} allowed; kinds at least: ${say('policy.kinds')}; ${apart}.`;
}

/** Whether it is what the plan has that was loaded; nothing where none was. */
function ofPlan(say: Say, entry: Entry): string {
  if (!has(entry, 'plan')) return '';
  const changes = list(entry, 'changed');
  return changes === ''
    ? ` All of it as the plan ${say('plan')} has it.`
    : ` Changed by hand from the plan ${say('plan')}: ${changes}.`;
}

function isKind(kind: unknown): kind is EntryKind {
  return typeof kind === 'string' && Object.hasOwn(ENTRY_KINDS, kind);
}

/** What the entry says, without number and time. */
export function narrateEntry(entry: Entry): string {
  const say: Say = (path) => {
    const leaf = entry.leaves.find((candidate) => candidate.path === path);
    if (leaf === undefined) return '(not recorded)';
    return 'withheld' in leaf ? '(withheld)' : short(String(leaf.value));
  };
  const kind = fact(entry, 'kind');
  if (isKind(kind)) return SENTENCES[kind](say, entry);
  const leaves = entry.leaves
    .filter(({ path }) => path !== 'at')
    .map(({ path }) => `${path} ${say(path)}`);
  return `An entry of a kind that this Conclave does not know: ${leaves.join(', ')}.`;
}

/** Every entry as `3 May 2026, 09:30:00 UTC: sentence`. */
export function narrateLog(log: CeremonyLog): string[] {
  return entries(log).map((entry) => {
    const at = fact(entry, 'at');
    const when = typeof at === 'string' ? plainTime(at) : 'time withheld';
    return `${when}: ${narrateEntry(entry)}`;
  });
}
