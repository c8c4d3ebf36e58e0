/**
 * How a signed document is refused: descriptor, roster, manifest, ticket, package, bundle,
 * receipt, transcript.
 * @module
 */
import type { Mode } from '../mode.ts';
import { refusals } from '../refusal.ts';

const unchanged = 'Nothing was changed and nothing is lost.';

export const refuseDocument = refusals({
  'document-empty': (what: string) => ({
    happened: `The ${what} is empty.`,
    means: `The file was probably not copied completely. ${unchanged}`,
    next: 'Copy it again from where it was made, wait until the stick may be removed, and try again.',
  }),
  'document-too-large': (what: string, limit: number) => ({
    happened: `This file is larger than a ${what} can be (${Math.round(limit / 1024)} KiB).`,
    means: `It is another file, or not one of Conclave's. ${unchanged}`,
    next: `Choose the ${what} file.`,
  }),
  'document-damaged': (what: string) => ({
    happened: `This file is not an undamaged ${what}.`,
    means: `It was cut off, changed or is another kind of file. ${unchanged}`,
    next: `Copy the ${what} again from where it was made. If it is refused again, ask for a new one.`,
  }),
  'document-other-type': (what: string, found: string) => ({
    happened: `This file is a ${found}, and a ${what} is needed here.`,
    means: unchanged,
    next: `Choose the ${what} file.`,
  }),
  'document-other-version': (what: string, version: string) => ({
    happened: `This ${what} was made for version ${version} of the format, which this Conclave does not know.`,
    means: `A newer Conclave made it. ${unchanged}`,
    next: 'Update Conclave on this machine, then try again.',
  }),
  'document-other-mode': (what: string, found: Mode) => ({
    happened: `This is a ${found} ${what}.`,
    means: `${found === 'rehearsal' ? 'It was made to practise and opens nothing real.' : 'It is real and has no place in a rehearsal.'} ${unchanged}`,
    next: `Use the ${found === 'rehearsal' ? 'production' : 'rehearsal'} ${what}, or start a ${found} instead.`,
  }),
  'signature-unknown': (what: string, keyid: string) => ({
    happened: `The ${what} carries a signature of a key that is not expected here.`,
    means: `It may come from another organisation, or someone tampered with it. ${unchanged}`,
    next: `Do not use this ${what}. Tell the operator and ask for it again.`,
    culprit: `key ${keyid.slice(0, 16)}`,
  }),
  'signature-wrong': (what: string, keyid: string) => ({
    happened: `A signature of the ${what} does not fit its contents.`,
    means: `The ${what} was changed after it was signed. ${unchanged}`,
    next: `Do not use this ${what}. Keep it for the auditor and ask for it again.`,
    culprit: `key ${keyid.slice(0, 16)}`,
  }),
  'signature-missing': (what: string, needed: string) => ({
    happened: `The ${what} lacks ${needed}.`,
    means: `Without it nobody can tell that it is genuine. ${unchanged}`,
    next: `Ask for a ${what} that is signed completely.`,
  }),
});
