/**
 * The lock file of sync alone: the part of the checkout's lock that its dependencies reach, so that
 * `npm ci` installs exactly what was tested.
 * @module
 */

interface Entry {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly [field: string]: unknown;
}

export interface Lock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Entry>>;
}

/** Where Node finds `name` from the package at `from`, a path in the lock file; '' is its root. */
function found(packages: Lock['packages'], from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('node_modules/'))) {
    const place = `${folder === '' || folder.endsWith('/') ? folder : `${folder}/`}node_modules/${name}`;
    if (packages[place] !== undefined) return place;
    if (!folder.includes('node_modules/')) return undefined;
    folder = folder.endsWith('/') ? folder.slice(0, -1) : folder;
  }
}

/** @throws Error when a dependency is locked nowhere */
export function lockOf(whole: Lock, manifest: Entry & { name: string; version: string }): Lock {
  const reached = new Set<string>();
  const open: [string, Entry][] = [['', manifest]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [from, entry] = next;
    const optional = entry.peerDependenciesMeta ?? {};
    const wanted = {
      ...entry.dependencies,
      ...entry.optionalDependencies,
      ...Object.fromEntries(
        Object.entries(entry.peerDependencies ?? {}).filter(
          ([name]) => optional[name]?.optional !== true,
        ),
      ),
    };
    for (const name of Object.keys(wanted)) {
      const place = found(whole.packages, from, name);
      const reachedEntry = place === undefined ? undefined : whole.packages[place];
      if (place === undefined || reachedEntry === undefined) {
        throw new Error(`${name}, which ${from} needs, is not in the lock file.`);
      }
      if (reached.has(place)) continue;
      reached.add(place);
      open.push([place, reachedEntry]);
    }
  }
  const { name, version, dependencies, bin, engines } = manifest;
  const places = [...reached].sort();
  return {
    lockfileVersion: whole.lockfileVersion,
    packages: {
      '': { name, version, dependencies, bin, engines } as Entry,
      ...Object.fromEntries(places.map((place) => [place, whole.packages[place] ?? {}])),
    },
  };
}
