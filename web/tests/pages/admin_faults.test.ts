import { describe, expect, it } from 'vitest';
import { type Field, faultOf, type Known } from '../../src/pages/admin/faults';

const known: Known = { queues: ['sales'], agents: ['anna'], teams: ['day'] };

describe('faultOf', () => {
  it.each<[Field, string, string, string | null]>([
    ['name', 'eva', 'supervisor', null],
    ['name', 'e va', 'supervisor', 'bad_name'],
    ['queues', 'sales, sale', 'supervisor', 'unknown_queue'],
    ['queues', '', 'supervisor', null],
    ['teams', 'day，night', 'supervisor', 'unknown_team'],
    ['agent', ' anna ', 'agent', null],
    ['agent', 'ana', 'supervisor', 'unknown_agent'],
    ['agent', '', 'agent', 'no_agent'],
    ['agent', '', 'supervisor', null],
    ['phone', '1009', 'supervisor', null],
    ['phone', '+49 30 1', 'supervisor', 'bad_phone'],
    ['phone', 'Local/5@x/n', 'supervisor', null],
  ])('%s %j of a %s', (field, text, role, reason) => {
    expect(faultOf(field, text, role, known)?.reason ?? null).toBe(reason);
  });

  it('names the wrong word of several', () => {
    expect(faultOf('queues', 'sales, sale', 'supervisor', known)).toEqual({ reason: 'unknown_queue', word: 'sale' });
  });

  it('leaves to the engine what it does not know yet', () => {
    expect(faultOf('agent', 'ana', 'agent', null)).toBeNull();
  });
});
