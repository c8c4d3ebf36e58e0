import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Approval, twoDifferentApprovers } from './approvals.ts';

const person = fc.integer({ min: 1, max: 4 });
const approval = fc.record({
  adminId: fc.constantFrom('a', 'b', 'c', 'd'),
  userId: person,
  adminName: fc.constant('approver'),
  reason: fc.constant('seen'),
  at: fc.constant(new Date(0)),
});
const excluded = fc.record({ adminId: fc.constantFrom('a', 'b', 'c'), userId: person });

it('finds two exactly where two different people outside the excluded ones approved', () => {
  fc.assert(
    fc.property(fc.array(approval), fc.array(excluded, { maxLength: 2 }), (approvals, notAlso) => {
      const found = twoDifferentApprovers(approvals, { notAlso });
      const allowed = approvals.filter(
        (one) => !notAlso.some((out) => out.adminId === one.adminId || out.userId === one.userId),
      );
      const differ = (x: Approval, y: Approval): boolean =>
        x.adminId !== y.adminId && x.userId !== y.userId;
      const [first] = allowed;
      const possible = first !== undefined && allowed.some((other) => differ(first, other));
      expect(found !== undefined).toBe(possible);
      if (found !== undefined) {
        expect(differ(found[0], found[1])).toBe(true);
        expect(allowed).toEqual(expect.arrayContaining([...found]));
      }
    }),
  );
});
