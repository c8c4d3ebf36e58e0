import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setupBundle, shareSetFor } from '../support/sync-ceremony.ts';
import { type PageWorld, startPage } from '../support/sync-page.ts';

/** Word that something has changed comes by server-sent events, and only to whom sync knows. */
describe('the stream of events', { retry: 0 }, () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await startPage();
    await world.enrol('operator');
    await world.enrol('approver1');
  }, 240_000);
  afterAll(async () => world?.stop());

  const open = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${world.service.address}/v1/events/stream`, { headers });
  const bearer = () => ({ authorization: `Bearer ${world.deployment.tokens.operator}` });
  const cookie = async (): Promise<Record<string, string>> => {
    const cookies = await world.pageOf('approver1').context().cookies();
    return { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
  };

  it('tells the number of the newest event as soon as there is one', async () => {
    const answer = await open(bearer());
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (reader === undefined) expect.fail('no stream');
    let text = '';
    const said = async (number: number): Promise<void> => {
      while (!text.includes(`event: changed\ndata: ${number}\n\n`)) {
        const { value, done } = await reader.read();
        if (done) expect.fail(`ended after ${text}`);
        text += value;
      }
    };
    const newest = async (): Promise<number> => {
      const [row] = await world.deployment.sql<{ last: number }>(
        'SELECT max(sequence)::int AS last FROM conclave.events',
      );
      return row?.last ?? 0;
    };
    await said(await newest());
    const { operator } = world.service.admins;
    await operator.post('/v1/packages/setup', { keyVersion: 'v1' });
    await said(await newest());
    await reader.cancel();
  });

  it('brings a page up to date whose own timers stand still', async () => {
    const page = world.pageOf('approver1');
    await page.clock.install();
    await page.goto(world.origin);
    await page.getByRole('heading', { name: 'Nothing waits for you' }).waitFor();
    // From here on the page looks at nothing by itself: only the stream can make it.
    await page.clock.pauseAt(Date.now() + 3_600_000);
    const { operator } = world.service.admins;
    const made = await setupBundle(operator, await shareSetFor(operator, 'rehearsal'));
    await operator.post('/v1/bundles', made.bytes);
    await page.getByRole('heading', { name: '1 thing waits for you' }).waitFor();
    await page.clock.resume();
  });

  it('ends after its session has, and is not opened again for it', async () => {
    const headers = await cookie();
    const answer = await open(headers);
    expect(answer.status).toBe(200);
    const ended = answer.text();
    await world.pageOf('approver1').getByRole('button', { name: 'Sign out' }).click();
    await world
      .pageOf('approver1')
      .getByRole('heading', { name: 'Sign in', exact: true })
      .waitFor();
    // Nobody hangs up here: sync does.
    expect(await ended).toContain('retry: 1000');
    expect((await open(headers)).status).toBe(401);
  });
});
