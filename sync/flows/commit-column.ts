/**
 * The survey's key column of a recovery. Its key is derived from fresh words while the commit still
 * reads and judges, the column is sealed as soon as the secret is open, and proved by opening it
 * again while the database and Vault are written. Sealing and proving take one scrypt each.
 * @module
 */
import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { openSurveyColumn, type Scrypt, sealSurveyColumn } from '../../shared/checktick/index.ts';
import { equalBytes } from '../../shared/encoding/bytes.ts';
import { newPassphrase } from './claims.ts';
import type { CommitWork, Started } from './commit-kind.ts';

/** Node’s scrypt, on a thread of its own. */
export const nodeScrypt: Scrypt = async (password, salt, { dkLen, ...cost }) =>
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

type Secret = Pick<CommitWork, 'secret'>;

/** The column of one commit, from its words on. */
export class ColumnAhead implements Started {
  /** Fresh words; another start of the same commit may have kept others in Vault. */
  readonly passphrase = newPassphrase();
  /** New with every column, and used for this one only. */
  readonly #salt = new Uint8Array(randomBytes(16));
  #derived: ReturnType<Scrypt> | undefined;
  #column: Promise<Uint8Array> | undefined;
  #proof: Proof | undefined;

  /** Derives the key; every later call of the same scrypt by {@link seal} takes it. */
  constructor() {
    const words = this.passphrase.slice();
    const cost = { N: 16_384, r: 8, p: 1, dkLen: 32 };
    const derived = Promise.resolve(nodeScrypt(words, this.#salt, cost));
    // Nobody may come for it: the commit can be refused before.
    derived.then(
      () => words.fill(0),
      () => words.fill(0),
    );
    this.#derived = derived;
  }

  /** Begins to seal and to prove; the same column for every call of one commit. */
  begin({ secret }: Secret): Promise<Uint8Array> {
    this.#column ??= this.#seal(secret);
    this.#column.catch(() => undefined);
    return this.#column;
  }

  async #seal(secret: Uint8Array): Promise<Uint8Array> {
    const { passphrase } = this;
    const derived = this.#derived;
    const salt = this.#salt;
    const column = await sealSurveyColumn('passphrase', passphrase, secret, {
      salt,
      // What CheckTick makes of the words is what was derived from, or it is derived anew.
      scrypt: async (words, itsSalt, cost) => {
        const ready = derived !== undefined && equalBytes(words, passphrase) && itsSalt === salt;
        return ready ? (await derived).slice() : nodeScrypt(words, itsSalt, cost);
      },
    });
    this.#proof ??= prove({ secret }, passphrase, column);
    return column;
  }

  /** The column to write, under the words that Vault keeps; its proof goes on in the background. */
  async sealed(work: Secret, passphrase: Uint8Array): Promise<Uint8Array> {
    if (equalBytes(this.passphrase, passphrase)) return this.begin(work);
    const column = await sealSurveyColumn('passphrase', passphrase, work.secret, {
      scrypt: nodeScrypt,
    });
    this.#provenBy(prove(work, passphrase, column));
    return column;
  }

  /**
   * Whether the words as Vault holds them open the column as the database holds it to the secret.
   * The proof that runs already counts only for the very same bytes of both.
   */
  async proved(work: Secret, passphrase: Uint8Array, column: Uint8Array): Promise<boolean> {
    const running = this.#proof;
    const same =
      running !== undefined &&
      equalBytes(running.passphrase, passphrase) &&
      equalBytes(running.column, column);
    return (same ? running : this.#provenBy(prove(work, passphrase, column))).opens;
  }

  #provenBy(proof: Proof): Proof {
    this.#proof?.passphrase.fill(0);
    this.#proof = proof;
    return proof;
  }

  /** Wipes the words and the key. */
  forget(): void {
    this.passphrase.fill(0);
    this.#proof?.passphrase.fill(0);
    Promise.resolve(this.#derived).then(
      (key) => key?.fill(0),
      () => undefined,
    );
    this.#derived = undefined;
  }
}

function prove({ secret }: Secret, passphrase: Uint8Array, column: Uint8Array): Proof {
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

/** The column that a commit of a recovery began. */
export function columnOf({ started }: Pick<CommitWork, 'started'>): ColumnAhead {
  if (!(started instanceof ColumnAhead)) throw new Error('not a recovery');
  return started;
}
