/**
 * What an action that is approved tells the machinery of approvals (statements.ts, approve.ts).
 * @module
 */
import type { ApprovalAction } from '../../shared/bundle/approval.ts';
import type { Admin, Role } from '../admins/admins.ts';
import type { Queryable } from '../database/database.ts';
import type { FlowContext } from '../trust/context.ts';

/** What an approver is shown about one thing. */
export interface Shown {
  /** The thing as people name it. */
  readonly subject: string;
  /** 32 bytes: the hash of whatever the approval depends on. Approvals are counted by it. */
  readonly subjectDigest: Uint8Array;
  /** What happens when enough have approved. */
  readonly sentence: string;
  /** Label and value. Foreign text in it goes through `asOneLine`. */
  readonly facts: readonly (readonly [string, string])[];
  /** The delay that begins with the last approval. */
  readonly delayHours?: number;
  readonly notBefore?: Date;
  readonly expiresAt?: Date;
}

/** One thing to be approved: by whom, its name, and when, by the database's clock. */
export interface Ask {
  readonly admin: Admin;
  /** As it came from outside: a code, a nonce or digest (or how it begins), a name. */
  readonly subject: string;
  readonly now: Date;
}

/** An approval that has just been recorded, for the change that it brings. */
export interface Recorded extends Ask {
  readonly shown: Shown;
  readonly reason: string;
}

export interface Approvable {
  readonly action: ApprovalAction;
  /** One of these is needed. */
  readonly roles: readonly [Role, ...Role[]];
  /** Before any transaction: what must be sound, and finishing what was interrupted. */
  ready?(context: FlowContext, subject: string): Promise<void>;
  /**
   * What is shown to this admin now. Locks the thing's row. Refuses what he may not approve: so it
   * is refused before he reads and signs, and again when he has.
   */
  show(tx: Queryable, context: FlowContext, ask: Ask): Promise<Shown>;
  /** The digest (hex) whose eight words must be typed before the statement is shown; null: none. */
  words?(tx: Queryable, context: FlowContext, subject: string): Promise<string | null>;
  /** In the same transaction as the approval. */
  apply(tx: Queryable, context: FlowContext, recorded: Recorded): Promise<void>;
  /** After it was committed: what takes Vault as well. */
  after?(context: FlowContext, recorded: Recorded): Promise<void>;
}
