/**
 * Whether this program may hold a real ceremony.
 * @module
 */
import { SUPPORTED_ELECTRON_MAJOR } from '../environment/surroundings.ts';

/** A sentence for the person, or null. */
export function whyNoProduction(electron: string, packaged: boolean): string | null {
  if (Number.parseInt(electron, 10) !== SUPPORTED_ELECTRON_MAJOR) {
    return `This Conclave runs on Electron ${electron}, which no longer gets security updates. Real ceremonies need the installed package with Electron ${SUPPORTED_ELECTRON_MAJOR}.`;
  }
  if (!packaged) {
    return 'This Conclave was started from its source code. Real ceremonies need the installed package, whose hash was checked on a second machine.';
  }
  return null;
}
