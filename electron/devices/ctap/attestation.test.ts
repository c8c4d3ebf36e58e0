import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { SOFTWARE_ROOT } from '../../../test/support/software-key/fido-applet.ts';
import { Maker } from '../../../test/support/software-key/fido-certificate.ts';
import { FIRMWARE_5_7 } from '../../../test/support/software-key/fido-profiles.ts';
import { type PluggedFido, pluggedFido } from '../../../test/support/software-key/fido-plugged.ts';
import { extensionOf, octets } from './der.ts';
import { type FidoCredential, fidoCode, verifyAttestation } from './index.ts';

const AT = new Date('2026-11-29T00:00:00Z');
const AAGUID = Buffer.from(FIRMWARE_5_7.aaguid, 'hex');

async function made(plugged: PluggedFido = pluggedFido()): Promise<FidoCredential> {
  const fido = await plugged.open();
  const pin = new TextEncoder().encode('123456');
  return fido.makeCredential({ userId: Uint8Array.of(1), pin });
}

async function refusalOf(plugged: PluggedFido): Promise<string | null> {
  return made(plugged).then(
    () => 'made',
    (error: unknown) => fidoCode(error),
  );
}

function codeOf(work: () => unknown): string | null {
  try {
    work();
    return 'accepted';
  } catch (error) {
    return fidoCode(error);
  }
}

test('with the maker’s root it is hardware; without, nothing is proved', async () => {
  const { attestation, aaguid } = await made();
  const root = new X509Certificate(Buffer.from(SOFTWARE_ROOT));
  const proof = { aaguid: new Uint8Array(AAGUID) };
  expect(aaguid).toEqual(proof.aaguid);
  const hardware = { kind: 'hardware', ...proof, root: root.fingerprint256 };
  expect(verifyAttestation(attestation, [SOFTWARE_ROOT], AT)).toEqual(hardware);
  expect(verifyAttestation(attestation, [root.toString()], AT)).toEqual(hardware);
  const unknown = { kind: 'unknown-root', ...proof, issuer: 'CN=Software key maker' };
  expect(verifyAttestation(attestation, [], AT)).toEqual(unknown);
  // A maker of the same name with another key is another maker.
  expect(verifyAttestation(attestation, [new Maker().root], AT)).toEqual(unknown);
  expect(verifyAttestation(attestation, [SOFTWARE_ROOT], new Date('2051-01-01'))).toEqual(unknown);
  expect(verifyAttestation(attestation, [SOFTWARE_ROOT], new Date('2014-01-01'))).toEqual(unknown);
});

test('a chain over a certificate that is no authority proves nothing', async () => {
  const plugged = pluggedFido();
  const maker = new Maker('Another maker');
  const notAuthority = maker.attests(AAGUID);
  plugged.applet.lies.answer = (answer) => {
    const statement = answer.get(3);
    if (statement instanceof Map) {
      statement.set('x5c', [...(statement.get('x5c') as []), notAuthority.certificate]);
    }
  };
  const { attestation } = await made(plugged);
  expect(verifyAttestation(attestation, [maker.root], AT).kind).toBe('unknown-root');
});

/** A key whose certificate stands under another, which is sent along, and that under the root. */
function keyOfBatch(root: Maker): PluggedFido {
  const plugged = pluggedFido();
  const batch = new Maker('Batch 1', root);
  plugged.applet.attestation = batch.attests(AAGUID);
  plugged.applet.lies.answer = (answer) => {
    const statement = answer.get(3);
    if (!(statement instanceof Map)) return;
    statement.set('x5c', [plugged.applet.attestation.certificate, batch.root]);
  };
  return plugged;
}

test('a chain of two ends in the root, and breaks with any byte of either', async () => {
  const root = new Maker('A maker with batches');
  const { attestation } = await made(keyOfBatch(root));
  expect(verifyAttestation(attestation, [root.root], AT).kind).toBe('hardware');
  expect(verifyAttestation(attestation, [SOFTWARE_ROOT], AT).kind).toBe('unknown-root');
  const { statement } = attestation;
  for (let place = 0; place < statement.length; place += 1) {
    const changed = statement.slice();
    changed[place] = (changed[place] ?? 0) ^ 0x80;
    const forged = { ...attestation, statement: changed };
    const outcome = codeOf(() =>
      expect(verifyAttestation(forged, [root.root], AT).kind).toBe('unknown-root'),
    );
    expect(['accepted', 'fido-nonsense', 'fido-forged'], `byte ${place}`).toContain(outcome);
  }
});

