/** What is wrong with a field about a person, as far as a page can tell before the engine is asked? Pure. */

export type Field = 'name' | 'role' | 'queues' | 'teams' | 'agent' | 'phone';

/** What the configuration has; the engine judges what is not here. */
export interface Known {
  readonly queues: readonly string[];
  readonly agents: readonly string[];
  readonly teams: readonly string[];
}

export interface Fault {
  /** A key of `problems`. */
  readonly reason: string;
  /** Which one of several words. */
  readonly word: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9@._-]{0,63}$/;
/** Without a technology, which only the engine knows. */
const PHONE = /^[A-Za-z0-9_-]{1,60}$/;

/** Words of a field with commas between. */
export function listed(text: string): readonly string[] {
  return text
    .split(/[,，\s]+/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** Null: nothing that can be seen from here. `role` is what is chosen beside it. */
export function faultOf(field: Field, text: string, role: string, known: Known | null): Fault | null {
  const given = text.trim();
  switch (field) {
    case 'name':
      return given === '' || NAME.test(given) ? null : { reason: 'bad_name', word: '' };
    case 'queues':
      return unknownOf('unknown_queue', listed(given), known?.queues);
    case 'teams':
      return unknownOf('unknown_team', listed(given), known?.teams);
    case 'agent':
      if (given === '') return role === 'agent' ? { reason: 'no_agent', word: '' } : null;
      return unknownOf('unknown_agent', [given], known?.agents);
    case 'phone':
      return given === '' || given.includes('/') || PHONE.test(given) ? null : { reason: 'bad_phone', word: '' };
    default:
      return null;
  }
}

function unknownOf(reason: string, given: readonly string[], there: readonly string[] | undefined): Fault | null {
  const word = there === undefined ? undefined : given.find((each) => !there.includes(each));
  return word === undefined ? null : { reason, word };
}
