/**
 * Is everything here that people will need once they have sat down? A printer where shares go
 * onto paper, a stick where something is carried, YubiKeys where they lock shares. Checked with the
 * laptop, before anybody waits.
 * @module
 */
import type { Finding, PrinterInfo } from '../../../shared/ceremony/types.ts';
import type { Mode } from '../../../shared/mode.ts';
import {
  isKeyMedium,
  type KeyMedium,
  type ManifestDocument,
  type MediumKind,
} from '../../../shared/sharing/manifest.ts';
import { listPrinters } from '../../media/paper/printers.ts';
import type { Volume } from '../../media/usb/volumes.ts';

/** The id of the printer that makes PDF files, in a rehearsal. */
export const PDF_FOLDER = 'pdf-folder';

/** Printers of the system; in a rehearsal also the practice folder. None is no error. */
export async function availablePrinters(
  mode: Mode,
  rehearsalFolder: string | null,
): Promise<readonly PrinterInfo[]> {
  const real = await listPrinters().catch(() => []);
  const found = real.map(({ name, page }) => ({ id: name, label: name, page: page ?? null }));
  return mode === 'rehearsal' && rehearsalFolder !== null
    ? [...found, { id: PDF_FOLDER, label: 'PDF files in the practice folder', page: null }]
    : found;
}

/** What is missing for the media of a plan, as findings of the environment check. */
export function readinessFindings(
  media: ReadonlySet<MediumKind>,
  printers: readonly PrinterInfo[],
  volumes: readonly Volume[],
): Finding[] {
  return [...(media.has('paper') ? [printerFinding(printers)] : []), stickFinding(volumes)];
}

/** With which kinds of YubiKeys shares will be locked, or are: as planned, and in the set in force. */
export function keyMedia(
  planned: ReadonlySet<MediumKind>,
  manifest: ManifestDocument | null,
): KeyMedium[] {
  const held = manifest?.body.shares.flatMap(({ media }) => media.map(({ kind }) => kind)) ?? [];
  return [...new Set([...planned, ...held])].filter(isKeyMedium);
}

function stickFinding(volumes: readonly Volume[]): Finding {
  const writable = volumes.filter(({ readOnly }) => !readOnly);
  const sticks = writable.filter(({ folder, system }) => !folder && !system);
  // Folders are listed in a rehearsal only, and lie on the laptop's own disk.
  const practice = writable.filter(({ folder }) => folder);
  const usable = sticks.length > 0 ? sticks : practice;
  if (usable.length > 0) {
    const names = usable.map(({ label }) => label).join(', ');
    const headline = sticks.length > 0 ? 'A stick is plugged in' : 'Practice sticks are there';
    return passed('stick', headline, `${names} can be written to.`);
  }
  return {
    id: 'stick',
    status: 'fail',
    headline: 'No stick is plugged in',
    detail: 'At least one stick is needed to carry the bundle to sync.',
    stopsProduction: true,
    fix: 'Plug in a stick that is not write-protected. Each custodian with a stick brings their own.',
  };
}

function printerFinding(printers: readonly PrinterInfo[]): Finding {
  if (printers.length > 0) {
    const names = printers.map(({ label }) => label).join(', ');
    return passed('printer', 'A printer is connected', names);
  }
  return {
    id: 'printer',
    status: 'fail',
    headline: 'No printer is connected',
    detail: 'The plan has people whose share goes onto paper, and nothing can print it.',
    stopsProduction: true,
    fix: 'Connect a printer by cable, print its own test page, then choose "Check again".',
  };
}

function passed(id: string, headline: string, detail: string): Finding {
  return { id, status: 'pass', headline, detail, stopsProduction: false, fix: '' };
}
