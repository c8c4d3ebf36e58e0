/**
 * A sync with mail, its public pages, and the links that came by mail.
 * @module
 */
import { expect, vi } from 'vitest';
import { mailEnv, type ReceivedMail, type TestSmtp } from '../servers/smtp.ts';
import type { Deployment, Service } from './sync-service.ts';

export interface MailingService extends Service {
  /** Where its public pages are. */
  readonly pages: string;
  /** Opens (GET) or presses the button of (POST) a link. */
  visit(token: string, method?: 'GET' | 'POST'): Promise<{ status: number; text: string }>;
}

export async function startMailing(
  deployment: Deployment,
  smtp: TestSmtp,
  env: Record<string, string> = {},
): Promise<MailingService> {
  const service = await deployment.start({ env: { ...mailEnv(smtp), ...env } });
  const [, pages = ''] = await service.child.line(/answered at (\S+)\./, 20_000);
  return {
    ...service,
    pages,
    visit: async (token, method = 'GET') => {
      const answer = await fetch(`${pages}/object/${token}`, { method });
      return { status: answer.status, text: await answer.text() };
    },
  };
}

/** The token of the link in a mail. */
export function tokenIn({ text }: ReceivedMail): string | undefined {
  return /\/object\/(\S+)/.exec(text)?.[1];
}

/** Waits until exactly these addresses have a mail about `reference` with this subject. */
export async function mailsTo(
  smtp: TestSmtp,
  subject: string,
  reference: string,
  addresses: readonly string[],
): Promise<ReceivedMail[]> {
  const found = () =>
    smtp.mails.filter(
      ({ text }) => text.includes(`Subject: ${subject}`) && text.includes(reference),
    );
  const sorted = (all: readonly string[]) => [...all].sort((one, other) => (one < other ? -1 : 1));
  await vi.waitFor(
    () => expect(sorted(found().flatMap(({ to }) => to))).toEqual(sorted(addresses)),
    { timeout: 90_000, interval: 100 },
  );
  return found();
}
