/**
 * A sync with mail, its public pages, and the links that came by mail.
 * @module
 */
import { expect, vi } from 'vitest';
import { mailEnv, type ReceivedMail, startSmtp, type TestSmtp } from '../servers/smtp.ts';
import { type Cast, makeCast, withMail } from './people.ts';
import { deploy, type Deployment, type Service } from './sync-service.ts';

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

/** A deployment of its own whose mails wait, and the people of a set of whom one has an address. */
export interface MailedDeployment {
  readonly deployment: Deployment;
  readonly service: MailingService;
  readonly cast: Cast;
  stop(): Promise<void>;
}

export async function deployMailing(name: string, mail: string): Promise<MailedDeployment> {
  const smtp = await startSmtp();
  // Links are read where their mails wait.
  smtp.busy = true;
  const deployment = await deploy();
  const service = await startMailing(deployment, smtp);
  return {
    deployment,
    service,
    cast: withMail(makeCast('production'), (who) => (who === name ? mail : undefined)),
    stop: async () => {
      await deployment.stop();
      await smtp.stop();
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
