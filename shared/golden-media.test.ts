/** Shares, sheets, envelopes and identities that an earlier Conclave wrote: see golden.test.ts. */
import { describe, expect, test } from 'vitest';
import { goldenFile, goldenJson, type Expected } from '../test/support/golden.ts';
import { xorComponents } from './checktick/index.ts';
import { bytesToHex, hexToBytes } from './encoding/bytes.ts';
import { joinTypedLines, readTypedLine } from './encoding/lines.ts';
import { fromQrText } from './encoding/qr-text.ts';
import { decodeIdentity, encodeIdentity, identitySigner } from './identity/identity.ts';
import { MODES } from './mode.ts';
import { acceptShare, NO_KNOWN_SETS } from './sharing/accept.ts';
import { encodeShare } from './sharing/envelope.ts';
import { openKeyEnvelope, stretchPassphrase } from './sharing/key-envelope-seal.ts';
import { decodeKeyEnvelope, encodeKeyEnvelope } from './sharing/key-envelope.ts';
import { parseManifest } from './sharing/manifest.ts';
import { sharePublicKey } from './sharing/share-key.ts';
import { combineShares } from './sharing/split.ts';

describe.each(MODES)('golden files of what people carry, %s', (mode) => {
  const read = (name: string) => goldenFile(mode, name);
  const expected = goldenJson(mode, 'expected.json') as Expected;
  const manifest = parseManifest(read('share-set.json'), mode);
  const secret = (name: keyof Expected['secrets']) => hexToBytes(expected.secrets[name]);

  test('shares are still accepted and give the component', async () => {
    const shares = expected.shares.map(({ index, y, publicKey }) => {
      const wire = read(`share-${index}.cbor`);
      const share = acceptShare(wire, {
        mode,
        manifest: manifest.body,
        known: NO_KNOWN_SETS,
        accepted: new Set(),
        only: index,
      });
      expect(bytesToHex(share.y)).toBe(y);
      expect(sharePublicKey(share)).toBe(publicKey);
      expect(encodeShare(share)).toEqual(wire);
      return share;
    });
    const component = await combineShares(shares.slice(1), {
      what: 'custodian-component',
      componentId: manifest.body.componentId,
      checkValue: manifest.body.checks.custodianComponent,
    });
    expect(component).toEqual(secret('component'));
    expect(xorComponents(component, secret('vaultComponent'))).toEqual(secret('platformKey'));
  });

  test('sheets still give the share, by code and typed', () => {
    const sheets = goldenJson(mode, 'sheets.json') as {
      share: number;
      sheet: number;
      code: string;
      lines: string[];
    }[];
    expect(sheets.map(({ sheet }) => sheet)).toEqual([1, 2]);
    const ascii = new TextEncoder();
    for (const { share, sheet, code, lines } of sheets) {
      const bytes = read(`share-${share}.cbor`);
      expect(fromQrText(ascii.encode(code))).toEqual({ kind: 'share', sheet, bytes });
      const typed = lines.map((line, at) =>
        readTypedLine('share', ascii.encode(line), {
          line: at + 1,
          count: lines.length,
          ...(at === 0 ? {} : { sheet }),
        }),
      );
      expect(typed.map((line) => line.sheet)).toEqual(lines.map(() => sheet));
      expect(joinTypedLines('share', typed)).toEqual(bytes);
    }
  });

  test('a share that was locked to YubiKeys still opens, from the file, the code and the lines', async () => {
    const wanted = goldenJson(mode, 'key-envelope-expected.json') as {
      name: string;
      method: string;
      serials: (number | null)[];
      passphrase: string | null;
      responses: string[];
      code: string;
      lines: string[];
    }[];
    expect(wanted.map(({ method }) => method)).toEqual(['otp-hmac', 'fido2']);
    const ascii = new TextEncoder();
    for (const { name, method, serials, passphrase, responses, code, lines } of wanted) {
      const wire = new Uint8Array(read(`${name}.cbor`));
      const envelope = decodeKeyEnvelope(wire);
      expect(encodeKeyEnvelope(envelope)).toEqual(wire);
      expect(envelope).toMatchObject({ mode, method, setId: manifest.body.setId, index: 2 });
      expect(envelope.keys.map(({ serial }) => serial)).toEqual(serials);
      for (const [at, response] of responses.entries()) {
        const stretched =
          envelope.method === 'otp-hmac'
            ? await stretchPassphrase(ascii.encode(passphrase ?? ''), envelope.keys[0])
            : new Uint8Array();
        const answer = { stretched, response: hexToBytes(response) };
        expect(await openKeyEnvelope(envelope, at, answer)).toEqual(read('share-2.cbor'));
      }
      expect(fromQrText(ascii.encode(code))).toEqual({ kind: 'key-share', sheet: 2, bytes: wire });
      const typed = lines.map((line, at) =>
        readTypedLine('key-share', ascii.encode(line), {
          line: at + 1,
          ...(at === 0 ? {} : { count: lines.length, sheet: 2 }),
        }),
      );
      expect(joinTypedLines('key-share', typed)).toEqual(wire);
    }
  });

  test('the identity is still the same person', () => {
    const identity = decodeIdentity(read('identity.cbor'), mode);
    expect(identity.name).toBe(expected.identity.name);
    expect(bytesToHex(identity.seed)).toBe(expected.identity.seed);
    expect(identitySigner(identity).keyid).toBe(expected.identity.publicKey);
    expect(encodeIdentity(identity)).toEqual(read('identity.cbor'));
  });
});
