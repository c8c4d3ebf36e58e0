/**
 * What an operator can take to the laptop for one key version: each package beside the words for
 * what its ceremony changes. Nothing here changes anything by itself.
 * @module
 */
import type { VersionAnswer } from '../../routes/version-answers.ts';
import card from '../components/Card.module.css';
import { AskPackage } from '../components/AskPackage.tsx';
import { MakePackage } from '../components/MakePackage.tsx';
import { Panel } from '../components/Panel.tsx';
import type { OneSet } from '../components/WhichSet.tsx';
import styles from './Versions.module.css';

const IN_QUEUE = 'It is in the queue, too, until its bundle comes.';

export function VersionPackages(props: {
  readonly version: VersionAnswer;
  /** Those of the active version, which decide on another one. */
  readonly deciding: readonly OneSet[];
}) {
  const { version: one, deciding } = props;
  if (one.state === 'missing') return null;
  return (
    <details className={card.more}>
      <summary>Packages for the laptop</summary>
      <div className={styles.packages}>
        {one.sets.length === 0 ? (
          <Adopt version={one.version} />
        ) : (
          <Known version={one} deciding={deciding} />
        )}
      </div>
    </details>
  );
}

function Adopt({ version }: { version: string }) {
  return (
    <AskPackage kind="adopt" version={version} title={`Take over ${version}`}>
      <p>
        Sync trusts no shares of {version} yet. In an adoption the shares that CheckTick made are
        put together at the laptop, and new ones are made of the same key. The ticket is made at the
        laptop for an adoption. Where no user’s survey key is stored, the command{' '}
        <code>conclave-sync package adopt</code> can name keys of organisations as proof.
      </p>
    </AskPackage>
  );
}

function Known(props: { readonly version: VersionAnswer; readonly deciding: readonly OneSet[] }) {
  const { deciding } = props;
  const { version, state, sets, escrows } = props.version;
  // When trust has changed, what was typed is about another set.
  const inForce = sets.map(({ manifest }) => manifest).join();
  return (
    <>
      <AskPackage
        key={inForce}
        kind="rotate-shares"
        version={version}
        sets={sets}
        title={`New shares of the platform key ${version}`}
      >
        <p>
          For a share that was lost or seen, for another medium, for other custodians. The key stays
          the same; the shares of today stop working when the bundle is committed. The ticket is
          made at the laptop for new shares.
        </p>
        {sets.length < 2 ? null : (
          <p>
            They end all {sets.length} share sets of {version}, and bring one: the others are made
            from it again afterwards, each as a further set.
          </p>
        )}
      </AskPackage>
      <Panel title={`Refresh the shares of ${version}`}>
        <p>
          For shares that may have been copied one at a time, fewer than open the key together. Each
          custodian comes alone and gets another share; the key is not put together, and nothing
          secret goes to the laptop. Who does not come has no share afterwards.
        </p>
        <MakePackage
          key={inForce}
          kind="refresh"
          version={version}
          sets={sets}
          label={`Make a package that refreshes the shares of ${version}`}
          saved={IN_QUEUE}
        />
      </Panel>
      <FurtherSet version={props.version} inForce={inForce} />
      {state === 'active' ? (
        <Panel title="A change of people">
          <p>
            People come, leave or get another identity, and the shares stay as they are. Nothing
            secret goes to the laptop for it.
          </p>
          <MakePackage
            kind="roster"
            version={version}
            sets={sets}
            label="Make a package for a change of people"
            saved={IN_QUEUE}
          />
        </Panel>
      ) : (
        <>
          <Panel title={`Make ${version} the active key version`}>
            <p>
              When the bundle of this is committed, new survey keys are stored under {version}. What
              is stored stays under its version. Going back is the same with the other version.
            </p>
            <MakePackage
              kind="activate"
              version={version}
              sets={deciding}
              label={`Make a package that makes ${version} the active one`}
              saved={IN_QUEUE}
            />
          </Panel>
          {escrows.count === 0 ? null : (
            <Move version={version} sets={sets} stored={escrows.count} />
          )}
          <Retire version={version} deciding={deciding} stored={escrows.count} />
        </>
      )}
    </>
  );
}

/** One more group of people whose shares open the same key. */
function FurtherSet(props: { readonly version: VersionAnswer; readonly inForce: string }) {
  const { inForce } = props;
  const { version, sets, moreSets } = props.version;
  const title = `A further share set of ${version}`;
  if (!moreSets) {
    return (
      <Panel title={title}>
        <p>
          {version} has {sets.length} share sets, which is as many as it may have. New shares end
          all of them.
        </p>
      </Panel>
    );
  }
  return (
    <Panel title={title}>
      <p>
        So that a second group of people can open the key without the first. Custodians of a set of
        today give their shares once more, and keep them. Each set alone opens the key afterwards:
        it is as strong as the weakest of them, and a set is ended by nothing but new shares, which
        end all. Nothing secret goes to the laptop for it.
      </p>
      <MakePackage
        key={inForce}
        kind="add-set"
        version={version}
        sets={sets}
        label={`Make a package for a further share set of ${version}`}
        saved={IN_QUEUE}
      />
    </Panel>
  );
}

function Move(props: {
  readonly version: string;
  readonly sets: readonly OneSet[];
  readonly stored: number;
}) {
  const { version, sets, stored } = props;
  return (
    <AskPackage
      kind="migrate-escrows"
      version={version}
      sets={sets}
      title={`Move the survey keys of ${version}`}
    >
      <p>
        {stored === 1 ? 'The survey key' : `The ${stored} survey keys`} that only the shares of{' '}
        {version} open {stored === 1 ? 'goes' : 'go'} to the laptop, where custodians of {version}{' '}
        come together, and {stored === 1 ? 'is' : 'are'} stored under the active version afterwards.
        A key that cannot be told to be the survey’s stays where it is. The ticket is made at the
        laptop for moving survey keys.
      </p>
    </AskPackage>
  );
}

function Retire(props: {
  readonly version: string;
  readonly deciding: readonly OneSet[];
  readonly stored: number;
}) {
  const { version, deciding, stored } = props;
  return (
    <Panel title={`Retire ${version}`}>
      {stored > 0 ? (
        <p>
          Not yet: {stored} survey {stored === 1 ? 'key is' : 'keys are'} stored under {version},
          and {stored === 1 ? 'it opens' : 'they open'} with its shares alone.
        </p>
      ) : (
        <>
          <p>
            Nothing that sync counts is stored under {version}. When it is retired, its shares may
            be destroyed at the laptop, unless a backup with a survey key under it is still needed.
          </p>
          <MakePackage
            kind="retire"
            version={version}
            sets={deciding}
            label={`Make a package that retires ${version}`}
            saved={IN_QUEUE}
          />
        </>
      )}
    </Panel>
  );
}
