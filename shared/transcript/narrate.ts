/**
 * A ceremony log in plain English: one sentence for each entry.
 * @module
 */
import { plainDay } from '../encoding/dates.ts';
import { MEDIA_KINDS, MEDIUM_NAMES } from '../sharing/manifest.ts';
import { fact, type Entry } from './entry.ts';
import { ENTRY_KINDS, type EntryKind } from './kinds.ts';
import { entries, type CeremonyLog } from './log.ts';

/** `2026-05-03T09:30:00Z` as `3 May 2026, 09:30:00 UTC`; anything else as it is. */
export function plainTime(text: string): string {
  const match = /^\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)Z$/.exec(text);
  return match === null ? text : `${plainDay(text)}, ${match[1] ?? ''} UTC`;
}

type Say = (path: string) => string;

/** How long, readable hex: the first 16 digits. */
function short(hex: string): string {
  return /^[0-9a-f]{32,}$/.test(hex) ? `${hex.slice(0, 16)}…` : hex;
}

const yes = (value: string, then: string, otherwise: string) =>
  value === 'true' ? then : value === 'false' ? otherwise : `${then} (${value})`;

/** The leaves `<prefix>.<id>` or `<prefix>.<id>.<part>`, in the order of their ids, each id once. */
function list(entry: Entry, prefix: string): string {
  const byId = new Map<string, string[]>();
  for (const leaf of entry.leaves) {
    if (!leaf.path.startsWith(`${prefix}.`)) continue;
    const [id = '', part] = leaf.path.slice(prefix.length + 1).split('.');
    const value = 'withheld' in leaf ? '(withheld)' : short(String(leaf.value));
    // The name comes first, whatever else is told of it stands behind.
    const others = byId.get(id) ?? [];
    byId.set(id, part === 'name' ? [value, ...others] : [...others, value]);
  }
  return [...byId]
    .sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }))
    .map(([id, values]) => `${id} ${values.join(', ')}`)
    .join('; ');
}

/** Words of `LegacyJudgement`; what is none of them as it is. */
function standingInWords(standing: string): string {
  const words: Readonly<Record<string, string>> = {
    whole: 'it was never split',
    uncompared: 'there were only as many as are needed, so nothing could be compared',
    agree: 'all of them agree',
    wrong: 'one or more are wrong',
    'one-of': 'one of several is wrong',
    'several-wrong': 'more than one is wrong',
  };
  return words[standing] ?? standing;
}

/** Words of `ShareFailure`. */
function notProved(why: string): string {
  const words: Readonly<Record<string, string>> = {
    absent: 'it was not brought',
    unreadable: 'its medium could not be read',
    wrong: 'what was brought is not this share',
  };
  return words[why] ?? why;
}

/** Words of `ComponentPlace`, after "the vault component". */
function placeInWords(place: string): string {
  const words: Readonly<Record<string, string>> = {
    both: 'that Vault and the database row hold',
    row: 'of the database row',
    vault: 'of Vault',
  };
  return words[place] ?? place;
}

