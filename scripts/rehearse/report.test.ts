import { expect, test } from 'vitest';
import { table } from './report.ts';

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
