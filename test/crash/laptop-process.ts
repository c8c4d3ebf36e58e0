/**
 * A laptop that dies at one of its moments. Standard input: what it does, on which table, and when.
 * It prints how many moments there were, if it lives.
 * @module
 */
import { text } from 'node:stream/consumers';
import { startNodeWorker } from '../../electron/worker/node-client.ts';
import type { WorkerProcess } from '../../electron/worker/protocol.ts';
import { countSyncs, moments, type Counting } from './points.ts';
import { doing, type Doing, type Told } from './steps.ts';
import { openTable } from './table.ts';
import { askToolsOnce } from './tools.ts';

export interface Death extends Told {
  readonly what: Doing;
  /** The folder of the table. */
  readonly root: string;
  /** At which moment, from 1; 0: never. */
  readonly dieAt: number;
  /** URL of the thread that holds its secrets. */
  readonly worker: string;
}

const death = JSON.parse(await text(process.stdin)) as Death;
const counting: Counting = { counter: new SharedArrayBuffer(4), dieAt: death.dieAt };
const moment = moments(counting);

/** Each message to the worker and from it is a moment, too. */
function counted(worker: WorkerProcess): WorkerProcess {
  return {
    ...worker,
    post(message, port) {
      moment();
      worker.post(message, port);
    },
    onMessage: (listener) =>
      worker.onMessage((message) => {
        moment();
        listener(message);
      }),
  };
}

askToolsOnce();
const table = openTable(death.root, () =>
  counted(startNodeWorker(new URL(death.worker), { counting })),
);
await countSyncs(moment);
await doing(death.what, table, death);
await table.host.shutdown();
process.stdout.write(`${Atomics.load(new Int32Array(counting.counter), 0)}\n`);
