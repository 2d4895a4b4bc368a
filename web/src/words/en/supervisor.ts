/** The words of the supervisor's page. */

export const supervisor = {
  queues: 'Queues',
  agents: 'Agents',
  waiting: 'Waiting',
};
