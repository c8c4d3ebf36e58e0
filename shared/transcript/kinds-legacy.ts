/**
 * Kinds of entries about legacy shares: those that an adoption takes in, and those that it writes.
 * @module
 */

/** What each has besides `kind` and `at`, as in kinds.ts. */
export const LEGACY_KINDS = {
  /** Adopt: the package was opened. One leaf per version found: `version.<n>`. */
  'adopt-package-opened': [],
  /** Adopt, in a rehearsal: everybody said that what is brought was made for practice. */
  'legacy-practice': [],
  /** Adopt: legacy shares by number, or `whole`; no digit. */
  'legacy-given': ['numbers', 'by', 'source'],
  'legacy-taken-back': ['numbers'],
  /**
   * `agreed`: what came out was compared with more shares than are needed. `needed`: so many fit each
   * other, and not as many as was said.
   */
  'legacy-compared': ['standing', 'agreed', 'suspects?', 'needed?'],
  /**
   * Adopt: `proof` escrow, organisation or none; of which survey, and with the vault component of
   * which place. Where several were tried, one leaf for each: `opened.<n>`, `unopened.<n>`. Where
   * none opened it is `none` with what did not, and another entry may follow. `owner`: who typed the
   * passphrase of the organisation.
   */
  'legacy-proved': ['proof', 'place?', 'userId?', 'surveyId?', 'owner?', 'wrong?'],
  /** Adopt: one person typed this sentence, at the own seat; counts with another's for that place. */
  'legacy-answered': ['name', 'place', 'sentence'],
  /** Adopt: two people of the plan answer for it. */
  'legacy-decided': ['place', 'by.1.name', 'by.2.name'],
  /** Adopt: the component of the new set was split once more, as CheckTick's own command does. */
  'new-legacy-split': ['threshold', 'count'],
  /** About to be written onto a stick, in the clear. */
  'new-legacy-writing': ['number', 'custodian'],
  'new-legacy-written': ['number', 'custodian', 'description'],
  'new-legacy-read-back': ['number', 'custodian', 'description'],
  /** All of them, as they were read back, gave the component. */
  'new-legacy-proved': ['threshold', 'count'],
  /** They were left before that: whatever was written is to be destroyed. `done`: read back. */
  'new-legacy-left': ['done', 'count'],
} as const;
