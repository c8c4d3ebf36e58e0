/**
 * What the platform's own secrets of this ceremony are, as nobody but the laptop's worker may know
 * them together: from the custodians' media, from Vault's side, and from the survey's escrow.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { combine } from 'shamir-secret-sharing';
import { openAge } from '../../electron/media/age.ts';
import { userRecoveryKey, xorComponents } from '../../shared/checktick/index.ts';
import { decodeCbor } from '../../shared/encoding/cbor.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import { byteForms, type Canary, passphraseCanary, shareOf } from './canaries.ts';
import type { People } from './plan.ts';
import type { Cast } from './split.ts';
import type { Stick } from './sticks.ts';
import type { Sync } from './sync.ts';

const canaryOf = (what: string, secret: Uint8Array): Canary => ({ what, ...byteForms(secret) });

/** Whose shares give the custodians' half: of all but the first. */
export type Holders = Pick<People, 'custodians'>;

/** The custodians' half, from the shares of all custodians but the first. */
async function componentOf(cast: Holders): Promise<Uint8Array> {
  const wires = await Promise.all(cast.custodians.slice(1).map(shareOf));
  const shares = wires.map((wire) => decodeShare(wire));
  return combine(shares.map(({ x, y }) => Uint8Array.from([...y, x])));
}

async function vaultComponentOf({ database }: Sync, version: string): Promise<Uint8Array> {
  const { rows } = await database.query<{ vault_component: Buffer }>(
    'SELECT vault_component FROM public.surveys_platformkeyversion WHERE version = $1',
    [version],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`No key version ${version} was committed.`);
  return new Uint8Array(row.vault_component);
}

/** What no machine ever holds but the laptop in its ceremony: Vault's half and the custodians'. */
export async function platformKeyOf(
  sync: Sync,
  cast: Holders,
  version = 'v1',
): Promise<Uint8Array> {
  return xorComponents(await vaultComponentOf(sync, version), await componentOf(cast));
}

/** Of a Split whose bundle is still sealed to sync: the half that was split. */
export async function splitCanaries(cast: Cast): Promise<Canary[]> {
  return [canaryOf('custodian component', await componentOf(cast))];
}

/** Of a Recover: both halves, the platform key, and what was opened with it. */
export async function recoverCanaries(
  sync: Sync,
  cast: Cast,
  ticket: { readonly stick: Stick; readonly words: string },
): Promise<Canary[]> {
  const { checktick } = sync;
  const pmk = await platformKeyOf(sync, cast);
  const userKey = await userRecoveryKey(pmk, checktick.people.requester.id);
  return [
    ...(await splitCanaries(cast)),
    canaryOf('vault component', await vaultComponentOf(sync, 'v1')),
    canaryOf('platform key', pmk),
    canaryOf('user’s recovery key', userKey),
    canaryOf('survey’s key', checktick.kek),
    passphraseCanary('six words of the ticket', ticket.words),
    canaryOf('private key of the ticket', await ticketKeyOf(ticket)),
  ];
}

async function ticketKeyOf(ticket: {
  readonly stick: Stick;
  readonly words: string;
}): Promise<Uint8Array> {
  const names = await readdir(ticket.stick.path);
  const name = names.find((file) => /^conclave-ticket-.*\.age$/.test(file));
  if (name === undefined) throw new Error('The stick has no key of a ticket.');
  const locked = new Uint8Array(await readFile(path.join(ticket.stick.path, name)));
  const plain = await openAge(locked, new TextEncoder().encode(ticket.words));
  const [, , , privateKey] = decodeCbor(plain) as unknown[];
  if (!(privateKey instanceof Uint8Array)) throw new Error('The ticket’s file holds no key.');
  return privateKey;
}
