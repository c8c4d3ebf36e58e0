/**
 * What the routes of people share: who may call, their schemas, and the answer with a link.
 * @module
 */
import type { z } from 'zod';
import { formatTime } from '../../shared/encoding/schema.ts';
import { schemaOf } from '../http/schema.ts';
import { enrolmentLink, type NewEnrolment } from '../people/enrolments.ts';
import type { ServiceContext } from '../server.ts';
import type { linkAnswer } from './people-answers.ts';

export const anyAdmin = { access: 'any-admin' } as const;
/** Only on the page: a token alone must not make anything that outlives it. */
export const onPage = { access: 'any-admin', signIn: 'session' } as const;

export function schemaFor(
  tags: readonly string[],
  summary: string,
  answer: z.ZodType,
  more: { readonly body?: z.ZodType; readonly params?: z.ZodType } = {},
) {
  return {
    summary,
    tags,
    ...(more.body === undefined ? {} : { body: schemaOf(more.body) }),
    ...(more.params === undefined ? {} : { params: schemaOf(more.params) }),
    response: { 200: schemaOf(answer) },
  };
}

export function toLinkAnswer(
  { config }: ServiceContext,
  made: NewEnrolment,
): z.infer<typeof linkAnswer> {
  const { site } = config.people;
  return {
    link: site === undefined ? null : enrolmentLink(site, made.code),
    code: made.code,
    expiresAt: formatTime(made.expiresAt),
  };
}
