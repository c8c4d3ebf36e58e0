/**
 * `conclave-sync transcript …`.
 * @module
 */
import type { Command } from 'commander';
import { transcriptAnswer } from '../../routes/answers.ts';
import type { Cli } from '../cli.ts';
import { type Options, readDocument, remote, withClient } from './remote.ts';

export function registerTranscriptCommands(program: Command, cli: Cli): void {
  const transcript = program.command('transcript').description('ceremony logs from the laptop');
  remote(transcript.command('import <file>'))
    .description('keep the log of a ceremony for the next laptop (operator)')
    .action(async (file: string, options: Options) => {
      const bytes = await readDocument(file, 'ceremony log');
      const kept = await withClient(cli, options, (client) =>
        client.call(transcriptAnswer, 'POST', '/v1/transcripts', { bytes }),
      );
      cli.result(
        kept,
        `Kept: the log of ceremony ${kept.ceremonyId} (${kept.kind}), ${kept.bytes} bytes. It goes along in the chain.`,
      );
    });
}
