import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../shared/refusal.ts';
import { AGE_FILE_LIMIT, openAge, sealAge } from './age.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const base64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
const share = Uint8Array.from({ length: 110 }, (_, at) => at);
const words = 'absorb cradle fabric hollow market zebra';
/** Quick enough for many runs; the default of 18 has its own test. */
const quick = { workFactor: 2 };

/** Made by the age 1.1.1 command: `age -p` with `words`, of the bytes 0..109. */
const MADE_BY_AGE =
  'YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBLVEJjNVpQcms4WjAwK3EzZzkzdXB3IDE4CmZycXJXNDZvRWFST0ZzTklhdkZ5cG9SRzhXR1VzNURvNjRuWFJLcFZSZmcKLS0tIFcyV2p6RzFOb1dUNUk4UkdhQ3oxWnI2UmFBNGVndVVCVm9HR3FKM1c3emMKInn3fH7MtaVVmIR1k19SPU9lkolMWgbUoP1i8go/jaZXVUSIJ3B4yk02tsAOPB2Yk50zwbtqIIKS9Uc+NGpiUIvzl0HZwYQRJJW+S1oZV8kAP6xX5A9Do8ECb/PCxJsUDuTu4Ed43dVmDYi5Z5qUI0xd0RgWm/DhZNsp/fS7954xWH8dbI3HFjR1BIn0JQ==';
/** Made by the age 1.1.1 command for a key pair: `age -r age1…`. */
const MADE_FOR_A_KEY =
  'YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSA5cXIyb3JqVlZBaUdFdzJMMWtNSS9BY3NiRFUwUjFEUnRXQlJySVpBaFdvClM0aHZzOTMxUHBvaVBtN3Y1S3cxYUVwRjNhVHJTUWZjQW40ZVZ0K3hYMDQKLS0tICtjY2FZV1B0RHRYdXZzTHNFL3dLenRlbXRKQ2Njc3ViYXVMdEtRQnNMQlEKaGL942e7yEmWAFGzKypGwdvVIVD4A1Ryo6pE5Cm4MLLYid4TVSNZtOi9fkIJajOB+iqWVyYEHVR6GSbDnrbQSRIzJAHGHeLtF8Y2Bzagjrlknkz3yKe7YcRpuHQ/xKCh4peyo2hH3YcXfYgkCY2vGSodeNKgukXJdwJCwZRVGQ5mLPxop6u3AOQ5eyqAxw==';

async function refusalOf(run: Promise<unknown>): Promise<Refusal> {
  const caught: unknown = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(caught instanceof Refusal)) throw new Error(`no refusal but ${String(caught)}`);
  return caught;
}
const codeOf = async (run: Promise<unknown>) => (await refusalOf(run)).code;

/** A file of ours with one header line replaced. */
async function withHeader(change: (header: string) => string): Promise<Uint8Array> {
  const file = Buffer.from(await sealAge(share, utf8(words), quick)).toString('latin1');
  return new Uint8Array(Buffer.from(change(file), 'latin1'));
}

