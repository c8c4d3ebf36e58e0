/**
 * What this area refuses, and how it says so.
 * @module
 */
import { refusals } from '../refusal.ts';

const ASK_CHECKTICK = 'Ask whoever runs CheckTick before you try again. Nothing was changed.';

/** The closed table of `shared/checktick`. */
export const refuse = refusals({
  'checktick-id': (what: string) => ({
    happened: `The ${what} number is not one that CheckTick can have given.`,
    means: 'CheckTick counts 1, 2, 3 and so on; this value is something else.',
    next: `Look the ${what} up in CheckTick again and use exactly that number.`,
    culprit: `${what} number`,
  }),
  'component-length': (what: string, bytes: number) => ({
    happened: `The ${what} is ${bytes} bytes long.`,
    means: 'A key or component of CheckTick is 16 to 64 bytes, so this is not one.',
    next: ASK_CHECKTICK,
    culprit: what,
  }),
  'components-differ': (first: number, second: number) => ({
    happened: `The two components have different lengths: ${first} and ${second} bytes.`,
    means: 'They do not belong to the same platform key, or one of them was cut or padded.',
    next: 'Check that both belong to the same key version, then start again.',
  }),
  'key-length': (what: string, bytes: number) => ({
    happened: `The ${what} is ${bytes} bytes long instead of 32.`,
    means: 'It cannot be the key that CheckTick used.',
    next: ASK_CHECKTICK,
    culprit: what,
  }),
  'salt-length': (bytes: number) => ({
    happened: `The sign-in salt of this person is ${bytes} bytes long.`,
    means: 'CheckTick stores at least 16 bytes for everyone who signs in through another service.',
    next: ASK_CHECKTICK,
    culprit: 'sign-in salt',
  }),
  'vault-path': () => ({
    happened: 'This is not a Vault path under which CheckTick keeps a survey key.',
    means: 'The path is part of the encryption, so another spelling can never open the key.',
    next: 'Use the path without "secret/data/" in front, e.g. users/1/surveys/555/recovery-kek.',
    culprit: 'Vault path',
  }),
  'hex-text': (what: string) => ({
    happened: `The ${what} is not written in hexadecimal digits.`,
    means: 'It was damaged or typed over in Vault. CheckTick could not read it either.',
    next: ASK_CHECKTICK,
    culprit: what,
  }),
  'blob-length': (what: string, bytes: number) => ({
    happened: `The ${what} is ${bytes} bytes long, which is too short or too long.`,
    means: 'Part of it is missing, or it is something else.',
    next: ASK_CHECKTICK,
    culprit: what,
  }),
  'not-opened': (what: string) => ({
    happened: `The ${what} did not open.`,
    means: 'Either the key is not the right one for it, or somebody or something changed it.',
    next: 'Check user, survey and key version. If they are right, restore it from a backup.',
    culprit: what,
  }),
  'empty-secret': () => ({
    happened: 'The password or phrase is empty.',
    means: 'Anyone could open a survey that is locked with nothing.',
    next: 'Use a password or phrase with at least one visible character.',
  }),
  'not-text': () => ({
    happened: 'The password or phrase is not valid text.',
    means: 'Some of its bytes are no characters, so CheckTick could never be given the same.',
    next: 'Type it again.',
  }),
  'vault-document': (path: string, detail: string) => ({
    happened: `What Vault holds at ${path} is not what CheckTick writes there (${detail}).`,
    means: 'Going on could destroy a key that is still needed.',
    next: ASK_CHECKTICK,
    culprit: path,
  }),
});
