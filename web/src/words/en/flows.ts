/** The words of the flows' page. */

export const flows = {
  versions: 'Versions',
  none: 'The configuration names no flows.',
  reload: 'Read the files again',
  reloadMeans:
    'The folder of the flows is read and checked. Callers inside finish as they began; errors change nothing.',
  noDifference: 'The files say what holds already.',
  rollBack: 'Roll back',
  rollBackTo: (version: number) => `Roll back to version ${version}`,
  rollBackMeans:
    'It holds for new calls, also after a restart, until a flow is changed. Callers inside finish as they began.',
  holds: (version: number) => `Version ${version} holds.`,
  holdsNow: 'holds',
  callsHint: 'Callers inside this version now',
  asItHolds: (version: number) => `version ${version}, as it holds`,
  asItWas: (version: number) => `version ${version}, as it was`,
  flow: 'Flow',
  whole: 'Fit the page',
  picture: 'Drawing',
  pictureOf: (flow: string) => `Drawing of the flow ${flow}: its nodes, and the ways between them`,
  notThen: 'There was no such flow in that version.',
  columns: { version: 'Version', at: 'Since', by: 'By', calls: 'Callers' },
};
