/**
 * Packages that hold no secret, onto the travelling stick of a laptop without a window.
 * @module
 */
import {
  packageType,
  type ActivatePackage,
  type PackageDocument,
  type RetirePackage,
  type RosterPackage,
} from '../../shared/bundle/package.ts';
import type { NewSet } from '../../shared/bundle/rotate.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { packageFacts, type Courier } from './headless-platform.ts';

type About =
  | { readonly kind: 'drill' | 'refresh' }
  | Pick<RosterPackage, 'kind' | 'replacesAdmins'>
  | Pick<ActivatePackage, 'kind' | 'activates' | 'others' | 'stored'>
  | Pick<RetirePackage, 'kind' | 'retires' | 'others' | 'stored'>;

/**
 * As sync makes it, for the set in force of the active version.
 * @param epoch that sync has
 */
export async function carryPlainPackage(
  laptop: Courier,
  { manifest, roster }: NewSet,
  about: About,
  epoch = 1,
): Promise<PackageDocument> {
  const { recipient: _, ...facts } = packageFacts(laptop, epoch);
  const document = await packageType.sign(
    {
      ...facts,
      keyVersion: manifest.body.keyVersion,
      manifest: envelopeToJson(manifest.envelope),
      roster: envelopeToJson(roster.envelope),
      ...about,
    },
    [laptop.sync.signer],
  );
  await laptop.carry('package', document.digest, packageType.toBytes(document));
  return document;
}