test('every byte of the signed data counts', async () => {
  // Two certificates: behind the maker's stands one of another maker, which vouches for nothing.
  const plugged = pluggedFido();
  const behind = new Maker('Another maker').attests(AAGUID).certificate;
  plugged.applet.lies.answer = (answer) => {
    const statement = answer.get(3);
    if (!(statement instanceof Map)) return;
    statement.set('x5c', [plugged.applet.attestation.certificate, behind]);
  };
  const { attestation } = await made(plugged);
  for (const field of ['authenticatorData', 'clientDataHash', 'statement'] as const) {
    const bytes = attestation[field];
    for (let place = 0; place < bytes.length; place += 1) {
      const changed = bytes.slice();
      changed[place] = (changed[place] ?? 0) ^ 0x01;
      const forged = { ...attestation, [field]: changed };
      let kind: string | null;
      try {
        kind = verifyAttestation(forged, [SOFTWARE_ROOT], AT).kind;
      } catch (error) {
        kind = fidoCode(error);
      }
      const isBehind = field === 'statement' && place >= bytes.length - behind.length;
      if (!isBehind) expect(kind, `${field}, byte ${place}`).not.toBe('hardware');
      expect(kind, `${field}, byte ${place}`).not.toBeNull();
    }
  }
}, 120_000);

test('a certificate of another model, or for something else, is refused when it is made', async () => {
  const other = pluggedFido();
  other.applet.attestation = new Maker().attests(Buffer.alloc(16, 1));
  expect(await refusalOf(other)).toBe('fido-forged');
  const purpose = pluggedFido();
  purpose.applet.attestation = new Maker().attests(AAGUID, false);
  expect(await refusalOf(purpose)).toBe('fido-forged');
});

test('an attestation signed by somebody else is refused when it is made', async () => {
  const plugged = pluggedFido();
  const { certificate } = plugged.applet.attestation;
  plugged.applet.attestation = { ...new Maker().attests(AAGUID), certificate };
  expect(await refusalOf(plugged)).toBe('fido-forged');
});

test('no attestation, and one by the credential itself, prove no hardware', async () => {
  const none = pluggedFido();
  none.applet.lies.answer = (answer) => {
    if (answer.get(1) === 'packed') answer.set(1, 'none').set(3, new Map());
  };
  const { attestation } = await made(none);
  expect(verifyAttestation(attestation, [SOFTWARE_ROOT], AT).kind).toBe('none');
  const self = pluggedFido();
  self.applet.lies.answer = (answer) => {
    const statement = answer.get(3);
    if (statement instanceof Map) statement.delete('x5c');
  };
  // Signed by the maker's key, not by the credential's own as it would have to be.
  expect(await refusalOf(self)).toBe('fido-forged');
});

test('odd statements are nonsense', async () => {
  const { attestation } = await made();
  const odd = (statement: Uint8Array) =>
    codeOf(() => verifyAttestation({ ...attestation, statement }, [SOFTWARE_ROOT], AT));
  expect(odd(Uint8Array.of(0x01))).toBe('fido-nonsense');
  expect(odd(Uint8Array.of(0xa0))).toBe('fido-nonsense');
  expect(odd(new Uint8Array(0))).toBe('fido-nonsense');
});

test('DER: cut short anywhere it is refused, and an extension is found by its id', () => {
  const { certificate } = new Maker().attests(AAGUID);
  const value = extensionOf(certificate, '2b0601040182e51c010104');
  expect(value === null ? null : octets(value)).toEqual(new Uint8Array(AAGUID));
  expect(extensionOf(certificate, '2b0601040182e51c010105')).toBeNull();
  for (let end = 0; end < certificate.length; end += 1) {
    expect(() => extensionOf(certificate.subarray(0, end), '2b')).toThrow();
  }
});
