// Where everything on the stage is, in CSS pixels, for a width, a number of brokers and of ConsumeQueues. Pure geometry:
// no canvas, no colours, nothing of a frame. ring.js places the brokers, rows.js the logs; here the two are put side by
// side (from 720 px) or one above the other, and the height is decided when the caller does not give one.

import { clamp } from './geometry.js';
import { placeRing, ringHeight } from './ring.js';
import { placeRows, rowsHeight } from './rows.js';

/**
 * @typedef {object} Label       text lines beside or under a broker; x, y of the first line's middle
 * @property {number} x
 * @property {number} y
 * @property {'left' | 'center' | 'right'} align
 * @property {number} lines      how many there is room for, 1 to 3
 *
 * @typedef {{x: number, y: number, r: number, label: Label}} BrokerPlace
 * @typedef {{x: number, y: number, w: number, h: number}} Box
 * @typedef {{x: number, y: number}} Point
 * @typedef {{broker: number, y: number, cellY: number, queues: Point[]}} Row
 *
 * @typedef {object} Logs
 * @property {number} x          left edge of the first column
 * @property {number} y          middle of the heading line
 * @property {number} width
 * @property {number} left       left edge of the broker names
 * @property {number} rowHeight  from one row to the next
 * @property {{w: number, h: number, gap: number}} cell
 * @property {number} columns
 * @property {{mode: 'units' | 'ticks' | 'none', w: number, h: number, gap: number, labelW: number, count: number}} unit
 *
 * @typedef {object} Type        text sizes, CSS pixels
 * @property {number} heading
 * @property {number} small
 * @property {number} role
 * @property {number} line       line height of labels
 * @property {number} name
 * @property {number} term
 * @property {number} cell
 * @property {number} carried    what an entry carries, under its index; 0: no room for it
 * @property {number} unit
 *
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {'wide' | 'stacked'} mode
 * @property {number} u          scale: 1 is a stage of ordinary size
 * @property {Point} heading     left end and middle of the group's heading
 * @property {{cx: number, cy: number, r: number, rx: number, ry: number}} ring
 * @property {BrokerPlace[]} brokers
 * @property {Box} producer
 * @property {Logs} logs
 * @property {Row[]} rows
 * @property {number} columns    log columns shown
 * @property {number} glyph      radius of a message
 * @property {number} lane       how far a message keeps to the right of the line between two brokers
 * @property {Type} type
 *
 * @typedef {object} LayoutOptions
 * @property {number} width
 * @property {number} [height]   taken as given; without it the stage is as high as it needs
 * @property {number} brokers
 * @property {number} queues
 * @property {number} [columns]  most log columns there is something for (HEAD.COLUMNS)
 * @property {'full' | 'compact'} [density]
 */

export const WIDE_FROM = 720;
const NARROWEST = 240;

/**
 * @param {LayoutOptions} options
 * @returns {Layout}
 */
export function layout(options) {
  const width = Math.max(NARROWEST, options.width);
  const wide = width >= WIDE_FROM;
  const n = clamp(Math.round(options.brokers), 1, 9);
  // Type and cells grow with the stage, up to a limit: a projector shows the same picture larger, not more of it.
  const u = wide ? clamp(width / 1240, 0.8, 2.4) : clamp(width / 390, 0.86, 1.3);
  const compact = options.density === 'compact';
  const size = { n, u, wide, compact, queues: clamp(Math.round(options.queues), 1, 4) };
  const pad = (wide ? 20 : 12) * u;
  const header = 34 * u;

  const share = n === 1 ? 0.36 : n === 2 ? 0.4 : 0.475;
  const ringW = wide ? width * share - pad : width - 2 * pad;
  const logsX = wide ? width * share + 14 * u : pad;
  const logsW = width - pad - logsX;

  const type = typeSizes(size, brokerRadius(size));
  const ringSize = { ...size, w: ringW, r: brokerRadius(size), line: type.line };
  let ringH = ringHeight(ringSize);
  let rowsH = rowsHeight(size) * n;
  let height = wide ? header + Math.max(ringH, rowsH) + pad * 0.6 : 2 * header + ringH + rowsH + 6 * u;
  if (options.height !== undefined && options.height > 0) {
    const fixed = wide ? header + pad * 0.6 : 2 * header + 6 * u;
    const stretch = Math.max(0.3, (options.height - fixed) / (height - fixed));
    ringH *= stretch;
    rowsH *= stretch;
    height = options.height;
  }
  if (wide) ringH = rowsH = height - header - pad * 0.6;

  const placed = placeRing({ ...ringSize, x: pad, y: header, h: ringH, header });
  const rowsTop = wide ? header : header + ringH + header;
  const logs = placeRows({
    ...size,
    x: logsX,
    y: rowsTop,
    w: logsW,
    h: rowsH,
    header,
    columns: Math.max(1, options.columns ?? 16),
  });
  const r = placed.brokers[0].r;
  const glyph = clamp(r * 0.27, 6, 14 * u);
  return {
    width,
    height: Math.round(height),
    mode: wide ? 'wide' : 'stacked',
    u,
    heading: { x: pad, y: header * 0.55 },
    ring: placed.ring,
    brokers: placed.brokers,
    producer: placed.producer,
    logs: logs.logs,
    rows: logs.rows,
    columns: logs.logs.columns,
    glyph,
    // Where one broker stands above the other, messages also keep clear of the crown.
    lane: n === 2 ? r * 0.52 : glyph * 1.12 + 1,
    type: { ...typeSizes(size, r), cell: logs.cellType, carried: logs.carriedType, unit: logs.unitType },
  };
}

/** @typedef {{n: number, u: number, wide: boolean, compact: boolean, queues: number}} Size */

/** @param {Size} size */
function brokerRadius({ n, u, wide }) {
  const steps = wide ? [50, 50, 50, 43, 43, 37, 36, 33, 32] : [46, 46, 43, 34, 33, 28, 26, 23, 22];
  return steps[n - 1] * u;
}

/**
 * @param {Size} size
 * @param {number} r
 * @returns {Type}
 */
function typeSizes({ u, wide, n }, r) {
  const small = Math.max(10.5, (wide ? 12 : 11) * u);
  const tight = n > 5 ? 0.92 : 1;
  return {
    heading: Math.max(13, 14.5 * u),
    small,
    role: Math.max(10, (wide ? 12 : 11) * u * tight),
    line: Math.max(12.5, (wide ? 15.5 : 14) * u * tight),
    name: r * 0.6,
    term: r < 31 ? Math.max(9.5, r * 0.42) : Math.min(r * 0.3, 14 * u),
    cell: small,
    carried: 0,
    unit: small,
  };
}
