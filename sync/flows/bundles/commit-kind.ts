/**
 * What the engine of commits (commit/commit.ts) asks of each kind of bundle.
 * @module
 */
import type { BundleDocument } from '../../../shared/bundle/bundle.ts';
import type { Refusal } from '../../../shared/refusal.ts';
import type { Admin } from '../../admins/admins.ts';
import type { Queryable } from '../../database/database.ts';
import type { BundleRow } from './bundles.ts';
import type { FlowContext, Situation } from '../../trust/context.ts';

/** Who began a commit and when, by the database's clock: the same for every repetition. */
export interface Intent {
  readonly at: Date;
  /** Null, like `userId`: the console, which commits nothing but what needs no person. */
  readonly adminId: string | null;
  /** The person in CheckTick. */
  readonly userId: number | null;
}

/** Who begins a commit. */
export type Beginner = Pick<Admin, 'id' | 'userId'> | 'console';

/** The person whom CheckTick's own records name. */
export function actorOf({ userId }: Intent): number {
  if (userId === null) throw new Error('the console commits nothing that names a person');
  return userId;
}

/** What one commit works with. */
export interface CommitWork {
  readonly context: FlowContext;
  readonly situation: Situation;
  readonly document: BundleDocument;
  readonly found: BundleRow;
  readonly intent: Intent;
  /** SECURITY: the opened secret; the engine wipes it. Empty where the bundle has none. */
  readonly secret: Uint8Array;
  /** What the kind began in {@link CommitKind.start}. */
  readonly started: Started;
}

/** Work of a kind that takes long and needs nothing of the bundle. */
export interface Started {
  /** In the end, however it went: wipes what is kept of this commit in memory. */
  forget(): void;
}

/** What is known before the intent. */
export type CheckWork = Omit<CommitWork, 'intent' | 'secret' | 'started'>;

/** What a commit works with once its rows are written. */
export type WrittenWork = Omit<CommitWork, 'secret'> & {
  /** SECURITY: as in {@link CommitWork}. Null: the package's key is gone, so nobody can open it. */
  readonly secret: Uint8Array | null;
};

/** What is enough to read back what was written. */
export type ReadBackWork = Omit<WrittenWork, 'situation' | 'found'>;

/** A place that does not hold what the commit wrote there, or of which that cannot be shown. */
export interface Difference {
  readonly place: string;
  /** Changed since it was written, or only not provable because the package's key is gone. */
  readonly why: 'changed' | 'unproven';
  /** What stands there instead, for people; never a secret. */
  readonly found: string;
  /** SHA-256 in hex over what stands there: it is recognised by it. */
  readonly digest: string;
}

export interface ReadBack {
  /** Names of the places that hold what was written. */
  readonly read: readonly string[];
  readonly differs: readonly Difference[];
}

/** What differs from kind to kind. */
export interface CommitKind {
  /** Before anything is asked or judged; a commit that is refused then forgets it. */
  start(): Started;
  /** Refuses what may not be committed (now). Called before the intent and again under the locks. */
  check(on: Queryable, work: CheckWork, now: Date): Promise<void>;
  /** True when Vault holds this commit's value already: then it only goes forward. */
  begun(work: CommitWork): Promise<boolean>;
  /**
   * The package's key is gone: the secret as an earlier start of this commit has written it, where a
   * check value that a quorum signed proves it. The caller wipes it. Undefined: nothing proves it.
   */
  provenSecret(work: Pick<CommitWork, 'context' | 'document'>): Promise<Uint8Array | undefined>;
  /** Before the transaction: whether the opened secret can be used at all. */
  prepare(work: CommitWork): Promise<void>;
  /** Inside the transaction, under the bundle's row lock: rows, then constraints, then Vault. */
  write(tx: Queryable, work: CommitWork): Promise<void>;
  /** After it: trust. */
  finish(work: WrittenWork): Promise<void>;
  /**
   * Reads both sides back. What two people can never accept to be otherwise is not listed but
   * refused. @throws Refusal `read-back-differs`
   */
  readBack(work: ReadBackWork, on: Queryable): Promise<ReadBack>;
  /** Epoch after it, and the sentence of the receipt. `differs`: what two people accepted. */
  ending(
    work: WrittenWork,
    readBack: ReadBack,
  ): { readonly epoch: number; readonly statement: string };
}

/** A refusal that ends the bundle: authentic, and it can never be committed any more. */
export class Ended extends Error {
  readonly outcome: 'expired' | 'refused' | 'objected';
  readonly refusal: Refusal;

  constructor(outcome: Ended['outcome'], refusal: Refusal) {
    super(refusal.message);
    this.outcome = outcome;
    this.refusal = refusal;
  }
}
