/**
 * A screen for every state: a missing one does not compile.
 * @module
 */
import type { FC } from 'react';
import type { ScreenName } from '../../shared/ceremony/view.ts';
import { Attest } from './Attest.tsx';
import { Clock } from './Clock.tsx';
import { Closed } from './Closed.tsx';
import { Compared } from './Compared.tsx';
import { Copy } from './Copy.tsx';
import { Descriptor } from './Descriptor.tsx';
import { DescriptorWords } from './DescriptorWords.tsx';
import { Destroy } from './Destroy.tsx';
import { Destroyed } from './Destroyed.tsx';
import { Destroyers } from './Destroyers.tsx';
import { Destruction } from './Destruction.tsx';
import { Environment } from './Environment.tsx';
import { EscrowedEmail } from './EscrowedEmail.tsx';
import { FactsScreen } from './FactsScreen.tsx';
import { Handover } from './Handover.tsx';
import { Identity } from './Identity.tsx';
import { LegacyDecision } from './LegacyDecision.tsx';
import { LegacyProof } from './LegacyProof.tsx';
import { LegacyRestored } from './LegacyRestored.tsx';
import { DrillFacts } from './DrillFacts.tsx';
import { DrillChecked } from './DrillChecked.tsx';
import { DrillRound } from './DrillRound.tsx';
import { KeysMoved } from './KeysMoved.tsx';
import { LegacyShares } from './LegacyShares.tsx';
import { LegacySplit } from './LegacySplit.tsx';
import { NewLegacy } from './NewLegacy.tsx';
import { NewLegacyProve, NewLegacyReplug, NewLegacyWrite } from './NewLegacyWrite.tsx';
import { MakeKey } from './MakeKey.tsx';
import { Owner } from './Owner.tsx';
import { MoveFacts } from './MoveFacts.tsx';
import { MoveFiles } from './MoveFiles.tsx';
import { MoveKeys } from './MoveKeys.tsx';
import { NewPassphrase } from './NewPassphrase.tsx';
import { NextKey } from './NextKey.tsx';
import { OrganisationFacts } from './OrganisationFacts.tsx';
import { Package } from './Package.tsx';
import { Plan } from './Plan.tsx';
import { Prove } from './Prove.tsx';
import { ReadBack } from './ReadBack.tsx';
import { Recover } from './Recover.tsx';
import { RefreshFacts } from './RefreshFacts.tsx';
import { RefreshReady } from './RefreshReady.tsx';
import { RefreshRound } from './RefreshRound.tsx';
import { RefreshShare } from './RefreshShare.tsx';
import { RenewDestroy } from './RenewDestroy.tsx';
import { RenewKey } from './RenewKey.tsx';
import { RenewPrint } from './RenewPrint.tsx';
import { RenewRead } from './RenewRead.tsx';
import { RenewReplug } from './RenewReplug.tsx';
import { RenewStick } from './RenewStick.tsx';
import { Replug } from './Replug.tsx';
import { RosterFacts } from './RosterFacts.tsx';
import { RosterPlan } from './RosterPlan.tsx';
import { RosterReady } from './RosterReady.tsx';
import { RotateFacts } from './RotateFacts.tsx';
import { SaveBundle } from './SaveBundle.tsx';
import type { ScreenProps } from './screen.ts';
import { SetFacts } from './SetFacts.tsx';
import { SetReady } from './SetReady.tsx';
import { ShareIn } from './ShareIn.tsx';
import { SplitAgain } from './SplitAgain.tsx';
import { SurveysWrapped } from './SurveysWrapped.tsx';
import { TestEscrow } from './TestEscrow.tsx';
import { TicketKey } from './TicketKey.tsx';
import { Void } from './Void.tsx';
import { Waiting } from './Waiting.tsx';
import { VersionChange } from './VersionChange.tsx';
import { VersionFacts } from './VersionFacts.tsx';
import { Who } from './Who.tsx';
import { Words } from './Words.tsx';
import { Write } from './Write.tsx';

type Screens = { readonly [Name in ScreenName]: FC<ScreenProps<Name>> };

export const screens: Screens = {
  descriptor: Descriptor,
  'descriptor-words': DescriptorWords,
  package: Package,
  plan: Plan,
  environment: Environment,
  clock: Clock,
  handover: Handover,
  who: Who,
  identity: Identity,
  words: Words,
  write: Write,
  replug: Replug,
  'read-back': ReadBack,
  copy: Copy,
  attest: Attest,
  'make-key': MakeKey,
  prove: Prove,
  'set-ready': SetReady,
  'ticket-key': TicketKey,
  'legacy-split': LegacySplit,
  'legacy-shares': LegacyShares,
  'legacy-proof': LegacyProof,
  'legacy-decision': LegacyDecision,
  'legacy-restored': LegacyRestored,
  'new-legacy': NewLegacy,
  'new-legacy-write': NewLegacyWrite,
  'new-legacy-replug': NewLegacyReplug,
  'new-legacy-prove': NewLegacyProve,
  facts: FactsScreen,
  'share-in': ShareIn,
  'renew-stick': RenewStick,
  'renew-replug': RenewReplug,
  'renew-print': RenewPrint,
  'renew-read': RenewRead,
  'renew-destroy': RenewDestroy,
  recover: Recover,
  owner: Owner,
  'organisation-facts': OrganisationFacts,
  'new-passphrase': NewPassphrase,
  'surveys-wrapped': SurveysWrapped,
  'move-files': MoveFiles,
  'move-facts': MoveFacts,
  'move-keys': MoveKeys,
  'keys-moved': KeysMoved,
  'escrowed-email': EscrowedEmail,
  'drill-facts': DrillFacts,
  'drill-round': DrillRound,
  'test-escrow': TestEscrow,
  'drill-checked': DrillChecked,
  'refresh-facts': RefreshFacts,
  'refresh-ready': RefreshReady,
  'refresh-round': RefreshRound,
  'refresh-share': RefreshShare,
  'roster-plan': RosterPlan,
  'roster-facts': RosterFacts,
  'roster-ready': RosterReady,
  'rotate-facts': RotateFacts,
  'renew-key': RenewKey,
  'version-facts': VersionFacts,
  'version-change': VersionChange,
  'next-key': NextKey,
  'set-facts': SetFacts,
  'split-again': SplitAgain,
  compared: Compared,
  'save-bundle': SaveBundle,
  waiting: Waiting,
  closed: Closed,
  void: Void,
  destruction: Destruction,
  destroyers: Destroyers,
  destroy: Destroy,
  destroyed: Destroyed,
};