describe('age files', () => {
  it('opens what it sealed, at the work factor of the age command', async () => {
    const file = await sealAge(share, utf8(words));
    expect(Buffer.from(file).toString('latin1')).toMatch(
      /^age-encryption\.org\/v1\n-> scrypt [\w+/]{22} 18\n/,
    );
    const opened = await openAge(file, utf8(words));
    expect(opened.constructor).toBe(Uint8Array);
    expect(opened).toEqual(share);
  });

  it('opens a file made by the age command', async () => {
    expect(await openAge(base64(MADE_BY_AGE), utf8(words))).toEqual(share);
  });

  it('round-trips every plaintext and every passphrase', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 3000 }),
        fc.string({ minLength: 1, unit: 'binary' }),
        async (plaintext, passphrase) => {
          const file = await sealAge(plaintext, utf8(passphrase), quick);
          expect(await openAge(file, utf8(passphrase))).toEqual(plaintext);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('seals the same share differently each time', async () => {
    expect(await sealAge(share, utf8(words), quick)).not.toEqual(
      await sealAge(share, utf8(words), quick),
    );
  });

  it('refuses every single changed byte', async () => {
    const file = await sealAge(share, utf8(words), quick);
    const seen = new Set<string>();
    for (let at = 0; at < file.length; at += 1) {
      const changed = file.slice();
      // Bit 5 is the case of a letter and keeps the header text; the work factor "2" becomes no digit.
      changed[at] = (changed[at] ?? 0) ^ 0x20;
      seen.add(await codeOf(openAge(changed, utf8(words))));
    }
    expect([...seen].sort()).toEqual([
      'age-damaged',
      'age-other-format',
      'age-other-recipient',
      'age-wrong-passphrase',
    ]);
  });

  it('refuses every file that was cut short, and trailing bytes', async () => {
    const file = await sealAge(share, utf8(words), quick);
    for (let length = 1; length < file.length; length += 1) {
      await refusalOf(openAge(file.slice(0, length), utf8(words)));
    }
    const longer = new Uint8Array([...file, 0]);
    expect(await codeOf(openAge(longer, utf8(words)))).toBe('age-damaged');
  });

  it('refuses arbitrary bytes without any other error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.boolean(), async (bytes, asAge) => {
        const file = asAge ? new Uint8Array([...utf8('age-encryption.org/v1\n'), ...bytes]) : bytes;
        await refusalOf(openAge(file, utf8(words)));
      }),
    );
  });

  it('says which refusal it is', async () => {
    const file = await sealAge(share, utf8(words), quick);
    const cases: [string, Promise<unknown>][] = [
      ['age-wrong-passphrase', openAge(file, utf8(`${words} `))],
      ['age-passphrase-unusable', openAge(file, new Uint8Array())],
      ['age-passphrase-unusable', openAge(file, Uint8Array.of(0xff))],
      ['age-passphrase-unusable', sealAge(share, new Uint8Array(), quick)],
      ['age-empty', openAge(new Uint8Array(), utf8(words))],
      ['age-empty', sealAge(new Uint8Array(), utf8(words), quick)],
      ['age-too-large', openAge(new Uint8Array(AGE_FILE_LIMIT + 1), utf8(words))],
      ['age-too-large', sealAge(new Uint8Array(AGE_FILE_LIMIT), utf8(words), quick)],
      ['age-other-format', openAge(utf8('-----BEGIN AGE ENCRYPTED FILE-----\n'), utf8(words))],
      ['age-other-recipient', openAge(base64(MADE_FOR_A_KEY), utf8(words))],
      [
        'age-work-factor',
        openAge(await withHeader((h) => h.replace(' 2\n', ' 21\n')), utf8(words)),
      ],
      [
        'age-work-factor',
        openAge(await withHeader((h) => h.replace(' 2\n', ` ${'9'.repeat(400)}\n`)), utf8(words)),
      ],
      ['age-damaged', openAge(await withHeader((h) => h.replace(' 2\n', ' 02\n')), utf8(words))],
    ];
    for (const [code, run] of cases) expect(await codeOf(run)).toBe(code);
  });

  it('does not put the passphrase or the share into a refusal', async () => {
    const file = await sealAge(utf8('canary-share'), utf8('canary words'), quick);
    const refusal = await refusalOf(openAge(file, utf8('canary wordz')));
    expect(JSON.stringify(refusal.note()) + String(refusal.stack)).not.toMatch(/canary/);
  });

  it('keeps the largest accepted plaintext within the limit', async () => {
    const file = await sealAge(new Uint8Array(AGE_FILE_LIMIT - 1024), utf8(words), quick);
    expect(file.length).toBeLessThanOrEqual(AGE_FILE_LIMIT);
    expect((await openAge(file, utf8(words))).length).toBe(AGE_FILE_LIMIT - 1024);
  });

  it('takes no work factor outside 1..20', async () => {
    for (const workFactor of [0, 21, 1.5]) {
      await expect(sealAge(share, utf8(words), { workFactor })).rejects.toThrow(RangeError);
    }
  });
});
