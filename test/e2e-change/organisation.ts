/**
 * The ceremony of an organisation, up to an open package: for an owner who forgot the passphrase, and for
 * an organisation that moves.
 * @module
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { newest } from '../e2e/ending.ts';
import { released } from '../e2e/other-side.ts';
import { makeTicket } from '../e2e/recover.ts';
import { chooseDocument, checkLaptop } from '../e2e/split.ts';
import type { Laid } from '../support/sync-organisation.ts';
import type { Room } from './room.ts';
import { openPackage } from './rotate.ts';

export const OWNER = 'owner 1';

/** Where organisations are laid. */
export const laid = ({ sync }: Room): Laid => ({
  checktick: sync.checktick,
  kv: (kvPath) => sync.kv(kvPath),
  writeKv: sync.writeKv,
  async sql<Row>(text: string, values: unknown[] = []) {
    const { rows } = await sync.database.query(text, values);
    return rows as Row[];
  },
});

/** @param command as the operator begins it at sync: what is said of organisation and owner follows */
export async function openFor(room: Room, command: string, organisation: number): Promise<void> {
  const { app, sync, operator, courier } = room;
  const before = await readdir(courier.path);
  const { eight, six } = await makeTicket(app, operator, courier);
  const { nonce } = await sync.as('operator', command, {
    organisation: String(organisation),
    owner: OWNER,
    'organisation-checked': 'register of companies, file 12',
    'owner-checked': 'photo id and a call back, file 12',
    ticket: await newest(courier, 'ticket', '.json', before),
    words: eight,
  });
  const file = await released(sync, String(nonce), courier);
  await app.press('Rehearse the ceremony of an organisation');
  await chooseDocument(app, 'descriptor', 'Use this descriptor');
  await chooseDocument(app, 'package', 'Use this package', path.basename(file));
  await checkLaptop(app);
  await openPackage(room, { six, file });
}
