/**
 * What the page of a YubiKey that will not open its share says: what is lost, what still works and
 * what to do, by what the share lies on and by who can still come.
 * @module
 */
import type { Spare } from '../../shared/ceremony/types.ts';
import type { ViewOf } from '../../shared/ceremony/view.ts';
import type { KeyMedium, MediumKind } from '../../shared/sharing/media-kinds.ts';
import { count } from '../lib/say.ts';

export type Why = 'blocked' | 'reset' | 'erased' | 'changed' | 'dead' | 'lost';

/** What the words depend on. */
export type Giving = Pick<
  ViewOf<'share-in'>,
  'media' | 'keyOn' | 'spare' | 'count' | 'progress' | 'gotUp'
>;

interface Way {
  readonly id: Why;
  readonly title: string;
  readonly detail: string;
}

const WAYS: readonly Way[] = [
  {
    id: 'blocked',
    title: 'Its PIN is blocked',
    detail: 'Eight wrong PINs were typed, here or anywhere else.',
  },
  {
    id: 'reset',
    title: 'It was reset',
    detail: 'Its FIDO2 side was emptied since, here or anywhere else.',
  },
  {
    id: 'erased',
    title: 'Its slot was erased',
    detail: 'What answered when the share was locked is not there any more.',
  },
  {
    id: 'changed',
    title: 'Its slot was programmed anew',
    detail: 'It answers, but otherwise than when the share was locked.',
  },
  {
    id: 'dead',
    title: 'It does not answer any more',
    detail: 'Also not in another socket, and not after a minute without power.',
  },
  { id: 'lost', title: 'It is not here', detail: 'Lost, stolen, or left at home.' },
];

export const REASON: Readonly<Record<Why, string>> = {
  blocked: 'The PIN of the YubiKey is blocked.',
  reset: 'The YubiKey was reset since the share was locked with it.',
  erased: 'The slot of the YubiKey that opened the share is empty.',
  changed: 'The slot of the YubiKey that opened the share was programmed anew.',
  dead: 'The YubiKey does not answer any more.',
  lost: 'The YubiKey is not here.',
};

const hasPin = (media: readonly MediumKind[]) => media.includes('yubikey-fido2');
const hasSlot = (media: readonly MediumKind[]) => media.includes('yubikey-otp');

/** The OTP interface has no PIN that could be blocked, FIDO2 no slot. */
export function whysOf(media: readonly MediumKind[]): readonly Way[] {
  return WAYS.filter(({ id }) => {
    if (id === 'blocked' || id === 'reset') return hasPin(media);
    return id === 'erased' || id === 'changed' ? hasSlot(media) : true;
  });
}

/** What a refusal says for certain of the key that was asked for; null: nothing. */
export function whyOf(code: string | undefined): Why | null {
  switch (code) {
    case 'fido-pin-blocked':
      return 'blocked';
    case 'key-credential-gone':
      return 'reset';
    case 'key-slot-erased':
      return 'erased';
    case 'key-slot-changed':
      return 'changed';
    default:
      return null;
  }
}

/** As the manifest says; it may be silent. */
function envelopeOn(keyOn: Giving['keyOn']): string {
  const [only, other] = keyOn;
  return only === undefined || other !== undefined ? 'the stick or the sheet' : `the ${only}`;
}

export function whatIsLost(why: Why, { media, keyOn }: Pick<Giving, 'media' | 'keyOn'>): string {
  switch (why) {
    case 'blocked':
      return 'What this key protects. Nobody can open it with this key any more: not Yubico, not this laptop. Resetting the key makes it usable again, but never for this share.';
    case 'reset':
      return 'What opened this share on this key. It was made inside the key, and a reset destroys it: no copy exists anywhere. The key can be used again, but never for this share.';
    case 'erased':
    case 'changed':
      return [
        'What opened this share on this key, unless its slots can be swapped back. The key itself works.',
        ...secretOfSlot,
      ].join(' ');
    case 'dead':
      return ['What this key protects, unless it answers again.', ...copiesOfSecret(media)].join(
        ' ',
      );
    case 'lost': {
      const locks = [
        ...(hasPin(media) ? ['the PIN'] : []),
        ...(hasSlot(media) ? ['the words'] : []),
      ].join(' or ');
      return `Nothing yet if the key turns up again. Whoever found it cannot open the share without ${envelopeOn(keyOn)} and ${locks}.`;
    }
  }
}

function copiesOfSecret(media: readonly MediumKind[]): string[] {
  return [
    ...(hasPin(media)
      ? ['A FIDO2 key made its secret inside itself: no copy exists anywhere.']
      : []),
    ...(hasSlot(media) ? secretOfSlot : []),
  ];
}

const secretOfSlot = [
  'A secret that Conclave put into a slot exists nowhere else. Of a slot that was used as it was found, whoever set it up may have kept the secret, and could put it into another key.',
];

