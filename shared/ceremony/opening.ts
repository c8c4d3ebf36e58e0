/**
 * How every ceremony begins: sync's descriptor (eight words typed), the package, the environment
 * check, the clock against the operator's watch. All of it before people sit down.
 * @module
 */
import type { PackageKind } from '../bundle/package.ts';
import { hexToBytes } from '../encoding/bytes.ts';
import { eightWords, normaliseWords, unknownWords } from '../encoding/words.ts';
import type { Mode } from '../mode.ts';
import type { Effect } from './effects.ts';
import type { CeremonyEvent } from './events.ts';
import { CEREMONY_POINTS, stopping, withLeftOut } from './laptop-check.ts';
import type { WithPlanned } from './loaded-plan.ts';
import { busy, type Core, type Step } from './machine.ts';
import { planTransition } from './planned.ts';
import { refuseStep } from './refusals.ts';
import type { Finding } from './types.ts';

interface SyncFacts {
  readonly digest: string;
  readonly audience: string;
  readonly publicKey: string;
  readonly name: string;
}

interface PackageFacts {
  readonly digest: string;
  readonly nonce: string;
  readonly epoch: number;
  readonly expiresAt: string;
  readonly keyVersion: string;
}

export type OpeningPhase =
  | { readonly at: 'descriptor' }
  | { readonly at: 'descriptor-words' }
  | { readonly at: 'package' }
  | { readonly at: 'environment'; readonly findings: readonly Finding[] | null }
  | { readonly at: 'clock' };

/** What a ceremony's state has for its beginning. */
export interface OpeningState extends Core, WithPlanned {
  readonly mode: Mode;
  readonly ceremonyId: string;
  readonly startedAt: string;
  /** The laptop's time when the environment was checked. */
  readonly checkedAt: string;
  readonly sync: SyncFacts | null;
  readonly package: PackageFacts | null;
}

type PackageLoaded = Extract<CeremonyEvent, { type: 'package-loaded' }>;

const OPENING = {
  descriptor: true,
  'descriptor-words': true,
  package: true,
  environment: true,
  clock: true,
} satisfies Record<OpeningPhase['at'], true>;

export function isOpening(phase: { readonly at: string }): phase is OpeningPhase {
  return Object.hasOwn(OPENING, phase.at);
}

/** Where a ceremony goes on. `enter` makes a state of the given opening phase. */
export interface OpeningPlan<S> {
  readonly packageKind: PackageKind;
  enter(state: S, phase: OpeningPhase): S;
  afterPackage(state: S, event: PackageLoaded): Step<S>;
  afterClock(state: S): Step<S>;
}

export function openingTransition<S extends OpeningState>(
  state: S,
  phase: OpeningPhase,
  event: CeremonyEvent,
  plan: OpeningPlan<S>,
): Step<S> {
  switch (phase.at) {
    case 'descriptor':
    case 'descriptor-words':
      return descriptor(state, phase, event, plan);
    case 'package':
      return loadPackage(state, event, plan);
    case 'environment':
      return environment(state, phase.findings, event, plan);
    case 'clock':
      return clock(state, event, plan);
  }
}

function descriptor<S extends OpeningState>(
  state: S,
  phase: OpeningPhase,
  event: CeremonyEvent,
  plan: OpeningPlan<S>,
): Step<S> {
  // Before anything else, so that its digest stands right behind the opening of the transcript.
  const aboutPlan = phase.at === 'descriptor' ? planTransition(state, event) : null;
  if (aboutPlan !== null) return aboutPlan;
  if (event.type === 'choose-document') {
    return {
      state: { ...state, busy: busy('Reading the descriptor') },
      effects: [{ effect: 'load-descriptor', documentId: event.id }],
    };
  }
  if (event.type === 'descriptor-loaded') {
    const { digest, audience, publicKey, name, trusted } = event;
    const known = { ...state, sync: { digest, audience, publicKey, name } };
    return trusted
      ? {
          state: plan.enter(known, { at: 'package' }),
          effects: [trustEntry(event, 'trusted before')],
        }
      : { state: plan.enter(known, { at: 'descriptor-words' }), effects: [] };
  }
  if (event.type === 'words' && phase.at === 'descriptor-words' && state.sync !== null) {
    assertWords(event.words, state.sync.digest);
    return {
      state: plan.enter(state, { at: 'package' }),
      effects: [
        trustEntry(state.sync, 'typed'),
        { effect: 'trust-descriptor', digest: state.sync.digest },
      ],
    };
  }
  throw refuseStep('not-now');
}

