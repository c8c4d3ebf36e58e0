/**
 * Kinds of entries about the destruction of what is over.
 * @module
 */

/** What each has besides `kind` and `at`, as in kinds.ts. */
export const DESTRUCTION_KINDS = {
  /**
   * Destruction: which set is over and why (`standing` void or superseded), who watches; one leaf per
   * thing to destroy (`thing.<n>`). Of a superseded set `backups`: what was said of the backups; where
   * none was tried `backups.reason`, and who answers for it beside the witness.
   */
  'destruction-agreed': [
    'setId',
    'generation',
    'label',
    'standing',
    'witness',
    'backups?',
    'backups.reason?',
    'backups.by.name?',
  ],
  /**
   * Destruction of a replaced set: two people say that since the day `on` no backup of Vault or of the
   * database is left that holds the old other half; `since`: such a backup is from then or before, UTC.
   */
  'backups-gone': ['setId', 'label', 'on', 'since?', 'by.1.name', 'by.2.name'],
  /**
   * Paper, a stick, or the envelope of a key: destroyed before the eyes of those who sign. `strip`: the
   * number of the bag or strip that it was in.
   */
  'medium-destroyed': ['index', 'custodian', 'medium', 'description', 'strip?'],
  /**
   * A legacy share by number, or 0: the component that was never split. `written`: by
   * whom, if it is not one of before.
   */
  'legacy-destroyed': ['number', 'custodian', 'description', 'written?', 'strip?'],
  /** By name alone; `complete`: everything there was looked at. One leaf per finding: `file.<n>`. */
  'leftovers-looked-for': ['where', 'looked', 'complete'],
  /**
   * The file of a share was removed from a stick, and looked for when the stick had been taken out and
   * put back: `gone`. One leaf for each name: `file.<n>`. The stick itself is destroyed besides.
   */
  'share-file-removed': ['index', 'custodian', 'where', 'gone', 'file.1'],
  /**
   * OTP: the slot was read empty. `found`: as it was before (`configured` or `empty`). `proved`: a
   * configured one answered as the secret that was drawn for the share does; older logs have nothing.
   */
  'slot-erased': ['index', 'custodian', 'serial', 'slot', 'found', 'proved?', 'empty'],
  /**
   * OTP: the slot was not erased, on purpose; the envelope is what is destroyed. Without `slot` nobody
   * there knew which one it is.
   */
  'slot-left': ['index', 'custodian', 'serial?', 'slot?', 'reason'],
} as const;
