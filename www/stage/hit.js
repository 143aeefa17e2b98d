// What is at a point of the stage, for mouse, pen and finger.

/** @typedef {{what: 'broker', broker: number} | {what: 'producer'} | null} Hit */

/**
 * Whether the pointer is over a broker.
 * @param {{hover: Hit}} look
 * @param {number} broker
 */
export const hovers = ({ hover }, broker) => hover?.what === 'broker' && hover.broker === broker;

/** A finger needs this much from the centre, CSS pixels, even where the broker is drawn smaller. */
const FINGER = 22;

/**
 * @param {import('./layout.js').Layout} layout
 * @param {number} x  CSS pixels from the left of the stage
 * @param {number} y
 * @returns {Hit}
 */
export function hit(layout, x, y) {
  let nearest = -1;
  let best = Infinity;
  layout.brokers.forEach((broker, i) => {
    const distance = Math.hypot(x - broker.x, y - broker.y);
    // Neighbours' finger areas may overlap; the nearest rim wins, so an edge always belongs to its own broker.
    if (distance <= Math.max(broker.r + 4, FINGER) && distance - broker.r < best) {
      best = distance - broker.r;
      nearest = i;
    }
  });
  if (nearest >= 0) return { what: 'broker', broker: nearest };
  const { producer } = layout;
  const inside =
    x >= producer.x && x <= producer.x + producer.w && y >= producer.y && y <= producer.y + producer.h;
  return inside ? { what: 'producer' } : null;
}
