/**
 * Is everything here that people will need once they have sat down? A printer where shares go
 * onto paper, a stick where something is carried. Checked with the laptop, before anybody waits.
 * @module
 */
import type { Finding, PrinterInfo } from '../../../shared/ceremony/types.ts';
import type { Mode } from '../../../shared/mode.ts';
import type { MediumKind } from '../../../shared/sharing/manifest.ts';
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
  const writable = volumes.filter(({ readOnly, system }) => !readOnly && !system);
  return [
    ...(media.has('paper') ? [printerFinding(printers)] : []),
    {
      id: 'stick',
      status: writable.length > 0 ? 'pass' : 'fail',
      headline: writable.length > 0 ? 'A stick is plugged in' : 'No stick is plugged in',
      detail:
        writable.length > 0
          ? `${writable.map(({ label }) => label).join(', ')} can be written to.`
          : 'At least one stick is needed to carry the bundle to sync.',
      stopsProduction: true,
      fix: 'Plug in a stick that is not write-protected. Each custodian with a stick brings their own.',
    },
  ];
}

function printerFinding(printers: readonly PrinterInfo[]): Finding {
  const [first] = printers;
  return {
    id: 'printer',
    status: first === undefined ? 'fail' : 'pass',
    headline: first === undefined ? 'No printer is connected' : 'A printer is connected',
    detail:
      first === undefined
        ? 'The plan has people whose share goes onto paper, and nothing can print it.'
        : printers.map(({ label }) => label).join(', '),
    stopsProduction: true,
    fix: 'Connect a printer by cable, print its own test page, then choose "Check again".',
  };
}
