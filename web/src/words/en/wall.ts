/** The words of the wall. */

export const wall = {
  all: 'All queues',
  tiles: {
    waiting: 'Waiting',
    longest: 'Longest wait',
    level: 'Service level',
    abandoned: 'Abandoned',
    free: 'Agents free',
    answered: 'Answered today',
  },
  against: {
    waiting: (free: number) => (free === 1 ? '1 agent free' : `${free} agents free`),
    longest: (target: string, queue: string | null) =>
      queue === null ? `target ${target}` : `${queue}, target ${target}`,
    level: (target: string) => `target ${target}`,
    abandoned: (target: string) => `at most ${target}`,
    free: (available: number) => `of ${available} here`,
    answered: (offered: number) => `of ${offered} offered`,
  },
  noQueue: (names: string) => `There is no such queue: ${names}`,
  needsToken: 'This wall needs an address with a token: /wall#token=…',
  noAccess: 'The token of this wall is not valid any more.',
};
