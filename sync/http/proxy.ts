/**
 * Behind a proxy that ends TLS: sync speaks plain HTTP with this proxy and with nobody else.
 * @module
 */
import type { FastifyRequest, FastifyServerOptions } from 'fastify';
import { isLoopback } from '../config/database-url.ts';
import type { Listener } from '../config/listener.ts';

/** What fastify believes of `x-forwarded-*`: only what a trusted proxy says. */
export function proxyOptions({ proxies }: Listener): Pick<FastifyServerOptions, 'trustProxy'> {
  return { trustProxy: proxies === undefined ? false : (address) => proxies.includes(address) };
}

/** They tell nothing, and a balancer asks them directly. */
const OPEN = new Set(['/livez', '/readyz']);

/**
 * What is wrong with the way that a request came; undefined when nothing is.
 * SECURITY: without this anybody in the network could go round the proxy, in the clear.
 */
export function wrongWay(
  request: FastifyRequest,
  { tlsAtProxy, proxies }: Listener,
): 'not-through-proxy' | 'plain-at-proxy' | undefined {
  if (!tlsAtProxy || OPEN.has(request.routeOptions.url ?? '')) return undefined;
  const peer = request.socket.remoteAddress ?? '';
  const forwarded = request.headers['x-forwarded-proto'] !== undefined;
  if (proxies?.includes(peer) === true) {
    // An own command on the server itself comes without a proxy's headers.
    if (!forwarded && isLoopback(peer)) return undefined;
    return request.protocol === 'https' ? undefined : 'plain-at-proxy';
  }
  return isLoopback(peer) ? undefined : 'not-through-proxy';
}
