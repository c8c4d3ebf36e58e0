/**
 * Any valid body of each document type, for property tests.
 * @module
 */
import * as fc from 'fast-check';
import { base64 } from '@scure/base';
import { PROOFS } from '../../shared/bundle/adopt.ts';
import type { Descriptor } from '../../shared/bundle/descriptor.ts';
import {
  ESCROWED_EMAIL,
  isUnusual,
  outcomeOf,
  type EmailCheck,
} from '../../shared/bundle/escrowed-email.ts';
import type { OpenedEscrow, PackagedEscrow } from '../../shared/bundle/sealed-escrow.ts';
import type {
  MemberBundle,
  RecoverBundle,
  RosterBundle,
  SetupBundle,
} from '../../shared/bundle/bundle.ts';
import { ADMIN_ROLES, type NewAdmins } from '../../shared/bundle/new-admins.ts';
import {
  PACKAGE_KINDS,
  type MemberPackage,
  type RecoverFacts,
  type RecoverPackage,
  type RosterPackage,
  type SetupPackage,
} from '../../shared/bundle/package.ts';
import { OUTCOMES, type Receipt } from '../../shared/bundle/receipt.ts';
import { TICKET_KINDS, type Ticket } from '../../shared/bundle/ticket.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { ROLES, type Roster } from '../../shared/identity/roster.ts';
import { MODES } from '../../shared/mode.ts';
import { MEDIA_KINDS, type Manifest } from '../../shared/sharing/manifest.ts';
import type { Seal } from '../../shared/transcript/seal.ts';

export const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hex = (length: number) => bytes(length).map(bytesToHex);
export const base64Of = (length: number) => bytes(length).map((value) => base64.encode(value));

export const mode = fc.constantFrom(...MODES);
export const id16 = hex(16);
export const digest = hex(32);
export const key = hex(32);
export const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const time = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
  .map(formatTime);
