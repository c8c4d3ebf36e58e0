/**
 * The views, as links: the one that is open is marked.
 * @module
 */
import { addressOf } from '../lib/route.ts';
import styles from './Nav.module.css';

export function Nav(props: {
  readonly views: readonly { readonly view: string; readonly name: string }[];
  readonly open: string;
}) {
  return (
    <nav className={styles.nav} aria-label="Views">
      <ul>
        {props.views.map(({ view, name }) => (
          <li key={view}>
            <a href={addressOf(view)} aria-current={view === props.open ? 'page' : undefined}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
