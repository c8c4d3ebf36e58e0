/**
 * Refusals on the wire: problem details (RFC 9457), with what to do and whether anything changed.
 * @module
 */
import { z } from 'zod';
import { Refusal } from '../../shared/refusal.ts';
import type { Meaning, Meanings } from '../meaning.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** The body of every error of sync. */
export const problemSchema = z.object({
  type: z.string().meta({ description: 'urn:conclave:refusal: and the code' }),
  title: z.string().meta({ description: 'What happened.' }),
  status: z.number().int(),
  detail: z.string().meta({ description: 'What it means.' }),
  next: z.string().meta({ description: 'What to do now.' }),
  code: z.string(),
  changed: z.enum(['no', 'perhaps', 'yes']).meta({ description: 'Whether anything was changed.' }),
  part: z
    .enum(['database', 'vault', 'sync'])
    .optional()
    .meta({ description: 'Which part is down.' }),
  retryAfterSeconds: z
    .number()
    .int()
    .optional()
    .meta({ description: 'When to ask again, in seconds; also the header Retry-After.' }),
  culprit: z.string().optional(),
  requestId: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;

const PLAIN: Meaning = { status: 422 };

/** Words a refusal for the wire. `meanings`: all tables merged. */
export function problemOf(
  refusal: Refusal,
  meanings: Meanings,
  requestId: string,
  retryAfterSeconds?: number,
): Problem {
  const { status, changed = 'no', part } = meanings[refusal.code] ?? PLAIN;
  const { happened, means, next } = refusal.sentences;
  return {
    type: `urn:conclave:refusal:${refusal.code}`,
    title: happened,
    status,
    detail: means,
    next,
    code: refusal.code,
    changed,
    ...(part === undefined ? {} : { part }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(refusal.culprit === undefined ? {} : { culprit: refusal.culprit }),
    requestId,
  };
}

/** The other direction, for the command line. Undefined where the body is no problem of sync. */
export function parseProblem(body: unknown): { refusal: Refusal; problem: Problem } | undefined {
  const parsed = problemSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { title, detail, next, code, culprit } = parsed.data;
  const refusal = new Refusal(code, { happened: title, means: detail, next }, culprit);
  return { refusal, problem: parsed.data };
}
