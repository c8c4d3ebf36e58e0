// `npm run -s verify -- FILE`: the auditor's check of a transcript, bundle or receipt.
import { main } from './lib/run.mjs';
import { setup } from './setup.mjs';

/** As in verify/program.ts: 1 and 2 are verdicts, so what goes wrong before one has its own code. */
const FAULT = 3;

await main(async () => {
  await setup();
  const { tsImport } = await import('tsx/esm/api');
  // npm changes to the checkout and remembers here where it was called.
  if (process.env.INIT_CWD !== undefined) process.chdir(process.env.INIT_CWD);
  await tsImport('./verify/main.ts', import.meta.url);
  return process.exitCode;
}, FAULT);
