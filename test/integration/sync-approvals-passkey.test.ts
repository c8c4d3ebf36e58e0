import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { encode } from 'cborg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestAnswer, StatementAnswer } from '../../sync/routes/answers.ts';
import type { Caller } from '../support/sync-client.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { releasedPackage, withPlatformKey } from '../support/sync-ceremony.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const ORIGIN = 'https://sync.hospital.example';
const refused = (code: string) => expect.objectContaining({ code }) as Error;
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** What a security key does: ES256, user present and verified, a counter (WebAuthn level 3, 6.1). */
function securityKey() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(32);
  const cose = new Map<number, unknown>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
    [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
  ]);
  let counter = 0;
  return {
    id,
    publicKey: Buffer.from(encode(cose)),
    answer(digest: string, { origin = ORIGIN, flags = 0x05, type = 'webauthn.get' } = {}) {
      const challenge = Buffer.from(digest, 'hex').toString('base64url');
      const client = Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
      const data = Buffer.alloc(37);
      sha256(Buffer.from(new URL(origin).hostname)).copy(data);
      data.writeUInt8(flags, 32);
      counter += 1;
      data.writeUInt32BE(counter, 33);
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey);
      const name = id.toString('base64url');
      return {
        kind: 'passkey',
        response: {
          id: name,
          rawId: name,
          type: 'public-key',
          response: {
            clientDataJSON: client.toString('base64url'),
            authenticatorData: data.toString('base64url'),
            signature: signature.toString('base64url'),
          },
        },
      };
    },
  };
}

describe('an approval by passkey', () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let first: Caller;
  const key = securityKey();
  const stranger = securityKey();

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start({ env: { CONCLAVE_PUBLIC_URL: ORIGIN } });
    set = await withPlatformKey(deployment, service);
    first = service.admins.approver1;
    for (const [name, one] of [
      ['approver1', key],
      ['both', stranger],
    ] as const) {
      await deployment.sql(
        `INSERT INTO conclave.authenticators (id, admin_id, kind, public_key, label, created_at)
         SELECT $2, id, 'passkey', $3, 'test', now() FROM conclave.admins WHERE name = $1`,
        [name, one.id, one.publicKey],
      );
    }
  });
  afterAll(() => deployment.stop());

  const shown = async (): Promise<StatementAnswer> => {
    const { people, survey } = deployment.checktick;
    const { code } = await service.admins.operator.post<RequestAnswer>('/v1/requests', {
      userId: people.requester.id,
      surveyId: survey.id,
      delayHours: 0,
      reason: 'forgotten',
      checks: ['photo-id', 'questions'],
      reference: 'file 17',
    });
    return first.show('request-approve', code, { reason: 'looked at' });
  };

  it('answers the statement’s digest, and holds at the release and the commit', async () => {
    const open = await shown();
    expect(open.passkey).toMatchObject({
      challenge: Buffer.from(open.digest, 'hex').toString('base64url'),
      rpId: 'sync.hospital.example',
      userVerification: 'required',
      allowCredentials: [{ id: key.id.toString('base64url') }],
    });
    await first.sign(open, key.answer(open.digest));
    const code = open.statement.subject;
    await service.admins.approver2.approve('request-approve', code, { reason: 'looked at' });

    // The stored assertion is verified when the secrets leave: one changed byte, and they do not.
    const [row] = await deployment.sql<{ proof: object }>(
      `SELECT proof FROM conclave.approvals WHERE proof->>'kind' = 'passkey'`,
    );
    const store = (proof: object) =>
      deployment.sql(
        `ALTER TABLE conclave.approvals DISABLE TRIGGER approvals_stay;
         UPDATE conclave.approvals SET proof = '${JSON.stringify(proof)}'
          WHERE proof->>'kind' = 'passkey';
         ALTER TABLE conclave.approvals ENABLE TRIGGER approvals_stay`,
      );
    await store(key.answer('ab'.repeat(32)));
    await expect(releasedPackage(service.admins, set, code)).rejects.toThrow(
      refused('approval-altered'),
    );
    await store(row?.proof ?? {});
    await releasedPackage(service.admins, set, code);
  });

  it.each<[string, (digest: string) => object]>([
    ['another statement', () => key.answer('ab'.repeat(32))],
    ['another site', (digest) => key.answer(digest, { origin: 'https://sync.hospita1.example' })],
    ['no finger and no PIN', (digest) => key.answer(digest, { flags: 0x01 })],
    ['a key being made', (digest) => key.answer(digest, { type: 'webauthn.create' })],
    ['another admin’s key', (digest) => stranger.answer(digest)],
    ['an unknown key', (digest) => securityKey().answer(digest)],
  ])('is refused for %s', async (_, proof) => {
    const open = await shown();
    await expect(first.sign(open, proof(open.digest))).rejects.toThrow(refused('key-refused'));
    await first.sign(open, key.answer(open.digest));
  });
});
