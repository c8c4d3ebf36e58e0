/**
 * The release of a package for new shares, by two approvers who did not ask for it.
 * @module
 */
import { sealRotatePackage } from '../../../shared/bundle/rotate-package.ts';
import type { Ask, Shown } from '../../approvals/approvable.ts';
import type { Queryable } from '../../database/database.ts';
import type { FlowContext } from '../../trust/context.ts';
import { askedInWords } from './asked.ts';
import { askedSet, releaseComponent } from './component.ts';
import { type PackageRow, rotateFacts } from '../package-rows/rows.ts';
import { shownRelease } from './shown.ts';
import { refuseRenewal } from '../../versions/rotate-refusals.ts';
import { placesFact } from '../../words/rotate.ts';
import { setName } from '../../words/set.ts';

/** @throws as {@link shownRelease}; `set-not-trusted` */
export async function showRotation(tx: Queryable, found: PackageRow, ask: Ask): Promise<Shown> {
  const { mode, asked, about } = await shownRelease(tx, found, ask);
  const { manifest, compared } = rotateFacts.parse(found.facts);
  const { body } = await askedSet(tx, manifest, mode);
  return {
    ...about,
    sentence: `Release the vault component of key version ${found.keyVersion} to the laptop, so that the shares of the platform key are renewed.`,
    facts: [
      ['share set in force', setName(body)],
      placesFact(compared),
      ...askedInWords(found, asked),
    ],
  };
}

/** Seals the vault component to the ticket, signs, and hands the package out. */
export async function releaseRotation(context: FlowContext, nonce: string): Promise<void> {
  await releaseComponent(context, nonce, {
    async check({ found, manifest, compared }) {
      const shown = rotateFacts.parse(found.facts);
      if (manifest.digest !== shown.manifest || compared !== shown.compared) {
        throw refuseRenewal('rotate-moved');
      }
    },
    seal: (body, { compared, ticket, component }) =>
      sealRotatePackage({ ...body, kind: 'rotate-shares', compared }, ticket, component),
  });
}
