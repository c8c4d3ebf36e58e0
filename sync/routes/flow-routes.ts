/**
 * The routes of the flows.
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import { approvalMeanings } from '../approvals/refusals.ts';
import { claimMeanings } from '../flows/claims/refusals.ts';
import { destroyEndedClaims } from '../flows/claims/claims.ts';
import { type FlowContext, type OnStep, readSituation } from '../trust/context.ts';
import { endDue } from '../flows/endings/due.ts';
import { tellOfFound } from '../flows/requests/found.ts';
import { adoptMeanings } from '../checktick/adopt-refusals.ts';
import { organisationMeanings } from '../checktick/organisation-refusals.ts';
import { recoverMeanings } from '../checktick/recover-refusals.ts';
import { flowMeanings } from '../trust/refusals.ts';
import { finishOpenCommits } from '../flows/commit/resume.ts';
import { drillMeanings } from '../versions/drill-refusals.ts';
import { rotateMeanings } from '../versions/rotate-refusals.ts';
import { versionMeanings } from '../versions/refusals.ts';
import { peopleMeanings } from '../people/refusals.ts';
import type { RouteSet } from '../server.ts';
import { registerBundles } from './bundles.ts';
import { registerClaims } from './claims.ts';
import { storingMeanings } from '../escrows/refusals.ts';
import { registerDrills } from './drills.ts';
import { finishMoveReleases } from '../flows/packages/move.ts';
import { moveMeanings } from '../moves/refusals.ts';
import { registerDocuments } from './documents.ts';
import { registerEscrows } from './escrows.ts';
import { registerMoves } from './moves.ts';
import { registerPackages } from './packages.ts';
import { registerRequests } from './requests.ts';
import { registerStatements } from './statements.ts';
import { registerTranscripts } from './transcripts.ts';
import { registerVersions } from './versions.ts';

/** Milliseconds between two looks for commits that another process left open. */
const LOOK_EVERY = 30_000;
/** Milliseconds after the start until files of survey keys are made whose release was interrupted. */
const PACK_FIRST = 2_000;
/** Milliseconds that the start waits for it; then it goes on in the background. */
const START_PATIENCE = 5_000;

/** The signing key on the very first start; on every one and from then on, what is open or due. */
async function finishAtStart(context: FlowContext): Promise<void> {
  await readSituation(context);
  await finishOpenCommits(context);
  await destroyEndedClaims(context);
  await endDue(context);
  await tellOfFound(context);
}

/** @param onStep for tests that kill a commit between two writes */
export function flowRoutes(onStep?: OnStep): RouteSet {
  return {
    meanings: {
      ...flowMeanings,
      ...adoptMeanings,
      ...rotateMeanings,
      ...drillMeanings,
      ...versionMeanings,
      ...moveMeanings,
      ...organisationMeanings,
      ...claimMeanings,
      ...recoverMeanings,
      ...storingMeanings,
      ...approvalMeanings,
      ...peopleMeanings,
    },
    async register(app, service) {
      const context = { ...service, ...(onStep === undefined ? {} : { onStep }) };
      registerDocuments(app, context);
      registerPackages(app, context);
      registerMoves(app, context);
      registerBundles(app, context);
      registerTranscripts(app, context);
      registerRequests(app, context);
      registerClaims(app, context);
      registerStatements(app, context);
      registerVersions(app, context);
      registerDrills(app, context);
      await registerEscrows(app, context);
      app.addHook('onReady', async () => {
        const job = { name: 'finish', every: LOOK_EVERY, work: () => finishAtStart(context) };
        app.background.add({
          name: 'pack',
          every: LOOK_EVERY,
          first: PACK_FIRST,
          work: () => finishMoveReleases(context),
        });
        const begun = finishAtStart(context).then(
          () => app.background.add(job),
          (cause: unknown) => {
            app.log.warn({ err: cause }, 'what was interrupted could not be finished yet');
            app.background.add({ ...job, first: 2_000 });
          },
        );
        // A part that is down must not keep the service from answering that it is down.
        await Promise.race([begun, setTimeout(START_PATIENCE, undefined, { ref: false })]);
      });
    },
  };
}
