/**
 * The order of a wasm module's functions, for the size after compression: gzip finds what it has seen before only in the
 * last 32 KB. Functions that are alike come one after the other, which is 0.8 KB less than in the order they come in.
 *
 * wasm-opt can sort functions by name, and rewrites all that refers to them. So this only gives them names.
 */

/** Bytes that are compared as one. */
const GRAM = 4;

/** Sections of a module, by number. */
const CUSTOM = 0;
const IMPORTS = 2;
const CODE = 10;

/** The kind of an imported function. */
const FUNCTION = 0;

/**
 * A module whose functions are named so that sorted by name they are in a good order. Other names are dropped.
 *
 * @param {Buffer} module
 * @returns {Buffer}
 */
export function nameByLikeness(module) {
  const sections = split(module);
  const code = sections.find(({ id }) => id === CODE);
  if (!code) return module;
  const imported = importedFunctions(sections.find(({ id }) => id === IMPORTS)?.body ?? Buffer.of(0));
  const bodies = functionBodies(code.body);
  const place = new Map(order(bodies).map((which, at) => [which, at]));
  const entries = bodies.map((_, which) => {
    const name = Buffer.from(String(place.get(which)).padStart(6, '0'));
    return Buffer.concat([leb(imported + which), leb(name.length), name]);
  });
  const functions = Buffer.concat([leb(bodies.length), ...entries]);
  const names = Buffer.concat([leb(4), Buffer.from('name'), Buffer.of(1), leb(functions.length), functions]);
  const kept = sections.filter(
    ({ id, body }) => id !== CUSTOM || !body.subarray(1).toString().startsWith('name'),
  );
  const all = [...kept, { id: CUSTOM, body: names }];
  return Buffer.concat([
    module.subarray(0, 8),
    ...all.flatMap(({ id, body }) => [Buffer.of(id), leb(body.length), body]),
  ]);
}

/**
 * Begins with the largest, and goes on with the one that has most in common with the last two.
 *
 * @param {Buffer[]} bodies
 * @returns {number[]}
 */
function order(bodies) {
  const grams = bodies.map((body) => {
    const all = new Set();
    for (let at = 0; at + GRAM <= body.length; at++) all.add(body.readUInt32LE(at));
    return all;
  });
  /** @param {Set<number> | undefined} one @param {Set<number>} other */
  const common = (one, other) => (one ? [...other].filter((gram) => one.has(gram)).length : 0);
  const left = [...bodies.keys()].sort((a, b) => bodies[b].length - bodies[a].length || a - b);
  const found = left.splice(0, 1);
  while (left.length > 0) {
    const [before, last] = [grams[found[found.length - 2]], grams[found[found.length - 1]]];
    let best = 0;
    let most = -1;
    left.forEach((which, at) => {
      const own = grams[which];
      const score = (common(last, own) + common(before, own) / 2) / (own.size + 20);
      if (score > most) [best, most] = [at, score];
    });
    found.push(...left.splice(best, 1));
  }
  return found;
}

/** @typedef {{ id: number, body: Buffer }} Section */

/** @param {Buffer} module @returns {Section[]} */
function split(module) {
  const read = reader(module, 8);
  const sections = [];
  while (!read.done()) {
    const id = read.byte();
    sections.push({ id, body: read.bytes(read.number()) });
  }
  return sections;
}

/** @param {Buffer} body of the import section */
function importedFunctions(body) {
  const read = reader(body);
  let functions = 0;
  for (let left = read.number(); left > 0; left--) {
    read.bytes(read.number());
    read.bytes(read.number());
    if (read.byte() !== FUNCTION) throw new Error('order.mjs reads modules that import functions only');
    read.number();
    functions++;
  }
  return functions;
}

/** @param {Buffer} body of the code section */
function functionBodies(body) {
  const read = reader(body);
  return Array.from({ length: read.number() }, () => read.bytes(read.number()));
}

/** @param {Buffer} buffer @param {number} [at] */
function reader(buffer, at = 0) {
  const byte = () => buffer[at++];
  return {
    byte,
    done: () => at >= buffer.length,
    /** @param {number} length */
    bytes: (length) => buffer.subarray(at, (at += length)),
    /** A number as wasm writes it: seven bits a byte, the lowest first. */
    number() {
      let number = 0;
      for (let shift = 0; ; shift += 7) {
        const next = byte();
        number += (next & 0x7f) * 2 ** shift;
        if (next < 0x80) return number;
      }
    },
  };
}

/** @param {number} number */
function leb(number) {
  const bytes = [];
  for (; number >= 0x80; number = Math.floor(number / 0x80)) bytes.push((number & 0x7f) | 0x80);
  return Buffer.of(...bytes, number);
}
