/**
 * Yubico's own FIDO2 client and Conclave's driver on the same software key: what neither shares
 * with the other, they must agree on.
 * @module
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { FidoKey, KnownCredential } from '../../electron/devices/ctap/index.ts';
import { SOFTWARE_ROOT } from '../support/software-key/fido-applet.ts';
import { FIRMWARE_5_4, FIRMWARE_5_7 } from '../support/software-key/fido-profiles.ts';
import { pluggedFido } from '../support/software-key/fido-plugged.ts';
import { runYubicoClient } from '../support/software-key/python-bridge.ts';

const PIN = 'Schlüssel 42';
const pin = new TextEncoder().encode(PIN);
const userId = Uint8Array.of(1);
const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');
const salt = (name: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(name).digest());

/** What the client prints of a credential, as the driver keeps it. */
function known(id: unknown, key: unknown): KnownCredential {
  return {
    credentialId: new Uint8Array(Buffer.from(String(id), 'hex')),
    publicKey: new Uint8Array(Buffer.from(`04${String(key)}`, 'hex')),
  };
}

async function secretOf(
  fido: FidoKey,
  credential: KnownCredential,
  withPin = true,
): Promise<string> {
  const { secrets } = await fido.hmacSecret({
    credentials: [credential],
    salt1: salt('salt 1'),
    pin: withPin ? pin : null,
  });
  return hex(secrets[0]);
}

const kinds = [FIRMWARE_5_4, FIRMWARE_5_7].flatMap((profile) =>
  ([1, 2] as const).map((protocol) => ({
    name: `${profile.firmware.join('.')}, protocol ${protocol}`,
    protocol,
    profile,
  })),
);

describe.each(kinds)(
  'python-fido2 on the software key, firmware $name',
  ({ profile, protocol }) => {
    it('does all that Conclave does, and gets the same secrets', async () => {
      const plugged = pluggedFido({ ...profile, pinProtocols: [protocol] }, null);
      // Made before a PIN is set; used with one afterwards.
      const theirs = await (await plugged.open()).makeCredential({ userId, pin: null });
      const found = await runYubicoClient('fido_session.py', plugged.key, [
        `${protocol}`,
        PIN,
        hex(SOFTWARE_ROOT),
        hex(theirs.credentialId),
        hex(theirs.publicKey.subarray(1)),
      ]);
      expect(found).toMatchObject({
        version: profile.firmware,
        ping: true,
        serial: plugged.key.facts.serial,
        versions: profile.versions,
        protocols: [protocol],
        longest: profile.maxMessage,
        options: { ...profile.options, clientPin: false },
        aaguid: profile.aaguid,
        no_pin: 0x35,
        set_twice: 0x33,
        wrong: 0x31,
        tries: 7,
        blinked: [2],
        fmt: 'packed',
        kind: 'BASIC',
        granted: true,
        verified: true,
        excluded: 0x19,
        lies: 0x2c,
        silent: 0x2b,
        elsewhere: 0x2e,
        wrong_length: 0x03,
        selected: profile.hasSelection ? null : 0x01,
        timed_out: 0x3a,
        cancelled: 0x2d,
        tries_left: 8,
        codes: [0x31, 0x31, 0x34, 0x34],
        retries: [5, true],
      });
      const { one, both, without, after } = found;
      expect(both).toMatch(new RegExp(`^${String(one)}[0-9a-f]{64}$`));
      expect(after).toBe(one);
      expect(new Set([one, without, found['theirs'], found['theirs_without']]).size).toBe(4);

      plugged.key.plug.out();
      plugged.key.plug.in();
      const fido = await plugged.open();
      const credential = known(found['id'], found['key']);
      expect(await secretOf(fido, credential)).toBe(one);
      expect(await secretOf(fido, credential, false)).toBe(without);
      expect(await secretOf(fido, theirs)).toBe(found['theirs']);
      expect(await secretOf(fido, theirs, false)).toBe(found['theirs_without']);
    });
  },
);

describe.each([FIRMWARE_5_4, FIRMWARE_5_7])('as a browser does, firmware $firmware', (profile) => {
  it('registers, signs in, and gets the secret that Conclave gets', async () => {
    const plugged = pluggedFido(profile, PIN);
    const found = await runYubicoClient('fido_client.py', plugged.key, [PIN]);
    const fido = await plugged.open();
    expect(await secretOf(fido, known(found['id'], found['key']))).toBe(found['secret']);
  });
});
