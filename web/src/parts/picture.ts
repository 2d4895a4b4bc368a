/** How does a drawn chart become a picture that can be sent on? On white paper, with its title and who is which line. */

export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly dash: readonly number[];
}

const EDGE = 16;
const ROW = 22;
const SAMPLE = 28;
const INK = '#16202b';
const LETTERS = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif';

/** `chart` as it is drawn now; `head`: lines above it, the first one large. Throws where the browser makes no picture. */
export async function pictureOf(
  chart: HTMLCanvasElement,
  head: readonly string[],
  lines: readonly Line[],
): Promise<Blob> {
  const scale = window.devicePixelRatio || 1;
  const width = chart.width / scale;
  const paper = document.createElement('canvas');
  const pen = paper.getContext('2d');
  if (pen === null) throw new Error('no canvas');
  pen.font = `13px ${LETTERS}`;
  const rows = rowsOf(lines, width, (name) => pen.measureText(name).width);
  const above = EDGE + head.length * ROW;
  paper.width = (width + 2 * EDGE) * scale;
  paper.height = (above + chart.height / scale + (rows.length + 1) * ROW) * scale;
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, paper.width, paper.height);
  pen.scale(scale, scale);
  pen.textBaseline = 'middle';
  head.forEach((text, at) => {
    write(pen, text, EDGE, EDGE + at * ROW + ROW / 2, at === 0 ? 16 : 12);
  });
  pen.drawImage(chart, EDGE, above, width, chart.height / scale);
  rows.forEach((row, at) => {
    for (const { line, x } of row) {
      const y = above + chart.height / scale + at * ROW + ROW / 2;
      pen.strokeStyle = line.colour;
      pen.lineWidth = 2;
      pen.setLineDash([...line.dash]);
      pen.beginPath();
      pen.moveTo(EDGE + x, y);
      pen.lineTo(EDGE + x + SAMPLE, y);
      pen.stroke();
      write(pen, line.name, EDGE + x + SAMPLE + 6, y, 13);
    }
  });
  return new Promise((give, fail) => {
    paper.toBlob((blob) => (blob === null ? fail(new Error('no picture')) : give(blob)), 'image/png');
  });
}

interface Placed {
  readonly line: Line;
  readonly x: number;
}

/** As many names in a row as it is wide. */
export function rowsOf(lines: readonly Line[], width: number, wide: (name: string) => number): readonly Placed[][] {
  const rows: Placed[][] = [];
  let x = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const needed = SAMPLE + 6 + wide(line.name) + EDGE;
    if (x + needed > width) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)?.push({ line, x });
    x += needed;
  }
  return rows;
}

function write(pen: CanvasRenderingContext2D, text: string, x: number, y: number, size: number): void {
  pen.font = `${size > 14 ? 'bold ' : ''}${size}px ${LETTERS}`;
  pen.fillStyle = INK;
  pen.fillText(text, x, y);
}
