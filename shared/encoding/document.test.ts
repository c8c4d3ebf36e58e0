/** What holds for every signed document type, proved on each of them. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addSetBundle, addSetPackage } from '../../test/support/add-set-arbitraries.ts';
import { adoptBundle, adoptPackage } from '../../test/support/adopt-arbitraries.ts';
import * as any from '../../test/support/arbitraries.ts';
import {
  organisationBundle,
  organisationPackage,
} from '../../test/support/organisation-arbitraries.ts';
import { drillBundle, drillPackage } from '../../test/support/drill-arbitraries.ts';
import { moveBundle, movePackage } from '../../test/support/move-arbitraries.ts';
import {
  refreshBundle,
  refreshedManifest,
  refreshPackage,
} from '../../test/support/refresh-arbitraries.ts';
import { rotateBundle, rotatePackage } from '../../test/support/rotate-arbitraries.ts';
import {
  activateBundle,
  activatePackage,
  retireBundle,
  retirePackage,
  versionBundle,
  versionPackage,
} from '../../test/support/version-arbitraries.ts';
import { bundleType } from '../bundle/bundle.ts';
import { descriptorType } from '../bundle/descriptor.ts';
import { packageType } from '../bundle/package.ts';
import { receiptType } from '../bundle/receipt.ts';
import { ticketType } from '../bundle/ticket.ts';
import { rosterType } from '../identity/roster.ts';
import { MODES, type Mode } from '../mode.ts';
import { manifestType } from '../sharing/manifest.ts';
import { sealType } from '../transcript/seal.ts';
import { bytesToHex } from './bytes.ts';
import { readPayloadType, type DocumentType } from './document.ts';
import { ed25519Signer, signEnvelope, encodeEnvelope } from './dsse.ts';
import { decodeJson, encodeJson } from './json.ts';

const signer = ed25519Signer(new Uint8Array(32).fill(9));
const refused = (code: string) => expect.objectContaining({ code }) as Error;

/** Erases the body's type, so that one test serves all. */
function of<T extends { readonly mode: Mode }>(type: DocumentType<T>, body: fc.Arbitrary<T>) {
  const sign = async (value: T) => type.toBytes(await type.sign(value, [signer]));
  return {
    type: type as unknown as DocumentType<{ readonly mode: Mode }>,
    body: body as fc.Arbitrary<{ readonly mode: Mode }>,
    sign: sign as (value: { readonly mode: Mode }) => Promise<Uint8Array>,
  };
}

/** Fields that older files do not have. */
const OPTIONAL = new Set([
  'adopted',
  'escrow',
  'escrowedEmail',
  'escrowKey',
  'full',
  'handsOver',
  'movedFrom',
  'moves',
  'organisationHalf',
  'organisationKeys',
  'others',
  'policy',
  'refreshed',
  'stored',
  'unopened',
]);

const cases: [string, ReturnType<typeof of>][] = [
  ['roster', of(rosterType, any.roster)],
  ['manifest', of(manifestType, any.manifest)],
  ['manifest of refreshed shares', of(manifestType, refreshedManifest)],
  ['descriptor', of(descriptorType, any.descriptor)],
  ['ticket', of(ticketType, any.ticket)],
  ['setup package', of(packageType, any.setupPackage)],
  ['recovery package', of(packageType, any.recoverPackage)],
  ['recovery package of an organisation', of(packageType, any.memberPackage)],
  ['roster package', of(packageType, any.rosterPackage)],
  ['adoption package', of(packageType, adoptPackage)],
  ['package for new shares', of(packageType, rotatePackage)],
  ['package for a new key version', of(packageType, versionPackage)],
  ['package for another active version', of(packageType, activatePackage)],
  ['package for the end of a version', of(packageType, retirePackage)],
  ['package of survey keys that move', of(packageType, movePackage)],
  ['package for an owner without passphrase', of(packageType, organisationPackage)],
  ['package for a drill', of(packageType, drillPackage)],
  ['package for refreshed shares', of(packageType, refreshPackage)],
  ['package for a further set', of(packageType, addSetPackage)],
  ['setup bundle', of(bundleType, any.setupBundle)],
  ['recovery bundle', of(bundleType, any.recoverBundle)],
  ['recovery bundle of an organisation', of(bundleType, any.memberBundle)],
  ['roster bundle', of(bundleType, any.rosterBundle)],
  ['adoption bundle', of(bundleType, adoptBundle)],
  ['bundle of new shares', of(bundleType, rotateBundle)],
  ['bundle of a new key version', of(bundleType, versionBundle)],
  ['bundle of another active version', of(bundleType, activateBundle)],
  ['bundle of the end of a version', of(bundleType, retireBundle)],
  ['bundle of survey keys that moved', of(bundleType, moveBundle)],
  ['bundle for an owner without passphrase', of(bundleType, organisationBundle)],
  ['bundle of a drill', of(bundleType, drillBundle)],
  ['bundle of refreshed shares', of(bundleType, refreshBundle)],
  ['bundle of a further set', of(bundleType, addSetBundle)],
  ['receipt', of(receiptType, any.receipt)],
  ['seal', of(sealType, any.seal)],
];

