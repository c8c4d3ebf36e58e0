/**
 * What this installation is: its mode, its audience id, its trust epoch.
 * @module
 */
import { z } from 'zod';
import { MODES } from '../../shared/mode.ts';
import { columns } from './columns.ts';
import type { Queryable } from './database.ts';

const row = z.object({
  mode: z.enum(MODES),
  audience: z.string().regex(/^[0-9a-f]{32}$/),
  epoch: columns.integer,
});

/** `audience`: 32 hex digits that name this installation in every ticket, package and bundle. */
export type Installation = z.infer<typeof row>;

export async function readInstallation(on: Queryable): Promise<Installation> {
  return on.one(row, 'SELECT mode, audience, epoch FROM conclave.settings');
}

/**
 * Raises the trust epoch from `from` to `to`.
 * @returns false when another transaction was faster
 */
export async function raiseEpoch(on: Queryable, from: number, to: number): Promise<boolean> {
  const touched = await on.run(
    'UPDATE conclave.settings SET epoch = $2 WHERE epoch = $1 AND $2 > $1',
    [from, to],
  );
  return touched === 1;
}
