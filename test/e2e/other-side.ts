/**
 * What sync's admins do with the stick, what Vault and PostgreSQL hold afterwards, and the auditor.
 * @module
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { root } from '../../scripts/lib/cache.mjs';
import { typescript } from '../../scripts/lib/run.mjs';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import type { Stick } from './sticks.ts';
import type { Sync } from './sync.ts';

export interface Carried {
  /** The bundle on the stick. */
  readonly file: string;
  readonly manifestWords: string;
  readonly courier: Stick;
}

/** A setup: imported, approved by two who type the witness's words, committed; gives the receipt. */
export async function committed(sync: Sync, carried: Carried): Promise<string> {
  const { file, manifestWords, courier } = carried;
  const { digest } = await sync.as('operator', 'bundle', 'import', file);
  assert(typeof digest === 'string');
  assert.equal(await sync.kv('platform/master-key'), null, 'nothing is written yet');
  const approve = (words: string) => [
    ...['bundle', 'approve', digest, '--words', words],
    ...['--reason', 'compared with the paper of the witness'],
  ];
  const wrong = manifestWords.split(' ').reverse().join(' ');
  await sync.refusing('approver-1', ...approve(wrong));
  await sync.as('approver-1', ...approve(manifestWords));
  await sync.refusing('operator', 'commit', digest);
  await sync.as('approver-2', ...approve(manifestWords));
  const { state } = await sync.as('operator', 'commit', digest);
  assert.equal(state, 'committed');
  await holdsTheNewKey(sync, file);
  const { file: receipt } = await sync.as('operator', 'receipt', digest, '--out', courier.path);
  assert(typeof receipt === 'string');
  return receipt;
}

/** Both halves of what sync had to write, and that they fit the manifest that people signed. */
async function holdsTheNewKey(sync: Sync, bundleFile: string): Promise<void> {
  const { body } = bundleType.parse(new Uint8Array(await readFile(bundleFile)), 'rehearsal');
  assert(body.kind === 'setup');
  const manifest = parseManifest(encodeJson(body.manifest), 'rehearsal').body;
  const inVault = await sync.kv('platform/master-key');
  const { rows } = await sync.database.query<{ version: string; vault_component: Buffer }>(
    'SELECT version, vault_component FROM public.surveys_platformkeyversion',
  );
  const [row, another] = rows;
  assert(inVault && row && another === undefined);
  assert.equal(row.version, 'v1');
  const hex = row.vault_component.toString('hex');
  assert(Object.values(inVault).includes(hex), 'Vault and database hold the same component');
  const { componentId, checks } = manifest;
  const fits = checkValueFits(
    'vault-component',
    hexToBytes(hex),
    componentId,
    checks.vaultComponent,
  );
  assert(fits, 'it is the component of the manifest that was signed in the room');
  const trust = await sync.kv('conclave/trust');
  assert(trust, 'sync trusts the first set');
}

const run = promisify(execFile);

/** The auditor's own command, as a process, offline, with the words from the witness's paper. */
export async function verifyLog(log: string, manifestWords: string): Promise<void> {
  const verify = async (...args: string[]) => {
    const [command, given] = typescript('scripts/verify/main.ts', [log, ...args]);
    return run(command, given, { cwd: root }).then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, said: error.stdout }),
    );
  };
  const anchored = await verify('--words', manifestWords);
  assert.equal(anchored.code, 0, anchored.said);
  assert.match(anchored.said, /custodian 2/);
  const unanchored = await verify();
  assert.equal(unanchored.code, 1);
  assert.match(unanchored.said, /not authenticated/);
  const wrong = await verify('--words', manifestWords.split(' ').reverse().join(' '));
  assert.equal(wrong.code, 2);
}
