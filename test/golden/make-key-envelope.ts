/**
 * Makes the golden envelopes of a share that is locked to YubiKeys. It was run once; the files must
 * open for ever. What the keys would answer stands in `key-envelope-expected.json`.
 *
 *     npx tsx test/golden/make-key-envelope.ts
 * @module
 */
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { toTypedLines } from '../../shared/encoding/lines.ts';
import { toQrText } from '../../shared/encoding/qr-text.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import {
  responseCheck,
  sealKeyEnvelope,
  stretchPassphrase,
} from '../../shared/sharing/key-envelope-seal.ts';
import { encodeKeyEnvelope, type KeyEnvelope } from '../../shared/sharing/key-envelope.ts';
import { seededRandom } from '../support/people.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const WORDS = 'absorb cradle fabric hollow market zebra';

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, name);
  if (existsSync(file('key-envelope-otp.cbor'))) throw new Error('golden files are never made again.');
  const random = seededRandom(`golden key envelope ${mode}`);
  const share = new Uint8Array(readFileSync(file('share-2.cbor')));
  const { setId, generation, index, count } = decodeShare(share);
  const facts = { mode, setId, generation, index, count, ceremonyId: bytesToHex(random(16)) };
  const expected: Record<string, unknown>[] = [];
  const put = (name: string, envelope: KeyEnvelope, responses: readonly Uint8Array[]) => {
    const wire = encodeKeyEnvelope(envelope);
    writeFileSync(file(`${name}.cbor`), wire);
    expected.push({
      name,
      method: envelope.method,
      serials: envelope.keys.map(({ serial }) => serial),
      passphrase: envelope.method === 'otp-hmac' ? WORDS : null,
      responses: responses.map((response) => bytesToHex(response)),
      code: toQrText('key-share', wire, 2),
      lines: toTypedLines('key-share', wire, 2),
    });
  };

  const secret = random(20);
  const challenge = random(32);
  const response = new Uint8Array(createHmac('sha1', secret).update(challenge).digest());
  const otp = {
    serial: 12_345_678,
    slot: 2 as const,
    touch: true,
    challenge,
    responseCheck: responseCheck(facts, 'otp-hmac', challenge, response),
    salt: random(16),
    workFactor: 10,
  };
  const stretched = await stretchPassphrase(new TextEncoder().encode(WORDS), otp);
  put(
    'key-envelope-otp',
    await sealKeyEnvelope({ ...facts, method: 'otp-hmac', keys: [otp] }, share, [
      { stretched, response },
    ]),
    [response],
  );

  const secrets = [random(32), random(32)];
  const keys = secrets.map((secretOfKey, at) => {
    const salt = random(32);
    return {
      serial: at === 0 ? 20_000_001 : null,
      credentialId: random(64),
      publicKey: Uint8Array.of(2, ...random(32)),
      userVerified: true,
      challenge: salt,
      responseCheck: responseCheck(facts, 'fido2', salt, secretOfKey),
    };
  });
  put(
    'key-envelope-fido2',
    await sealKeyEnvelope(
      { ...facts, method: 'fido2', keys },
      share,
      secrets.map((answer) => ({ stretched: new Uint8Array(), response: answer })),
    ),
    secrets,
  );
  writeFileSync(file('key-envelope-expected.json'), `${JSON.stringify(expected, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
