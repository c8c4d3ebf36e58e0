import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../sync/cli/program.ts';
import { missingCapabilities } from '../../sync/vault/kv.ts';
import { createVaultKv } from '../../sync/vault/vault-kv.ts';
import { startVault, type TestVault } from '../servers/vault.ts';
import { atTerminal } from '../support/at-terminal.ts';

const WATCHER = `
path "auth/token/accessors" { capabilities = ["list", "sudo"] }
path "auth/token/accessors/" { capabilities = ["list", "sudo"] }
`;

interface Attempt {
  readonly started: boolean;
  readonly nonce: string;
  readonly progress: number;
}

describe('a Vault whose root token was revoked long ago', () => {
  let vault: TestVault;
  let folder: string;
  /** May list the accessors of all tokens, and nothing else. */
  let watcher: string;
  let files = 0;

  beforeAll(async () => {
    vault = await startVault({ tls: true });
    folder = await mkdtemp(path.join(tmpdir(), 'conclave-step-zero-'));
    await vault.api('PUT', 'sys/policies/acl/watcher', { policy: WATCHER });
    const made = await vault.api('POST', 'auth/token/create-orphan', { policies: ['watcher'] });
    watcher = (made.body as { auth: { client_token: string } }).auth.client_token;
    expect((await vault.api('POST', 'auth/token/revoke-self')).status).toBe(204);
    expect((await vault.api('GET', 'auth/token/lookup-self')).status).toBe(403);
  });

  afterAll(async () => {
    await vault.stop();
    await rm(folder, { recursive: true });
  });

  const attempt = async (): Promise<Attempt> =>
    (await vault.api('GET', 'sys/generate-root/attempt', undefined, '')).body as Attempt;
  const accessors = async (): Promise<string[]> => {
    const reply = await vault.api('LIST', 'auth/token/accessors', undefined, watcher);
    return (reply.body as { data: { keys: string[] } }).data.keys.sort();
  };

  /** Runs `vault setup --by-unseal-keys`; `answers` are what the holders type, one after the other. */
  async function setUp(
    answers: readonly (string | (() => Promise<string>))[],
    more: readonly string[] = [],
    environment: Record<string, string> = {},
  ) {
    const file = path.join(folder, `secret-id-${(files += 1)}`);
    let [out, err] = ['', ''];
    const asked: string[] = [];
    const left = [...answers];
    const code = await runCli(
      ['vault', 'setup', '--by-unseal-keys', '--secret-id-file', file, ...more],
      {
        environment: {
          VAULT_ADDR: vault.address,
          VAULT_CACERT: vault.caFile ?? '',
          ...environment,
        },
        out: (text) => void (out += text),
        err: (text) => void (err += text),
        outIsTerminal: false,
        ask: async (message) => {
          asked.push(message);
          const answer = left.shift();
          if (answer === undefined) throw Object.assign(new Error(), { name: 'ExitPromptError' });
          return typeof answer === 'string' ? answer : answer();
        },
        askOpenly: undefined,
        stopped: () => Promise.resolve(),
        onHangUp: () => {},
      },
    );
    return { code, out, err, asked, file };
  }

  it('is prepared by the holders of its unseal keys; the token that they make is gone after it', async () => {
    const [first = '', second = '', third = ''] = vault.unsealKeys;
    const foreign = Buffer.concat([randomBytes(32), Buffer.of(7)]).toString('base64');
    const before = await accessors();
    const hex = Buffer.from(third, 'base64').toString('hex');
    let nonce = '';
    const { code, out, err, asked, file } = await setUp([
      'not a key',
      first,
      first,
      foreign,
      first,
      async () => {
        ({ nonce } = await attempt());
        return '';
      },
      hex,
    ]);
    expect(err).toContain(`-nonce=${nonce}\n`);
    expect(err).toContain('It was not sent.');
    expect(err).toContain('This key was given already.');
    expect(err).toContain('at least one is not of this Vault');
    expect(err).toContain('The root token is revoked: Vault refuses it.');
    expect(asked.map((line) => /(\d of \d) given/.exec(line)?.[1])).toEqual([
      '0 of 2',
      '0 of 2',
      '1 of 2',
      '1 of 2',
      '0 of 2',
      '1 of 2',
      '1 of 2',
    ]);
    expect(code).toBe(0);
    expect(await attempt()).toMatchObject({ started: false });
    expect(await accessors()).toEqual(before);
    for (const secret of [first, second, third, hex, foreign, 'hvs.']) {
      expect(out + err).not.toContain(secret);
    }

    const kv = createVaultKv({
      address: vault.address,
      mount: 'secret',
      roleId: /VAULT_ROLE_ID=(\S+)/.exec(out)?.[1] ?? '',
      secretId: { file },
      ca: await readFile(vault.caFile ?? '', 'utf8'),
    });
    expect(await missingCapabilities(kv)).toEqual([]);
    await kv.close();
  });

  it('has no attempt left open when the holders go away, and no token when the work fails', async () => {
    const before = await accessors();
    const [first = '', second = ''] = vault.unsealKeys;
    const left = await setUp([first]);
    expect(left).toMatchObject({ code: 1, out: '' });
    expect(left.err).toContain('Stopped at the question.');
    expect(await attempt()).toMatchObject({ started: false, progress: 0 });

    // The policy is for the mount of the first run.
    const failed = await setUp([first, second], [], { VAULT_MOUNT: 'another' });
    expect(failed.err).toContain('vault-role-taken');
    expect(failed.err).toContain('The root token is revoked');
    expect(failed.code).toBe(1);
    expect(await accessors()).toEqual(before);
  });

  it("leaves somebody else's attempt alone until its number is given", async () => {
    const begun = await vault.api('PUT', 'sys/generate-root/attempt', {}, '');
    const { nonce } = begun.body as Attempt;
    const [first = '', second = ''] = vault.unsealKeys;
    const refused = await setUp([]);
    expect(refused).toMatchObject({ code: 1, asked: [] });
    expect(refused.err).toContain(nonce);
    expect(refused.err).toContain('--end-attempt');
    const wrong = await setUp([], ['--end-attempt', `${nonce.slice(0, -1)}x`]);
    expect(wrong.err).toContain('vault-root-gone');
    expect(await attempt()).toMatchObject({ started: true, nonce });
    expect((await setUp([first, second], ['--end-attempt', nonce])).code).toBe(0);

    // Ended from elsewhere while the holders type: their keys go to no other attempt.
    const robbed = await setUp([
      first,
      async () => {
        await vault.api('DELETE', 'sys/generate-root/attempt', {}, '');
        await vault.api('PUT', 'sys/generate-root/attempt', {}, '');
        return second;
      },
    ]);
    expect(robbed.code).toBe(1);
    expect(await attempt()).toMatchObject({ started: true, progress: 0 });
    await vault.api('DELETE', 'sys/generate-root/attempt', {}, '');
  });

  it('is prepared at a terminal: nothing that is typed is shown, and Ctrl-C ends the attempt', async () => {
    const [first = '', second = ''] = vault.unsealKeys;
    const type = (...lines: readonly string[]) =>
      atTerminal(lines, ['vault', 'setup', '--by-unseal-keys', '--secret-id-file'], {
        file: path.join(folder, `secret-id-${(files += 1)}`),
        env: { VAULT_ADDR: vault.address, VAULT_CACERT: vault.caFile ?? '' },
      });
    const stopped = await type(`${first}\r`, '\u0003');
    expect(stopped).toContain('1 of 2 given');
    expect(stopped).toContain('Stopped at the question.');
    expect(await attempt()).toMatchObject({ started: false });
    const done = await type(`${first}\r`, `${second}\r`);
    expect(done).toContain('The root token is revoked');
    expect(done).toContain('VAULT_ROLE_ID=');
    for (const key of [first, second]) expect(stopped + done).not.toContain(key);
  });
});
