/**
 * A real SMTP server with TLS and AUTH, which keeps what it accepts.
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly to: readonly string[];
  /** The whole message, quoted-printable undone. */
  readonly text: string;
}

export interface TestSmtp {
  readonly url: string;
  readonly caFile: string;
  readonly mails: ReceivedMail[];
  /** Recipients that are refused for ever (550), and whether all are put off (451). */
  readonly refused: Set<string>;
  busy: boolean;
  stop(): Promise<void>;
}

const USER = 'sync';
const PASSWORD = 'of-a-test';

function decoded(message: string): string {
  const unfolded = message.replaceAll(/=\r\n/g, '');
  const bytes = unfolded.replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

export async function startSmtp(): Promise<TestSmtp> {
  const folder = await mkdtemp(path.join(tmpdir(), 'conclave-smtp-'));
  const line =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem';
  await promisify(execFile)('openssl', line.split(' '), { cwd: folder });
  const caFile = path.join(folder, 'cert.pem');
  const mails: ReceivedMail[] = [];
  const refused = new Set<string>();
  const state = { busy: false };
  const answer = (responseCode: number, text: string) =>
    Object.assign(new Error(text), { responseCode });
  const server = new SMTPServer({
    secure: true,
    cert: await readFile(caFile),
    key: await readFile(path.join(folder, 'key.pem')),
    onAuth({ username, password }, _session, done) {
      if (username === USER && password === PASSWORD) done(null, { user: USER });
      else done(answer(535, 'not known'));
    },
    onRcptTo({ address }, _session, done) {
      if (state.busy) done(answer(451, 'later'));
      else if (refused.has(address)) done(answer(550, 'no such person'));
      else done();
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, text: decoded(Buffer.concat(chunks).toString('latin1')) });
        done();
      });
    },
  });
  // A client that breaks off is no fault of the test.
  server.on('error', () => {});
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtps://${USER}:${PASSWORD}@localhost:${port}`,
    caFile,
    mails,
    refused,
    get busy() {
      return state.busy;
    },
    set busy(value) {
      state.busy = value;
    },
    stop: async () => {
      await new Promise<void>((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const LINKS = 'https://recovery.example/r';

/** Settings of a service that sends mail and answers its links. */
export function mailEnv(smtp: TestSmtp): Record<string, string> {
  return {
    CONCLAVE_SMTP_URL: smtp.url,
    CONCLAVE_SMTP_CA: smtp.caFile,
    CONCLAVE_MAIL_FROM: 'sync@hospital.example',
    CONCLAVE_PUBLIC_LINKS_URL: LINKS,
    CONCLAVE_PUBLIC_LISTEN_PORT: '0',
    CONCLAVE_PUBLIC_REQUESTS_PER_MINUTE: '100000',
  };
}
