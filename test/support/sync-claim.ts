/**
 * Recoveries that are committed and wait for their user: a deployment with a mail server and the
 * public listener, the user's mails, and the form behind his link.
 * @module
 */
import { expect, vi } from 'vitest';
import { openSurveyColumn } from '../../shared/checktick/index.ts';
import type { ClaimAnswer } from '../../sync/routes/claim-answers.ts';
import { type ReceivedMail, startSmtp, type TestSmtp } from '../servers/smtp.ts';
import type { TestShareSet } from './share-sets.ts';
import {
  approvedRequest,
  committed,
  recoverBundle,
  releasedPackage,
  withPlatformKey,
} from './sync-ceremony.ts';
import { deploy, type Deployment, type Service, type Servers } from './sync-service.ts';

export const LINKS = 'https://recovery.example/r';

/** A recovery that was committed. */
export interface Recovered {
  readonly digest: string;
  /** Of the request. */
  readonly code: string;
  readonly kek: Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export interface Entry {
  readonly code?: string;
  readonly password?: string;
  readonly again?: string;
}

export interface ClaimWorld {
  readonly deployment: Deployment;
  readonly service: Service;
  /** Where its pages are. */
  readonly pages: string;
  /** Its settings. */
  readonly env: Readonly<Record<string, string>>;
  readonly smtp: TestSmtp;
  readonly set: TestShareSet;
  readonly user: { readonly id: number; readonly address: string; readonly surveyId: number };
  /** One more service with mail, and where its pages are. */
  start(options?: {
    readonly dieAt?: string;
    readonly env?: Record<string, string>;
  }): Promise<{ readonly service: Service; readonly pages: string }>;
  /** A whole recovery for the user, committed. `beforeCommit` has its request's code. */
  recovered(beforeCommit?: (code: string) => Promise<void>): Promise<Recovered>;
  mailsOf(code: string): readonly ReceivedMail[];
  /** The newest link of a request's mails, once it has come; `count`: that many must have come. */
  tokenOf(code: string, count?: number): Promise<string>;
  /** A new code, made by approver 1. */
  codeFor(digest: string): Promise<string>;
  look(token: string, path?: string, pages?: string): Promise<Answer>;
  /** Sends the form; `again` is the password unless it is said. */
  send(token: string, entry: Entry, pages?: string): Promise<Answer>;
  /** A committed recovery with its link and a code. */
  withCode(): Promise<Recovered & { readonly token: string; readonly spoken: string }>;
  /** How the claim stands, as an operator reads it. */
  statusOf(digest: string): Promise<ClaimAnswer>;
  /** The one-time words in Vault, or undefined. */
  wordsOf(digest: string): Promise<string | undefined>;
  /** How often CheckTick's audit has it that the user of this request set a password. */
  audited(code: string): Promise<number>;
  /** Whether this phrase opens the survey as CheckTick would open it, in both columns. */
  opens(phrase: string): Promise<boolean>;
  stop(): Promise<void>;
}

/** @param more settings of the service */
export async function claimWorld(
  more: Record<string, string> = {},
  servers?: Servers,
): Promise<ClaimWorld> {
  const smtp = await startSmtp();
  const deployment = await deploy(servers === undefined ? {} : { servers });
  const env = {
    CONCLAVE_SMTP_URL: smtp.url,
    CONCLAVE_SMTP_CA: smtp.caFile,
    CONCLAVE_MAIL_FROM: 'sync@hospital.example',
    CONCLAVE_PUBLIC_LINKS_URL: LINKS,
    CONCLAVE_PUBLIC_LISTEN_PORT: '0',
    CONCLAVE_PUBLIC_REQUESTS_PER_MINUTE: '100000',
    CONCLAVE_LOG_LEVEL: 'info',
    ...more,
  };
  const start: ClaimWorld['start'] = async ({ env: other = {}, ...options } = {}) => {
    const service = await deployment.start({ ...options, env: { ...env, ...other } });
    const [, pages = ''] = await service.child.line(/answered at (\S+)\./, 60_000);
    return { service, pages };
  };
  const { service, pages: ownPages } = await start();
  const { people, survey } = deployment.checktick;
  const user = { id: people.requester.id, address: people.requester.email, surveyId: survey.id };
  const set = await withPlatformKey(deployment, service);

  const mailsOf = (code: string) => smtp.mails.filter(({ text }) => text.includes(code));
  const visit = async (address: string, init: RequestInit = {}): Promise<Answer> => {
    const answer = await fetch(address, init);
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  };
  const world: ClaimWorld = {
    deployment,
    service,
    pages: ownPages,
    env: { ...deployment.env, ...env },
    smtp,
    set,
    user,
    start,
    recovered: async (beforeCommit) => {
      const about = { userId: user.id, surveyId: user.surveyId };
      const request = await approvedRequest(service.admins, about);
      const flow = await releasedPackage(service.admins, set, request.code);
      const made = await recoverBundle(service.admins.operator, set, flow);
      await service.admins.operator.post('/v1/bundles', made.bytes);
      await beforeCommit?.(request.code);
      await committed(service.admins, made);
      return { digest: made.digest, code: request.code, kek: made.kek };
    },
    mailsOf,
    tokenOf: (code, count = 1) =>
      vi.waitFor(
        () => {
          const tokens = mailsOf(code).flatMap(
            ({ text }) => /\/claim\/(ccl_[\w-]{43})/.exec(text)?.[1] ?? [],
          );
          expect(tokens.length).toBeGreaterThanOrEqual(count);
          return tokens.at(-1) ?? '';
        },
        { timeout: 20_000, interval: 100 },
      ),
    codeFor: async (digest) => {
      const path = `/v1/bundles/${digest}/claim-code`;
      return (await service.admins.approver1.post<{ code: string }>(path)).code;
    },
    look: (token, path = 'claim', pages = ownPages) => visit(`${pages}/${path}/${token}`),
    send: (token, { code = '', password = '', again = password }, pages = ownPages) =>
      visit(`${pages}/claim/${token}`, {
        method: 'POST',
        body: new URLSearchParams({ code, password, again }),
      }),
    withCode: async () => {
      const made = await world.recovered();
      const token = await world.tokenOf(made.code);
      return { ...made, token, spoken: await world.codeFor(made.digest) };
    },
    statusOf: (digest) => service.admins.operator.get<ClaimAnswer>(`/v1/bundles/${digest}/claim`),
    wordsOf: async (digest) => {
      const found = await deployment.kv(`conclave/claims/${digest}`);
      return found === null ? undefined : String(found['passphrase']);
    },
    audited: async (code) => {
      const rows = await deployment.sql(
        `SELECT 1 FROM surveys_recoveryauditentry e
           JOIN surveys_recoveryrequest r ON r.id = e.recovery_request_id
          WHERE r.request_code = $1 AND e.event_type = 'recovery_password_set'`,
        [code],
      );
      return rows.length;
    },
    opens: async (phrase) => {
      const [row] = await deployment.sql<{ password: Buffer; recovery: Buffer }>(
        `SELECT encrypted_kek_password AS password, encrypted_kek_recovery AS recovery
           FROM surveys_survey WHERE id = $1`,
        [user.surveyId],
      );
      for (const column of [row?.password, row?.recovery]) {
        const opened = await openSurveyColumn(
          'passphrase',
          new TextEncoder().encode(phrase),
          new Uint8Array(column ?? []),
        ).catch(() => undefined);
        if (opened === undefined) return false;
        expect(opened).toEqual(deployment.checktick.kek);
      }
      return true;
    },
    stop: async () => {
      await deployment.stop();
      await smtp.stop();
    },
  };
  return world;
}
