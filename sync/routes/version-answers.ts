/**
 * What sync answers about key versions, as schemas. No component and no check value is among it.
 * @module
 */
import { z } from 'zod';
import { MEDIA_KINDS } from '../../shared/sharing/manifest.ts';
import { VERSION_STATES } from '../versions/versions.ts';

const time = z.string();

export const findingAnswer = z.object({
  code: z.string(),
  severity: z.enum(['bad', 'warn']),
  happened: z.string(),
  means: z.string(),
  next: z.string(),
});
export type FindingAnswer = z.infer<typeof findingAnswer>;

export const versionAnswer = z.object({
  version: z.string(),
  state: z.enum(VERSION_STATES),
  /** Its state in plain words. */
  sentence: z.string(),
  createdAt: time.nullable(),
  activatedAt: time.nullable(),
  retiredAt: time.nullable(),
  /** Stored survey keys: how many, how many of them were ever recovered, and how often in all. */
  escrows: z.object({ count: z.int(), recovered: z.int(), recoveries: z.int() }),
  /** The share sets that sync trusts, in the order in which they came; each alone opens the key. */
  sets: z.array(
    z.object({
      label: z.string(),
      setId: z.string(),
      manifest: z.string(),
      generation: z.int(),
      threshold: z.int(),
      count: z.int(),
      madeAt: time,
      custodians: z.array(
        z.object({
          index: z.int(),
          name: z.string(),
          media: z.array(z.object({ kind: z.enum(MEDIA_KINDS), description: z.string() })),
        }),
      ),
    }),
  ),
  /** Whether one more may join them. */
  moreSets: z.boolean(),
  /** `daysLeft`: whole days; below zero: overdue. */
  shares: z
    .object({ since: time, dueAt: time, daysLeft: z.int(), sentence: z.string() })
    .nullable(),
  /** The first of those that the newest move left under it, and are there still: not the survey's, say. */
  staying: z.array(z.object({ userId: z.int(), surveyId: z.int(), why: z.string() })).readonly(),
  component: z.object({ agrees: z.boolean().nullable(), sentence: z.string() }),
  findings: z.array(findingAnswer),
});
export type VersionAnswer = z.infer<typeof versionAnswer>;

/** `now`: the database's clock. `findings`: what concerns no single version. */
export const versionsAnswer = z.object({
  now: time,
  epoch: z.object({ vault: z.int(), database: z.int() }),
  versions: z.array(versionAnswer),
  findings: z.array(findingAnswer),
});
export type VersionsAnswer = z.infer<typeof versionsAnswer>;
