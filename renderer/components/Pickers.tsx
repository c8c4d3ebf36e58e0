/**
 * Choosing a stick, a printer or a document. What is plugged in appears by itself, and what was
 * just plugged in is chosen: nobody is asked what can be seen.
 * @module
 */
import { useEffect, useRef } from 'react';
import type { PrinterInfo, VolumeInfo } from '../../shared/ceremony/types.ts';
import type { DOCUMENT_KINDS } from '../../shared/ipc/contract.ts';
import type { Mode } from '../../shared/mode.ts';
import { Notice } from '../../ui/Note.tsx';
import { newest } from '../lib/newest.ts';
import { usePolled } from '../lib/polling.ts';
import { count, saySize } from '../lib/say.ts';
import { Choices } from '../../ui/Choices.tsx';

interface PickerProps {
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
}

/** Keeps the choice in step with the list. */
function useFollow(ids: readonly string[], { value, onChange }: PickerProps) {
  const before = useRef<readonly string[] | null>(null);
  const key = JSON.stringify(ids);
  useEffect(() => {
    const now = JSON.parse(key) as readonly string[];
    const next = newest(before.current, now, value);
    before.current = now;
    if (next !== value) onChange(next);
  }, [key, value, onChange]);
}

/** Why a volume cannot be written to; undefined when it can. */
function whyNot(volume: VolumeInfo, mode: Mode): string | undefined {
  if (volume.readOnly) return 'Read only: slide its switch, or take another stick.';
  if (mode === 'rehearsal') return undefined;
  if (volume.system) return 'This is the disk of the laptop itself.';
  if (volume.removable === 'no') return 'Built in: it cannot be carried away.';
  return undefined;
}

export function VolumePicker(
  props: PickerProps & { readonly mode: Mode; readonly forReading?: boolean; label?: string },
) {
  const { mode, forReading = false, label = 'Stick' } = props;
  const volumes = usePolled('volumes:list', { mode });
  const refusal = (volume: VolumeInfo) => (forReading ? undefined : whyNot(volume, mode));
  const usable = (volumes ?? []).filter((volume) => refusal(volume) === undefined);
  useFollow(
    usable.map(({ id }) => id),
    props,
  );
  if (volumes === undefined) return <p>Looking for sticks.</p>;
  if (volumes.length === 0) {
    return (
      <Notice title="No stick is plugged in.">
        <p>Plug it into this laptop. It appears here by itself within a few seconds.</p>
      </Notice>
    );
  }
  return (
    <Choices
      label={label}
      value={props.value}
      onChange={props.onChange}
      choices={volumes.map((volume) => ({
        id: volume.id,
        icon: 'stick' as const,
        title: volume.label === '' ? 'Stick without a name' : volume.label,
        detail: `${saySize(volume.sizeBytes)}, ${saySize(volume.freeBytes)} free`,
        disabled: refusal(volume),
      }))}
    />
  );
}

export function PrinterPicker(
  props: PickerProps & { readonly printers: readonly PrinterInfo[] | undefined },
) {
  const { printers } = props;
  useFollow(
    (printers ?? []).map(({ id }) => id),
    props,
  );
  if (printers === undefined) return <p>Looking for printers.</p>;
  if (printers.length === 0) {
    return (
      <Notice title="No printer is connected.">
        <p>Connect one by its cable and switch it on. It appears here by itself.</p>
      </Notice>
    );
  }
  return (
    <Choices
      label="Printer"
      value={props.value}
      onChange={props.onChange}
      choices={printers.map(({ id, label, page }) => ({
        id,
        icon: 'printer' as const,
        title: label,
        detail: page === null ? 'Paper size not known' : `${page} paper`,
      }))}
    />
  );
}

export function DocumentPicker(
  props: PickerProps & {
    readonly kind: (typeof DOCUMENT_KINDS)[number];
    readonly mode: Mode;
    /** `descriptor`, `package`: in the words of the screen. */
    readonly what: string;
  },
) {
  const { kind, mode, what } = props;
  const documents = usePolled('documents:find', { kind, mode });
  useFollow(
    (documents ?? []).map(({ id }) => id),
    props,
  );
  if (documents === undefined) return <p>Looking on the sticks.</p>;
  if (documents.length === 0) {
    return (
      <Notice title={`No ${what} found yet.`}>
        <p>
          Plug in the stick {kind === 'plan' ? 'that it was saved on' : 'that came from sync'}. What
          is on it appears here by itself.
        </p>
      </Notice>
    );
  }
  return (
    <Choices
      label={`${count(documents.length, what)} found`}
      value={props.value}
      onChange={props.onChange}
      choices={documents.map(({ id, fileName, volumeLabel }) => ({
        id,
        icon: 'paper' as const,
        title: fileName,
        detail: `on ${volumeLabel === '' ? 'a stick without a name' : volumeLabel}`,
      }))}
    />
  );
}
