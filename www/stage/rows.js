// The logs: one row per broker, CommitLog cells in columns that are the same for all brokers, ConsumeQueues under each.
// When there is little room the cells get lower first, then queues share lines, then lose their numbers, then go.

import { clamp } from './geometry.js';

/**
 * @typedef {import('./layout.js').Size} Size
 * @typedef {Size & {x: number, y: number, w: number, h: number, header: number, columns: number}} RowsArea
 */

/** @param {Size} size */
function wishes({ n, u, wide, compact }) {
  const i = n <= 3 ? 0 : n <= 5 ? 1 : n <= 7 ? 2 : 3;
  const ticks = compact || (!wide && n > 5);
  return {
    cellH: Math.max(19, (wide ? [38, 34, 28, 26] : [32, 29, 24, 23])[i] * u),
    cellW: Math.max(27, (wide ? [46, 46, 42, 42] : [35, 35, 33, 33])[i] * u),
    space: (wide ? [30, 20, 15, 13] : [20, 16, 12, 11])[i] * u,
    unitH: ticks ? 7 * u : Math.max(13.5, (wide ? [18, 17, 15.5, 15] : [15, 15, 14, 14])[i] * u),
    unitW: ticks ? 8 * u : (wide ? 28 : 23) * u,
    across: ticks ? 4 : wide && n <= 3 ? 1 : 2,
    ticks,
  };
}

/** Between a row of cells and its queues, and between two queues. @param {number} u */
const seam = (u) => 7 * u;
/** @param {number} u */
const gap = (u) => 4 * u;

/**
 * The height that one broker's row would like to have.
 * @param {Size} size
 */
export function rowsHeight(size) {
  const { cellH, space, unitH, across } = wishes(size);
  const lines = Math.ceil(size.queues / across);
  return cellH + seam(size.u) + lines * (unitH + gap(size.u)) + space;
}

/** @param {RowsArea} area */
export function placeRows(area) {
  const { n, u, wide, x, y, w, h, header, queues } = area;
  const wish = wishes(area);
  const pitch = Math.min(h / n, rowsHeight(area) * 1.7);
  const nameW = (wide ? 34 : 24) * u;
  const cellGap = (wide ? 5 : 3.5) * u;
  const room = w - nameW;
  const columns = clamp(Math.floor((room + cellGap) / (wish.cellW + cellGap)), 1, area.columns);
  const cellW = Math.min((room + cellGap) / columns - cellGap, wish.cellW * 1.5);
  // Room to spare makes the cells a little higher, not only the gaps.
  const spare = clamp(pitch / rowsHeight(area), 1, 1.22);
  const cellH = Math.min(wish.cellH * spare, pitch - 4 * u);

  // Queues: one under another, two on a line, all on a line as ticks, none.
  const left = pitch - cellH - seam(u) - 4 * u;
  /** @type {'units' | 'ticks' | 'none'} */
  let mode = wish.ticks ? 'ticks' : 'units';
  let across = wish.across;
  let unitH = wish.unitH * (wish.ticks ? 1 : Math.sqrt(spare));
  let unitW = wish.unitW;
  const fits = (/** @type {number} */ abreast) => Math.ceil(queues / abreast) * (unitH + gap(u)) <= left;
  if (mode === 'units' && wide && fits(1)) across = 1;
  if (mode === 'units' && !fits(across)) across = 2;
  if (mode === 'units' && !fits(across)) {
    mode = 'ticks';
    across = 4;
    unitH = 7 * u;
    unitW = 8 * u;
  }
  if (mode === 'ticks' && unitH + gap(u) > left) mode = 'none';
  across = Math.min(across, queues);

  const unitGap = (mode === 'ticks' ? 2 : 3) * u;
  const labelW = Math.max(17, (wide ? 24 : 19) * u);
  const lineW = room / across;
  const count = Math.max(0, Math.floor((lineW - labelW - 6 * u + unitGap) / (unitW + unitGap)));
  const rows = Array.from({ length: n }, (_, broker) => {
    const top = y + broker * pitch;
    const places = [];
    for (let q = 0; q < queues && mode !== 'none'; q++) {
      places.push({
        x: x + nameW + (q % across) * lineW,
        y: top + 2 * u + cellH + seam(u) + Math.floor(q / across) * (unitH + gap(u)),
      });
    }
    return { broker, y: top, cellY: top + 2 * u, queues: places };
  });
  return {
    rows,
    logs: {
      x: x + nameW,
      y: y - header * 0.45,
      width: room,
      left: x,
      rowHeight: pitch,
      cell: { w: cellW, h: cellH, gap: cellGap },
      columns,
      unit: { mode, w: unitW, h: unitH, gap: unitGap, labelW, count },
    },
    cellType: clamp(cellH * 0.42, 10, 14.5 * u),
    carriedType: cellH >= 28 && cellW >= 32 ? Math.max(8.5, 9.5 * u) : 0,
    unitType: Math.max(9, Math.min(unitH * 0.66, 11.5 * u)),
  };
}
