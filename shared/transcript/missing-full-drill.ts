/**
 * What one would expect of a full drill and does not find.
 * @module
 */
import { answersFullDrill } from '../bundle/full-drill.ts';
import type { Manifest } from '../sharing/manifest.ts';
import type { LogDocuments } from './log-documents.ts';

/**
 * The bundle says of the test escrow what the log says, and the key that its package names has signed.
 * @param isOpened the log says so
 */
export function fullDrillMissing(
  isOpened: boolean,
  { bundles, packages }: Pick<LogDocuments, 'bundles' | 'packages'>,
  manifest: Manifest,
): string[] {
  return bundles.flatMap(({ body }) => {
    if (body.kind !== 'drill') return [];
    const from = packages.find(({ digest }) => digest === body.packageDigest)?.body;
    const found: string[] = [];
    if ((body.full?.opened === true) !== isOpened) {
      found.push('Log and bundle do not say the same of the test escrow.');
    }
    if (from?.kind === 'drill' && !answersFullDrill(body, from, manifest)) {
      found.push('The bundle does not say of the test escrow what its package asks.');
    }
    return found;
  });
}
