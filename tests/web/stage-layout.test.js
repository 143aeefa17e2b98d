// The stage's geometry, over all group sizes and a range of widths: nothing overlaps, nothing leaves the stage, log
// columns are aligned, messages go from rim to rim, and what is seen can be hit.

import assert from 'node:assert/strict';
import test from 'node:test';
import { BROKER, HEAD } from '../../www/frame.js';
import { firstIndexShown } from '../../www/stage/geometry.js';
import { lane } from '../../www/stage/lanes.js';
import { hit } from '../../www/stage/hit.js';
import { layout } from '../../www/stage/layout.js';

const WIDTHS = [320, 360, 375, 414, 540, 719, 720, 760, 900, 1024, 1280, 1568, 1920, 2560, 3840];

/** @param {(placed: import('../../www/stage/layout.js').Layout, n: number, name: string) => void} check */
function everywhere(check) {
  for (const width of WIDTHS) {
    for (let brokers = 1; brokers <= 9; brokers++) {
      for (let queues = 1; queues <= 4; queues++) {
        const name = `${brokers} brokers, ${queues} queues, ${width} px`;
        check(layout({ width, brokers, queues, columns: 16 }), brokers, name);
      }
    }
  }
}

test('brokers never overlap and stay on the stage', () => {
  everywhere(({ brokers, width, height }, n, name) => {
    assert.equal(brokers.length, n);
    brokers.forEach((a, i) => {
      assert.ok(a.x - a.r >= 0 && a.x + a.r <= width && a.y - a.r >= 0 && a.y + a.r <= height, name);
      for (const b of brokers.slice(i + 1)) {
        assert.ok(Math.hypot(a.x - b.x, a.y - b.y) > a.r + b.r + 8, `${name}: broker ${i} touches another`);
      }
    });
  });
});

test('the producer covers no broker', () => {
  everywhere(({ brokers, producer }, _n, name) => {
    for (const { x, y, r } of brokers) {
      const dx = Math.max(producer.x - x, 0, x - producer.x - producer.w);
      const dy = Math.max(producer.y - y, 0, y - producer.y - producer.h);
      assert.ok(Math.hypot(dx, dy) >= r, name);
    }
  });
});

test('the ring keeps clear of the logs', () => {
  everywhere(({ brokers, logs, mode }, _n, name) => {
    for (const { x, y, r } of brokers) {
      assert.ok(mode === 'wide' ? x + r < logs.left : y + r < logs.y, name);
    }
  });
});

test('rows follow each other without overlap, columns and queues inside the stage', () => {
  everywhere(({ rows, logs, width, height, columns }, _n, name) => {
    const { cell, unit } = logs;
    assert.ok(columns >= 4 || columns === 16, `${name}: ${columns} columns`);
    assert.ok(logs.x + columns * (cell.w + cell.gap) - cell.gap <= width, name);
    rows.forEach((row, i) => {
      const bottom = Math.max(row.cellY + cell.h, ...row.queues.map((q) => q.y + unit.h));
      assert.ok(bottom <= (rows[i + 1]?.y ?? height), `${name}: row ${i}`);
      for (const queue of row.queues) {
        assert.ok(queue.x + unit.labelW + unit.count * (unit.w + unit.gap) <= width, name);
        assert.ok(queue.y >= row.cellY + cell.h, name);
      }
    });
  });
});

test('the log has the same columns for all brokers', () => {
  // Cells are placed by column alone: a row holds no x of its own.
  const placed = layout({ width: 1280, brokers: 5, queues: 2, columns: 16 });
  for (const row of placed.rows)
    assert.deepEqual(Object.keys(row).sort(), ['broker', 'cellY', 'queues', 'y']);
});

test('never more columns than there is something for', () => {
  assert.equal(layout({ width: 3000, brokers: 3, queues: 1, columns: 6 }).columns, 6);
});

test('from 720 px the logs stand beside the ring, below that under it', () => {
  assert.equal(layout({ width: 720, brokers: 3, queues: 1 }).mode, 'wide');
  assert.equal(layout({ width: 719, brokers: 3, queues: 1 }).mode, 'stacked');
});

test('a given height is kept, and everything stays inside', () => {
  for (const height of [300, 420, 600, 1200]) {
    for (const width of [375, 1280]) {
      for (let brokers = 1; brokers <= 9; brokers++) {
        const placed = layout({ width, height: width < 720 ? height * 2 : height, brokers, queues: 2 });
        assert.equal(placed.height, width < 720 ? height * 2 : height);
        for (const { y, r } of placed.brokers) assert.ok(y - r >= 0 && y + r <= placed.height);
        const last = placed.rows[brokers - 1];
        assert.ok(last.cellY + placed.logs.cell.h <= placed.height);
      }
    }
  }
});

