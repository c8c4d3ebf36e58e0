import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { setPassword } from '../../sync/flows/claims/set.ts';
import type { FlowContext } from '../../sync/trust/context.ts';
import { openPlatform, type Platform } from '../../sync/platform.ts';
import { testConfig } from '../support/sync-config.ts';
import { type ClaimWorld, claimWorld } from '../support/sync-claim.ts';

const PASSWORD = 'quartz lantern vexing mulberry 77';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a claim that is interrupted', { retry: 0 }, () => {
  let world: ClaimWorld;
  let platform: Platform;
  beforeAll(async () => {
    world = await claimWorld();
    platform = await openPlatform(testConfig(world.env));
  }, 180_000);
  afterAll(async () => {
    await platform?.close();
    await world?.stop();
  });

  describe('by kill -9', () => {
    it.each(['claim-opened', 'claim-written'])(
      'after "%s" nothing has happened, and the user presses again',
      async (step) => {
        const { token, spoken, digest, code } = await world.withCode();
        const words = await world.wordsOf(digest);
        const dying = await world.start({ dieAt: step });
        await expect(
          world.send(token, { code: spoken, password: PASSWORD }, dying.pages),
        ).rejects.toThrow();
        await dying.service.child.ended;
        expect(dying.service.child.output()).toContain(`dies at ${step}`);

        expect(await world.statusOf(digest)).toMatchObject({
          state: 'held',
          code: { triesLeft: 5 },
        });
        expect(await world.wordsOf(digest)).toBe(words);
        expect(await world.opens(words ?? '')).toBe(true);
        const done = await world.send(token, { code: spoken, password: PASSWORD });
        expect(done.status).toBe(200);
        expect(await world.opens(PASSWORD)).toBe(true);
        expect(await world.wordsOf(digest)).toBeUndefined();
        expect(await world.audited(code)).toBe(1);
      },
    );

    it.each(['claim-committed', 'claim-destroyed'])(
      'after "%s" the password is set, and the next start destroys what is left',
      async (step) => {
        const { token, spoken, digest, code } = await world.withCode();
        const dying = await world.start({ dieAt: step });
        await expect(
          world.send(token, { code: spoken, password: PASSWORD }, dying.pages),
        ).rejects.toThrow();
        await dying.service.child.ended;
        expect(await world.opens(PASSWORD)).toBe(true);
        // Whoever did not see the answer sees it now.
        for (const again of [
          await world.look(token),
          await world.send(token, { code: spoken, password: PASSWORD }),
        ]) {
          expect([again.status, again.text]).toEqual([
            200,
            expect.stringContaining('Your new password is set'),
          ]);
        }
        const other = await world.start();
        await vi.waitFor(
          async () => {
            expect(await world.wordsOf(digest)).toBeUndefined();
            const left = await world.deployment.sql(
              `SELECT 1 FROM conclave.claims WHERE state <> 'held' AND NOT destroyed`,
            );
            expect(left).toEqual([]);
          },
          { timeout: 60_000, interval: 200 },
        );
        await other.service.stop();
        expect(await world.audited(code)).toBe(1);
      },
    );
  });

  describe('by somebody else, while the key is being sealed', () => {
    /** Sets the password in this process; `meanwhile` happens between opening and writing. */
    async function interrupted(
      { token, spoken }: { readonly token: string; readonly spoken: string },
      meanwhile: () => Promise<unknown>,
      at = 'claim-opened',
    ) {
      const context: FlowContext = {
        ...platform,
        onStep: async (step) => {
          if (step === at) await meanwhile();
        },
      };
      const { claim, refusal } = await setPassword(context, token, {
        code: bytes(spoken),
        password: bytes(PASSWORD),
        again: bytes(PASSWORD),
      });
      return { state: claim.state, refused: refusal?.code };
    }
    const setRows = (what: string, digest: string): Promise<unknown> =>
      world.deployment.sql(`UPDATE conclave.claims SET ${what} WHERE bundle_digest = $1`, [
        Buffer.from(digest, 'hex'),
      ]);

    it('a new code: the old one no longer counts, and the new one does', async () => {
      const made = await world.withCode();
      let next = '';
      const first = await interrupted(made, async () => {
        next = await world.codeFor(made.digest);
      });
      expect(first).toEqual({ state: 'open', refused: 'claim-code-replaced' });
      expect(await world.opens(PASSWORD)).toBe(false);
      const done = await world.send(made.token, { code: next, password: PASSWORD });
      expect(done.status).toBe(200);
    });

    it('a guesser who ends the code: it no longer counts', async () => {
      const made = await world.withCode();
      const outcome = await interrupted(made, async () => {
        for (let time = 0; time < 5; time += 1) {
          await world.send(made.token, { code: 'AAAA', password: PASSWORD });
        }
      });
      expect(outcome).toEqual({ state: 'open', refused: 'claim-code-ended' });
      expect(await world.opens(PASSWORD)).toBe(false);
    });

    it('the end by an admin wins', async () => {
      const made = await world.withCode();
      const end = () =>
        world.service.admins.operator.post(`/v1/bundles/${made.digest}/claim-end`, {
          reason: 'not asked for',
        });
      expect(await interrupted(made, end)).toEqual({ state: 'ended', refused: undefined });
      expect(await world.opens(PASSWORD)).toBe(false);
      expect(await world.audited(made.code)).toBe(0);
    });

    it('words that are destroyed before they are read: nothing is set', async () => {
      const made = await world.withCode();
      const read: typeof platform.kv.read = async (path, options) => {
        if (path.startsWith('conclave/claims')) {
          await world.service.admins.operator.post(`/v1/bundles/${made.digest}/claim-end`, {
            reason: 'not asked for',
          });
        }
        return platform.kv.read(path, options);
      };
      const { claim } = await setPassword(
        { ...platform, kv: { ...platform.kv, read } },
        made.token,
        { code: bytes(made.spoken), password: bytes(PASSWORD), again: bytes(PASSWORD) },
      );
      expect(claim.state).toBe('ended');
      expect(await world.opens(PASSWORD)).toBe(false);
    });

    it('its time is over by the database’s clock: too late', async () => {
      const made = await world.withCode();
      const late = () => setRows('expires_at = now()', made.digest);
      expect(await interrupted(made, late)).toEqual({ state: 'over', refused: undefined });
      expect(await world.opens(PASSWORD)).toBe(false);
    });

    it('a new link: the old one is none', async () => {
      const made = await world.withCode();
      const renew = () =>
        world.service.admins.operator.post(`/v1/bundles/${made.digest}/claim-link`);
      expect(await interrupted(made, renew)).toEqual({ state: 'none', refused: undefined });
      expect(await world.opens(PASSWORD)).toBe(false);
    });

    it('another key in CheckTick: it is not overwritten', async () => {
      const made = await world.withCode();
      const other = Buffer.alloc(76, 7);
      const outcome = await interrupted(made, () =>
        world.deployment.sql('UPDATE surveys_survey SET encrypted_kek_password = $1', [other]),
      );
      expect(outcome).toEqual({ state: 'changed', refused: undefined });
      const [row] = await world.deployment.sql<{ password: Buffer }>(
        'SELECT encrypted_kek_password AS password FROM surveys_survey',
      );
      expect(row?.password).toEqual(other);
      expect(await world.statusOf(made.digest)).toMatchObject({ state: 'held' });
    });

    it('Vault is sealed after the COMMIT: it is set all the same, and destroyed later', async () => {
      const made = await world.withCode();
      const outcome = await interrupted(
        made,
        () => world.deployment.vault.seal(),
        'claim-committed',
      );
      await world.deployment.vault.unseal();
      expect(outcome).toEqual({ state: 'set', refused: undefined });
      expect(await world.opens(PASSWORD)).toBe(true);
      const other = await world.start();
      await vi.waitFor(async () => expect(await world.wordsOf(made.digest)).toBeUndefined(), {
        timeout: 60_000,
        interval: 200,
      });
      await other.service.stop();
    });
  });
});
