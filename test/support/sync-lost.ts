/**
 * All keys of all admins are lost: a sync with a share set, and what custodians and console do.
 * @module
 */
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import type { NewAdmins } from '../../shared/bundle/new-admins.ts';
import type { Signer } from '../../shared/encoding/dsse.ts';
import type { Cast } from './people.ts';
import { makeNewAdmins } from './roster-documents.ts';
import type { TestShareSet } from './share-sets.ts';
import { approvedSetup, committed, shareSetFor } from './sync-ceremony.ts';
import { type CliEnd, runSync } from './sync-cli.ts';
import { identityFile } from './sync-identities.ts';
import { answeredWithRoster, type MadeRoster } from './sync-roster.ts';
import { deploy, type Deployment, type Servers } from './sync-service.ts';

/** A new admin: his identity file, and its key. */
interface Person {
  readonly file: string;
  readonly signer: Signer;
}

/** A bundle and the stick's file that holds it. */
export type LostBundle = MadeRoster & { readonly file: string };

export interface LostScene {
  readonly deployment: Deployment;
  readonly set: TestShareSet;
  readonly people: readonly Person[];
  /** The two that the custodians name. */
  readonly admins: NewAdmins;
  readonly folder: string;
  /** `admin lost …` at the console, with `--json`. */
  run(...words: string[]): Promise<CliEnd>;
  /** The package that the console makes, and the ceremony on it. */
  ceremony(options?: Parameters<typeof answeredWithRoster>[2]): Promise<LostBundle>;
  /** `admin lost import`, with the words of the witness's paper. */
  take(made: LostBundle): Promise<CliEnd>;
  /** All who are not disabled. */
  adminsNow(): Promise<{ name: string; state: string }[]>;
}

/**
 * @param env settings of console and service; mail among them
 * @param cast of the share set, where its people have addresses
 */
export async function lostScene(
  servers: Servers,
  env: Readonly<Record<string, string>>,
  cast?: Cast,
): Promise<LostScene> {
  const deployment = await deploy({ servers });
  const setUp = await deployment.start();
  const set = await shareSetFor(
    setUp.admins.operator,
    deployment.mode,
    cast === undefined ? {} : { cast },
  );
  await committed(setUp.admins, await approvedSetup(setUp.admins, set));
  await setUp.stop();
  const settings = { ...deployment.env, ...env };
  const folder = await mkdtemp(path.join(deployment.folder, 'stick-'));
  const people: Person[] = [];
  for (const name of ['admin 1', 'admin 2']) {
    const file = path.join(deployment.folder, `${name.replace(' ', '-')}.age`);
    people.push({ file, signer: (await identityFile(deployment.mode, name, file)).signer });
  }
  const [one, two] = makeNewAdmins();
  const { operator, auditor } = deployment.checktick.people;
  const [first, second] = people;
  const admins: NewAdmins = [
    // Who was an admin before may be one again, with another key.
    { ...one, userId: operator.id, publicKey: first?.signer.keyid ?? '' },
    { ...two, userId: auditor.id, publicKey: second?.signer.keyid ?? '' },
  ];
  const run: LostScene['run'] = (...words) =>
    runSync(['--json', 'admin', 'lost', ...words], settings);
  return {
    deployment,
    set,
    people,
    admins,
    folder,
    run,
    ceremony: async (options = { admins }) => {
      const stick = path.join(folder, String((await readdir(folder)).length));
      await mkdir(stick);
      expect(await run('package', '--out', stick)).toMatchObject({ code: 0 });
      const files = await readdir(stick);
      expect(files.map((file) => file.replace(/-[0-9a-f]{8}\.json$/, '')).sort()).toEqual([
        'conclave-descriptor',
        'conclave-package',
      ]);
      const file = files.find((name) => name.startsWith('conclave-package')) ?? '';
      const made = await answeredWithRoster(
        new Uint8Array(await readFile(path.join(stick, file))),
        set,
        options,
      );
      await writeFile(path.join(stick, 'bundle.json'), made.bytes);
      return { ...made, file: path.join(stick, 'bundle.json') };
    },
    take: (made) => run('import', made.file, '--words', made.words),
    adminsNow: () =>
      deployment.sql<{ name: string; state: string }>(
        `SELECT name, state FROM conclave.admins WHERE state <> 'disabled' ORDER BY name`,
      ),
  };
}

/** The code of the refusal with which a command ended. */
export const codeIn = ({ err }: Pick<CliEnd, 'err'>): string | undefined =>
  (JSON.parse(err.trim().split('\n').at(-1) ?? '{}') as { code?: string }).code;
