/** Which little picture stands beside a word? Drawn here, so that no font and no file is fetched. Never alone: the word stays. */

const PATHS = {
  good: 'M3 8.5l3.2 3.2L13 4.8',
  watch: 'M8 2.2L14.6 13.8H1.4z M8 6.5v3.2 M8 11.6v.4',
  bad: 'M5 1.8h6L14.2 5v6L11 14.2H5L1.8 11V5z M8 4.6v4.2 M8 11v.5',
  unknown: 'M3 8h10',
  pause: 'M5.5 3v10 M10.5 3v10',
  play: 'M5 3l7.5 5L5 13z',
  phone: 'M3 3.2c0 5.4 4.4 9.8 9.8 9.8l.2-3-3-1-1.4 1.3C6.9 9.4 6.1 8.3 5.7 7.400L7 6 6 3z',
  out: 'M9 3H3v10h6 M7 8h7 M11.5 5.500L14 8l-2.5 2.5',
  up: 'M8 13V3 M4 7l4-4 4 4',
  move: 'M2 8h11 M9.5 4.500L13 8l-3.5 3.5',
  why: 'M5.6 6a2.5 2.5 0 1 1 3.6 2.200C8.3 8.7 8 9.2 8 10.2 M8 12.600v.4',
  story: 'M8 4v4.300l3 1.7 M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z',
  ear: 'M4 7a4 4 0 0 1 8 0c0 3-3 3-3 5.500a1.8 1.8 0 0 1-3.5.3 M6.5 7.500a1.5 1.5 0 0 1 3 0',
  whisper: 'M2 5v6h3l4 3V2L5 5z M11.5 6a3 3 0 0 1 0 4',
  barge:
    'M5.5 7.500a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.400z M1.5 13.500c0-2.4 1.8-4 4-4s4 1.6 4 4 M12.5 5v6 M9.5 8h6',
  close: 'M4 4l8 8 M12 4l-8 8',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10z M10.6 10.600L14 14',
  menu: 'M2 4h12 M2 8h12 M2 12h12',
  login: 'M7 3h6v10H7 M2 8h7 M6.5 5.500L9 8l-2.5 2.5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
