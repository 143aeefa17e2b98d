// Colours of the stage: text can be read on them and in them, and neighbouring terms differ for colour-blind eyes too.

import assert from 'node:assert/strict';
import test from 'node:test';
import { cssVariables, palette, termColour, termHue, TERM_HUES } from '../../www/stage/palette.js';

/** Linear red, green, blue of '#rrggbb'. @param {string} colour */
function linear(colour) {
  return [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
}

/** @param {string} a @param {string} b */
function contrast(a, b) {
  const [high, low] = [a, b]
    .map((colour) => {
      const [red, green, blue] = linear(colour);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    })
    .sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** Full red-green blindness of both kinds (Machado, Oliveira, Fernandes 2009). */
const SIGHT = {
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
};

/** CIE L*a*b* of a colour as such eyes see it. @param {string} colour @param {number[]} sight */
function lab(colour, sight) {
  const seen = linear(colour);
  const [r, g, b] = [0, 3, 6].map((row) =>
    Math.max(0, sight[row] * seen[0] + sight[row + 1] * seen[1] + sight[row + 2] * seen[2]),
  );
  const f = (/** @type {number} */ t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

for (const dark of [false, true]) {
  const colours = palette(dark);
  const theme = dark ? 'dark' : 'light';

  test(`text is readable, ${theme}`, () => {
    for (const text of [
      ...colours.hues,
      colours.ink,
      colours.soft,
      colours.ok,
      colours.bad,
      colours.warn,
      colours.noTerm,
    ]) {
      for (const ground of [colours.paper, colours.card]) {
        assert.ok(contrast(text, ground) >= 4.5, `${text} on ${ground}: ${contrast(text, ground)}`);
      }
    }
    for (const ground of [...colours.hues, colours.ok, colours.bad]) {
      assert.ok(contrast(colours.onHue, ground) >= 4.5, `${colours.onHue} on ${ground}`);
    }
    assert.ok(contrast(colours.dead, colours.paper) >= 4.5, 'the label of a broker that is down');
  });

  test(`neighbouring terms differ for red-green blindness, ${theme}`, () => {
    for (const [name, sight] of Object.entries(SIGHT)) {
      colours.hues.forEach((hue, i) => {
        const a = lab(hue, sight);
        const b = lab(colours.hues[(i + 1) % TERM_HUES], sight);
        const distance = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        assert.ok(distance > 25, `${name}: terms ${i} and ${i + 1} are ${distance} apart`);
      });
    }
  });
}

test('a term keeps its hue and the cycle begins anew', () => {
  assert.equal(termHue(-1), -1);
  assert.equal(termHue(0), termHue(TERM_HUES));
  assert.equal(termColour(palette(false), TERM_HUES + 1), palette(false).hues[1]);
  assert.equal(termColour(palette(false), -1), palette(false).noTerm);
});

test('panels get the same colours', () => {
  const variables = cssVariables(palette(true));
  assert.equal(variables['--ls-paper'], palette(true).paper);
  assert.equal(variables['--ls-on-hue'], palette(true).onHue);
  assert.equal(variables['--ls-term-1'], palette(true).hues[1]);
});
