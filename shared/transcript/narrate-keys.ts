/**
 * Sentences about YubiKeys, their slots, and envelopes that they open.
 * @module
 */
import type { Entry } from './entry.ts';
import { has, medium, plainTime, yes, type Say, type Sentences } from './narrate-words.ts';

export const KEY_SENTENCES: Sentences<
  | 'identity-on-key'
  | 'key-registered'
  | 'slot-programming'
  | 'slot-programmed'
  | 'slot-used'
  | 'key-attested'
  | 'envelope-renewed'
  | 'envelope-printing'
  | 'envelope-kept'
  | 'envelope-making'
  | 'envelope-unknown'
  | 'sheets-destroyed'
  | 'slot-erased'
  | 'slot-left'
  | 'replaced-envelope-used'
> = {
  'identity-on-key': (say, entry) =>
    `The personal key ${say('publicKey')} of ${say('name')} (${say('role')}) is made by a ${say('model')}${serial(say, entry)}, firmware ${say('firmware')}, with PIN and touch for each signature. ${attested(say)}`,
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
  'slot-erased': (say, entry) =>
    `Slot ${say('slot')} of the YubiKey ${say('serial')} of ${say('custodian')}, for share ${say('index')}, was found ${say('found')}${secretShown(say, entry)}${say('found') === 'configured' ? ' and was erased' : ''}; read again, it is ${yes(say('empty'), 'empty', 'NOT empty')}.`,
  'slot-left': (say, entry) =>
    `${has(entry, 'slot') ? `Slot ${say('slot')}` : 'A slot, and nobody there knew which,'} of the YubiKey${serial(say, entry)} of ${say('custodian')}, for share ${say('index')}, was left as it is: ${say('reason')}`,
  'replaced-envelope-used': (say, entry) =>
    `ENVELOPE THAT IS OVER (${say('standing')}): ${say('custodian')} chose, before ${say('witness')}, to use the envelope ${say('envelope')}${lockedIn(say, entry)} of share ${say('index')}` +
    `${has(entry, 'sheet') ? ` on sheet ${say('sheet')}` : ' on a stick'}, ` +
    (has(entry, 'replacedAt')
      ? `whose place ${say('live')}${has(entry, 'liveSheet') ? ` on sheet ${say('liveSheet')}` : ''} took on ${plainTime(say('replacedAt'))}`
      : `which was printed and never read back${has(entry, 'liveSheet') ? `; sheet ${say('liveSheet')} counted` : ''}`) +
    `${has(entry, 'destroyedAt') ? `, and which was said to be destroyed on ${plainTime(say('destroyedAt'))}` : ''}. The reason: ${say('reason')}`,
};

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
export function howItStood(say: Say, entry: Entry): string {
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
