/** How does a figure go over the time of a report? One curve for each name, drawn by uPlot; the table says the same. */

import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { keep } from '../../parts/download';
import { type Line, pictureOf } from '../../parts/picture';
import { sayProblem } from '../../parts/toast';
import { change } from '../../router';
import { theme } from '../../theme';
import { named, words } from '../../words';
import { translated } from '../definitions';
import { alongOf, cell, type ReportAnswer, seriesOf, spanOf, tickWords } from './rows';

const HEIGHT = 220;
/* After Okabe and Ito: told apart by the colour-blind, on light and on dark. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
/** Which figure is drawn where nobody says one. */
const USUAL = ['offered', 'patience', 'placed', 'handled', 'came', 'calls'];
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [12, 4, 2, 4], [5, 5], [1, 4]];
const PAPER = { ink: '#16202b', line: '#d5dbe1' };

interface CurveProps {
  readonly report: ReportAnswer;
  readonly chosen: string;
}

export function Curve({ report, chosen }: CurveProps) {
  const said = words.value.reports;
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const along = alongOf(report);
  const figures = report.columns.filter(
    (name) => name !== along && ['count', 'share', 's', 'score'].includes(report.units[name] ?? ''),
  );
  const usual = figures.find((name) => USUAL.includes(name)) ?? figures[0] ?? '';
  const figure = figures.includes(chosen) && chosen !== along ? chosen : usual;
  const data = seriesOf(report, figure);
  const lines = (data?.series ?? []).map((each, index) => ({
    name: each.name === figure ? named(said.columns, figure) : each.name,
    colour: COLOURS[index % COLOURS.length] ?? '',
    dash: DASHES[index % DASHES.length] ?? [],
  }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew where the appearance changes
  useEffect(() => {
    if (!place.current || !data) return;
    drawn.current = draw(place.current, report, figure, lines, [data.times, ...data.series.map((each) => each.values)]);
    return () => {
      drawn.current?.end();
      drawn.current = null;
    };
  }, [report, figure, theme.value, words.value]);
  if (!data) return null;
  const title = named(said.columns, figure);
  const picture = async () => {
    const now = drawn.current;
    if (now === null) return;
    const head = [`${named(said.names, report.report)} – ${title}`, `${spanOf(report)} (${report.zone})`];
    const blob = await now.onPaper((chart) => pictureOf(chart, head, lines));
    keep(blob, `${report.report}-${figure}-${new Date(report.from * 1000).toISOString().slice(0, 10)}.png`);
  };
  return (
    <section class="panel curve" aria-label={said.curve}>
      <header class="panel-head">
        <h2>{title}</h2>
        <span class="quiet">{translated(report.definitions[figure])}</span>
        <div class="panel-tools">
          <select
            aria-label={said.figure}
            value={figure}
            onChange={(event) => change({ figure: event.currentTarget.value })}
          >
            {figures.map((name) => (
              <option key={name} value={name}>
                {named(said.columns, name)}
              </option>
            ))}
          </select>
          <button type="button" onClick={() => picture().catch(sayProblem)}>
            {said.png}
          </button>
        </div>
      </header>
      <div ref={place} class="plot" role="img" aria-label={`${said.curve}: ${title}`} />
    </section>
  );
}

interface Drawn {
  /** Draws it for white paper, hands it over, and draws it as it was. */
  onPaper<T>(take: (chart: HTMLCanvasElement) => Promise<T>): Promise<T>;
  end(): void;
}

function draw(
  place: HTMLElement,
  report: ReportAnswer,
  figure: string,
  lines: readonly Line[],
  data: readonly (readonly (number | null)[])[],
): Drawn {
  const said = words.value.reports;
  const along = alongOf(report);
  let isOnPaper = false;
  const ink = () => (isOnPaper ? PAPER.ink : getComputedStyle(document.documentElement).color);
  const line = () => (isOnPaper ? PAPER.line : getComputedStyle(place).borderTopColor);
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const isShare = report.units[figure] === 'share';
  const plot = new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      scales: { x: { time: along === 'start' } },
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), report.zone),
      axes: [
        {
          ...axis,
          values: (_: uPlot, ticks: number[]) =>
            along === 'start' ? tickWords(ticks, report.zone, navigator.language) : ticks.map((t) => `${t} s`),
        },
        {
          ...axis,
          size: 60,
          values: (_: uPlot, ticks: number[]) =>
            ticks.map((t) => (isShare ? `${Math.round(t * 1000) / 10} %` : `${t}`)),
        },
      ],
      series: [
        {
          label: named(said.columns, along),
          value: (_: uPlot, at: number | null) => alongWord(along, at, report.zone),
        },
        ...lines.map((each) => ({
          label: each.name,
          stroke: each.colour,
          dash: [...each.dash],
          width: 2,
          ...stepped(along),
          points: { size: 5 },
        })),
      ],
    },
    data as unknown as uPlot.AlignedData,
    place,
  );
  const again = (onPaper: boolean) => {
    isOnPaper = onPaper;
    plot.redraw(false, true);
  };
  const toPaper = () => again(true);
  const toScreen = () => again(false);
  const resized = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT }));
  resized.observe(place);
  window.addEventListener('beforeprint', toPaper);
  window.addEventListener('afterprint', toScreen);
  return {
    async onPaper(take) {
      toPaper();
      try {
        await Promise.resolve(); // uPlot draws in a microtask
        return await take(plot.ctx.canvas);
      } finally {
        toScreen();
      }
    },
    end() {
      window.removeEventListener('beforeprint', toPaper);
      window.removeEventListener('afterprint', toScreen);
      resized.disconnect();
      plot.destroy();
    },
  };
}

/** Who would still wait falls by steps: it holds until somebody gives up. */
function stepped(along: string): { paths?: uPlot.Series.PathBuilder } {
  const builder = along === 'wait_s' ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  return builder ? { paths: builder } : {};
}

/** What stands under the pointer, as the axis says it. */
function alongWord(along: string, at: number | null, zone: string): string {
  return at !== null && along === 'wait_s' ? `${at} s` : cell(at, 'time', zone);
}
