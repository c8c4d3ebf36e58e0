/**
 * Looking at a bundle before it is taken in: every signature is verified, nothing is kept.
 * @module
 */
import { type BundleDocument, bundleType } from '../../../shared/bundle/bundle.ts';
import { authenticate, sourceOf } from '../bundles/authentic.ts';
import { type BundlePerson, peopleToTell } from '../bundles/people.ts';
import { type BundleRow, findBundle } from '../bundles/bundles.ts';
import type { FlowContext } from '../../trust/context.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { soundSituation } from '../commit/resume.ts';

/**
 * @returns the document, and its row when exactly this bundle was imported before
 * @throws Refusal as an import would, for whatever an import would refuse by its form or signatures
 */
export async function previewBundle(
  context: FlowContext,
  bytes: Uint8Array,
): Promise<{
  readonly document: BundleDocument;
  readonly known: BundleRow | undefined;
  /** Whom its steps would be told. */
  readonly people: readonly BundlePerson[];
}> {
  const situation = await soundSituation(context);
  const document = bundleType.parse(bytes, situation.installation.mode);
  if (document.body.audience !== situation.installation.audience) {
    throw refuseFlow('other-audience', 'bundle');
  }
  const source = await sourceOf(context.database, document, situation);
  authenticate(document, source.document, situation);
  const known = await findBundle(context.database, document.digest);
  if (known === undefined && source.state !== 'released') throw refuseFlow('package-spent');
  return { document, known, people: await peopleToTell(context.database, document, situation) };
}
