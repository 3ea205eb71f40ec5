import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AddressPolicy, isNetwork, isPublic } from './address-policy.js';

const special = [
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::169.254.169.254',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:a9fe:a9fe::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'localhost',
  '127.1',
  '0x7f000001',
  '2130706433',
  '',
];

describe('an address', () => {
  it.each(special)('%s is not public', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  it.each(['1.1.1.1', '100.63.255.255', '100.128.0.1', '172.15.255.255', '172.32.0.1', '223.255.255.255', '2606:4700::1111', '2a00:1450::1', '::ffff:8.8.8.8', '64:ff9b::808:808'])('%s is public', (address) => {
    expect(isPublic(address)).toBe(true);
  });

  it('inside of an IPv6 address counts as the IPv4 address that it is', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublic(`::ffff:${address}`)).toBe(isPublic(address));
        expect(isPublic(`64:ff9b::${address}`)).toBe(isPublic(address));
      }),
    );
  });

  it('of any form is judged without an error', () => {
    fc.assert(fc.property(fc.oneof(fc.ipV6(), fc.string()), (address) => typeof isPublic(address) === 'boolean'));
  });
});

describe('a network that the operator allows', () => {
  const policy = new AddressPolicy(['10.1.0.0/16', 'fd00:1::/32', '127.0.0.1/32']);

  it('may be reached, also through an address that wraps it, and no other', () => {
    expect(['10.1.2.3', '::ffff:10.1.2.3', 'fd00:1::5', '127.0.0.1', '1.1.1.1'].map((address) => policy.permits(address))).toEqual([true, true, true, true, true]);
    expect(['10.2.0.1', 'fd00:2::5', '127.0.0.2', '::1', '169.254.169.254'].map((address) => policy.permits(address))).toEqual([false, false, false, false, false]);
  });

  it('may be reached without TLS, unlike the public', () => {
    expect(policy.isAllowed('10.1.2.3')).toBe(true);
    expect(policy.isAllowed('1.1.1.1')).toBe(false);
  });

  it('is written in CIDR notation', () => {
    expect(['10.0.0.0/8', 'fd00::/8', '0.0.0.0/0', '::/0'].map(isNetwork)).toEqual([true, true, true, true]);
    expect(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'fd00::/129', 'example.org/8', '10.0.0.0/8/8', 'fe80::%eth0/10', '10.0.0.0/-1', ''].map(isNetwork)).toEqual(Array(9).fill(false));
  });
});
