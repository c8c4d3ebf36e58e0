/**
 * `conclave-sync serve`
 * @module
 */
import { loadConfig } from '../../config/config.ts';
import type { OnStep } from '../../flows/context.ts';
import { startSending } from '../../mail/loop.ts';
import { openPlatform } from '../../platform.ts';
import { createPublicService } from '../../public/server.ts';
import { listenForMetrics } from '../../metrics/listener.ts';
import { createMetrics } from '../../metrics/metrics.ts';
import { ROUTE_SETS } from '../../route-sets.ts';
import { createService, type RouteSet } from '../../server.ts';
import type { Cli } from '../cli.ts';

/**
 * Runs until it is told to stop; then finishes what it began.
 * @param onStep for tests that kill a claim between two writes
 */
export async function serve(
  cli: Cli,
  options: { readonly rehearsal: boolean },
  routes: readonly RouteSet[] = ROUTE_SETS,
  onStep?: OnStep,
): Promise<void> {
  const config = loadConfig(cli.world.environment, options);
  const platform = await openPlatform(config);
  try {
    const app = await createService({ ...platform, routes, writeLog: cli.world.err });
    const stopped = cli.world.stopped();
    const { mail } = config;
    const pages = { ...platform, ...(onStep === undefined ? {} : { onStep }) };
    const links = mail && (await createPublicService(pages, mail, cli.world.err));
    const stopSending =
      mail &&
      startSending(platform.database, mail, (cause) =>
        app.log.warn({ err: cause }, 'mails could not be sent'),
      );
    const address = await app.listen({ host: config.listen.host, port: config.listen.port });
    cli.result({ address, mode: config.mode }, `Sync listens at ${address} (${config.mode}).`);
    if (mail !== undefined && links !== undefined) {
      const { host, port } = mail.listen;
      cli.progress(`Links of mails are answered at ${await links.listen({ host, port })}.`);
    }
    const numbers =
      config.edge.metrics && (await listenForMetrics(config.edge.metrics, createMetrics(platform)));
    if (numbers !== undefined) cli.progress(`Metrics at ${numbers.address}/metrics.`);
    await stopped;
    await numbers?.close();
    cli.progress('Stopping: finishing what was begun.');
    await Promise.all([app.close(), links?.close(), stopSending?.()]);
  } finally {
    await platform.close();
  }
  cli.progress('Stopped. Nothing was left half done.');
}
