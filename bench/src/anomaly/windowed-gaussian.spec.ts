import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { dataFolder } from '../baseline/evaluation-data.js';
import { costProfiles } from './cost-profile.js';
import { corpusScore, judge } from './judged-series.js';
import { columnOf, corpusFolder, hasCorpus, readCorpus } from './nab-corpus.js';
import { windowedGaussian } from './windowed-gaussian.js';

describe('windowed gaussian', () => {
  it('scores by the normal tail beyond the values before', () => {
    // Mean 1 and deviation 1 after 0 and 2; the normal distribution at 0, 1, 2 and 6 deviations.
    expect(windowedGaussian([0, 2, 1])[2]).toBe(0.5);
    expect(windowedGaussian([0, 2, 2])[2]).toBeCloseTo(0.841344746069, 11);
    expect(windowedGaussian([0, 2, -1])[2]).toBeCloseTo(0.977249868052, 11);
    expect(windowedGaussian([0, 2, 7])[2]).toBeCloseTo(0.999999999013, 11);
  });

  it('takes a change of a constant as certain, and the constant as half so', () => {
    expect(windowedGaussian([5, 5, 5.1])).toEqual([0, 0.5, 1]);
  });

  it('slides its window in steps once it is full', () => {
    const values = Array.from({ length: 6700 }, (_, index) => (index < 6400 ? index % 2 : 10 + (index % 2)));
    const scores = windowedGaussian(values);

    // The mean does not move for 100 values, then it does.
    expect(scores[6400]).toBe(1);
    expect(scores[6498]).toBe(scores[6400]);
    expect(scores[6500]).toBeLessThan(1);
  });
});

const folder = corpusFolder(dataFolder(undefined));
const isThere = hasCorpus(folder) && existsSync(path.join(folder, 'scorer-check'));
const name = isThere ? 'the public corpus' : `the public corpus (skipped: ${folder} with scorer-check is absent; ORRERY_BENCH_DATA names the folder that holds anomaly-nab)`;

(isThere ? describe : describe.skip)(name, () => {
  const corpus = isThere ? readCorpus(folder).filter(({ category }) => /^artificial|^realAWS/.test(category)) : [];
  const published = (series: string): number[] => {
    const [category = '', file = ''] = series.split('/');
    return columnOf(path.join(folder, 'scorer-check', 'windowedGaussian', category, `windowedGaussian_${file}.gz`), 'anomaly_score');
  };
  const scoresOf = (valuesOf: (index: number) => readonly number[]): number[] => {
    const judged = corpus.map(({ windows }, index) => judge(valuesOf(index), windows));
    return costProfiles.map((profile) => Number(corpusScore(judged, profile, 1).toFixed(2)));
  };

  it('scores the published answers at their published threshold as published', () => {
    expect(scoresOf((index) => published(corpus[index]!.name))).toEqual([26.46, 2.24, 36.16]);
  });

  it('is answered by our windowed gaussian as by the published one', () => {
    expect(scoresOf((index) => windowedGaussian(corpus[index]!.values))).toEqual([26.46, 2.24, 36.16]);

    const off = corpus.flatMap(({ name: series, values }) => {
      const theirs = published(series);
      return windowedGaussian(values).filter((score, index) => Math.abs(score - theirs[index]!) > 1e-6);
    });
    expect(off).toEqual([]);
  });
});
