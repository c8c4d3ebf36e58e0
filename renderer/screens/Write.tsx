/**
 * Choose the stick or the printer; it is written at once.
 * @module
 */
import { useState } from 'react';
import type { PrinterInfo } from '../../shared/ceremony/types.ts';
import { isKeyMedium as isKey } from '../../shared/sharing/media-kinds.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices, type Choice } from '../../ui/Choices.tsx';
import { Notice } from '../../ui/Note.tsx';
import { PrinterPicker, VolumePicker } from '../components/Pickers.tsx';
import { Stage } from '../components/Shell.tsx';
import { usePolled } from '../lib/polling.ts';
import { yours } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import { KeyLostWriting, useKeyLost } from './KeyLost.tsx';
import type { ScreenProps } from './screen.ts';

export function Write(props: ScreenProps<'write'>) {
  const { view } = props;
  const keyLost = useKeyLost(view);
  if (isKey(view.medium)) {
    return keyLost.shown ? (
      <KeyLostWriting
        turn={view.turn}
        what={yours(view.writes)}
        step="write"
        medium={view.medium}
        onSheet={false}
        back={keyLost.close}
      />
    ) : (
      <WithKey view={view} keyLost={keyLost.open} />
    );
  }
  return view.medium === 'paper' ? <OntoPaper {...props} /> : <OntoStick {...props} />;
}

type Carrier = 'stick' | 'sheet';

const CARRIERS: readonly Choice<Carrier>[] = [
  { id: 'stick', icon: 'stick', title: 'On a stick' },
  { id: 'sheet', icon: 'paper', title: 'On a sheet of paper' },
];

/**
 * Stick or printer is chosen here; everything with the key happens in the window in front. One page
 * with one instruction for both: whoever moves between them with the keyboard stays where they are.
 */
function WithKey({ view, keyLost }: ScreenProps<'write'> & { readonly keyLost: () => void }) {
  const [carrier, setCarrier] = useState<Carrier>('stick');
  const [volume, setVolume] = useState<string | null>(null);
  const [printer, setPrinter] = useState<string | null>(null);
  const printers = usePolled('printers:list', { mode: view.mode });
  const onSheet = carrier === 'sheet';
  const id = onSheet ? printer : volume;
  const lock = () => {
    if (id !== null) say({ type: onSheet ? 'choose-printer' : 'choose-volume', id });
  };
  return (
    <Stage heading={`Lock ${yours(view.writes)} with your YubiKey`} turn={view.turn}>
      {onSheet ? <SheetMeans view={view} /> : <StickMeans view={view} />}
      <Choices
        label="Where the locked share lies"
        value={carrier}
        onChange={setCarrier}
        choices={CARRIERS}
        inline
      />
      {onSheet ? (
        <>
          <PrinterPicker printers={printers} value={printer} onChange={setPrinter} />
          <WrongPaper view={view} printer={printers?.find((one) => one.id === printer)} />
        </>
      ) : (
        <VolumePicker mode={view.mode} value={volume} onChange={setVolume} />
      )}
      <Actions>
        <Button kind="primary" disabled={id === null} onPress={lock}>
          {onSheet
            ? `Lock it with my YubiKey, onto ${view.page} paper`
            : 'Lock it with my YubiKey, onto this stick'}
        </Button>
        <Others view={view} />
        <Button onPress={keyLost}>My YubiKey does not work</Button>
      </Actions>
    </Stage>
  );
}

function StickMeans({ view }: ScreenProps<'write'>) {
  const otp = view.medium === 'yubikey-otp';
  return (
    <>
      <p>
        Plug a stick in. The share goes onto it, and your YubiKey locks it:{' '}
        {otp
          ? 'it opens with the key, touched once, and your six words or passphrase.'
          : 'it opens with the key, its PIN and a touch.'}{' '}
        Have the key in your hand; the next window says when to put it in, and what it does before
        it blinks.
      </p>
      {view.newWords ? (
        <p>
          {otp
            ? 'Your personal identity goes onto the same stick, locked with the same words.'
            : 'Your personal identity goes onto the same stick, locked with your six words or passphrase.'}
        </p>
      ) : null}
    </>
  );
}

