/**
 * What the entry windows say of YubiKeys.
 * @module
 */
import type { KeyShown, KeyTask, KeyTouch, KeyWanted } from '../../shared/ipc/entry.ts';

type KeyIn = Extract<KeyTask, { task: 'key-in' }>;

/** `YubiKey 5C NFC 12345678` */
export function keyName({ model, serial }: KeyShown): string {
  return serial === null ? `${model} that hides its number` : `${model} ${serial}`;
}

/** `YubiKey 12345678 or the backup key 23456789`; null where no number is known. */
function wantedName(wanted: readonly KeyWanted[]): string | null {
  if (wanted.length === 0 || wanted.some(({ serial }) => serial === null)) return null;
  return wanted
    .map(({ serial, isBackup }) => `${isBackup ? 'backup key' : 'YubiKey'} ${serial ?? ''}`)
    .join(' or the ');
}

export function keyInHeading({ state, purpose, title, wanted }: KeyIn): string {
  switch (state) {
    case 'choose':
      return 'Choose the YubiKey that is yours';
    case 'touch':
      return 'Find your YubiKey: it is the one that you touch';
    case 'leave-one':
      return 'Leave only your own YubiKey in';
    case 'none':
    case 'other':
      if (purpose === 'backup') return 'Put your second YubiKey in';
      if (purpose === 'lock' || purpose === 'identity') return 'Put your YubiKey in';
      if (purpose === 'sign')
        return `Put in the ${wantedName(wanted) ?? 'YubiKey of your identity'}`;
      return `Put in the ${wantedName(wanted) ?? `YubiKey of ${title}`}`;
  }
}

/** What is going to happen with the key, before anything does. */
export function keyInMeaning({ method, purpose, title }: KeyIn): string {
  if (purpose === 'erase') {
    return `The slot that opens ${title} will be emptied. You type the number of the key, it blinks, and you touch it once. Its other slot and its FIDO2 side stay as they are.`;
  }
  if (method === 'otp-hmac') {
    return purpose === 'open'
      ? `It opens ${title} together with your words. It blinks, you touch it once, then you type the words. When a share is given it is locked anew afterwards: that takes two more touches, three where the key hides its number.`
      : `It will lock ${title} together with your words. If its second slot is empty, a new secret is put there that nobody else has; a slot that is in use is never overwritten without asking you. Then it blinks, and you touch it once.`;
  }
  if (purpose === 'identity') {
    return `It will make ${title} inside itself. You type its PIN, then you touch it: twice to make the identity, and once more after it was out, to see that it makes the same one again. A share that this key locks, and what else is on it, stays as it is.`;
  }
  if (purpose === 'sign') {
    return `It makes ${title}, and nothing else. You type its PIN, it blinks, and you touch it once.`;
  }
  if (purpose === 'open') {
    return `It opens ${title}. You type its PIN, it blinks, and you touch it once.`;
  }
  return `${purpose === 'backup' ? `It will lock ${title} a second time: afterwards either of your keys opens it, alone.` : `It will lock ${title}.`} You type its PIN, then you touch it twice: once to make a secret that never leaves it, once to lock the share with that. What else is on the key stays as it is.`;
}

/** Why somebody is asked about the slots of this key. */
export function keySlotMeaning({ key, slots }: Extract<KeyTask, { task: 'key-slot' }>): string {
  const second = slots.find(({ slot }) => slot === 2);
  const unsure =
    'If you are not sure what the key is used for, choose Cancel and take another one.';
  if (second?.isConfigured !== true) {
    return 'A key was in this socket before you were asked for one, so it may be somebody else’s. Its second slot is empty. Nothing was changed on it. If it is not yours, choose Cancel and take it out.';
  }
  if (key.serial === null) {
    return `Its second slot is in use. It hides its number, so nobody can look up whether that slot opens somebody’s share already; two shares on one key would be in one hand. Nothing was changed on it. ${unsure}`;
  }
  return second.opens === null
    ? `Its second slot is in use, and Conclave does not know for what: it opens no share that this laptop knows of. Nothing was changed on it. ${unsure}`
    : `Its second slot opens ${second.opens}. Nothing was changed on it, and that share is not lost if you use the slot as it is.`;
}

