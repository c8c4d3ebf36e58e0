/**
 * The files that go to the laptop, handed out; and how many there are in either way.
 * @module
 */
import { z } from 'zod';
import { batchFileName, type BatchWay } from '../../../shared/bundle/move-batch.ts';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { fromHex } from '../../database/together.ts';
import type { PackageRow } from './rows.ts';
import { refuseMove } from '../../moves/refusals.ts';
import { countKeys, fileOfMove } from '../../moves/rows.ts';
import { digestOfBytes } from '../../checktick/stored-key.ts';

/**
 * @param number from 1 on
 * @throws Refusal `move-file-missing`, `move-files-gone`
 */
export async function packedFile(on: Queryable, { nonce }: PackageRow, number: number) {
  const { files: of } = await countKeys(on, nonce);
  if (number > of) throw refuseMove('move-file-missing', number, of);
  const at = number - 1;
  const content = await fileOfMove(on, { nonce, way: 'move', file: at });
  if (content === undefined) throw refuseMove('move-files-gone');
  return {
    fileName: batchFileName('move', { nonce, at, of }),
    digest: digestOfBytes(content),
    content,
  };
}

/** How many of its files are there. */
export interface FilesThere {
  readonly there: number;
  readonly of: number;
}

const counted = z.object({
  nonce: columns.bytes.transform(bytesToHex),
  there: columns.integer,
  of: columns.integer,
});

/**
 * Of these packages (nonces in hex), as far as they move survey keys, by nonce; once such a package has
 * ended its files are gone.
 */
export async function filesOfAll(
  on: Queryable,
  way: BatchWay,
  nonces: readonly string[],
): Promise<ReadonlyMap<string, FilesThere>> {
  if (nonces.length === 0) return new Map();
  const rows = await on.rows(
    counted,
    `SELECT m.nonce, max(m.file) + 1 AS of,
            (SELECT count(*) FROM conclave.move_files f WHERE f.nonce = m.nonce AND f.way = $1) AS there
       FROM conclave.moves m WHERE m.nonce = ANY ${fromHex('$2')} GROUP BY m.nonce`,
    [way, nonces],
  );
  return new Map(rows.map(({ nonce, there, of }) => [nonce, { there, of }]));
}
