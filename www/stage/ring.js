// The ring: where the brokers, their labels and the producer are. Broker A is at the top, the others follow clockwise.
// Labels stand outside the ring, where no message flies: beside the brokers when the stage is broad enough, else below.

import { clamp } from './geometry.js';

/**
 * @typedef {import('./layout.js').Size & {w: number, r: number, line: number}} RingSize
 * @typedef {RingSize & {x: number, y: number, h: number, header: number}} RingArea
 */

/** Radius of the ring by number of brokers, at scale 1. */
const RADIUS_WIDE = [0, 118, 158, 165, 182, 188, 192, 200, 205];
const RADIUS_STACKED = [0, 92, 118, 122, 136, 138, 142, 146, 150];

/** @param {number} n */
const directions = (n) =>
  Array.from({ length: n }, (_, i) => {
    const angle = (2 * Math.PI * i) / n;
    return { dx: Math.sin(angle), dy: -Math.cos(angle) };
  });

/** Room above a broker for the crown or the votes. @param {RingSize} size */
const above = ({ r, u, n, wide }) => r + Math.max(20 * u, r * 0.6) + (n > 5 && !wide ? 14 * u : 0);

/** Room below a broker with its label. @param {RingSize} size @param {number} lines */
const below = ({ r, u, line }, lines) => r + 12 * u + lines * line;

/** Labels below brokers have two lines in a crowd, so that they end before the next broker begins. @param {RingSize} size */
const linesBelow = ({ n, wide }) => (n === 2 ? 0 : n <= 3 ? 3 : n <= 5 ? (wide ? 3 : 2) : wide ? 2 : 1);

/** @param {RingSize} size */
const labelWidth = ({ wide, u }) => Math.max(86, (wide ? 96 : 86) * u);

/** The producer stands in the corner that a ring leaves free, or left of a small group. @param {RingSize} size */
function producerSize({ wide, u }) {
  return { w: Math.max(88, (wide ? 112 : 92) * u), h: Math.max(40, 48 * u) };
}

/** Left of the ring when it is small, else above it in the corner. @param {RingSize} size */
const producerBeside = ({ n, wide, w, u }) => wide && (n <= 2 || (n === 3 && w > 520 * u * 0.9));

/**
 * Half axes of the ring, as large as wished and as there is room for.
 * @param {RingSize} size
 * @param {number} w  breadth for brokers and labels
 */
function axes(size, w) {
  const { n, r, u, wide } = size;
  const wish = (wide ? RADIUS_WIDE : RADIUS_STACKED)[n - 1] * u;
  if (n === 1) return { rx: 0, ry: 0, side: false };
  if (n === 2) return { rx: 0, ry: wish, side: false };
  const reach = Math.max(...directions(n).map((d) => d.dx));
  const half = w / 2;
  const beside = (half - r - 10 * u - labelWidth(size)) / reach;
  const side = n > 3 && beside >= wish * 0.8;
  const rx = Math.min(
    wish,
    side ? beside : (half - Math.max(r + 4 * u, n > 3 ? 0 : labelWidth(size) / 2)) / reach,
  );
  // A ring that has to be narrow may be a little higher than broad.
  return { rx: Math.max(rx, r), ry: clamp(wish, rx * 0.8, Math.max(rx * 1.15, r)), side };
}

/**
 * The height a ring would like to have.
 * @param {RingSize} size
 */
export function ringHeight(size) {
  const { ry } = axes(size, size.w - (producerBeside(size) ? producerSize(size).w + 16 * size.u : 0));
  const lowest = Math.max(...directions(size.n).map((d) => d.dy));
  const spread = ry * (1 + lowest);
  return above(size) + spread + below(size, linesBelow(size));
}

/** @param {RingArea} area */
export function placeRing(area) {
  const { n, u, wide, x, y, w, h, line } = area;
  const producer = producerSize(area);
  const beside = producerBeside(area);
  const taken = beside ? producer.w + 16 * u : 0;
  const wanted = ringHeight(area);
  // Too little height: brokers shrink with the ring, down to what can still be read and hit.
  const squeeze = clamp(h / wanted, 0.35, 1);
  const r = Math.max(12, area.r * Math.sqrt(squeeze));
  const size = { ...area, r };
  const { rx, ry: high, side } = axes(size, w - taken);
  const place = directions(n);
  const lowest = Math.max(...place.map((d) => d.dy));
  const lines = linesBelow(size);
  const foot = below(size, lines);
  const room = h - above(size) - foot;
  const ry =
    n === 1 ? 0 : clamp(room / (1 + lowest), r * 0.9, Math.max(high, Math.min(rx * 1.12, high * 1.3)));
  const spread = ry * (1 + lowest);
  const cx = x + taken + (w - taken) / 2;
  const cy = y + above(size) + ry + Math.max(0, (room - spread) / 2);
  const brokers = place.map(({ dx, dy }, i) => {
    const bx = cx + dx * rx;
    const by = cy + dy * ry;
    return { x: bx, y: by, r, label: label(i, bx, by) };
  });
  const py = beside ? (n === 3 ? cy - ry * 0.1 : cy) - producer.h / 2 : y + 4 * u;
  return {
    ring: { cx, cy, r: Math.min(rx, ry), rx, ry },
    brokers,
    producer: { x, y: py, ...producer },
  };

  /**
   * @param {number} i
   * @param {number} bx
   * @param {number} by
   * @returns {import('./layout.js').Label}
   */
  function label(i, bx, by) {
    const away = r * 1.22 + 6 * u; // clear of the rings of who leads, is cut off, broke something
    const { dx, dy } = place[i];
    const top = (i === 0 && n > 1) || n === 2;
    if (top || (side && Math.abs(dx) > 0.5)) {
      const count = n < 6 ? 3 : wide ? (top ? 2 : 3) : 1;
      // The neighbour of the top broker comes near in a large ring: the label moves up, out of its way.
      const middle = top && n > 5 ? by - r * 0.35 : by;
      const lift = side && dy > 0.6 ? r * 0.3 : 0;
      return {
        x: dx < -0.5 ? bx - away : bx + away,
        y: middle + lift - ((count - 1) * line) / 2,
        align: dx < -0.5 ? 'right' : 'left',
        lines: count,
      };
    }
    // Beside the ring a label moves outward, off the way to the next broker, as far as the area goes.
    const outward = n > 3 && Math.abs(dx) > 0.5 && dy < 0.75 ? Math.sign(dx) * labelWidth(area) * 0.42 : 0;
    const reachLeft = x + labelWidth(area) / 2 - 4 * u;
    const reachRight = x + w + 6 * u - labelWidth(area) / 2;
    return {
      x: Math.min(Math.max(bx + outward, Math.min(bx, reachLeft)), Math.max(bx, reachRight)),
      y: by + r + 12 * u + line / 2,
      align: 'center',
      lines,
    };
  }
}
