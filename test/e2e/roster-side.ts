/**
 * What sync does with a change of the roster: approvals, mail to old and new addresses, delay,
 * commit; and at the console, when no admin has a key left.
 * @module
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { bundleType } from '../../shared/bundle/bundle.ts';
import type { TestSmtp } from '../servers/smtp.ts';
import type { Carried } from './other-side.ts';
import { TOLD } from './roster.ts';
import type { Sync } from './sync.ts';

const PATIENCE = 60_000;

/** Until everybody of these has a mail of this subject. */
async function told(smtp: TestSmtp, subject: string, people: readonly string[]): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const about = smtp.mails.filter(({ text }) => text.includes(`Subject: ${subject}`));
    const missing = people.filter((one) => !about.some(({ to }) => to.includes(one)));
    if (missing.length === 0) return;
    assert(Date.now() < deadline, `no mail "${subject}" came to ${missing.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The delay is over: the database showed a later time. */
async function waited({ database }: Sync): Promise<void> {
  await database.query(
    `UPDATE conclave.clock SET highest = greatest(highest, clock_timestamp()) + interval '49 hours'`,
  );
}

async function trustedRoster(sync: Sync): Promise<unknown> {
  const found = await sync.kv('conclave/trust');
  assert(found);
  return JSON.stringify(found);
}

async function rosterOf(file: string): Promise<string> {
  const { body } = bundleType.parse(new Uint8Array(await readFile(file)), 'rehearsal');
  return body.rosterDigest;
}

/** Approved by two who type the witness's words, told, waited for, committed; gives the receipt. */
export async function rosterCommitted(
  sync: Sync,
  smtp: TestSmtp,
  { file, manifestWords: words, courier }: Carried,
): Promise<string> {
  const { digest } = await sync.as('operator', `bundle import ${file}`);
  assert(typeof digest === 'string');
  const both = [TOLD.before, TOLD.after, TOLD.first, TOLD.witness, 'witness@hospital.example'];
  await told(smtp, 'Somebody wants to change the keys', both);
  const approve = `bundle approve ${digest}`;
  const reason = 'compared with the paper of the witness';
  for (const approver of ['approver-1', 'approver-2'] as const) {
    await sync.as(approver, approve, { words, reason });
  }
  await told(smtp, 'Waiting time to change the keys has begun', both);
  assert.equal(await sync.refusing('operator', `commit ${digest}`), 'bundle-too-early');
  await waited(sync);
  const { state } = await sync.as('operator', `commit ${digest}`);
  assert.equal(state, 'committed');
  assert.match(String(await trustedRoster(sync)), new RegExp(await rosterOf(file)));
  const { file: receipt } = await sync.as('operator', `receipt ${digest}`, { out: courier.path });
  assert(typeof receipt === 'string');
  return receipt;
}

/** At the console: taken in, everybody told, waited for, committed; gives the receipt. */
export async function adminsReplaced(
  sync: Sync,
  smtp: TestSmtp,
  { file, manifestWords: words, courier }: Carried,
): Promise<string> {
  const { digest } = await sync.onServer(`admin lost import ${file}`, { words });
  assert(typeof digest === 'string');
  await told(smtp, 'Waiting time to change the keys has begun: replace every admin', [
    TOLD.after,
    TOLD.witness,
    'operator@example.org',
    'approver-1@example.org',
  ]);
  await waited(sync);
  const { state } = await sync.onServer(`admin lost commit ${digest}`);
  assert.equal(state, 'committed');
  const { rows } = await sync.database.query<{ name: string }>(
    `SELECT name FROM conclave.admins WHERE state = 'active' ORDER BY name`,
  );
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['admin 1', 'admin 2'],
  );
  const { file: receipt } = await sync.onServer(`admin lost receipt ${digest}`, {
    out: courier.path,
  });
  assert(typeof receipt === 'string');
  return receipt;
}
