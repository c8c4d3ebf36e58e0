/**
 * The survey's key column of a recovery. Its key is derived from fresh words while the commit still
 * reads and judges, twice and side by side: one run's key seals the column as soon as the secret is
 * open, the other's proves it by opening it again while the database and Vault are written.
 * @module
 */
import { randomBytes } from 'node:crypto';
import {
  openSurveyColumn,
  type Scrypt,
  sealSurveyColumn,
} from '../../../shared/checktick/index.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import { nodeScrypt } from '../../checktick/node-scrypt.ts';
import { newPassphrase } from '../claims/claims.ts';
import type { CommitWork, Started } from '../bundles/commit-kind.ts';

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
  /** The key of these words and this salt, derived twice: to seal with, and to prove with. */
  readonly #keys: Promise<Uint8Array>[];
  #column: Promise<Uint8Array> | undefined;
  #proof: Proof | undefined;

  constructor() {
    const words = this.passphrase.slice();
    const derive = async () => nodeScrypt(words, this.#salt, { N: 16_384, r: 8, p: 1, dkLen: 32 });
    this.#keys = [derive(), derive()];
    // Nobody may come for them: the commit can be refused before.
    void Promise.allSettled(this.#keys).then(() => words.fill(0));
  }

  /**
   * Each of the two keys is taken once, so that the proof never opens the column with the very
   * derivation that sealed it; other words or another salt are derived anew.
   */
  readonly #scrypt: Scrypt = async (words, salt, cost) => {
    const isTheirs = equalBytes(words, this.passphrase) && equalBytes(salt, this.#salt);
    return (isTheirs ? this.#keys.shift() : undefined) ?? nodeScrypt(words, salt, cost);
  };

  /** Begins to seal and to prove; the same column for every call of one commit. */
  begin({ secret }: Secret): Promise<Uint8Array> {
    this.#column ??= this.#seal(secret);
    this.#column.catch(() => undefined);
    return this.#column;
  }

  async #seal(secret: Uint8Array): Promise<Uint8Array> {
    const { passphrase } = this;
    const column = await sealSurveyColumn('passphrase', passphrase, secret, {
      salt: this.#salt,
      scrypt: this.#scrypt,
    });
    this.#proof ??= this.#prove({ secret }, passphrase, column);
    return column;
  }

  /** The column to write, under the words that Vault keeps; its proof goes on in the background. */
  async sealed(work: Secret, passphrase: Uint8Array): Promise<Uint8Array> {
    if (equalBytes(this.passphrase, passphrase)) return this.begin(work);
    const column = await sealSurveyColumn('passphrase', passphrase, work.secret, {
      scrypt: nodeScrypt,
    });
    this.#provenBy(this.#prove(work, passphrase, column));
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
    return (same ? running : this.#provenBy(this.#prove(work, passphrase, column))).opens;
  }

  #provenBy(proof: Proof): Proof {
    this.#proof?.passphrase.fill(0);
    this.#proof = proof;
    return proof;
  }

  #prove({ secret }: Secret, passphrase: Uint8Array, column: Uint8Array): Proof {
    const words = passphrase.slice();
    const opens = openSurveyColumn('passphrase', words, column, { scrypt: this.#scrypt }).then(
      (opened) => {
        const same = equalBytes(opened, secret);
        opened.fill(0);
        return same;
      },
      () => false,
    );
    return { passphrase: words, column, opens };
  }

  /** Wipes the words and the keys that nobody has taken. */
  forget(): void {
    this.passphrase.fill(0);
    this.#proof?.passphrase.fill(0);
    for (const key of this.#keys.splice(0)) {
      key.then(
        (bytes) => bytes.fill(0),
        () => undefined,
      );
    }
  }
}

/** The column that a commit of a recovery began. */
export function columnOf({ started }: Pick<CommitWork, 'started'>): ColumnAhead {
  if (!(started instanceof ColumnAhead)) throw new Error('not a recovery');
  return started;
}
