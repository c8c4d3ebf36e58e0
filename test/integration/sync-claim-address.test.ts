import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sealEscrowEmail, vaultPaths } from '../../shared/checktick/index.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import {
  approvedRequest,
  committed,
  recoverBundle,
  releasedPackage,
} from '../support/sync-ceremony.ts';
import { type ClaimWorld, claimWorld } from '../support/sync-claim.ts';

const ESCROWED = 'at-the-escrow@example.org';
const TAKEN = 'taken-over@attacker.example';
const NEW = 'married-since@example.org';
const REASON = { reason: 'called back on the number of the ward' };

describe('where the link of a claim is mailed', { timeout: 120_000 }, () => {
  let world: ClaimWorld;
  beforeAll(async () => {
    world = await claimWorld();
  });
  afterAll(async () => world?.stop());

  const account = (email: string) =>
    world.deployment.sql('UPDATE auth_user SET email = $2 WHERE id = $1', [world.user.id, email]);
  beforeEach(async () => {
    await world.deployment.escrow(world.set.platformKey);
    const path = vaultPaths.userSurveyRecoveryKek(world.user.id, world.user.surveyId);
    const stored = await world.deployment.kv(path);
    const sealed = await sealEscrowEmail(world.set.platformKey, world.user.id, ESCROWED);
    await world.deployment.writeKv(path, { ...stored, encrypted_email: sealed });
    await account(ESCROWED);
  });

  interface Steps {
    /** What the person gave at the identity check. */
    readonly stated?: string;
    readonly afterRelease?: () => Promise<unknown>;
  }

  /** A recovery, committed; where the addresses differed, approved by two. */
  async function recovered({ stated, afterRelease }: Steps) {
    const { admins } = world.service;
    const about = { userId: world.user.id, surveyId: world.user.surveyId };
    const request = await approvedRequest(admins, {
      ...about,
      ...(stated === undefined ? {} : { email: stated }),
    });
    const flow = await releasedPackage(admins, world.set, request.code);
    await afterRelease?.();
    const made = await recoverBundle(admins.operator, world.set, flow, {
      reason: 'the ward was renamed',
    });
    const { state } = await admins.operator.post<BundleAnswer>('/v1/bundles', made.bytes);
    const facts: string[] = [];
    if (state === 'verified') {
      for (const approver of [admins.approver1, admins.approver2]) {
        const open = await approver.show('bundle-approve', made.digest, REASON);
        facts.push(new Map(open.statement.facts).get('link for a new password') ?? 'not said');
        await approver.sign(open);
      }
    }
    await committed(admins, made);
    const { history } = await admins.operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`);
    return {
      code: request.code,
      state,
      facts,
      claim: await world.statusOf(made.digest),
      history: history.map(({ what }) => what),
    };
  }

  /** Who got what: the subject of each mail that came after the delay began. */
  async function told(code: string, many: number): Promise<string[]> {
    const found = () =>
      world
        .mailsOf(code)
        .flatMap(({ to, text }) =>
          to.map((address) => `${address} ${/Subject: ([^:]+)/.exec(text)?.[1]}`),
        )
        .filter((line) => /Set your new password|Recovered/.test(line));
    await vi.waitFor(() => expect(found()).toHaveLength(many), { timeout: 30_000, interval: 100 });
    return found().sort();
  }
  const everTo = (code: string, address: string) =>
    world.mailsOf(code).filter(({ to }) => to.includes(address));

  it('whoever changed the account’s address gets no link: it goes to the escrow’s, which the person gave', async () => {
    await account(TAKEN);
    const { code, claim, facts, state } = await recovered({ stated: ESCROWED });
    expect(state).toBe('verified');
    expect(facts).toEqual(
      Array(2).fill(
        expect.stringContaining(
          'that the person gave at the check, a…@example.org, and not to the account’s',
        ),
      ),
    );
    expect(claim).toMatchObject({ way: 'link', address: ESCROWED });
    expect(await told(code, 2)).toEqual([
      `${ESCROWED} Set your new password`,
      `${TAKEN} Recovered`,
    ]);
    const [theirs] = everTo(code, TAKEN).filter(({ text }) => /Recovered/.test(text));
    expect(theirs?.text).not.toContain('/claim/');
    expect(theirs?.text).toContain('call your administrators now');
  });

  it('a user who really has a new address gets it there, once two have confirmed him', async () => {
    await account(NEW);
    const { code, claim, facts } = await recovered({ stated: NEW });
    expect(facts).toEqual(Array(2).fill(expect.stringContaining('m…@example.org')));
    expect(claim).toMatchObject({ way: 'link', address: NEW });
    // The same address is not told twice.
    expect(await told(code, 1)).toEqual([`${NEW} Set your new password`]);
  });

  it('an address that nobody vouches for gets none: an admin hands the passphrase over', async () => {
    await account(TAKEN);
    const { code, claim, facts, history } = await recovered({});
    expect(facts).toEqual(Array(2).fill(expect.stringContaining('is not mailed')));
    expect(claim).toMatchObject({ way: 'passphrase', address: null });
    expect(history).toContain('claim address unproved');
    expect(await told(code, 1)).toEqual([`${TAKEN} Recovered`]);
    expect(everTo(code, TAKEN).filter(({ text }) => text.includes('/claim/'))).toEqual([]);
  });

  it('whoever gives an address of his own at the check gets nothing there', async () => {
    const { code, claim, facts } = await recovered({ stated: TAKEN });
    expect(facts).toEqual(
      Array(2).fill(
        expect.stringContaining(
          'goes to the account’s address, a…@example.org, which is the one of the escrow',
        ),
      ),
    );
    expect(claim).toMatchObject({ way: 'link', address: ESCROWED });
    expect(await told(code, 1)).toEqual([`${ESCROWED} Set your new password`]);
    expect(everTo(code, TAKEN)).toEqual([]);
  });

  it('an account whose address is changed after the comparison gets no link', async () => {
    const late = await recovered({ afterRelease: () => account(TAKEN) });
    expect(late.state).toBe('waiting');
    expect(late.claim).toMatchObject({ way: 'passphrase' });
    expect(late.history).toContain('claim address unproved');
    await account(ESCROWED);
    const given = await recovered({ stated: ESCROWED, afterRelease: () => account(TAKEN) });
    expect(given.claim).toMatchObject({ way: 'link', address: ESCROWED });
    expect(await told(given.code, 2)).toEqual([
      `${ESCROWED} Set your new password`,
      `${TAKEN} Recovered`,
    ]);
  });
});
