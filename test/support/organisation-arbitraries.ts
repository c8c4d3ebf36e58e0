/**
 * Any valid body of the documents for an owner without passphrase, for property tests.
 * @module
 */
import * as fc from 'fast-check';
import type { OrganisationBundle } from '../../shared/bundle/bundle.ts';
import {
  WHY_LEFT,
  WHY_NOT_OPENED,
  type OrganisationFacts,
  type PackagedSurvey,
} from '../../shared/bundle/organisation.ts';
import type { OrganisationPackage } from '../../shared/bundle/package.ts';
import {
  base64Of,
  bundleCommon,
  digest,
  embedded,
  id16,
  keyVersion,
  name,
  natural,
  orNull,
  packageCommon,
  sealed,
} from './arbitraries.ts';

const facts: fc.Arbitrary<OrganisationFacts> = fc.record({
  requestCode: fc.stringMatching(/^[A-Z]{3}-[0-9]{3}-[A-Z]{3}$/),
  requestId: fc.uuid({ version: 4 }),
  organisationId: natural,
  organisationName: fc.string({ maxLength: 40 }),
  owner: name,
  keyVersion,
});
const place = { surveyId: natural, teamId: orNull(natural) };
const surveyName = fc.string({ maxLength: 40 });
const manyOf = <T extends { readonly surveyId: number }>(one: fc.Arbitrary<T>, minLength: number) =>
  fc.uniqueArray(one, { minLength, maxLength: 6, selector: ({ surveyId }) => surveyId });

const packaged: fc.Arbitrary<PackagedSurvey> = fc
  .record({
    ...place,
    surveyName,
    userId: natural,
    escrow: fc.record({ kind: fc.constantFrom('checktick' as const, 'sealed' as const), digest }),
    keyHash: fc.constantFrom('sealed' as const, 'none' as const),
    entry: orNull(digest),
  })
  .filter(({ escrow, keyHash }) => escrow.kind === 'checktick' || keyHash === 'sealed');

const forgotten: fc.Arbitrary<OrganisationPackage> = fc.record({
  ...packageCommon,
  kind: fc.constant('migrate-organisation' as const),
  recipient: base64Of(1216),
  ticketId: id16,
  ticketDigest: digest,
  facts,
  surveys: manyOf(packaged, 1),
  left: manyOf(fc.record({ ...place, surveyName, why: fc.constantFrom(...WHY_LEFT) }), 0),
  further: fc.nat(),
  continues: orNull(fc.record(place)),
  manifest: embedded,
  roster: embedded,
  sealed,
});

/** A sealed half: of 32 bytes with what is around them. */
export const sealedHalf = fc.record({ enc: base64Of(1120), ct: base64Of(52) });

/** Of an organisation that moves from another version. */
const moving: fc.Arbitrary<OrganisationPackage> = fc
  .tuple(forgotten, keyVersion, fc.record({ ceremonyId: id16, nonce: id16, sealed: sealedHalf }))
  .filter(([{ facts: to }, from]) => to.keyVersion !== from)
  .map(([body, from, half]) => ({
    ...body,
    surveys: body.surveys.map((one) => ({
      ...one,
      userId: null,
      escrow: { ...one.escrow, kind: 'organisation' as const },
      entry: one.escrow.digest,
    })),
    continues: null,
    moves: { from, ...half },
  }));

export const organisationPackage = fc.oneof(forgotten, moving);

const wrapped: fc.Arbitrary<OrganisationBundle> = fc.record({
  ...bundleCommon,
  kind: fc.constant('migrate-organisation' as const),
  facts,
  passphrase: fc.constantFrom('new' as const, 'continued' as const),
  moved: manyOf(
    fc.record({
      ...place,
      userId: natural,
      surveyKey: fc.constantFrom('fits' as const, 'not-compared' as const),
      entry: digest,
    }),
    1,
  ),
  unopened: manyOf(fc.record({ ...place, why: fc.constantFrom(...WHY_NOT_OPENED) }), 0),
  sealed,
});

export const organisationBundle = fc.oneof(
  wrapped,
  fc
    .tuple(wrapped, keyVersion)
    .filter(([{ facts: to }, from]) => to.keyVersion !== from)
    .map(([body, movedFrom]): OrganisationBundle => ({
      ...body,
      passphrase: 'kept',
      movedFrom,
      moved: body.moved.map((one) => ({ ...one, userId: null })),
    })),
);
