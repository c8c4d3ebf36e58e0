import { expect, test } from 'vitest';
import type { FidoLies } from '../../../test/support/software-key/fido-applet.ts';
import { toCbor } from '../../../test/support/software-key/fido-cbor.ts';
import { pluggedFido } from '../../../test/support/software-key/fido-plugged.ts';
import { fidoCode } from './index.ts';

const pin = new TextEncoder().encode('123456');
const userId = Uint8Array.of(1);

/** What a new credential and then a secret are refused as, of a key that lies this way. */
async function refusals(lies: FidoLies): Promise<{ credential: string; secret: string }> {
  const outcome = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'accepted',
      (error: unknown) => fidoCode(error) ?? String(error),
    );
  const { open, applet } = pluggedFido();
  const fido = await open();
  const made = await fido.makeCredential({ userId, pin });
  Object.assign(applet.lies, lies);
  const request = { credentials: [made], salt1: new Uint8Array(32), pin };
  return {
    credential: await outcome(fido.makeCredential({ userId, pin })),
    secret: await outcome(fido.hmacSecret(request)),
  };
}

const both = (code: string) => ({ credential: code, secret: code });

test('for somebody else than Conclave', async () => {
  expect(await refusals({ rpId: 'example.invalid' })).toEqual(both('fido-forged'));
});

test('never touched, and the PIN never checked', async () => {
  expect(await refusals({ withoutFlags: 0x01 })).toEqual(both('fido-forged'));
  expect(await refusals({ withoutFlags: 0x04 })).toEqual(both('fido-forged'));
});

test('the extension left out or denied', async () => {
  const left = await refusals({ withoutFlags: 0x80 });
  expect(left).toEqual({ credential: 'fido-no-hmac-secret', secret: 'fido-nonsense' });
  const denied = await refusals({
    extensions: (outputs) => void outputs.set('hmac-secret', false),
  });
  expect(denied).toEqual({ credential: 'fido-no-hmac-secret', secret: 'fido-nonsense' });
});

test('a secret of another length', async () => {
  for (const length of [0, 1, 16, 48, 64, 80]) {
    const lies: FidoLies = {
      extensions: (outputs) => {
        if (outputs.get('hmac-secret') instanceof Uint8Array) {
          outputs.set('hmac-secret', new Uint8Array(length));
        }
      },
    };
    const { secret } = await refusals(lies);
    // 48 bytes of protocol 2 are an IV and 32 bytes: the right length. Only its signature vouches.
    expect(secret).toBe(length === 48 ? 'accepted' : 'fido-nonsense');
  }
});

test('a signature that is not the credential’s, or none', async () => {
  const changed: FidoLies = {
    answer: (answer) => {
      const signature = answer.get(3);
      if (signature instanceof Uint8Array && signature.length > 64) {
        answer.set(
          3,
          Uint8Array.from(signature, (byte, i) => (i === 40 ? byte ^ 1 : byte)),
        );
      }
    },
  };
  expect((await refusals(changed)).secret).toBe('fido-forged');
  const gone: FidoLies = { answer: (answer) => void answer.delete(3) };
  expect(await refusals(gone)).toEqual(both('fido-nonsense'));
});

test('another credential than asked for', async () => {
  const lies: FidoLies = {
    answer: (answer) => {
      const described = answer.get(1);
      if (described instanceof Map && described.has('type'))
        described.set('id', new Uint8Array(64));
    },
  };
  expect((await refusals(lies)).secret).toBe('fido-nonsense');
});

test('fields missing, of another kind, or too many', async () => {
  for (const field of [1, 2, 3]) {
    for (const value of [0, 'text', true, [], new Map(), new Uint8Array(3)]) {
      const lies: FidoLies = {
        answer: (answer) => {
          if (answer.has(field) && !Array.isArray(answer.get(field))) answer.set(field, value);
        },
      };
      const { credential, secret } = await refusals(lies);
      expect(['fido-nonsense', 'fido-forged', 'accepted']).toContain(credential);
      expect(['fido-nonsense', 'fido-forged', 'fido-wrong-key']).toContain(secret);
    }
  }
});

test('authenticator data with more behind it, or cut short anywhere', async () => {
  for (const length of [0, 1, 36, 37, 40, 54, 55, 100, 120, 200, 260, -1]) {
    const lies: FidoLies = {
      answer: (answer) => {
        const data = answer.get(2);
        if (!(data instanceof Uint8Array) || data.length < 60) return;
        const longer = new Uint8Array([...data, 0]);
        answer.set(2, length === -1 ? longer : data.slice(0, Math.min(length, data.length - 1)));
      },
    };
    const { credential, secret } = await refusals(lies);
    expect([credential, secret]).not.toContain('accepted');
    for (const code of [credential, secret]) expect(code).toMatch(/^fido-(nonsense|forged)$/);
  }
});

test('a public key that is no point of the curve', async () => {
  const key = new Map<number, unknown>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, new Uint8Array(32).fill(1)],
    [-3, new Uint8Array(32).fill(1)],
  ]);
  const lies: FidoLies = {
    answer: (answer) => {
      const data = answer.get(2);
      if (answer.get(1) !== 'packed' || !(data instanceof Uint8Array)) return;
      const changed = data.slice();
      changed.set(toCbor(key), 37 + 18 + 64);
      answer.set(2, changed);
    },
  };
  expect((await refusals(lies)).credential).toBe('fido-nonsense');
});
