/**
 * Media in words: what was written, what to destroy.
 * @module
 */
import type { MediumRecord } from '../../shared/ceremony/types.ts';
import { isKeyMedium } from '../../shared/sharing/media-kinds.ts';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import styles from './MediaList.module.css';

export function Written({ records }: { records: readonly MediumRecord[] }) {
  return (
    <ul className={styles.list}>
      {records.map(({ kind, description, fileName }) => (
        <li key={`${description}/${fileName ?? ''}`}>
          <Icon name={kind === 'paper' ? 'paper' : isKeyMedium(kind) ? 'key' : 'stick'} />
          <span>
            <strong>{description}</strong>
            {fileName === null ? null : <span className={styles.file}>{fileName}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function iconOf(medium: string): IconName {
  if (/\bYubiKey\b/.test(medium) && !/^(.*: )?envelope on /.test(medium)) return 'key';
  return /\bstick\b/.test(medium) ? 'stick' : 'paper';
}

export function Named({ media, label }: { media: readonly string[]; label: string }) {
  return (
    <ul className={styles.list} aria-label={label}>
      {media.map((medium) => (
        <li key={medium}>
          <Icon name={iconOf(medium)} />
          <span>{medium}</span>
        </li>
      ))}
    </ul>
  );
}
