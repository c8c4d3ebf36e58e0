/**
 * Why a share was not written to, read from or erased on a stick: the closed table of media/usb.
 * What the file system itself refuses has the codes of electron/files/refusals.ts, and what the age
 * file refuses those of shared/encoding/refusals-age.ts.
 * @module
 */
import { refusals } from '../../../shared/refusal.ts';

const UNTOUCHED = 'Nothing was written.';

export const refuseUsb = refusals({
  'usb-tools-missing': () => ({
    happened: 'This computer could not list its disks and sticks.',
    means: 'The programs findmnt and lsblk (package util-linux) are missing or do not answer.',
    next: 'Take out any stick that does not respond and try again; else use the prepared laptop.',
  }),
  'usb-gone': (label: string) => ({
    happened: `The stick ${label} is not there any more.`,
    means: `It was taken out, or another one was put in its place. ${UNTOUCHED}`,
    next: `Put ${label} back in and wait until it is listed.`,
    culprit: label,
  }),
  'usb-read-only': (label: string) => ({
    happened: `The stick ${label} is write-protected.`,
    means: `${UNTOUCHED} What is on it can still be read.`,
    next: 'Move its write-protect switch if it has one, or use another stick.',
    culprit: label,
  }),
  'usb-full': (label: string, freeBytes: number) => ({
    happened: `The stick ${label} has only ${freeBytes.toLocaleString('en-GB')} bytes free.`,
    means: `A share needs 65,536 bytes free to be written safely. ${UNTOUCHED}`,
    next: 'Use an empty stick.',
    culprit: label,
  }),
  'usb-system-disk': (label: string) => ({
    happened: `${label} is the disk this computer runs from.`,
    means: `A share must leave with its custodian, so it is never kept on the computer. ${UNTOUCHED}`,
    next: 'Put in the custodian’s own stick and choose that.',
    culprit: label,
  }),
  'usb-not-removable': (label: string) => ({
    happened: `${label} is not known to be a stick that can be taken out.`,
    means: `A share must leave with its custodian. ${UNTOUCHED}`,
    next: 'Put in the custodian’s own stick and choose that.',
    culprit: label,
  }),
  'usb-second-share': (label: string, found: number, count: number, wanted: number) => ({
    happened: `The stick ${label} already holds share ${found} of ${count} of this set.`,
    means: `Share ${wanted} on the same stick would put two shares into one hand. ${UNTOUCHED}`,
    next: `Put in the stick of the custodian of share ${wanted}.`,
    culprit: `share ${found} of ${count}`,
  }),
  'usb-share-exists': (label: string, fileName: string) => ({
    happened: `The stick ${label} already holds this share, in ${fileName}.`,
    means: `An existing share is never written over. ${UNTOUCHED}`,
    next: 'Read that file back. If it does not open, write the share to another stick and destroy this one.',
    culprit: fileName,
  }),
  'usb-file-name': () => ({
    happened: 'This is not the name of a file on the stick.',
    means: 'Names with folders in them are not accepted. Nothing was opened.',
    next: 'Choose the file from the list.',
  }),
  'usb-too-many-files': (label: string) => ({
    happened: `The stick ${label} has too many files to look through.`,
    means: `More than 20,000 names lie in its first folder. ${UNTOUCHED}`,
    next: 'Use an empty stick.',
    culprit: label,
  }),
  'usb-still-there': (fileName: string) => ({
    happened: `${fileName} was erased, but the stick still lists it.`,
    means: 'The stick is failing or write-protected. The share on it still counts as live.',
    next: 'Destroy the stick itself, and write that down.',
    culprit: fileName,
  }),
  'usb-cancelled': (label: string) => ({
    happened: `Waiting for the stick ${label} was stopped.`,
    means: 'The share on it has not been read back, so it does not count yet.',
    next: 'Start the reading back again when the stick is at hand.',
    culprit: label,
  }),
});
