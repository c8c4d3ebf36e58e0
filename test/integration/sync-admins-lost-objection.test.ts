import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseReceipt } from '../../shared/bundle/receipt.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import { mailEnv, startSmtp, type TestSmtp } from '../servers/smtp.ts';
import { makeCast, withMail } from '../support/people.ts';
import { codeIn, type LostBundle, type LostScene, lostScene } from '../support/sync-lost.ts';
import { type MailingService, startMailing, tokenIn } from '../support/sync-public.ts';
import { type Servers, startServers, stopServers } from '../support/sync-service.ts';
import { clockShowed } from '../support/sync-tricks.ts';

const DELAYS = { CONCLAVE_DELAY_HOURS: '1,recover=0,roster=72' };
const CUSTODIAN = 'custodian-1@hospital.example';
const WITNESS = 'witness@audit.example';
const ADDRESSES: Readonly<Record<string, string>> = { 'custodian 1': CUSTODIAN, witness: WITNESS };

describe('a custodian reads the mail that all keys of all admins are lost', () => {
  let servers: Servers;
  let smtp: TestSmtp;
  let all: LostScene;
  let service: MailingService;
  let made: LostBundle;

  beforeAll(async () => {
    [servers, smtp] = await Promise.all([startServers(), startSmtp()]);
    const cast = withMail(makeCast('production'), (name) => ADDRESSES[name]);
    all = await lostScene(servers, { ...DELAYS, ...mailEnv(smtp) }, cast);
    service = await startMailing(all.deployment, smtp, DELAYS);
  }, 240_000);
  afterAll(async () => {
    await all?.deployment.stop();
    await smtp?.stop();
    await stopServers(servers);
  });

  /** The link in the mail about this bundle to that address. */
  async function linkTo(address: string, { digest }: LostBundle): Promise<string> {
    const words = eightWords(hexToBytes(digest));
    const mail = await vi.waitFor(
      () => {
        const found = smtp.mails.find(
          ({ to, text }) => to.includes(address) && text.includes(words) && /\/object\//.test(text),
        );
        if (found === undefined) throw new Error(`no mail to ${address} yet`);
        return found;
      },
      { timeout: 60_000, interval: 200 },
    );
    expect(mail.text).toMatch(/nobody at the recovery service can approve/);
    return tokenIn(mail) ?? '';
  }
  const brought = async (): Promise<LostBundle> => {
    const next = await all.ceremony();
    expect(await all.take(next)).toMatchObject({ code: 0 });
    return next;
  };
  const shown = ({ digest }: LostBundle) =>
    service.as('auditor').get<BundleAnswer>(`/v1/bundles/${digest}`);

  it('and stops it: the link needs no sign-in, and every admin stays', async () => {
    made = await brought();
    const token = await linkTo(CUSTODIAN, made);
    const before = await all.adminsNow();
    const { status, text } = await service.visit(token);
    expect([status, text.includes('Stop this change of the keys?')]).toEqual([200, true]);
    // What would happen, in words that somebody understands who knows nothing of sync.
    expect(text).toContain('admin 1');
    expect(text).toContain('admin 2');
    expect((await shown(made)).state).toBe('waiting');

    const pressed = await service.visit(token, 'POST');
    expect([pressed.status, pressed.text.includes('The change is stopped')]).toEqual([200, true]);
    const after = await shown(made);
    expect(after.state).toBe('objected');
    expect(after.history.map(({ what }) => what).join('\n')).toContain('custodian 1 (custodian)');
    // Nothing brings it back: not its time, not the console, not the file once more.
    await clockShowed(all.deployment, '80 hours');
    expect(codeIn(await all.run('commit', made.digest.slice(0, 8)))).toBe('bundle-state');
    expect(JSON.parse((await all.take(made)).out)).toMatchObject({ state: 'objected' });
    expect(await all.adminsNow()).toEqual(before);
    expect(await all.deployment.kv('conclave/trust')).toMatchObject({ epoch: 1 });
    const out = path.join(all.folder, 'receipt.json');
    await all.run('receipt', made.digest.slice(0, 8), '--out', out);
    const { body } = parseReceipt(
      new Uint8Array(await readFile(out)),
      all.deployment.mode,
      all.set.sync,
    );
    expect(body).toMatchObject({ kind: 'roster', outcome: 'objected', epoch: 1 });
    // Whoever comes second sees that it is done.
    const witness = await service.visit(await linkTo(WITNESS, made));
    expect(witness.text).toContain('The change is stopped');
  });

  it('and lets it pass: looking changes nothing, and after it was made the link says too late', async () => {
    made = await brought();
    const token = await linkTo(CUSTODIAN, made);
    for (let look = 0; look < 3; look += 1) {
      expect((await service.visit(token)).text).toContain('Stop this change of the keys?');
    }
    expect(codeIn(await all.run('commit', made.digest.slice(0, 8)))).toBe('bundle-too-early');
    await clockShowed(all.deployment, '160 hours');
    const done = await all.run('commit', made.digest.slice(0, 8));
    expect(JSON.parse(done.out)).toMatchObject({ state: 'committed' });
    const admins = [
      { name: 'admin 1', state: 'active' },
      { name: 'admin 2', state: 'active' },
    ];
    expect(await all.adminsNow()).toEqual(admins);
    const late = await service.visit(token, 'POST');
    expect(late.text).toContain('It is too late to stop this here');
    expect(await all.adminsNow()).toEqual(admins);
    expect(await all.deployment.kv('conclave/trust')).toMatchObject({
      epoch: 2,
      roster: made.roster.digest,
    });
  });
});