const visible = (text: string) => text === text.trim() && !/\p{Cc}|\p{Cf}|\p{Cs}/u.test(text);
export const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(visible);
const text = (maxLength: number) => fc.string({ unit: 'grapheme', maxLength: maxLength >> 2 });
const some = (maxLength: number) => text(maxLength).map((value) => `.${value}`);
const mail = fc.stringMatching(
  /^[A-Za-z0-9]{1,10}([._'+-][A-Za-z0-9]{1,10}){0,2}@([a-z0-9]{1,10}\.){1,2}[a-z]{2,8}$/,
);
export const keyVersion = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$/);
export const natural = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const epoch = fc.nat({ max: Number.MAX_SAFE_INTEGER });

export const embedded = fc.record({
  payload: fc.base64String(),
  payloadType: fc.string(),
  signatures: fc.array(fc.record({ keyid: fc.string(), sig: fc.base64String() }), { maxLength: 2 }),
});
export const sealed = fc.record({
  enc: base64Of(1120),
  ct: fc.uint8Array({ maxLength: 200 }).map((value) => base64.encode(value)),
});
const facts: fc.Arbitrary<RecoverFacts> = fc.record({
  requestCode: fc.stringMatching(/^[A-Z]{3}-[0-9]{3}-[A-Z]{3}$/),
  requestId: fc.uuid({ version: 4 }),
  userId: natural,
  userName: text(150),
  surveyId: natural,
  surveyName: text(255),
  keyVersion,
});

const hexOf = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map(bytesToHex);
const credential = fc.record({
  id: hexOf(16, 128),
  publicKey: fc.tuple(fc.constantFrom('02', '03'), hexOf(32, 32)).map((parts) => parts.join('')),
  serial: orNull(fc.integer({ min: 1, max: 0xffffffff })),
});

export const roster: fc.Arbitrary<Roster> = fc.record({
  mode,
  serial: natural,
  people: fc.uniqueArray(
    fc.record(
      {
        name,
        publicKey: key,
        roles: fc.subarray([...ROLES], { minLength: 1 }),
        mail,
        credential,
      },
      { requiredKeys: ['name', 'publicKey', 'roles'] },
    ),
    { minLength: 1, maxLength: 8, selector: (person) => person.name.toLowerCase() },
  ),
  createdAt: time,
  previous: orNull(digest),
});

const shares = fc.uniqueArray(
  fc.record({
    x: fc.integer({ min: 1, max: 255 }),
    publicKey: key,
    custodian: fc.record({ name, publicKey: key }),
    media: fc.array(fc.record({ kind: fc.constantFrom(...MEDIA_KINDS), description: some(100) }), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
  { minLength: 2, maxLength: 16, selector: ({ x }) => x },
);

export const manifest: fc.Arbitrary<Manifest> = fc
  .record({
    mode,
    setId: id16,
    label: some(36),
    componentId: id16,
    componentBytes: fc.integer({ min: 16, max: 64 }),
    keyVersion,
    generation: fc.integer({ min: 1, max: 0xffff_ffff }),
    shares,
    checks: fc.record({ custodianComponent: id16, vaultComponent: id16, platformKey: id16 }),
    ceremonyId: id16,
    createdAt: time,
    roster: digest,
    sync: fc.record({ audience: id16, publicKey: key }),
    previous: orNull(digest),
    pick: fc.nat(),
    escrowKey: orNull(base64Of(1216)),
  })
  .map(({ pick, escrowKey, ...body }) => ({
    ...body,
    ...(escrowKey === null ? {} : { escrowKey }),
    count: body.shares.length,
    threshold: 2 + (pick % (body.shares.length - 1)),
    shares: body.shares.map((share, at) => ({ ...share, index: at + 1 })),
  }));

export const descriptor: fc.Arbitrary<Descriptor> = fc.record({
  mode,
  audience: id16,
  name,
  publicKey: key,
  createdAt: time,
  previous: orNull(digest),
});

export const ticket: fc.Arbitrary<Ticket> = fc.record({
  mode,
  kind: fc.constantFrom(...TICKET_KINDS),
  ticketId: id16,
  audience: id16,
  operator: fc.record({ name, publicKey: key }),
  recipient: base64Of(1216),
  createdAt: time,
});

export const packageCommon = {
  mode,
  audience: id16,
  nonce: id16,
  epoch,
  issuedAt: time,
  expiresAt: time,
  receiptHead: orNull(digest),
};
const recipient = base64Of(1216);
export const setupPackage: fc.Arbitrary<SetupPackage> = fc.record({
  ...packageCommon,
  kind: fc.constant('setup' as const),
  recipient,
  keyVersion,
});
const openRecoverPackage = fc.record({
  ...packageCommon,
  kind: fc.constant('recover' as const),
  recipient,
  ticketId: id16,
  ticketDigest: digest,
  facts,
  manifest: embedded,
  roster: embedded,
  sealed,
});
const sealedKind = { kind: fc.constant('sealed' as const), digest };
const packagedEscrow: fc.Arbitrary<PackagedEscrow> = fc.record({
  ...sealedKind,
  keyHash: fc.constantFrom('sealed' as const, 'none' as const),
});
const openedEscrow: fc.Arbitrary<OpenedEscrow> = fc.record({
  ...sealedKind,
  surveyKey: fc.constantFrom('fits' as const, 'not-compared' as const),
});
export const recoverPackage: fc.Arbitrary<RecoverPackage> = fc.oneof(
  openRecoverPackage,
  fc
    .tuple(openRecoverPackage, packagedEscrow)
    .map(([body, escrow]) => ({ ...body, escrowedEmail: 'none' as const, escrow })),
  fc
    .tuple(openRecoverPackage, fc.constantFrom(...ESCROWED_EMAIL))
    .map(([body, escrowedEmail]) => ({ ...body, escrowedEmail })),
);

const organisation = fc.record({ organisationId: natural, teamId: orNull(natural) });
const keptKind = { kind: fc.constant('organisation' as const), digest };
const packagedEntry = fc.record({
  ...keptKind,
  keyHash: fc.constantFrom('sealed' as const, 'none' as const),
});
const openedEntry = fc.record({
  ...keptKind,
  surveyKey: fc.constantFrom('fits' as const, 'not-compared' as const),
});
const plainMemberPackage = fc
  .tuple(openRecoverPackage, organisation)
  .map(([body, way]) => ({ ...body, kind: 'recover-member' as const, organisation: way }));
export const memberPackage: fc.Arbitrary<MemberPackage> = fc.oneof(
  plainMemberPackage,
  fc.tuple(plainMemberPackage, packagedEntry).map(([body, escrow]) => ({ ...body, escrow })),
);

const compared = fc.record({
  account: fc.constantFrom('same' as const, 'differs' as const, 'none' as const),
  stated: fc.constantFrom('same' as const, 'differs' as const, 'none' as const),
});
const unlike = { account: 'none', stated: 'none' } as const;
const emailReason = fc.stringMatching(/^[A-Za-z0-9 ,.]{3,60}$/);
/** Any outcome of the escrowed address that can be true. */
export const emailCheck: fc.Arbitrary<EmailCheck> = fc
  .tuple(
    fc.oneof(
      compared.map((result) => ({ outcome: outcomeOf(result), ...result })),
      fc
        .constantFrom('none' as const, 'missing' as const, 'not-openable' as const)
        .map((outcome) => ({ outcome, ...unlike })),
    ),
    emailReason,
  )
  .map(([check, reason]) => ({ ...check, reason: isUnusual(check.outcome) ? reason : null }));
export const rosterPackage: fc.Arbitrary<RosterPackage> = fc.record({
  ...packageCommon,
  kind: fc.constant('roster' as const),
  keyVersion,
  manifest: embedded,
  roster: embedded,
  replacesAdmins: fc.boolean(),
});

export const bundleCommon = {
  mode,
  audience: id16,
  nonce: id16,
  epoch,
  packageDigest: digest,
  ceremonyId: id16,
  operator: key,
  createdAt: time,
  transcript: fc.record({ entries: natural, head: digest }),
  manifestDigest: digest,
  rosterDigest: digest,
};
export const setupBundle: fc.Arbitrary<SetupBundle> = fc.record({
  ...bundleCommon,
  sealed,
  kind: fc.constant('setup' as const),
  keyVersion,
  manifest: embedded,
  roster: embedded,
});
const openRecoverBundle = fc.record({
  ...bundleCommon,
  sealed,
  kind: fc.constant('recover' as const),
  facts,
});
export const recoverBundle: fc.Arbitrary<RecoverBundle> = fc.oneof(
  openRecoverBundle,
  fc.tuple(openRecoverBundle, openedEscrow).map(([body, escrow]) => ({ ...body, escrow })),
  fc
    .tuple(openRecoverBundle, emailCheck)
    .map(([body, escrowedEmail]) => ({ ...body, escrowedEmail })),
);
const plainMemberBundle = fc
  .tuple(openRecoverBundle, organisation)
  .map(([body, way]) => ({ ...body, kind: 'recover-member' as const, organisation: way }));
export const memberBundle: fc.Arbitrary<MemberBundle> = fc.oneof(
  plainMemberBundle,
  fc.tuple(plainMemberBundle, openedEntry).map(([body, escrow]) => ({ ...body, escrow })),
);
const newAdmins: fc.Arbitrary<NewAdmins> = fc
  .record({
    ids: fc.uniqueArray(natural, { minLength: 2, maxLength: 2 }),
    names: fc.uniqueArray(name, {
      minLength: 2,
      maxLength: 2,
      selector: (who) => who.toLowerCase(),
    }),
    keys: fc.uniqueArray(key, { minLength: 2, maxLength: 2 }),
    more: fc.subarray(ADMIN_ROLES.filter((role) => role !== 'approver')),
  })
  .map(({ ids, names, keys, more }): NewAdmins => {
    const one = (at: number) => ({
      userId: ids[at] ?? 1,
      name: names[at] ?? '',
      roles: ['approver' as const, ...more],
      publicKey: keys[at] ?? '',
    });
    return [one(0), one(1)];
  });
export const rosterBundle: fc.Arbitrary<RosterBundle> = fc.record({
  ...bundleCommon,
  kind: fc.constant('roster' as const),
  keyVersion,
  roster: embedded,
  admins: orNull(newAdmins),
});

const adopted = fc.record({
  legacy: orNull(fc.constantFrom({ threshold: 2, count: 2 }, { threshold: 3, count: 255 })),
  proof: fc.constantFrom(...PROOFS),
});
const receiptOfBefore = fc.record({
  mode,
  audience: id16,
  sequence: natural,
  previous: orNull(digest),
  kind: fc.constantFrom(...PACKAGE_KINDS),
  outcome: fc.constantFrom(...OUTCOMES),
  nonce: id16,
  packageDigest: digest,
  bundleDigest: orNull(digest),
  ceremonyId: orNull(id16),
  keyVersion,
  at: time,
  epoch,
  statement: some(500),
  readBack: fc.array(text(200), { maxLength: 5 }),
});
export const receipt: fc.Arbitrary<Receipt> = fc
  .tuple(receiptOfBefore, orNull(adopted))
  .map(([body, more]) => (more === null ? body : { ...body, adopted: more }));

export const seal: fc.Arbitrary<Seal> = fc.record({
  mode,
  ceremonyId: id16,
  entries: natural,
  head: digest,
  sealedAt: time,
});
