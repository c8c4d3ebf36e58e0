/**
 * What printing and reading of files is refused for.
 * @module
 */
import { refusals } from '../../../shared/refusal.ts';

export const refuse = refusals({
  'print-no-system': () => ({
    happened: 'This computer has no printing system (CUPS).',
    means: 'No sheet can be printed from here. Nothing was sent anywhere.',
    next: 'Install CUPS on the laptop, or choose USB as the medium of this share.',
  }),
  'print-no-printer': () => ({
    happened: 'No printer is set up on this computer.',
    means: 'No sheet can be printed until one is.',
    next: 'Connect the printer by its cable, set it up, and look again.',
  }),
  'print-unknown': (printer: string) => ({
    happened: `There is no printer called ${printer} any more.`,
    means: 'It was unplugged or removed since it was chosen. Nothing was printed.',
    next: 'Plug it in again, or choose another printer.',
    culprit: printer,
  }),
  'print-failed': (printer: string) => ({
    happened: `The printer ${printer} did not take the sheet.`,
    means: 'The printing system refused the job, so most likely nothing was printed.',
    next: 'See whether it is switched on, has paper and shows no fault; then print again, and destroy any half-printed page.',
    culprit: printer,
  }),
  'print-copy-kept': (job: string) => ({
    happened: `The printing system did not delete its copy of the sheet (job ${job}).`,
    means: 'The paper is good, but a copy of the share stays in the spool of this laptop.',
    next: 'Do not use this laptop for anything else before it was switched off and its spool, which is in memory, is gone; note it as an exception.',
    culprit: job,
  }),
  'paper-envelope-too-long': (bytes: number) => ({
    happened: `This envelope has ${bytes} bytes, and one sheet has no room for them.`,
    means: 'The keys use longer names than YubiKeys do. Nothing was printed.',
    next: 'Let the envelope lie on a stick instead.',
  }),
  'file-empty': () => ({
    happened: 'This file is empty.',
    means: 'Most likely the scan or the copy was not finished.',
    next: 'Scan the sheet again, or hold it before the camera.',
  }),
  'file-too-large': (mebibytes: number) => ({
    happened: `This file is larger than ${mebibytes} MiB.`,
    means:
      'A scan of one sheet is much smaller, so this is another file or a needlessly fine scan.',
    next: 'Scan the sheet at 150 to 300 dpi, or hold it before the camera.',
  }),
  'file-kind': () => ({
    happened: 'This file is neither a PNG, a JPEG nor a PDF.',
    means: 'Conclave reads scans of sheets in these three kinds only.',
    next: 'Save the scan as PDF, or hold the sheet before the camera.',
  }),
  'file-damaged': () => ({
    happened: 'This file cannot be opened.',
    means: 'It is damaged, cut short or locked with a password.',
    next: 'Scan the sheet again, or hold it before the camera.',
  }),
  'file-too-many-pages': (pages: number, most: number) => ({
    happened: `This file has ${pages} pages; at most ${most} are looked at.`,
    means: 'A share is one page.',
    next: 'Scan the one sheet by itself.',
  }),
  'file-too-fine': () => ({
    happened: 'The picture in this file is far larger than a scanned page.',
    means: 'It is refused, because unpacking it could fill the memory of the laptop.',
    next: 'Scan the sheet at 150 to 300 dpi, or hold it before the camera.',
  }),
  'file-no-code': () => ({
    happened: 'No code could be read in this file.',
    means: 'It shows something else, or the scan is too coarse, crooked or cut.',
    next: 'Scan the whole sheet at 300 dpi, or hold it before the camera.',
  }),
  'file-several-codes': () => ({
    happened: 'This file holds more than one code.',
    means: 'Which one is meant cannot be known.',
    next: 'Scan one sheet by itself.',
  }),
});