interface Said {
  readonly heading: string;
  readonly means: string;
}

export const TOUCHES: Readonly<Record<KeyTouch, Said>> = {
  select: {
    heading: 'Touch the YubiKey that is yours',
    means:
      'Every key that is plugged in will blink. The one that you touch is used; the others stop, and nothing on them changes.',
  },
  'make-credential': {
    heading: 'Touch the YubiKey: it makes a secret',
    means:
      'The first of two touches. The key makes a new secret inside itself that never leaves it. What else is on the key stays as it is.',
  },
  lock: {
    heading: 'Touch the YubiKey: it locks the share',
    means: 'It answers one question, and the share is locked with that answer.',
  },
  open: {
    heading: 'Touch the YubiKey: it opens the share',
    means: 'It answers the question that is written beside the share. Nothing on the key changes.',
  },
  identity: {
    heading: 'Touch the YubiKey again: it makes your identity',
    means:
      'The second of two touches. Your identity is made of its answer. Conclave keeps the public half and forgets the other.',
  },
  'identity-again': {
    heading: 'Touch the YubiKey: it makes your identity once more',
    means:
      'Conclave compares it with the one that is listed for you, and forgets it again. Nothing on the key changes, and nothing is signed.',
  },
  sign: {
    heading: 'Touch the YubiKey: you sign',
    means:
      'It makes your identity for this one signature, under what the screen behind this window says. The next signature asks for PIN and touch again.',
  },
  renew: {
    heading: 'Touch the YubiKey again: the share is locked anew',
    means:
      'The share was read. It is locked with the answer to a question that nobody has seen, so that what was seen today is of no use tomorrow.',
  },
  prove: {
    heading: 'Touch the YubiKey a last time: the new lock is proved',
    means:
      'What was just written or printed was read back and is opened. Until that has worked, the old file or sheet is the one that counts.',
  },
  erase: {
    heading: 'Touch the YubiKey: its slot is emptied then',
    means:
      'It answers one question, and only the secret that was drawn for this share answers it rightly. If it does, the slot is emptied right after that, and read again. If it holds any other secret, nothing is erased.',
  },
  'erase-any': {
    heading: 'Touch the YubiKey: its slot is emptied then, whatever it holds',
    means:
      'It answers one question, to show that the slot still holds a secret and that a person is there. Which secret it is, nobody can tell. Right after that the slot is emptied, and read again.',
  },
};

/** How many wrong PINs the key still takes. */
export function triesInWords(left: number): string {
  return left === 1
    ? 'One try is left. If it is wrong, the key is blocked for good.'
    : `${left} tries are left. After ${left} wrong ones the key is blocked for good.`;
}

/** CTAP: a PIN has at most this many bytes of UTF-8. */
export const LONGEST_PIN = 63;

/**
 * What is wrong with a new PIN, typed twice; null when it will do.
 * @param shortest characters
 */
export function pinFault(one: string, two: string, shortest: number): string | null {
  const typed = one.normalize('NFC');
  // The same words until there are enough: they are read out when they change.
  if (Array.from(typed).length < shortest) return `At least ${shortest} characters.`;
  if (new TextEncoder().encode(typed).length > LONGEST_PIN) {
    return `This is too long for a PIN: at most ${LONGEST_PIN} bytes.`;
  }
  if (two === '') return 'Now the same again.';
  return typed === two.normalize('NFC') ? null : 'The two are not the same yet.';
}

/** As it is printed on a key, spaces aside; null when it is no such number. */
export function typedSerial(text: string): number | null {
  const digits = text.replace(/\s+/gu, '');
  if (!/^\d{1,10}$/u.test(digits)) return null;
  const serial = Number(digits);
  return serial >= 1 && serial <= 0xffffffff ? serial : null;
}
