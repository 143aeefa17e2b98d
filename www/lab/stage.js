// What the panel adds to the picture: draw.js and brokers.js ask it, once it is there.

import { drawBreach, drawChosen } from '../stage/breach.js';
import { drawAilments, drawBrokerFaults, drawLinkFaults } from '../stage/link-faults.js';

/** @import { Layout } from '../stage/layout.js' */
/** @import { Look } from '../stage/draw.js' */
/** @import { Violation } from './panel.js' */
/** @import { Say } from './words.js' */

/** @typedef {CanvasRenderingContext2D} Ctx */

export class LabStage {
  /** @type {Say | null} */
  say = null;
  /** @type {import('./panel.js').Details | undefined} */
  details;
  /** @type {Violation | null} */
  violation = null;
  /** Grows with every command: what is drawn may not be told by the frame's numbers alone. */
  version = 0;
  /** Id of the message in flight that is chosen; -1: none. */
  selected = -1;

  /** Over the links, under the brokers. @param {Ctx} ctx @param {Float64Array} frame @param {Layout} layout @param {Look} look */
  drawLinks(ctx, frame, layout, look) {
    if (this.say) drawLinkFaults(ctx, frame, layout, look, this.say, this.details);
  }

  /** Over one broker. @param {Ctx} ctx @param {Float64Array} frame @param {Layout} layout @param {Look} look @param {number} i */
  drawBroker(ctx, frame, layout, look, i) {
    drawBrokerFaults(ctx, frame, layout, look, i);
  }

  /** Over everything. @param {Ctx} ctx @param {Float64Array} frame @param {Layout} layout @param {Look} look */
  drawOver(ctx, frame, layout, look) {
    if (this.say) drawAilments(ctx, frame, layout, look, this.say, this.details);
    if (this.violation) drawBreach(ctx, frame, layout, look, this.violation);
    if (this.selected >= 0) drawChosen(ctx, frame, layout, look, this.selected);
  }
}
