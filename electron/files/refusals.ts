/**
 * Why a file was not read or written: the closed table of electron/files. `name` is the file's
 * own name without its folder.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';

export const refuseFile = refusals({
  'file-disk-full': (name: string) => ({
    happened: `There is no room left to write ${name}.`,
    means: 'The disk or stick is full. Nothing on it was changed.',
    next: 'Use another stick, or make room on this one, and try again.',
    culprit: name,
  }),
  'file-read-only': (name: string) => ({
    happened: `${name} cannot be written here.`,
    means: 'The disk or stick is write-protected, or this account may not write to it.',
    next: 'Move the write-protect switch if the stick has one, or use another stick.',
    culprit: name,
  }),
  'file-gone': (name: string) => ({
    happened: `${name} cannot be reached any more.`,
    means: 'The stick was taken out, or the file was moved. What was there before is as it was.',
    next: 'Put the stick back in, wait until it is listed, and try again.',
    culprit: name,
  }),
  'file-exists': (name: string) => ({
    happened: `A file called ${name} is already there.`,
    means: 'It was not touched: Conclave never writes over such a file.',
    next: 'Use another stick, or look at what the file is before anybody removes it.',
    culprit: name,
  }),
  'file-empty': (name: string) => ({
    happened: `${name} is empty.`,
    means: 'It was never finished, or its medium is failing.',
    next: 'Choose another file, or use a copy from another medium.',
    culprit: name,
  }),
  'file-too-large': (name: string, limit: number) => ({
    happened: `${name} is larger than ${limit.toLocaleString('en-GB')} bytes.`,
    means: 'Files of this kind are small, so it is not one. It was not read.',
    next: 'Choose another file.',
    culprit: name,
  }),
  'file-not-a-file': (name: string) => ({
    happened: `${name} is not an ordinary file.`,
    means: 'It is a folder, a shortcut to another place or a device. It was not opened.',
    next: 'Choose an ordinary file.',
    culprit: name,
  }),
  'file-differs': (name: string) => ({
    happened: `${name} was written, but reads back differently.`,
    means: 'The disk or stick is failing and cannot be trusted with this file.',
    next: 'Use another stick, and put this one aside marked “failing”.',
    culprit: name,
  }),
  'file-only-remembered': (name: string) => ({
    happened: `The file system of the stick does not let ${name} be read from the stick itself.`,
    means:
      'Only the memory of this laptop would answer, so nobody could say that it was written. What was there before is as it was.',
    next: 'Use a stick with FAT, exFAT or ext4 the next time.',
    culprit: name,
  }),
  'file-failed': (name: string, errno: string) => ({
    happened: `The system could not read or write ${name} (${errno}).`,
    means: 'The disk or stick may be failing. Nothing else was changed.',
    next: 'Try again once, then use another stick.',
    culprit: name,
  }),
});
