/**
 * The commands of the flows.
 * @module
 */
import { claimMeanings } from '../../flows/claims/refusals.ts';
import { adoptMeanings } from '../../checktick/adopt-refusals.ts';
import { recoverMeanings } from '../../checktick/recover-refusals.ts';
import { drillMeanings } from '../../versions/drill-refusals.ts';
import { rotateMeanings } from '../../versions/rotate-refusals.ts';
import { versionMeanings } from '../../versions/refusals.ts';
import { flowMeanings } from '../../trust/refusals.ts';
import type { CommandSet } from '../program.ts';
import { approvalMeanings } from '../../approvals/refusals.ts';
import { peopleMeanings } from '../../people/refusals.ts';
import { registerAlertCommands } from './alerts.ts';
import { auditMeanings } from '../../audit/refusals.ts';
import { registerAuditCommands } from './audit.ts';
import { registerDrillCommands } from './drills.ts';
import { registerEscrowCommands } from './escrows.ts';
import { registerBundleCommands } from './bundles.ts';
import { registerClaim } from './claims.ts';
import { registerIdentity } from './identity.ts';
import { registerPackageCommands } from './packages.ts';
import { registerQueue } from './queue.ts';
import { registerTranscriptCommands } from './transcripts.ts';
import { registerVersionCommands } from './versions.ts';
import { registerPassphrase, registerRequestCommands } from './requests.ts';
import { registerSecretPackages } from './secret-packages.ts';

export const flowCommands: CommandSet = {
  meanings: {
    ...flowMeanings,
    ...adoptMeanings,
    ...rotateMeanings,
    ...drillMeanings,
    ...versionMeanings,
    ...claimMeanings,
    ...recoverMeanings,
    ...approvalMeanings,
    ...peopleMeanings,
    ...auditMeanings,
  },
  register(program, cli) {
    registerQueue(program, cli);
    registerRequestCommands(program, cli);
    registerSecretPackages(registerPackageCommands(program, cli), cli);
    registerBundleCommands(program, cli);
    registerTranscriptCommands(program, cli);
    registerPassphrase(program, cli);
    registerVersionCommands(program, cli);
    registerDrillCommands(program, cli);
    registerEscrowCommands(program, cli);
    registerClaim(program, cli);
    registerAuditCommands(program, cli);
    registerIdentity(program, cli);
    registerAlertCommands(program, cli);
  },
};
