/**
 * The few marks beside words. Always with a word: an icon alone says nothing to many.
 * @module
 */
import styles from './Icon.module.css';

const PATHS = {
  done: 'M4 12.5 9.5 18 20 6.5',
  now: 'M8 4.5 18 12 8 19.5Z',
  next: 'M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z',
  warning: 'M12 3.5 22 20.5H2ZM12 10v5M12 17.6v.4',
  stop: 'M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8ZM8.5 8.5l7 7M15.5 8.5l-7 7',
  question:
    'M9 9a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 1.9v.6M12 17.6v.4M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19Z',
  clock: 'M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19ZM12 7v5.5l3.5 2',
  person: 'M12 3.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4 21c0-4.5 3.4-7 8-7s8 2.5 8 7',
  stick: 'M7 9.5h10v9.5a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2ZM9 9.5V3h6v6.5M11 6v.1M13 6v.1',
  printer: 'M7 8V3h10v5M7 17H4V8h16v9h-3M7 14h10v7H7Z',
  paper: 'M6 2.5h8.5L19 7v14.5H6ZM14 3v4.5h4.5M9 12h7M9 16h7',
  camera: 'M3 7.5h4L9 5h6l2 2.5h4V19H3ZM12 10a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8Z',
  key: 'M8 5h8v9.5a2 2 0 0 1-2 2h-4a2 2 0 0 1-2-2ZM10 16.5V21h4v-4.5M12 8.2a1.9 1.9 0 1 0 0 3.8 1.9 1.9 0 0 0 0-3.8Z',
  keyboard: 'M2.5 6.5h19v11h-19ZM6 10v.1M10 10v.1M14 10v.1M18 10v.1M8 14h8',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, large = false }: { name: IconName; large?: boolean }) {
  return (
    <svg
      className={large ? styles.large : styles.icon}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