test('a broker is hit at its centre and all along its edge', () => {
  everywhere(({ brokers, ...rest }, _n, name) => {
    const placed = { brokers, ...rest };
    brokers.forEach(({ x, y, r }, i) => {
      assert.deepEqual(hit(placed, x, y), { what: 'broker', broker: i }, name);
      for (let k = 0; k < 12; k++) {
        const angle = (k * Math.PI) / 6;
        const there = hit(placed, x + r * Math.cos(angle), y + r * Math.sin(angle));
        assert.deepEqual(there, { what: 'broker', broker: i }, `${name}: broker ${i} at ${k * 30} degrees`);
      }
    });
  });
});

test('the producer is hit, and beside things nothing is', () => {
  everywhere((placed, _n, name) => {
    const { x, y, w, h } = placed.producer;
    assert.deepEqual(hit(placed, x + w / 2, y + h / 2), { what: 'producer' }, name);
    assert.equal(hit(placed, placed.width - 1, placed.height - 1), null, name);
    assert.equal(hit(placed, 0, 0), null, name);
  });
});

test('a message flies from rim to rim', () => {
  everywhere((placed, n, name) => {
    for (let from = 0; from < n; from++) {
      for (let to = 0; to < n; to++) {
        if (from === to) continue;
        const { x0, y0, x1, y1, length } = lane(placed, from, to);
        const a = placed.brokers[from];
        const b = placed.brokers[to];
        assert.ok(Math.abs(Math.hypot(x0 - a.x, y0 - a.y) - a.r) < 1e-6, name);
        assert.ok(Math.abs(Math.hypot(x1 - b.x, y1 - b.y) - b.r) < 1e-6, name);
        assert.ok(length > placed.glyph * 2, `${name}: no room between ${from} and ${to}`);
      }
    }
  });
});

test("a client's message flies from the producer's edge", () => {
  everywhere((placed, n, name) => {
    const { x, y, w, h } = placed.producer;
    for (let to = 0; to < n; to++) {
      for (const [px, py] of [
        [lane(placed, -1, to).x0, lane(placed, -1, to).y0],
        [lane(placed, to, -1).x1, lane(placed, to, -1).y1],
      ]) {
        const onSide =
          Math.min(Math.abs(px - x), Math.abs(px - x - w)) < 1e-6 && py > y - 1e-6 && py < y + h + 1e-6;
        const onTop =
          Math.min(Math.abs(py - y), Math.abs(py - y - h)) < 1e-6 && px > x - 1e-6 && px < x + w + 1e-6;
        assert.ok(onSide || onTop, `${name}: to ${to}`);
      }
    }
  });
});

test('messages in opposite directions keep to their own side', () => {
  everywhere((placed, n, name) => {
    for (let from = 0; from < n; from++) {
      for (let to = from + 1; to < n; to++) {
        const there = lane(placed, from, to);
        const back = lane(placed, to, from);
        const apart = Math.abs((back.x1 - there.x0) * there.uy - (back.y1 - there.y0) * there.ux);
        assert.ok(apart >= placed.glyph * 1.9, `${name}: ${apart} between ${from} and ${to}`);
      }
    }
  });
});

test('the window of log columns shows the last entries and free slots', () => {
  const frame = (/** @type {number} */ end, /** @type {number} */ first) => {
    const numbers = new Float64Array(HEAD.LENGTH + BROKER.STRIDE);
    numbers[HEAD.BROKERS] = 1;
    numbers[HEAD.BROKERS_AT] = HEAD.LENGTH;
    numbers[HEAD.COLUMNS] = 16;
    numbers[HEAD.FIRST_INDEX] = first;
    numbers[HEAD.LENGTH + BROKER.END_INDEX] = end;
    return numbers;
  };
  assert.equal(firstIndexShown(frame(-1, 0), 10), 0);
  assert.equal(firstIndexShown(frame(7, 0), 10), 0);
  for (let end = 8; end < 60; end++) {
    const first = firstIndexShown(frame(end, Math.max(0, end - 13)), 10);
    assert.ok(first <= end && end < first + 10, `entry ${end} is shown`);
    assert.ok(first + 10 - end - 1 >= 2, `room after entry ${end}`);
  }
});
