/**
 * The survey's key column of a recovery: sealed under the one-time passphrase while the commit asks
 * the database and Vault, and proved by opening it again while they write. Both take one scrypt.
 * @module
 */
import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { openSurveyColumn, type Scrypt, sealSurveyColumn } from '../../shared/checktick/index.ts';
import { equalBytes } from '../../shared/encoding/bytes.ts';
import { newPassphrase } from './claims.ts';
import type { CommitWork } from './commit-kind.ts';

const nodeScrypt: Scrypt = async (password, salt, { dkLen, ...cost }) =>
  new Uint8Array(
    await promisify<Uint8Array, Uint8Array, number, object, Buffer>(scrypt)(
      password,
      salt,
      dkLen,
      cost,
    ),
  );

/** Exactly these words open exactly this column to the commit's secret, or not. */
interface Proof {
  readonly passphrase: Uint8Array;
  readonly column: Uint8Array;
  readonly opens: Promise<boolean>;
}

interface Ahead {
  /** Fresh words; another start of the same commit may have kept others in Vault. */
  readonly passphrase: Uint8Array;
  readonly column: Promise<Uint8Array>;
  proof: Proof | undefined;
}

const kept = new WeakMap<CommitWork, Ahead>();

const seal = (passphrase: Uint8Array, secret: Uint8Array): Promise<Uint8Array> =>
  sealSurveyColumn('passphrase', passphrase, secret, { scrypt: nodeScrypt });

/** Begins to seal under fresh words; the same ones for every call of one commit. */
export function sealAhead(work: CommitWork): Ahead {
  const begun = kept.get(work);
  if (begun !== undefined) return begun;
  const passphrase = newPassphrase();
  const column = seal(passphrase, work.secret);
  // Nobody may come for it: the commit can be refused before.
  column.catch(() => undefined);
  const ahead: Ahead = { passphrase, column, proof: undefined };
  kept.set(work, ahead);
  return ahead;
}

/** The column to write, under the words that Vault keeps; its proof goes on in the background. */
export async function sealedColumn(work: CommitWork, passphrase: Uint8Array): Promise<Uint8Array> {
  const ahead = sealAhead(work);
  const column = equalBytes(ahead.passphrase, passphrase)
    ? await ahead.column
    : await seal(passphrase, work.secret);
  ahead.proof = prove(work, passphrase, column);
  return column;
}

function prove({ secret }: CommitWork, passphrase: Uint8Array, column: Uint8Array): Proof {
  const words = passphrase.slice();
  const opens = openSurveyColumn('passphrase', words, column, { scrypt: nodeScrypt }).then(
    (opened) => {
      const same = equalBytes(opened, secret);
      opened.fill(0);
      return same;
    },
    () => false,
  );
  return { passphrase: words, column, opens };
}

/**
 * Whether the words as Vault holds them open the column as the database holds it to the secret.
 * The proof that runs already counts only for the very same bytes of both.
 */
export async function provedColumn(
  work: CommitWork,
  passphrase: Uint8Array,
  column: Uint8Array,
): Promise<boolean> {
  const ahead = sealAhead(work);
  const { proof } = ahead;
  const same =
    proof !== undefined &&
    equalBytes(proof.passphrase, passphrase) &&
    equalBytes(proof.column, column);
  if (!same) {
    proof?.passphrase.fill(0);
    ahead.proof = prove(work, passphrase, column);
  }
  return (ahead.proof ?? prove(work, passphrase, column)).opens;
}

/** Wipes the words. */
export function forgetColumn(work: CommitWork): void {
  const ahead = kept.get(work);
  ahead?.passphrase.fill(0);
  ahead?.proof?.passphrase.fill(0);
  kept.delete(work);
}
