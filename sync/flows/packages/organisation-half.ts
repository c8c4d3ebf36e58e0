/**
 * The half for organisations that the custodians of one key version have handed over to those of another.
 *
 * Source: docs/decisions/0039-organisations-move-to-another-version.md.
 * @module
 */
import type { HandedOver } from '../../../shared/bundle/organisation-half.ts';
import type { Queryable } from '../../database/database.ts';
import { committedOf } from '../bundles/authentic.ts';
import type { Situation } from '../../trust/context.ts';

/**
 * The half for organisations of one version, as a quorum of it sealed it for another: the newest that
 * was committed. Undefined: none was handed over.
 * @throws as {@link committedOf}
 */
export async function halfFor(
  on: Queryable,
  { from, to }: { readonly from: string; readonly to: string },
  situation: Situation,
): Promise<HandedOver | undefined> {
  for await (const body of committedOf(on, 'migrate-escrows', situation)) {
    if (body.keyVersion !== from || body.movesTo !== to) continue;
    const { ceremonyId, nonce, organisationHalf: sealed } = body;
    if (sealed !== undefined) return { from, ceremonyId, nonce, sealed };
  }
  return undefined;
}
