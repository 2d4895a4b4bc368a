/** How does a figure go over the time of a report? One curve for each name, drawn by uPlot; the table says the same. */

import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { change } from '../../router';
import { theme } from '../../theme';
import { named, words } from '../../words';
import { alongOf, type ReportAnswer, seriesOf } from './rows';

const HEIGHT = 220;
/* After Okabe and Ito: told apart by the colour-blind, on light and on dark. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
/** Which figure is drawn where nobody says one. */
const USUAL = ['offered', 'patience', 'placed', 'handled', 'came', 'calls'];
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [12, 4, 2, 4], [5, 5], [1, 4]];

export function Curve({ report, chosen }: { readonly report: ReportAnswer; readonly chosen: string }) {
  const said = words.value.reports;
  const place = useRef<HTMLDivElement>(null);
  const along = alongOf(report);
  const figures = report.columns.filter(
    (name) => name !== along && ['count', 'share', 's', 'score'].includes(report.units[name] ?? ''),
  );
  const usual = figures.find((name) => USUAL.includes(name)) ?? figures[0] ?? '';
  const figure = figures.includes(chosen) && chosen !== along ? chosen : usual;
  const data = seriesOf(report, figure);
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew where the appearance changes
  useEffect(() => {
    if (!place.current || !data) return;
    const ink = getComputedStyle(document.documentElement).getPropertyValue('color');
    const line = getComputedStyle(place.current).borderTopColor;
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const isShare = report.units[figure] === 'share';
    const plot = new uPlot(
      {
        width: place.current.clientWidth,
        height: HEIGHT,
        scales: { x: { time: along === 'start' } },
        tzDate: (at) => uPlot.tzDate(new Date(at * 1000), report.zone),
        axes: [
          along === 'start' ? axis : { ...axis, values: (_: uPlot, ticks: number[]) => ticks.map((t) => `${t} s`) },
          {
            ...axis,
            values: (_: uPlot, ticks: number[]) =>
              ticks.map((t) => (isShare ? `${Math.round(t * 1000) / 10} %` : `${t}`)),
          },
        ],
        series: [
          { label: named(said.columns, along), ...inSeconds(along) },
          ...data.series.map((each, index) => ({
            label: each.name,
            stroke: COLOURS[index % COLOURS.length] ?? '',
            dash: [...(DASHES[index % DASHES.length] ?? [])],
            width: 2,
            ...stepped(along),
            points: { size: 5 },
          })),
        ],
      },
      [data.times, ...data.series.map((each) => [...each.values])] as uPlot.AlignedData,
      place.current,
    );
    const resized = new ResizeObserver(() => {
      if (place.current) plot.setSize({ width: place.current.clientWidth, height: HEIGHT });
    });
    resized.observe(place.current);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [report, figure, theme.value, words.value]);
  if (!data) return null;
  return (
    <section class="panel curve" aria-label={said.curve}>
      <header class="panel-head">
        <h2>{named(said.columns, figure)}</h2>
        <span class="quiet">{report.definitions[figure]}</span>
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
        </div>
      </header>
      <div ref={place} class="plot" role="img" aria-label={`${said.curve}: ${named(said.columns, figure)}`} />
    </section>
  );
}

/** Who would still wait falls by steps: it holds until somebody gives up. */
function stepped(along: string): { paths?: uPlot.Series.PathBuilder } {
  const builder = along === 'wait_s' ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  return builder ? { paths: builder } : {};
}

/** What stands under the pointer, as the axis says it. */
function inSeconds(along: string): { value?: uPlot.Series.Value } {
  return along === 'wait_s' ? { value: (_: uPlot, at: number | null) => (at === null ? '–' : `${at} s`) } : {};
}
