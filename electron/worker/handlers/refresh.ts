/**
 * A refresh: the values that make other shares of the same component, and one custodian after the other
 * whose share becomes another one. Nothing is put together, and no two shares of different custodians are
 * ever here at once.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { equalBytes, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { ed25519Signer, preAuthEncoding } from '../../../shared/encoding/dsse.ts';
import { rosterType } from '../../../shared/identity/roster.ts';
import { decodeShare, encodeShare } from '../../../shared/sharing/envelope.ts';
import { assertRefreshes, drawRefresh, refreshShare } from '../../../shared/sharing/refresh.ts';
import { signRefresh } from '../../../shared/sharing/refresh-statement.ts';
import { shareKeySeed, sharePublicKey, shareSigner } from '../../../shared/sharing/share-key.ts';
import type { OpenRefresh } from '../refresh-state.ts';
import { refuseWorker } from '../refusals.ts';
import { keepShare, needAccepted } from '../shares.ts';
import type { WorkerState } from '../state.ts';
import type { Handler } from '../context.ts';

/** What is drawn is kept until the process ends: whoever had it and a new share would have the old one. */
export const drawRefreshValues: Handler<'draw-refresh'> = async (input, { state }) => {
  const { manifest, lives, generation, ...said } = input;
  // Main may ask again for what it could not write down; the values stay.
  if (state.refresh === null) {
    if (generation <= manifest.generation) {
      throw refuseWorker('worker-out-of-order', 'a later generation');
    }
    const { setId, threshold, componentBytes } = manifest;
    const places = manifest.shares.filter(({ index }) => lives.includes(index));
    const count = places.length;
    const xs = places.map(({ x }) => x);
    const values = await drawRefresh(xs, threshold, componentBytes);
    state.refresh = {
      said: { ...said, mode: state.mode, setId, generation, count },
      lives: places.map(({ index }) => index),
      values,
      made: new Map(),
    };
    state.set = { setId, generation, threshold, count, componentBytes, shares: [] };
  }
  const { said: drawn } = state.refresh;
  return { generation: drawn.generation, count: drawn.count };
};

/**
 * The share that was accepted speaks for the one after it, and becomes it: the old one is gone before the
 * new one is kept. From here on the seat's share has its number among those that live on.
 */
export const refreshAccepted: Handler<'refresh-share'> = async ({ index: before }, { state }) => {
  const refresh = needRefresh(state);
  const { said, lives, values, made } = refresh;
  const known = made.get(before);
  if (known !== undefined) return known;
  const seat = state.needSeat();
  const set = state.needSet();
  const index = lives.indexOf(before) + 1;
  const value = values[index - 1];
  if (value === undefined || seat.turn.index !== before) {
    throw refuseWorker('worker-out-of-order', 'a share that lives on');
  }
  await assertRefreshes(values, set.threshold);
  const accepted = needAccepted(state, before);
  const old = accepted.use(decodeShare);
  const seed = shareKeySeed(old);
  try {
    const share = { ...refreshShare(old, value, said.generation), index, count: said.count };
    accepted.wipe();
    state.accepted.delete(before);
    const publicKey = sharePublicKey(share);
    const signature = await signRefresh(ed25519Signer(seed), { ...said, before, index, publicKey });
    const wire = encodeShare(share);
    keepShare(state.generated, index, wire);
    wire.fill(0);
    const facts = { index, x: share.x, publicKey };
    state.set = { ...set, shares: [...set.shares, facts] };
    state.seat = { ...seat, turn: { ...seat.turn, index } };
    // Its old envelope stays what it is: nothing of the old share is here to lock it anew.
    state.keepOtpGiven(null);
    const answer = { before, share: facts, signature };
    made.set(before, answer);
    return answer;
  } finally {
    old.y.fill(0);
    seed.fill(0);
  }
};

/** The share as it was read back says the same, and signs the roster that everybody's statement names. */
export const signRefreshed: Handler<'sign-refreshed'> = async ({ before, roster }, { state }) => {
  const { said, made } = needRefresh(state);
  const answer = made.get(before);
  const wire = answer === undefined ? undefined : state.readBack.get(answer.share.index);
  if (answer === undefined || wire === undefined) {
    throw refuseWorker('worker-out-of-order', 'a new share that was read back');
  }
  // SECURITY: a share's key signs nothing that merely claims to be this roster.
  if (!equalBytes(sha256(roster), hexToBytes(said.roster))) {
    throw refuseWorker('worker-out-of-order', 'the roster that was agreed');
  }
  const share = wire.use(decodeShare);
  try {
    const signer = shareSigner(share);
    const { index, publicKey } = answer.share;
    const message = preAuthEncoding(rosterType.payloadType(state.mode), roster);
    return {
      signature: await signRefresh(signer, { ...said, before, index, publicKey }),
      roster: { keyid: signer.keyid, sig: await signer.sign(message) },
    };
  } finally {
    share.y.fill(0);
  }
};

/** @throws Refusal `worker-out-of-order` */
function needRefresh({ refresh }: WorkerState): OpenRefresh {
  if (refresh === null) throw refuseWorker('worker-out-of-order', 'the values of a refresh');
  return refresh;
}
