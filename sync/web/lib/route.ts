/**
 * Which view is open, and about what: `#/requests/ABC-123-XYZ`. The fragment goes to no server, and
 * stays in the address while somebody signs in.
 * @module
 */
import { useSyncExternalStore } from 'react';

export interface Route {
  /** Empty: the queue. */
  readonly view: string;
  /** A request's code, a digest; empty: none. */
  readonly subject: string;
}

/** The address of a view, for a link. */
export function addressOf(view: string, subject = ''): string {
  return `#/${[view, subject].filter((part) => part !== '').join('/')}`;
}

function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function routeOf(hash: string): Route {
  const [view = '', subject = ''] = hash.replace(/^#?\/?/, '').split('/');
  return { view: plain(view), subject: plain(subject) };
}

function watch(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

export function useRoute(): Route {
  return routeOf(useSyncExternalStore(watch, () => location.hash));
}
