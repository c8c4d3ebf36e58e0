/**
 * A bundle of refreshed shares in words: for approvers, for the queue, for custodians, for the receipt.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import type { RefreshBundle } from '../../shared/bundle/bundle.ts';
import { endedPlaces } from '../../shared/bundle/refresh.ts';
import type { Manifest } from '../../shared/sharing/manifest.ts';
import { newSetOf } from '../versions/rotate-places.ts';

const newSet = (body: RefreshBundle): Manifest => newSetOf(body).manifest.body;

/** `share set 2026 A, generation 2, 3 of 4` */
function setInWords({ label, generation, threshold, count }: Manifest): string {
  return `share set ${asOneLine(label, 80)}, generation ${generation}, ${threshold} of ${count}`;
}

const namesIn = (shares: Manifest['shares']): string =>
  asOneLine(shares.map(({ custodian }) => custodian.name).join(', '), 1_000);

/** One sentence without its end. */
export function refreshInWords(body: RefreshBundle): string {
  return `Refresh the shares of platform key version ${body.keyVersion}: trust ${setInWords(newSet(body))}, in the place of the generation before; no component changes`;
}

const REMAINS =
  'They still fit each other: the refresh is worth as much as their destruction. A copy of fewer of them than open the key is worth nothing afterwards; who copied enough of them has the component, and only a new platform key ends that.';

/** Label and value: what two approvers have to judge. */
export function refreshFacts(body: RefreshBundle, before: Manifest): [string, string][] {
  const set = newSet(body);
  const ended = endedPlaces(set, before);
  return [
    ['in force now', `${setInWords(before)}; it ends`],
    ...ownRefreshFacts(body),
    [
      'places that end',
      ended.length === 0
        ? 'none: every share of before was refreshed'
        : `${namesIn(ended)}: no new share was made there, and the old one fits no new one`,
    ],
  ];
}

/** What the bundle says by itself. */
export function ownRefreshFacts(body: RefreshBundle): [string, string][] {
  const { shares } = newSet(body);
  return [
    ['new shares', namesIn(shares)],
    ['shares of before', REMAINS],
  ];
}

/** For the custodians, who know nothing of sync. */
export function refreshChange(body: RefreshBundle) {
  const { label, threshold, count } = newSet(body);
  const { keyVersion } = body;
  const set = `share set ${asOneLine(label, 80)}`;
  const who = `${count} custodians, any ${threshold} of whom can open the key together`;
  return {
    short: `refresh the shares of platform key version ${keyVersion}`,
    sentence: `The shares of platform key version ${keyVersion} would be refreshed: other shares of ${set} would take the place of those in force: ${who}. Until then the shares of before are needed, afterwards the new ones; keep both.`,
    done: `The shares of platform key version ${keyVersion} were refreshed: other shares of ${set} have taken the place of those before: ${who}. Keep the shares of before until you are asked to destroy them before a witness.`,
  };
}

/** For the receipt. */
export function refreshStatement(body: RefreshBundle): string {
  return `The shares of key version ${body.keyVersion} were refreshed: ${setInWords(newSet(body))}, is trusted in the place of the generation before. No component has changed. The shares of before still fit each other until they are destroyed.`;
}