describe.each(cases)('%s', (_, { type, body, sign }) => {
  const example = fc.sample(body, { numRuns: 1, seed: 1 })[0] ?? { mode: 'production' as const };

  test('any body comes back as it was, with its digest', async () => {
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        const bytes = await sign(value);
        const parsed = type.parse(bytes, value.mode);
        expect(parsed.body).toEqual(value);
        // As hex: byte by byte, comparing took longer than all the rest.
        expect(bytesToHex(type.toBytes(parsed))).toBe(bytesToHex(bytes));
        expect(bytesToHex(parsed.envelope.payload)).toBe(bytesToHex(type.encodeBody(value)));
        expect(parsed.digest).toBe((await type.sign(value, [])).digest);
      }),
      { numRuns: 30 },
    );
  });

  test('the other mode is refused by name', async () => {
    for (const value of MODES.map((mode) => ({ ...example, mode }))) {
      const other = value.mode === 'production' ? 'rehearsal' : 'production';
      const bytes = await sign(value);
      expect(() => type.parse(bytes, other)).toThrow(refused('document-other-mode'));
    }
  });

  test('a payload whose mode is not its type’s is refused', async () => {
    const lie = encodeJson({ ...example, mode: 'rehearsal' });
    const envelope = await signEnvelope(type.payloadType('production'), lie, [signer]);
    for (const mode of MODES) {
      expect(() => type.parse(encodeEnvelope(envelope), mode)).toThrow();
    }
    expect(() => type.parse(encodeEnvelope(envelope), 'production')).toThrow(
      refused('document-damaged'),
    );
  });

  test('a field too many, too few, or of another type is refused', async () => {
    const fields = Object.keys(example);
    const wrong: unknown[] = [
      { ...example, extra: 1 },
      ...fields
        .filter((field) => !OPTIONAL.has(field))
        .map((field) =>
          Object.fromEntries(Object.entries(example).filter(([name]) => name !== field)),
        ),
      ...fields.map((field) => ({ ...example, [field]: { not: 'this' } })),
      [],
      null,
      'text',
    ];
    for (const value of wrong) {
      const payload = encodeJson(value);
      const envelope = await signEnvelope(type.payloadType(example.mode), payload, [signer]);
      expect(() => type.parse(encodeEnvelope(envelope), example.mode)).toThrow(
        refused('document-damaged'),
      );
    }
  });

  test('another type, another version, no type of Conclave’s are refused', async () => {
    const payload = type.encodeBody(example);
    const { mode } = example;
    const own = type.payloadType(mode);
    const named = async (payloadType: string) =>
      encodeEnvelope(await signEnvelope(payloadType, payload, [signer]));
    for (const [, other] of cases) {
      if (other.type.what === type.what) continue;
      const bytes = await named(other.type.payloadType(mode));
      expect(() => type.parse(bytes, mode)).toThrow(refused('document-other-type'));
    }
    const newer = await named(own.replace('.v1.', '.v2.'));
    expect(() => type.parse(newer, mode)).toThrow(refused('document-other-version'));
    for (const strange of ['application/json', `${own} `, own.toUpperCase(), `${own}x`]) {
      const bytes = await named(strange);
      expect(() => type.parse(bytes, mode)).toThrow(refused('document-damaged'));
    }
  });

  test('a payload that is not canonical JSON is refused though it is signed', async () => {
    const text = JSON.stringify(decodeJson(type.encodeBody(example)), null, 1);
    const payload = new TextEncoder().encode(text);
    const envelope = await signEnvelope(type.payloadType(example.mode), payload, [signer]);
    expect(() => type.parse(encodeEnvelope(envelope), example.mode)).toThrow(
      refused('document-damaged'),
    );
  });
});

test('a payload type names type, version and mode', () => {
  expect(readPayloadType(sealType.payloadType('rehearsal'))).toEqual({
    what: 'transcript-seal',
    version: 1,
    mode: 'rehearsal',
  });
  expect(readPayloadType('application/vnd.conclave.roster.v1.test+json')).toBeNull();
  expect(readPayloadType('application/vnd.other.roster.v1.production+json')).toBeNull();
});

test('random bytes are refused by every parser', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
      for (const [, { type }] of cases) {
        expect(() => type.parse(bytes, 'production')).toThrow(refused('document-damaged'));
      }
    }),
  );
});
