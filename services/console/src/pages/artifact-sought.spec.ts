import { describe, expect, it } from '@jest/globals';
import { artifactSought } from './artifact-sought.js';

const sha256 = '83602b1593f0b403003161e0472872555d3712d32f2f35643c939b7de40f60eb';

describe('artifactSought', () => {
  it('takes digits for a hash, and names the algorithm by their number', () => {
    expect(artifactSought(` ${sha256.toUpperCase()} `)).toEqual({ hash: `sha256:${sha256}` });
    expect(artifactSought(`sha256:${sha256}`)).toEqual({ hash: `sha256:${sha256}` });
    expect(artifactSought('d41d8cd98f00b204e9800998ecf8427e')).toEqual({ hash: 'md5:d41d8cd98f00b204e9800998ecf8427e' });
  });

  it.each(['file:///srv/data.csv', 's3://bucket/key', 'sha256:xyz', `${sha256.slice(0, 50)}`])('takes %s for an address', (text) => {
    expect(artifactSought(text)).toEqual({ uri: text });
  });

  it('is nothing for an empty field', () => {
    expect(artifactSought('  ')).toBeNull();
  });
});
