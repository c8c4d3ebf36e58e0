/**
 * How the HTTP port refuses a request before any flow sees it.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

export const refuseRequest = refusals({
  'request-invalid': (where: string) => ({
    happened: `The request does not have the form that this address takes (${where}).`,
    means: 'It was not read any further. Nothing was changed.',
    next: 'Compare it with /v1/openapi.json, or use the matching version of conclave-sync.',
    culprit: where,
  }),
  'request-too-large': (bytes: number) => ({
    happened: `The request is larger than ${bytes} bytes.`,
    means: 'It was not read. No bundle of Conclave is that large. Nothing was changed.',
    next: 'Check that you chose the right file.',
  }),
  'request-type': () => ({
    happened: 'The request has a content type that this address does not take.',
    means: 'It was not read. Nothing was changed.',
    next: 'Send JSON, or the file as application/octet-stream.',
  }),
  'too-many-requests': (seconds: number) => ({
    happened: 'Too many requests came from your address.',
    means: 'This one was not read. Nothing was changed.',
    next: `Try again in ${seconds} seconds.`,
  }),
  'not-through-proxy': () => ({
    happened: 'This request came to sync without its proxy.',
    means: 'It crossed the network in the clear. It was not read. Nothing was changed.',
    next: 'Use the address that people use, and revoke a token that was sent so. Or correct CONCLAVE_TRUSTED_PROXIES.',
  }),
  'plain-at-proxy': () => ({
    happened: 'The proxy did not say that this request came to it over TLS.',
    means: 'It was not read. Nothing was changed.',
    next: 'Let the proxy take https only, and set the header x-forwarded-proto itself.',
  }),
  'no-such-address': () => ({
    happened: 'Sync has nothing at this address.',
    means: 'Nothing was changed.',
    next: 'See /v1/openapi.json for what there is.',
  }),
  'going-down': () => ({
    happened: 'Sync is being stopped.',
    means: 'It finishes what it began and takes nothing new.',
    next: 'Try again in a minute.',
  }),
  'internal-fault': (requestId: string) => ({
    happened: 'Sync met a fault of its own.',
    means: 'A change was either made whole or not at all; it is not known which.',
    next: `Look at the state before you repeat it, and give the maintainers the number ${requestId}.`,
    culprit: requestId,
  }),
});

export const requestMeanings: Meanings = {
  'request-invalid': { status: 400 },
  'request-too-large': { status: 413 },
  'request-type': { status: 415 },
  'too-many-requests': { status: 429 },
  'not-through-proxy': { status: 403 },
  'plain-at-proxy': { status: 403 },
  'no-such-address': { status: 404 },
  'going-down': { status: 503, part: 'sync' },
  'internal-fault': { status: 500, changed: 'perhaps' },
};
