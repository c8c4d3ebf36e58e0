/**
 * What is refused of legacy shares, and how. CheckTick itself takes most of it and gives a wrong
 * key without a word.
 * @module
 */
import { refusals } from '../../refusal.ts';

const NOTHING_LOST = 'Nothing was changed, and what was accepted before stays accepted.';
const COMPARE = 'Compare it with its original, digit by digit, and read it again.';

/** `share 3` */
export function legacyName(number: number): string {
  return `share ${number}`;
}

const named = (what: string): string => what.charAt(0).toUpperCase() + what.slice(1);

/** The closed table of `shared/checktick/legacy`. */
export const refuseLegacy = refusals({
  'legacy-not-a-share': (what: string) => ({
    happened: `${named(what)} is not a share as CheckTick writes it.`,
    means: `Such a share is one line: 803-3- and then about 512 digits from 0 to 9 and a to f. ${NOTHING_LOST}`,
    next: 'Look whether the right file or sheet was taken, and whether the line is whole.',
    culprit: what,
  }),
  'legacy-documented-form': (what: string) => ({
    happened: `${named(what)} has the form that CheckTick's documentation shows, without the middle part.`,
    means: `CheckTick never wrote a share like that and could not read it: its own begin 803-3-, with the number twice. ${NOTHING_LOST}`,
    next: 'If somebody copied it by hand, look for the original. If only the beginning was shortened, ask how, and write it as in the original.',
    culprit: what,
  }),
  'legacy-number': (what: string) => ({
    happened: `${named(what)} has a number that no share can have.`,
    means: `Shares are counted from 1 to 255, written without a zero in front. A share with number 0 would dictate the result. ${NOTHING_LOST}`,
    next: 'Keep it aside as it is, ask where it came from, and use another share.',
    culprit: what,
  }),
  'legacy-number-differs': (what: string, first: string, second: string) => ({
    happened: `${named(what)} says twice which share it is, and differs: ${first} and ${second}.`,
    means: `Somebody changed it, or it was copied wrongly. CheckTick would not notice. ${NOTHING_LOST}`,
    next: COMPARE,
    culprit: what,
  }),
  'legacy-foreign-character': (what: string, position: number) => ({
    happened: `Character ${position} of the long number of ${what} is no digit from 0 to 9 or a to f.`,
    means: `It was mistyped or badly copied: an O for a 0, an l for a 1, a space. ${NOTHING_LOST}`,
    next: COMPARE,
    culprit: what,
  }),
  'legacy-length': (what: string, digits: number) => ({
    happened: `The long number of ${what} has ${digits} digits.`,
    means: `CheckTick writes 256 to 512, nearly always 509 to 512, so digits are missing or there are too many. ${NOTHING_LOST}`,
    next: COMPARE,
    culprit: what,
  }),
  'legacy-leading-zero': (what: string) => ({
    happened: `The long number of ${what} begins with a zero.`,
    means: `CheckTick writes none in front of more than 256 digits, so it is not as it was written. ${NOTHING_LOST}`,
    next: COMPARE,
    culprit: what,
  }),
  'legacy-out-of-field': (what: string) => ({
    happened: `The long number of ${what} is larger than any that CheckTick can have written.`,
    means: `Somebody changed it, or its first digits were mistyped. ${NOTHING_LOST}`,
    next: COMPARE,
    culprit: what,
  }),
  'legacy-threshold': () => ({
    happened: 'The number of shares that are needed is not one that CheckTick can have used.',
    means: 'It is 2 or more, and usually 3. Nothing was put together.',
    next: 'Look it up in the notes of the day when the shares were made.',
  }),
  'legacy-too-few': (have: number, threshold: number) => ({
    happened: `Only ${have} of the ${threshold} shares that are needed are here.`,
    means: 'With fewer nothing can be put together, and CheckTick would give a wrong key.',
    next: 'Bring in another custodian with a share.',
  }),
  'legacy-too-many': (most: number) => ({
    happened: `More than ${most} shares are here.`,
    means: `So many are not compared with each other. ${NOTHING_LOST}`,
    next: `Take out those whose copies look worst, and leave at most ${most}.`,
  }),
  'legacy-duplicate': (number: number) => ({
    happened: `${named(legacyName(number))} is here twice.`,
    means: `The same share twice does not count twice. ${NOTHING_LOST}`,
    next: 'Ask another custodian for a share with another number.',
    culprit: legacyName(number),
  }),
  'legacy-contradicts': (number: number) => ({
    happened: `Two shares say that they are ${legacyName(number)}, and they differ.`,
    means: `One has a wrong digit, or they come from two different splits. ${NOTHING_LOST}`,
    next: 'Compare both with their originals. Go on with one of them.',
    culprit: legacyName(number),
  }),
  'legacy-do-not-fit': () => ({
    happened: 'These shares do not belong together, or at least one of them has a wrong digit.',
    means:
      'What they give is longer than any component can be. Nothing was opened and nothing was changed.',
    next: 'Add one more share: then a wrong one, or a number that was said wrongly, can usually be named. If there is none, compare each share with its original, and look in the notes how many are needed.',
  }),
  'legacy-disagree': () => ({
    happened: 'More shares are here than are needed, and they do not agree.',
    means: 'At least one has a wrong digit or comes from another split. Nothing was put together.',
    next: 'Let Conclave look for the wrong one, or compare each share with its original.',
  }),
  'legacy-zero': (what: string) => ({
    happened: `The ${what} consists of zeros only.`,
    means: 'No component is that: the platform key would lie open in Vault. Nothing was changed.',
    next: 'Stop here, keep everything as it is, and ask where this came from.',
    culprit: what,
  }),
  'legacy-split': (reason: string) => ({
    happened: `This component cannot be split into legacy shares: ${reason}.`,
    means: 'No share was made.',
    next: 'Change the number of shares or how many are needed, and try again.',
  }),
  'legacy-padding': (length: number) => ({
    happened: `The component is longer than the ${length} bytes of the other half of the key.`,
    means:
      'What CheckTick puts in front of a short component are zeros, and here there is something else. So the two halves do not belong together, or a share has a wrong digit.',
    next: 'Check that the shares and the key version belong together. Nothing was changed.',
  }),
  'legacy-file': (what: string, detail: string) => ({
    happened: `${named(what)} cannot be used: ${detail}.`,
    means: `It is another file, or it was damaged. ${NOTHING_LOST}`,
    next: 'Choose another file, or use a copy from another medium.',
    culprit: what,
  }),
  'component-digits': (digits: number) => ({
    happened: `The component that was typed has ${digits} ${digits === 1 ? 'digit' : 'digits'}.`,
    means: `A component has 64 or 128 digits, so some are missing or there are too many. ${NOTHING_LOST}`,
    next: COMPARE,
    culprit: 'the component',
  }),
  'openssl-file': () => ({
    happened: 'This is not a file that OpenSSL encrypted as in the YubiKey procedure.',
    means: `Such a file begins with Salted__ and is as long as OpenSSL made it. ${NOTHING_LOST}`,
    next: 'Choose the file whose name ends in .enc and not in .key.enc.',
    culprit: 'encrypted share',
  }),
  'openssl-key-file': (bytes: number) => ({
    happened: `The key file has ${bytes} bytes instead of 32.`,
    means:
      bytes === 256
        ? `It is still encrypted for the YubiKey. ${NOTHING_LOST}`
        : `It is not the key that belongs to such a share. ${NOTHING_LOST}`,
    next:
      bytes === 256
        ? "Decrypt it with the YubiKey's own tool first, then choose the file that this gives."
        : 'Choose the file that the YubiKey gave when it decrypted the one that ends in .key.enc.',
    culprit: 'key file',
  }),
  'openssl-not-opened': () => ({
    happened: 'This key file does not open this share.',
    means: `They do not belong together, or one of the two was damaged. ${NOTHING_LOST}`,
    next: 'Check that both files have the same name but for their endings, then try again.',
    culprit: 'encrypted share',
  }),
  'legacy-not-proved': (what: string) => ({
    happened: `The component does not fit ${what}.`,
    means:
      'A share has a wrong digit, or the shares, the vault component and this proof are not of the same key version. Nothing was changed.',
    next: 'Try another proof or one more share. Do not go on with this component.',
    culprit: what,
  }),
});
