/** The words of the wall. */

export const wall = {
  waiting: 'Waiting',
  longest: 'Longest wait',
  level: 'Service level',
  abandoned: 'Abandoned',
  free: 'Agents free',
  answered: 'Answered today',
};