const SENTENCES: Record<EntryKind, (say: Say, entry: Entry) => string> = {
  'ceremony-opened': (say) =>
    `The ceremony "${say('ceremony')}" was opened in ${say('application')}.`,
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
      (has(entry, 'policy.allowed') ? rule(say) : '')
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
  'identity-on-key': (say, entry) =>
    `The personal key ${say('publicKey')} of ${say('name')} (${say('role')}) is made by a ${say('model')}${serial(say, entry)}, firmware ${say('firmware')}, with PIN and touch for each signature. ${attested(say)}`,
  'key-made': (say, entry) =>
    `A new key was made: component ${say('componentId')}, ${say('componentBytes')} bytes; check values ` +
    `custodian component ${say('check.custodianComponent')}, vault component ${say('check.vaultComponent')}, ` +
    `platform key ${say('check.platformKey')}.` +
    (has(entry, 'escrowKey.digest')
      ? ` Survey keys can be sealed to its escrow key, SHA-256 ${say('escrowKey.digest')}.`
      : ''),
  'adopt-package-opened': (_say, entry) => {
    const versions = list(entry, 'version');
    return `What sync sealed for this adoption was opened${versions === '' ? '' : `; of the vault components sync found: ${versions}`}.`;
  },
  'legacy-practice': () =>
    'Everybody said that the legacy shares of this rehearsal were made for practice, and open no real key.',
  'legacy-given': (say) =>
    say('numbers') === 'whole'
      ? `${say('by')} gave the component as a whole, never split: ${say('source')}.`
      : `${say('by')} gave the legacy shares ${say('numbers')}: ${say('source')}.`,
  'legacy-taken-back': (say) =>
    say('numbers') === 'whole'
      ? 'The component that was given as a whole was taken back.'
      : `The legacy shares ${say('numbers')} were taken back.`,
  'legacy-compared': (say, entry) =>
    `The legacy shares were compared with each other: ${standingInWords(say('standing'))}${has(entry, 'suspects') ? ` (${say('suspects')})` : ''}; ${yes(say('agreed'), 'what they give was compared with more of them than are needed', 'what they give was compared with nothing')}${has(entry, 'needed') ? `; they fit each other if any ${say('needed')} of them are enough, which is not what was said` : ''}.`,
  'legacy-proved': (say, entry) =>
    say('proof') === 'none'
      ? 'Sync has no stored survey key that could prove the restored platform key: it is unproved.'
      : `The restored platform key was proved by ${say('proof')}: with the vault component ${placeInWords(say('place'))} it opened ${has(entry, 'opened.1') ? `the stored survey keys of ${list(entry, 'opened')}` : `the stored survey key of user ${say('userId')} and survey ${say('surveyId')}`}${has(entry, 'unopened.1') ? `; it did not open those of ${list(entry, 'unopened')}` : ''}${has(entry, 'wrong') ? `; legacy share ${say('wrong')} is the wrong one` : ''}.`,
  'legacy-decided': (say) =>
    `${say('by.1.name')} and ${say('by.2.name')} answer for it that the vault component ${placeInWords(say('place'))} is the right one.`,
  'key-restored': (say) =>
    `The platform key in use was taken over; ${say('legacy')} open it as before, until they are destroyed. It is component ${say('componentId')}, ${say('componentBytes')} bytes; check values ` +
    `custodian component ${say('check.custodianComponent')}, vault component ${say('check.vaultComponent')}, ` +
    `platform key ${say('check.platformKey')}. Survey keys can be sealed to its escrow key, SHA-256 ${say('escrowKey.digest')}.`,
  'rotation-agreed': (say, entry) => {
    const changes = list(entry, 'change');
    return (
      `The people agreed that new shares of the same platform key take the place of the set ${say('label')} ` +
      `(${say('replaces')}), with roster ${say('serial')}, which follows the roster ${say('previous')}` +
      (changes === '' ? '.' : `. Changes: ${changes}.`)
    );
  },
  'key-renewed': (say) =>
    `The platform key in use was restored from the shares that were given, and both of its halves were made anew: component ${say('componentId')}, ${say('componentBytes')} bytes; check values ` +
    `custodian component ${say('check.custodianComponent')}, vault component ${say('check.vaultComponent')}, ` +
    `platform key ${say('check.platformKey')}. Its escrow key is SHA-256 ${say('escrowKey.digest')}.`,
  'new-legacy-split': (say) =>
    `The custodian component was split once more, into ${say('count')} new legacy shares for CheckTick’s own commands; any ${say('threshold')} of them open it, and they have no checksum.`,
  'new-legacy-writing': (say) =>
    `New legacy share ${say('number')} was about to be written for ${say('custodian')} on a stick, unlocked.`,
  'new-legacy-written': (say) =>
    `New legacy share ${say('number')} was written for ${say('custodian')}, unlocked: ${say('description')}.`,
  'new-legacy-read-back': (say) =>
    `New legacy share ${say('number')} of ${say('custodian')} was read back from ${say('description')}, digit for digit.`,
  'new-legacy-proved': (say) =>
    `All ${say('count')} new legacy shares, as they were read back, lie on one polynomial, and any ${say('threshold')} of them give the component of the new set.`,
  'new-legacy-left': (say) =>
    `The new legacy shares were left after ${say('done')} of ${say('count')} were read back. What was written of them is to be destroyed.`,
  'component-split': (say) =>
    `The custodian component was split into ${say('count')} shares of the set ${say('setId')}, generation ` +
    `${say('generation')}; any ${say('threshold')} of them open it.`,
  'share-writing': (say) =>
    `Share ${say('index')} of ${say('custodian')} was about to be written on ${medium(say)}.`,
  'share-written': (say) =>
    `Share ${say('index')} was written for ${say('custodian')} on ${medium(say)}: ${say('description')}.`,
  'share-read-back': (say, entry) =>
    `Share ${say('index')} of ${say('custodian')} was read back from its own ${medium(say)}; it is the share with the key ${say('publicKey')}${has(entry, 'envelope') ? `, in the envelope ${say('envelope')}` : ''}.`,
  'key-registered': (say, entry) =>
    `The ${yes(say('backup'), 'backup key', 'key')} of ${say('custodian')} for share ${say('index')} is a ${say('model')}${serial(say, entry)}, firmware ${say('firmware')}, used as ${medium(say)}.`,
  'slot-programming': (say, entry) =>
    `For share ${say('index')}, slot ${say('slot')} of the ${say('model')}${serial(say, entry)} of ${say('custodian')} was about to be programmed with a new secret; it was found ${say('found')}.${verifier(say, entry)}`,
  'slot-programmed': (say, entry) =>
    `For share ${say('index')}, slot ${say('slot')} of the YubiKey${serial(say, entry)} of ${say('custodian')} was programmed with a new secret; it answers ${touch(say)}.${verifier(say, entry)}`,
  'slot-used': (say, entry) =>
    `For share ${say('index')}, slot ${say('slot')} of the YubiKey${serial(say, entry)} of ${say('custodian')} was used as it was found; it answers ${touch(say)}.`,
  'key-attested': (say, entry) =>
    `The YubiKey${serial(say, entry)} of ${say('custodian')} made a credential for share ${say('index')}. ${attested(say)}`,
  'envelope-renewed': (say, entry) =>
    `Share ${say('index')} of ${say('custodian')} was locked anew to its YubiKey: envelope ${say('after')} took the place of ${say('before')}` +
    `${has(entry, 'sheet') ? `. It was read back from sheet ${say('sheet')}, which counts from here on instead of sheet ${say('oldSheet')}` : ''}.`,
  'envelope-printing': (say) =>
    `Share ${say('index')} of ${say('custodian')} was about to be locked anew and printed as sheet ${say('sheet')}.`,
  'envelope-kept': (say, entry) =>
    `Share ${say('index')} of ${say('custodian')} was given and not locked anew: ` +
    (has(entry, 'sheet')
      ? `sheet ${say('sheet')} with the envelope ${say('envelope')} still counts`
      : `its stick, looked at afterwards, holds the envelope ${say('envelope')} of before, which still opens it`) +
    `, and the challenge of that envelope has been answered once. The reason: ${say('reason')}`,
  'envelope-making': (say) =>
    `On the stick of share ${say('index')} of ${say('custodian')}, the envelope ${say('after')} was about to take the place of ${say('before')}.`,
  'envelope-unknown': (say, entry) =>
    `Share ${say('index')} of ${say('custodian')} was given, and it is not known what its stick holds: it could not be looked at afterwards, ` +
    `or held neither the envelope ${say('before')} of before${has(entry, 'after') ? ` nor the new one, ${say('after')}` : ''}. The reason: ${say('reason')}`,
  'sheets-destroyed': (say) =>
    `Of the envelope of share ${say('index')}, ${say('custodian')} destroyed sheet ${say('sheets')} before the eyes of ${say('witness')}; sheet ${say('good')} counts.`,
  'destruction-agreed': (say, entry) => {
    const things = list(entry, 'thing');
    if (say('standing') === 'legacy') {
      return `The people agreed to destroy what opened the key of the set ${say('label')} (${say('setId')}, generation ${say('generation')}) before that set did; ${say('witness')} watches.${things === '' ? '' : ` To be destroyed: ${things}.`}`;
    }
    return (
      `The people agreed to destroy what is left of the set ${say('label')} (${say('setId')}, generation ${say('generation')}), which is ${say('standing')}; ` +
      `${say('witness')} watches.` +
      (has(entry, 'backups') ? ` Of the backups they said: ${say('backups')}.` : '') +
      (things === '' ? '' : ` To be destroyed: ${things}.`)
    );
  },
  'medium-destroyed': (say) =>
    say('medium').startsWith('yubikey')
      ? `The envelope of share ${say('index')} of ${say('custodian')} (${medium(say)}), not the key, was destroyed before everybody’s eyes: ${say('description')}.`
      : `What share ${say('index')} of ${say('custodian')} lay on (${medium(say)}) was destroyed before everybody’s eyes: ${say('description')}.`,
  'legacy-destroyed': (say, entry) =>
    `${say('number') === '0' ? 'The component that was never split' : `Legacy share ${say('number')}`}${has(entry, 'written') ? `, written ${say('written')}` : ''}, which ${say('custodian')} had, was destroyed before everybody’s eyes: ${say('description')}.`,
  'leftovers-looked-for': (say, entry) => {
    const files = list(entry, 'file');
    return `Leftover files were looked for by their names on ${say('where')}: ${say('looked')} entries, ${yes(say('complete'), 'all there are', 'NOT all there are')}; ${files === '' ? 'nothing was found' : `found: ${files}`}.`;
  },
  'slot-erased': (say, entry) =>
    `Slot ${say('slot')} of the YubiKey ${say('serial')} of ${say('custodian')}, for share ${say('index')}, was found ${say('found')}${secretShown(say, entry)}${say('found') === 'configured' ? ' and was erased' : ''}; read again, it is ${yes(say('empty'), 'empty', 'NOT empty')}.`,
  'slot-left': (say, entry) =>
    `${has(entry, 'slot') ? `Slot ${say('slot')}` : 'A slot, and nobody there knew which,'} of the YubiKey${serial(say, entry)} of ${say('custodian')}, for share ${say('index')}, was left as it is: ${say('reason')}`,
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
    `The custodians agreed to request ${say('requestCode')}: survey keys of organisation ${say('organisationId')} are wrapped under ${ofOwner(say)}, key version ${say('keyVersion')}. To be helped: ${list(entry, 'survey')}.` +
    staying(entry) +
    (say('further') === '0' ? '' : ` The package had no room for ${say('further')} more.`),
  'surveys-wrapped': (say, entry) =>
    `Survey keys of organisation ${say('organisationId')} were wrapped under ${ofOwner(say)}, and read back with what was typed once more: ${list(entry, 'moved')}.${staying(entry)}`,
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
  'replaced-envelope-used': (say, entry) =>
    `ENVELOPE THAT IS OVER (${say('standing')}): ${say('custodian')} chose, before ${say('witness')}, to use the envelope ${say('envelope')}${lockedIn(say, entry)} of share ${say('index')}` +
    `${has(entry, 'sheet') ? ` on sheet ${say('sheet')}` : ' on a stick'}, ` +
    (has(entry, 'replacedAt')
      ? `whose place ${say('live')}${has(entry, 'liveSheet') ? ` on sheet ${say('liveSheet')}` : ''} took on ${plainTime(say('replacedAt'))}`
      : `which was printed and never read back${has(entry, 'liveSheet') ? `; sheet ${say('liveSheet')} counted` : ''}`) +
    `${has(entry, 'destroyedAt') ? `, and which was said to be destroyed on ${plainTime(say('destroyedAt'))}` : ''}. The reason: ${say('reason')}`,
  'share-refused': (say, entry) => {
    const share = has(entry, 'index') ? ` (share ${say('index')})` : '';
    const what = has(entry, 'readBackOf')
      ? `What was read back for ${say('readBackOf')}${share}`
      : `A share${share}`;
    return `${what} was refused: ${say('code')}${has(entry, 'culprit') ? ` (${say('culprit')})` : ''}.`;
  },
  'drill-agreed': (say) =>
    `Everybody agreed to prove shares of the set ${say('label')} (${say('setId')}, generation ${say('generation')}), key version ${say('keyVersion')}, one by one; nothing is put together.`,
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
  return which === 'continued'
    ? `the passphrase of an earlier ceremony, which ${say('owner')} types`
    : `a passphrase (${which}) of ${say('owner')}`;
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

function mediumName(kind: string): string {
  return (
    MEDIA_KINDS.filter((known) => known === kind).map((known) => MEDIUM_NAMES[known])[0] ?? kind
  );
}

const medium = (say: Say) => mediumName(say('medium'));

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

const verifier = (say: Say, entry: Entry) =>
  has(entry, 'verifier') ? ` Its verifier is ${say('verifier')}.` : '';
/** In the words of before where nothing is said. */
const secretShown = (say: Say, entry: Entry) => {
  if (!has(entry, 'proved')) return '';
  return yes(
    say('proved'),
    ', showed that it held the secret that was drawn for this share,',
    ', answered with a secret of which no verifier was known,',
  );
};

/** What the laptop knew of the envelope before its key was asked. */
function howItStood(say: Say, entry: Entry): string {
  if (!has(entry, 'standing')) return '';
  const envelope = `${say('envelope')}${lockedIn(say, entry)}`;
  switch (say('standing')) {
    case 'newest':
      return ` Its envelope ${envelope} was the newest that the laptop knew of.`;
    case 'not-known':
      return ` The laptop’s logs did not name its envelope ${envelope} as one that counts, or are not all of them, so it could not know whether another one had taken its place.`;
    default:
      return ` Its envelope ${envelope} was over, and was used on purpose: ${say('standing')}.`;
  }
}

/** Nothing in a log of before. */
const lockedIn = (say: Say, entry: Entry) =>
  has(entry, 'madeIn') ? `, locked in ceremony ${say('madeIn')},` : '';

const touch = (say: Say) => yes(say('touch'), 'to a touch only', 'WITHOUT a touch');

/** Base64 of any length, to be looked up in the log itself. */
const cut = (text: string) => (text.length > 64 ? `${text.slice(0, 24)}…` : text);

/** What the key said of the credential that it made. Only `packed` is checked, and to no root. */
function attested(say: Say): string {
  const format = say('format');
  const said =
    format === 'packed'
      ? 'It attested the credential, which proves the hardware only to whoever checks that against the maker’s root'
      : format === 'none'
        ? 'It attested nothing, so nothing proves what made the credential'
        : 'What it said to attest the credential was not checked';
  return `${said}; kept here in base64: ${format} statement ${cut(say('statement.1'))}, authenticator data ${cut(say('authenticatorData'))}, client data hash ${say('clientDataHash')}.`;
}

/** Nothing where the key does not tell it. */
function serial(say: Say, entry: Entry): string {
  return has(entry, 'serial') ? ` ${say('serial')}` : '';
}

function has(entry: Entry, path: string): boolean {
  return entry.leaves.some((leaf) => leaf.path === path);
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
