import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { overlap, placeLabels, type Box } from './label-places.js';
import { frontOf, paretoPlot, type PlotPoint } from './pareto-plot.js';

const frame: Box = { left: 0, top: 0, width: 800, height: 400 };
const labelled = fc.record({ x: fc.double({ min: 0, max: 800, noNaN: true }), y: fc.double({ min: 0, max: 400, noNaN: true }), width: fc.integer({ min: 20, max: 120 }), height: fc.constant(17) });

describe('labels of a plot', () => {
  it('never cover each other and stay inside', () => {
    fc.assert(
      fc.property(fc.array(labelled, { maxLength: 14 }), (points) => {
        const boxes = placeLabels(points, frame).filter((box) => box !== undefined);
        for (const [index, box] of boxes.entries()) {
          expect(boxes.slice(index + 1).some((other) => overlap(box, other))).toBe(false);
          expect(box.left >= 0 && box.top >= 0 && box.left + box.width <= 800 && box.top + box.height <= 400).toBe(true);
        }
      }),
    );
  });

  it('are all there when points lie on each other', () => {
    const points = Array.from({ length: 10 }, () => ({ x: 400, y: 200, width: 90, height: 17 }));
    expect(placeLabels(points, frame).every((box) => box !== undefined)).toBe(true);
  });
});

const point = (label: string, completion: number, cost: number, kind: PlotPoint['kind'] = 'heuristic'): PlotPoint => ({ label, completion, cost, kind });
const points = [point('fifo', 241, 19_556), point('fair', 106.5, 12_688), point('tuned', 94.3, 13_727, 'tuned'), point('learned-2, λ 0', 88, 13_900, 'learned'), point('learned-3, λ 0.3', 92, 12_500, 'learned')];

describe('a Pareto plot', () => {
  it('joins what nothing beats in both', () => {
    expect(frontOf(points).map(({ label }) => label)).toEqual(['learned-3, λ 0.3', 'learned-2, λ 0']);
  });

  it('names baseline, workload and every policy, for light and for dark', () => {
    const svg = paretoPlot('Plot of <mine>', [{ title: 'against tuned & fair on TPC-H, batch of 20 jobs', points }]);
    expect(svg).toContain('Plot of &lt;mine&gt;');
    expect(svg).toContain('against tuned &amp; fair on TPC-H, batch of 20 jobs');
    for (const { label } of points) expect(svg).toContain(`>${label}</text>`);
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('can be drawn of one policy, and of policies that are all alike', () => {
    for (const some of [points.slice(0, 1), points.map((one) => ({ ...one, completion: 5, cost: 7 }))]) expect(paretoPlot('x', [{ title: 'x', points: some }])).not.toMatch(/NaN|Infinity/);
  });
});
