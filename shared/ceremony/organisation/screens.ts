/**
 * The screens that survey keys of an organisation have of their own.
 * @module
 */
import type {
  OrganisationFacts,
  OrganisationMoved,
  OrganisationPackaged,
  WhosePassphrase,
} from '../../bundle/organisation.ts';
import type { Progress } from '../types.ts';

export type OrganisationScreen =
  /** Of an organisation: which surveys' keys are going to be wrapped anew. Everybody agrees. */
  | ({
      readonly screen: 'organisation-facts';
      readonly passphrase: WhosePassphrase;
      /** It moves from this key version; null: its owner forgot the passphrase. */
      readonly movesFrom: string | null;
      readonly requestedFrom: string;
    } & Pick<OrganisationPackaged, 'facts' | 'surveys' | 'left' | 'further'>)
  /** The owner comes, makes up a passphrase or types the one of before; typed twice unless it is kept. */
  | {
      readonly screen: 'new-passphrase';
      readonly facts: OrganisationFacts;
      /** How many are going to be wrapped. */
      readonly surveys: number;
      readonly passphrase: WhosePassphrase;
      readonly progress: Progress;
    }
  /** Which were wrapped and read back, and which stay as they are. Everybody agrees. */
  | ({
      readonly screen: 'surveys-wrapped';
      readonly movesFrom: string | null;
      readonly left: OrganisationPackaged['left'];
    } & Pick<OrganisationMoved, 'facts' | 'moved' | 'unopened'>);