function SheetMeans({ view }: ScreenProps<'write'>) {
  const otp = view.medium === 'yubikey-otp';
  return (
    <>
      <p>
        The sheet is useless without the key and {otp ? 'your six words or passphrase' : 'its PIN'},
        and the key without the sheet: keep the two apart. The next window says when to put the key
        in. Then stand at the printer yourself.
      </p>
      {otp ? (
        <p>
          Each time that you give the share, a new sheet is printed and read back, and this one is
          destroyed. On a stick that happens by itself.
        </p>
      ) : null}
      {view.newWords ? (
        <p>
          Your personal identity goes onto a sheet of its own, locked with{' '}
          {otp ? 'the same words.' : 'your six words or passphrase.'}
        </p>
      ) : null}
    </>
  );
}

function WrongPaper(props: ScreenProps<'write'> & { readonly printer: PrinterInfo | undefined }) {
  const { view, printer } = props;
  const page = printer?.page ?? view.page;
  return page === view.page ? null : (
    <Notice tone="warn" title={`This printer holds ${page}, the plan says ${view.page}.`}>
      <p>Put {view.page} paper in, or choose another printer.</p>
    </Notice>
  );
}

function OntoStick({ view }: ScreenProps<'write'>) {
  const [id, setId] = useState<string | null>(null);
  const what = yours(view.writes);
  return (
    <Stage heading={`Plug in the stick for ${what}`} turn={view.turn}>
      <p>
        Use a stick that holds nothing else of this set. What is already on it stays; what is
        written is locked with your six words or passphrase.
      </p>
      <VolumePicker mode={view.mode} value={id} onChange={setId} />
      <Actions>
        <Button
          kind="primary"
          disabled={id === null}
          onPress={() => id !== null && say({ type: 'choose-volume', id })}
        >
          Write to this stick
        </Button>
        <Others view={view} />
      </Actions>
    </Stage>
  );
}

function OntoPaper({ view }: ScreenProps<'write'>) {
  const [id, setId] = useState<string | null>(null);
  const printers = usePolled('printers:list', { mode: view.mode });
  return (
    <Stage heading={`Print ${yours(view.writes)}`} turn={view.turn}>
      <p>
        Stand at the printer yourself: the sheet is the share, and whoever sees it has it. Take
        every page with you, a spoilt one too.
      </p>
      <PrinterPicker printers={printers} value={id} onChange={setId} />
      <WrongPaper view={view} printer={printers?.find((printer) => printer.id === id)} />
      <Actions>
        <Button
          kind="primary"
          disabled={id === null}
          onPress={() => id !== null && say({ type: 'choose-printer', id })}
        >
          Print on {view.page} paper
        </Button>
        <Others view={view} />
      </Actions>
    </Stage>
  );
}

const INSTEAD = { paper: 'Use a stick instead', key: 'Use a stick without a key' } as const;

/** The ways out of a medium that does not work. */
function Others({ view }: ScreenProps<'write'>) {
  const others = (['usb', 'paper'] as const).filter((medium) => medium !== view.medium);
  return (
    <>
      {view.mayLeave ? (
        <Button onPress={() => say({ type: 'continue' })}>No further copy</Button>
      ) : null}
      {others.map((medium) => (
        <Button key={medium} onPress={() => say({ type: 'another-copy', medium })}>
          {medium === 'paper' ? 'Use paper instead' : INSTEAD[isKey(view.medium) ? 'key' : 'paper']}
        </Button>
      ))}
      {view.newWords ? (
        <Button onPress={() => say({ type: 'new-words' })}>Show me new words</Button>
      ) : null}
    </>
  );
}
