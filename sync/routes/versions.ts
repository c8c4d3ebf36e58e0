/**
 * `/v1/versions`: the key versions, and whether each is safe.
 * @module
 */
import type { FastifyInstance } from 'fastify';
import { VERSION_SETS } from '../../shared/bundle/add-set.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import type { FlowContext } from '../trust/context.ts';
import { counted } from '../versions/findings.ts';
import {
  overdueDays,
  type ShareAge,
  type VersionHealth,
  versionHealth,
} from '../versions/versions.ts';
import { schemaOf } from '../http/schema.ts';
import { type StayingKey, stayingUnder } from '../moves/staying.ts';
import { type VersionAnswer, versionsAnswer } from './version-answers.ts';

/** Survey keys that one version names at most. */
const STAYING = 50;

const STATES: Readonly<Record<VersionHealth['state'], string>> = {
  active: 'is active: the keys of new surveys are stored under it',
  waiting: 'was never activated: nothing is stored under it yet',
  inactive:
    'is not active any more: nothing new is stored under it, and its shares are trusted as before',
  retired: 'is retired: nothing new is stored under it, what is stored there stays',
  missing: 'has no row in CheckTick’s database',
};

function sharesSentence({ daysLeft, dueAt }: ShareAge): string {
  const date = formatTime(dueAt);
  if (daysLeft < 0) {
    const days = overdueDays({ daysLeft });
    return `Overdue ${days === 0 ? 'since today' : `by ${counted(days, 'day')}`}: due since ${date}.`;
  }
  return `Due on ${date}: ${counted(daysLeft, 'day')} left.`;
}

function componentSentence({ componentAgrees, vaultHolds, sets, findings }: VersionHealth): string {
  if (vaultHolds !== null) {
    return `The database holds the vault component, and it fits the manifest; Vault’s entry stays that of ${vaultHolds}.`;
  }
  if (componentAgrees === true) {
    return 'Vault and the database hold the same vault component, and it fits the manifest.';
  }
  if (componentAgrees === false) return 'Vault, the database and the manifest do not agree.';
  if (findings.some(({ code }) => code === 'commit-open')) return 'Compared after the commit.';
  return sets.length === 0
    ? 'Vault and the database were compared; there is no manifest to prove the value by.'
    : 'Vault holds the vault component of another key version.';
}

function show(one: VersionHealth, staying: readonly StayingKey[]): VersionAnswer {
  const { version, state, sets, shares, escrows, findings } = one;
  const at = (time: Date | null): string | null => (time === null ? null : formatTime(time));
  return {
    version,
    state,
    sentence: `Key version ${version} ${STATES[state]}.`,
    createdAt: at(one.createdAt),
    activatedAt: at(one.activatedAt),
    retiredAt: at(one.retiredAt),
    escrows,
    sets: sets.map(({ body, digest }) => ({
      label: body.label,
      setId: body.setId,
      manifest: digest,
      generation: body.generation,
      threshold: body.threshold,
      count: body.count,
      madeAt: body.createdAt,
      custodians: body.shares.map(({ index, custodian, media }) => ({
        index,
        name: custodian.name,
        media: media.map(({ kind, description }) => ({ kind, description })),
      })),
    })),
    moreSets: sets.length < VERSION_SETS,
    shares:
      shares === null
        ? null
        : {
            since: formatTime(shares.since),
            dueAt: formatTime(shares.dueAt),
            daysLeft: shares.daysLeft,
            sentence: sharesSentence(shares),
          },
    staying,
    component: { agrees: one.componentAgrees, sentence: componentSentence(one) },
    findings: [...findings],
  };
}

export function registerVersions(app: FastifyInstance, context: FlowContext): void {
  app.get(
    '/v1/versions',
    {
      config: { access: 'any-admin', quiet: true },
      schema: {
        summary: 'The key versions: state, escrows, share sets, share health, and what is wrong.',
        tags: ['versions'],
        response: { 200: schemaOf(versionsAnswer) },
      },
    },
    async () => {
      const { now, epoch, versions, findings } = await versionHealth(context);
      const shown: VersionAnswer[] = [];
      for (const one of versions) {
        const isEmptied = one.state === 'inactive' && one.escrows.count > 0;
        const { database } = context;
        const staying = isEmptied ? await stayingUnder(database, one.version, STAYING) : [];
        shown.push(show(one, staying));
      }
      return { now: formatTime(now), epoch, versions: shown, findings };
    },
  );
}