/** Custodians who were not here yet, without the one who sits here. */
export function stillToCome({ count: all, progress, gotUp }: Giving): number {
  return Math.max(0, all - progress.done - gotUp - 1);
}

const missing = ({ progress }: Giving) => progress.of - progress.done;

/** Whether the threshold can be met without this share and without anybody who got up. */
export function isEnough(giving: Giving): boolean {
  return stillToCome(giving) >= missing(giving);
}

export function whatStillWorks(giving: Giving): string {
  const { media, spare, progress, count: all, gotUp } = giving;
  const elsewhere = [
    ...(spare.backup
      ? [
          'The backup key opens the share alone: its number stands beside yours in the list of the set.',
        ]
      : []),
    ...(media.includes('usb') ? ['A copy of the share lies on a stick with words alone.'] : []),
    ...(media.includes('paper') ? ['A copy of the share lies on paper.'] : []),
    ...(spare.copy && !media.includes('usb') && !media.includes('paper')
      ? ['There is another envelope of the share, for this key or for another one.']
      : []),
  ];
  const given = `${progress.done} ${progress.done === 1 ? 'is' : 'are'} given`;
  return [
    ...(elsewhere.length === 0 ? ['This share has no other medium.'] : elsewhere),
    `The other shares are untouched: any ${progress.of} of the ${all} open the key.`,
    `${given}, and ${count(stillToCome(giving), 'other custodian')} can still come.`,
    ...(gotUp === 0
      ? []
      : [
          `${count(gotUp, 'other')} got up without giving, and ${gotUp === 1 ? 'is' : 'are'} not counted.`,
        ]),
  ].join(' ');
}

/** `the backup key or the copy`; null where the share has neither. */
export function otherWays({ backup, copy }: Spare): string | null {
  const ways = [...(backup ? ['the backup key'] : []), ...(copy ? ['the copy'] : [])];
  return ways.length === 0 ? null : ways.join(' or ');
}

export function whatToDo(giving: Giving): string {
  const { keyOn, spare } = giving;
  const ways = otherWays(spare);
  const first = ways === null ? 'Get up' : `Use ${ways} if it is here. Otherwise get up`;
  return isEnough(giving)
    ? `${first}: another custodian sits down, and the transcript says why. Afterwards plan a new split soon, because the set has one share fewer; keep ${envelopeOn(keyOn)} until then.`
    : `${first} only when the key and every copy have been looked for. If they are lost, this set opens nothing any more, and what is escrowed under its key cannot be recovered: tell whoever looks after CheckTick today, and split a new key.`;
}

/** Where {@link isEnough} says no. */
export function notEnough(giving: Giving): string {
  const { spare, gotUp } = giving;
  const needed = missing(giving);
  const left = stillToCome(giving);
  const who = left === 0 ? 'nobody else can' : `only ${count(left, 'custodian')} can`;
  const unless = gotUp === 0 ? '' : ', unless one who got up can give a share after all';
  const ways = otherWays(spare);
  const search = ways === null ? '' : ` Look for ${ways} before anybody gets up.`;
  return `${count(needed, 'share')} more ${needed === 1 ? 'is' : 'are'} needed, and ${who} still come${unless}.${search}`;
}

/** When a share is being written. */
export interface Writing {
  readonly medium: KeyMedium;
  /** `your share 2 of 4 and your personal identity` */
  readonly what: string;
  readonly step: 'write' | 'read-back';
  /** What was written is a sheet; else it lies on a stick. */
  readonly onSheet: boolean;
}

/** Nothing counts yet, so nothing is lost. */
export function writingFacts({ medium, what, step, onSheet }: Writing) {
  const broken =
    medium === 'yubikey-otp'
      ? 'A key that is dead, or whose slot was changed,'
      : 'A key that is dead, was reset, or has a blocked PIN,';
  return {
    lost: `Nothing of this ceremony. ${broken} is of no use here any more; what else it opened elsewhere is another matter.`,
    works: `Everything else. This laptop still holds ${what}, and no share counts before it was read back. The other custodians’ shares are untouched.`,
    next: step === 'write' ? WRITE : onSheet ? PRINT_AGAIN : WRITE_AGAIN,
  };
}

// A stick that holds a share of the set is refused by `usb-share-exists`, whatever locks it.
const WRITE =
  'Lock the share to another YubiKey, or choose a stick or paper for it. A stick that was written for a dead key stays closed for ever and is never written over: take another one.';
const WRITE_AGAIN =
  'Have another stick ready and choose “Write the share again”: then lock it to another YubiKey, or leave the key out. The stick for this key is never written over and stays closed for ever: destroy it.';
const PRINT_AGAIN =
  'Choose “Write the share again”: then lock it to another YubiKey, or leave the key out. The sheet for this key stays closed for ever: destroy it.';
