/**
 * What sync's admins do with the stick, what Vault and PostgreSQL hold afterwards, and the auditor.
 * @module
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { root } from '../../scripts/lib/cache.mjs';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { openSurveyColumn } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { escrowSurvey } from '../../sync/rehearsal/seed.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { type Holders, platformKeyOf } from './platform-secrets.ts';
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
  const { digest } = await sync.as('operator', `bundle import ${file}`);
  assert(typeof digest === 'string');
  assert.equal(await sync.kv('platform/master-key'), null, 'nothing is written yet');
  const approve = `bundle approve ${digest}`;
  const reason = 'compared with the paper of the witness';
  const wrong = manifestWords.split(' ').reverse().join(' ');
  await sync.refusing('approver-1', approve, { words: wrong, reason });
  await sync.as('approver-1', approve, { words: manifestWords, reason });
  await sync.refusing('operator', `commit ${digest}`);
  await sync.as('approver-2', approve, { words: manifestWords, reason });
  const { state } = await sync.as('operator', `commit ${digest}`);
  assert.equal(state, 'committed');
  await holdsTheNewKey(sync, file);
  const { file: receipt } = await sync.as('operator', `receipt ${digest}`, {
    out: courier.path,
  });
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

/** CheckTick escrows the survey's key, as it does when a survey is made. */
export async function escrow(sync: Sync, cast: Holders): Promise<void> {
  const { checktick, database, writeKv } = sync;
  const pmk = await platformKeyOf(sync, cast);
  await escrowSurvey(database, writeKv, {
    pmk,
    userId: checktick.people.requester.id,
    surveyId: checktick.survey.id,
    kek: checktick.kek,
    version: 'v1',
  });
  pmk.fill(0);
}

/**
 * A request about the seeded user with its two approvals, and the package for the ticket that came on the stick.
 * @param about which survey, and who keeps its key if not the user; as the operator types it
 */
export async function releasePackage(
  sync: Sync,
  ticket: { readonly file: string; readonly words: string },
  courier: Stick,
  about: Readonly<Record<string, string>> = { survey: String(sync.checktick.survey.id) },
): Promise<string> {
  const { requester } = sync.checktick.people;
  const { code } = await sync.as('operator', 'request create --photo-id --video', {
    user: String(requester.id),
    ...about,
    'delay-hours': '0',
    reason: 'password and recovery phrase forgotten',
    reference: '2026-17',
    email: requester.email,
  });
  assert(typeof code === 'string');
  const approvers = ['approver-1', 'approver-2'] as const;
  for (const approver of approvers) {
    await sync.as(approver, `request approve ${code}`, { reason: 'identity checked' });
  }
  const asked = { request: code, ticket: ticket.file };
  const wrong = ticket.words.split(' ').reverse().join(' ');
  await sync.refusing('operator', 'package recover', { ...asked, words: wrong });
  const { nonce } = await sync.as('operator', 'package recover', {
    ...asked,
    words: ticket.words,
  });
  assert(typeof nonce === 'string');
  return released(sync, nonce, courier);
}

/** Two release it who did not ask for it; gives the file on the stick. */
export async function released(sync: Sync, nonce: string, courier: Stick): Promise<string> {
  for (const approver of ['approver-1', 'approver-2'] as const) {
    await sync.as(approver, `package approve ${nonce}`, { reason: 'as requested' });
  }
  const { file } = await sync.as('operator', `package get ${nonce}`, { out: courier.path });
  assert(typeof file === 'string');
  return file;
}

/** A recovery: imported, committed; the column opens with the one-time passphrase. */
export async function recovered(sync: Sync, file: string, courier: Stick): Promise<string> {
  const before = await surveyColumn(sync);
  const { digest } = await sync.as('operator', `bundle import ${file}`);
  assert(typeof digest === 'string');
  assert.deepEqual(await surveyColumn(sync), before, 'an import writes nothing');
  const { state } = await sync.as('operator', `commit ${digest}`);
  assert.equal(state, 'committed');
  const { passphrase } = await sync.as('operator', `passphrase show ${digest}`);
  assert(typeof passphrase === 'string');
  const column = await surveyColumn(sync);
  assert.notDeepEqual(column, before);
  const kek = await openSurveyColumn(
    'passphrase',
    new TextEncoder().encode(passphrase),
    new Uint8Array(column),
  );
  assert.deepEqual(Buffer.from(kek), Buffer.from(sync.checktick.kek));
  const { rows } = await sync.database.query<{ status: string; recovered_count: number }>(
    `SELECT r.status, e.recovered_count FROM public.surveys_recoveryrequest r
       JOIN public.surveys_usersurveykekescrow e ON e.user_id = r.user_id AND e.survey_id = r.survey_id`,
  );
  assert.deepEqual(rows, [{ status: 'completed', recovered_count: 1 }]);
  const { file: receipt } = await sync.as('operator', `receipt ${digest}`, {
    out: courier.path,
  });
  assert(typeof receipt === 'string');
  return receipt;
}

async function surveyColumn({ database, checktick }: Sync): Promise<Buffer> {
  const { rows } = await database.query<{ column: Buffer }>(
    'SELECT encrypted_kek_password AS column FROM public.surveys_survey WHERE id = $1',
    [checktick.survey.id],
  );
  const [row] = rows;
  assert(row);
  return row.column;
}

const run = promisify(execFile);

/** The auditor's own command, as a process, offline, with the words from the witness's paper. */
export async function verifyLog(
  log: string,
  manifestWords: string,
  says = /custodian 2/,
): Promise<void> {
  const verify = async (...args: string[]) => {
    return run('npm', ['run', '-s', 'verify', '--', log, ...args], { cwd: root }).then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, said: error.stdout }),
    );
  };
  const anchored = await verify('--words', manifestWords);
  assert.equal(anchored.code, 0, anchored.said);
  assert.match(anchored.said, says);
  const unanchored = await verify();
  assert.equal(unanchored.code, 1);
  assert.match(unanchored.said, /not authenticated/i);
  const wrong = await verify('--words', manifestWords.split(' ').reverse().join(' '));
  assert.equal(wrong.code, 2);
}
