/**
 * The release of a package for a new key version, by two approvers who did not ask for it.
 * @module
 */
import { sealRotatePackage } from '../../../shared/bundle/rotate-package.ts';
import type { Ask, Shown } from '../../approvals/approvable.ts';
import type { Queryable } from '../../database/database.ts';
import type { FlowContext } from '../../trust/context.ts';
import { askedInWords } from './asked.ts';
import { askedSet, releaseComponent } from './component.ts';
import { newVersionRow, type PackageRow } from '../package-rows/rows.ts';
import { shownRelease } from './shown.ts';
import { refuseVersion } from '../../versions/refusals.ts';
import { setName } from '../../words/set.ts';
import { assertActive, nextVersion, versionRows } from '../../versions/rows.ts';
import { ENTRY_STAYS } from '../../words/version.ts';

/** @throws as {@link shownRelease}; `set-not-trusted` */
export async function showNewVersion(tx: Queryable, found: PackageRow, ask: Ask): Promise<Shown> {
  const { mode, asked, about } = await shownRelease(tx, found, ask);
  const { manifest, next } = newVersionRow.parse(found.facts);
  const { body } = await askedSet(tx, manifest, mode);
  return {
    ...about,
    sentence: `Release the vault component of key version ${found.keyVersion}, which is active, to the laptop, so that a new platform key, version ${next}, is made.`,
    facts: [
      ['share set in force', `${setName(body)}; it stays`],
      ENTRY_STAYS,
      ...askedInWords(found, asked),
    ],
  };
}

/** Seals the vault component to the ticket, signs, and hands the package out. */
export async function releaseNewVersion(context: FlowContext, nonce: string): Promise<void> {
  await releaseComponent(context, nonce, {
    async check({ found, situation, manifest }) {
      const shown = newVersionRow.parse(found.facts);
      const rows = await versionRows(context.database);
      assertActive(rows, found.keyVersion);
      const isAsShown =
        manifest.digest === shown.manifest && nextVersion(rows, situation.trust) === shown.next;
      if (!isAsShown) throw refuseVersion('version-moved');
    },
    seal: (body, { found, ticket, component }) =>
      sealRotatePackage(
        { ...body, kind: 'new-version', nextVersion: newVersionRow.parse(found.facts).next },
        ticket,
        component,
      ),
  });
}
