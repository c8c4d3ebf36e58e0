import { expect, test } from 'vitest';
import { stepTable, table } from './report.ts';

test('the table that people see: in columns, what was thrown away too, paths from the folder', () => {
  const made = [
    { what: 'sheet', detail: 'share-1-of-4', path: null },
    { what: 'USB file', detail: 'the ticket’s key', path: '/room/table/stick A/ticket.age' },
  ];
  expect(table(made, '/room')).toBe(
    [
      'What      Of what           Where',
      '--------  ----------------  -----',
      'sheet     share-1-of-4      (thrown away)',
      'USB file  the ticket’s key  table/stick A/ticket.age',
    ].join('\n'),
  );
});

test('the steps that a plan was played in', () => {
  expect(stepTable([{ step: 'Share 1 of 4', who: 'custodian 1', seconds: 12 }])).toBe(
    [
      'Step          Who          Seconds of the machine',
      '------------  -----------  -----',
      'Share 1 of 4  custodian 1  12.0',
    ].join('\n'),
  );
});
