/**
 * The effects that a refresh alone has. The worker draws, makes and signs; here the roster and the
 * manifest of the next generation are put together of what the shares said.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import type { RefreshPackage } from '../../../shared/bundle/package.ts';
import type { NewSet } from '../../../shared/bundle/rotate.ts';
import type { SetFacts } from '../../../shared/ceremony/effects.ts';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import {
  encodeEnvelope,
  preAuthEncoding,
  withSignatures,
  type Signature,
} from '../../../shared/encoding/dsse.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { eightWords } from '../../../shared/encoding/words.ts';
import { isNamed } from '../../../shared/identity/roster-change.ts';
import { parseRoster, rosterType } from '../../../shared/identity/roster.ts';
import { manifestType, parseManifest, type Manifest } from '../../../shared/sharing/manifest.ts';
import type { EffectContext, RefreshGathered } from './effect-context.ts';
import { need, type Executors } from './executors.ts';
import { refuseHost } from './refusals.ts';
import { signAsSeated } from './sign-as-seated.ts';
import { assertComesNext } from './sign-set.ts';
import { addOnce } from './transcript-writer.ts';

function needRefresh({ gathered }: EffectContext): RefreshPackage {
  const { body } = need(gathered.package);
  if (body.kind !== 'refresh') throw refuseHost('package-other-kind', body.kind, 'refresh');
  return body;
}

export const refreshExecutors: Pick<
  Executors,
  'draw-refresh' | 'refresh-share' | 'sign-refreshed' | 'sign-refreshed-set'
> = {
  async 'draw-refresh'({ lives, operator, generation }, context) {
    const { gathered, mode, ceremonyId, platform } = context;
    const { audience, nonce } = needRefresh(context);
    const { body: present, digest: previous } = need(gathered.roster);
    const before = need(gathered.manifest);
    // Known before anybody signs: each share names it.
    const body = {
      mode,
      serial: present.serial + 1,
      people: present.people,
      createdAt: formatTime(platform.now()),
      previous,
    };
    const payload = rosterType.encodeBody(body);
    const roster = bytesToHex(sha256(payload));
    const worker = await context.worker();
    await worker.ask('draw-refresh', {
      manifest: before.body,
      generation,
      lives,
      audience,
      ceremonyId,
      nonce,
      previous: before.digest,
      roster,
      operator,
    });
    gathered.refresh = {
      lives,
      operator,
      generation,
      roster: { payload, digest: roster },
      said: new Map(),
    };
    return { type: 'refresh-drawn', roster };
  },

  async 'refresh-share'({ index }, context) {
    const { said } = need(context.gathered.refresh);
    const worker = await context.worker();
    const { before, share, signature } = await worker.ask('refresh-share', { index });
    said.set(before, { share, before: signature, after: null });
    return { type: 'share-refreshed', before, share };
  },

  async 'sign-refreshed'({ before }, context) {
    const { said, roster } = need(context.gathered.refresh);
    const one = need(said.get(before) ?? null);
    const worker = await context.worker();
    const signed = await worker.ask('sign-refreshed', { before, roster: roster.payload });
    said.set(before, { ...one, after: { signature: signed.signature, roster: signed.roster } });
    return { type: 'refreshed-signed' };
  },

  async 'sign-refreshed-set'({ media }, context) {
    const { gathered, transcript } = context;
    // Signed once: what could not be written down (a full disk) is written down now.
    const next = gathered.next ?? (await signedSet(media, context));
    gathered.next = next;
    const { manifest, roster } = next;
    await addOnce(transcript, roster.envelope);
    await addOnce(transcript, manifest.envelope);
    return {
      type: 'set-signed',
      manifestDigest: manifest.digest,
      rosterDigest: roster.digest,
      words: eightWords(hexToBytes(manifest.digest)),
    };
  },
};

/** Judged by the receiver's own rules before anybody goes on. */
async function signedSet(media: SetFacts['media'], context: EffectContext): Promise<NewSet> {
  const { mode, gathered } = context;
  const refresh = need(gathered.refresh);
  const payload = manifestType.encodeBody(manifestBody(media, refresh, context));
  const payloadType = manifestType.payloadType(mode);
  const person = await signAsSeated(context, preAuthEncoding(payloadType, payload));
  const [sig] = person.signatures;
  const manifest = parseManifest(
    encodeEnvelope(
      withSignatures(
        { payloadType, payload, signatures: [] },
        sig === undefined ? [] : [{ keyid: person.keyid, sig }],
      ),
    ),
    mode,
  );
  const signatures = [...refresh.said.values()].flatMap(({ after }): Signature[] =>
    after === null ? [] : [after.roster],
  );
  const unsigned = {
    payloadType: rosterType.payloadType(mode),
    payload: refresh.roster.payload,
    signatures: [],
  };
  const bytes = encodeEnvelope(withSignatures(unsigned, signatures));
  const next = { manifest, roster: parseRoster(bytes, mode, manifest.body) };
  assertComesNext('refresh', next, gathered);
  return next;
}

function manifestBody(
  media: SetFacts['media'],
  { lives, operator, generation, roster, said }: RefreshGathered,
  context: EffectContext,
): Manifest {
  const { ceremonyId, gathered, platform } = context;
  const { nonce } = needRefresh(context);
  const { body: present, digest } = need(gathered.manifest);
  const { people } = need(gathered.roster).body;
  const made = lives.map((before) => {
    const { share, before: old, after } = need(said.get(before) ?? null);
    return { was: need(present.shares[before - 1] ?? null), share, old, after: need(after) };
  });
  return {
    ...present,
    generation,
    count: made.length,
    shares: made.map(({ was, share }) => ({
      ...share,
      custodian: {
        name: was.custodian.name,
        // Of whoever has changed identities since.
        publicKey: people.find(isNamed(was.custodian.name))?.publicKey ?? was.custodian.publicKey,
      },
      media: (media[share.index] ?? []).map(({ kind, description }) => ({ kind, description })),
    })),
    ceremonyId,
    createdAt: formatTime(platform.now()),
    roster: roster.digest,
    previous: digest,
    refreshed: {
      nonce,
      operator,
      statements: made.map(({ was, old, after }) => ({
        index: was.index,
        before: old,
        after: after.signature,
      })),
    },
  };
}