/** Refuses `words-differ` unless these are the eight words of the digest. */
export function assertWords(typed: string, digest: string): void {
  if (normaliseWords(typed) !== eightWords(hexToBytes(digest))) {
    throw refuseStep('words-differ', unknownWords(typed));
  }
}

function trustEntry(
  sync: { readonly digest: string; readonly audience: string },
  how: string,
): Effect {
  return {
    effect: 'record',
    kind: 'descriptor-trusted',
    facts: { digest: { type: 'digest', value: sync.digest }, audience: sync.audience, how },
  };
}

function loadPackage<S extends OpeningState>(
  state: S,
  event: CeremonyEvent,
  plan: OpeningPlan<S>,
): Step<S> {
  if (event.type === 'choose-document') {
    return {
      state: { ...state, busy: busy('Reading the package') },
      effects: [{ effect: 'load-package', documentId: event.id, kind: plan.packageKind }],
    };
  }
  if (event.type === 'package-loaded') {
    const { digest, nonce, epoch, expiresAt, keyVersion } = event;
    const next = plan.afterPackage(
      { ...state, package: { digest, nonce, epoch, expiresAt, keyVersion } },
      event,
    );
    const entry: Effect = {
      effect: 'record',
      kind: 'package-imported',
      facts: {
        digest: { type: 'digest', value: digest },
        nonce,
        packageKind: event.kind,
        epoch,
        expiresAt: { type: 'time', value: expiresAt },
      },
    };
    return { state: next.state, effects: [entry, ...next.effects] };
  }
  throw refuseStep('not-now');
}

/** How the laptop stood, for the transcript: a rehearsal goes on where a real ceremony would not. */
function standingOf(mode: Mode, findings: readonly Finding[]): string {
  if (stopping('production', findings).length === 0) return 'ready';
  return mode === 'rehearsal' ? 'good enough to rehearse only' : 'not ready';
}

/** Starts the environment check. */
export function checkEnvironment<S extends OpeningState>(
  state: S,
  plan: OpeningPlan<S>,
  before: readonly Effect[] = [],
): Step<S> {
  const entered = plan.enter(state, { at: 'environment', findings: null });
  return {
    state: { ...entered, busy: busy('Checking this laptop') },
    effects: [...before, { effect: 'check-environment' }],
  };
}

function environment<S extends OpeningState>(
  state: S,
  findings: readonly Finding[] | null,
  event: CeremonyEvent,
  plan: OpeningPlan<S>,
): Step<S> {
  if (event.type === 'environment-checked') {
    const all = withLeftOut(event.findings, CEREMONY_POINTS);
    const entry: Effect = {
      effect: 'record',
      kind: 'environment-checked',
      facts: {
        standing: standingOf(state.mode, all),
        ...Object.fromEntries(
          all.map(({ id, status }) => [`probe.${id.replace(/[^A-Za-z0-9]/g, '')}`, status]),
        ),
      },
    };
    const checked = { ...state, checkedAt: event.now };
    return {
      state: plan.enter(checked, { at: 'environment', findings: all }),
      effects: [entry],
    };
  }
  if (event.type === 'check-again') return checkEnvironment(state, plan);
  if (event.type === 'continue' && findings !== null) {
    const stops = stopping(state.mode, findings);
    if (stops.length > 0) {
      throw refuseStep(
        'environment-stops',
        stops.map(({ headline }) => headline),
      );
    }
    return { state: plan.enter(state, { at: 'clock' }), effects: [] };
  }
  throw refuseStep('not-now');
}

function clock<S extends OpeningState>(
  state: S,
  event: CeremonyEvent,
  plan: OpeningPlan<S>,
): Step<S> {
  if (event.type === 'check-again') return checkEnvironment(state, plan);
  if (event.type !== 'clock') throw refuseStep('not-now');
  const entry: Effect = {
    effect: 'record',
    kind: 'clock-compared',
    facts: { agrees: event.agrees },
  };
  if (!event.agrees) {
    return { state: { ...state, refusal: refuseStep('clock-differs').note() }, effects: [entry] };
  }
  const next = plan.afterClock(state);
  return { state: next.state, effects: [entry, ...next.effects] };
}
