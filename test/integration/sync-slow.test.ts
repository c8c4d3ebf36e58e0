import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSmtp, type TestSmtp } from '../servers/smtp.ts';
import { type MailingService, startMailing } from '../support/sync-public.ts';
import { deploy, type Deployment } from '../support/sync-service.ts';

/** One byte at a time; the whole would take an hour. */
const EVERY = 900;
const LENGTH = 4_000;

interface Cut {
  /** The first line of what the server said. */
  readonly answer: string | undefined;
  /** Whether it hung up while the client still had bytes to send. */
  readonly whileSending: boolean;
}

/**
 * A client that is never idle and never done. No time is asserted: who hangs up is the server, and
 * the public listener does it before the main one.
 */
describe('a client that sends its request byte by byte', { retry: 0 }, () => {
  let smtp: TestSmtp;
  let deployment: Deployment;
  let service: MailingService;
  const ended: string[] = [];
  beforeAll(async () => {
    smtp = await startSmtp();
    deployment = await deploy();
    service = await startMailing(deployment, smtp);
  }, 180_000);
  afterAll(async () => {
    await deployment?.stop();
    await smtp?.stop();
  });

  async function drip(name: string, address: string, beginning: string): Promise<Cut> {
    const { hostname, port } = new URL(address);
    const socket = connect({ host: hostname, port: Number(port) });
    let answer = '';
    let sent = 0;
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    // A byte that comes after the server has hung up is answered with a reset.
    socket.on('error', () => {});
    socket.write(beginning);
    const timer = setInterval(() => {
      socket.write('a');
      sent += 1;
    }, EVERY);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(timer);
    ended.push(name);
    return { answer: answer.split('\r\n')[0], whileSending: sent < LENGTH };
  }

  it('is ended by both listeners, body or headers, and holds nobody up', async () => {
    const body = (path: string, type: string, more = '') =>
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\n${more}Content-Length: ${LENGTH}\r\n\r\n`;
    const token = `Authorization: Bearer ${deployment.tokens.operator}\r\n`;
    const form = 'application/x-www-form-urlencoded';
    const dripping = Promise.all([
      drip('main, body', service.address, body('/v1/bundles', 'application/json', token)),
      drip('main, file', service.address, body('/v1/bundles', 'application/octet-stream', token)),
      drip('main, headers', service.address, 'GET /livez HTTP/1.1\r\nHost: '),
      drip('public, body', service.pages, body('/object/x', form)),
      drip('public, claim', service.pages, body('/claim/x', form)),
      drip('public, headers', service.pages, 'GET /object/x HTTP/1.1\r\nHost: '),
      drip('main, nobody', service.address, body('/v1/bundles', 'application/json')),
    ]);
    expect((await fetch(`${service.address}/livez`)).status).toBe(200);
    expect((await fetch(`${service.pages}/object/x`)).status).toBe(404);
    const cuts = await dripping;
    const late = { answer: 'HTTP/1.1 408 Request Timeout', whileSending: true };
    // Without a token nobody waits for the body.
    const closed = { answer: 'HTTP/1.1 401 Unauthorized', whileSending: true };
    expect(cuts).toEqual([late, late, late, late, late, late, closed]);
    const publicOnes = ended.filter((name) => name.startsWith('public'));
    expect(publicOnes).toHaveLength(3);
    const mainOnes = ended.filter((name) => name.startsWith('main') && name !== 'main, nobody');
    expect(ended.filter((name) => name !== 'main, nobody')).toEqual([...publicOnes, ...mainOnes]);
    expect(mainOnes[0]).toBe('main, headers');
    expect((await fetch(`${service.address}/livez`)).status).toBe(200);
  }, 300_000);
});
