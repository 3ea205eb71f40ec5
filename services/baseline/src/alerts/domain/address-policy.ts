import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * Which addresses alerts may be sent to: public ones, and those of networks that the operator allows.
 */
export class AddressPolicy {
  private readonly allowed = new BlockList();

  /** @param allowedNetworks in CIDR notation, as {@link isNetwork} accepts them */
  constructor(allowedNetworks: readonly string[]) {
    for (const network of allowedNetworks) {
      const [address = '', bits] = network.split('/');
      this.allowed.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
    }
  }

  /** Whether the operator named the address; such a place may also be spoken to without TLS. */
  isAllowed(address: string): boolean {
    const plain = plainAddress(address);
    return plain !== undefined && this.allowed.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  }

  /** Whether a connection to the address may be made at all. What is no address may not be reached. */
  permits(address: string): boolean {
    return this.isAllowed(address) || isPublic(address);
  }
}

/** Whether a text is a network in CIDR notation. */
export function isNetwork(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && !address.includes('%') && Number(bits) <= 128);
}

/** Whether an address is one of the public internet. */
export function isPublic(address: string): boolean {
  const plain = plainAddress(address);
  if (plain === undefined) return false;
  if (isIPv4(plain)) return !special.check(plain, 'ipv4');
  return globalUnicast.check(plain, 'ipv6') && !special.check(plain, 'ipv6');
}

/**
 * An address without wrapping: IPv4 inside IPv6 (mapped, ::ffff:0:0/96, and NAT64, 64:ff9b::/96) as IPv4, since that is where the
 * connection ends. Undefined for what is no address, and for one with a zone.
 */
function plainAddress(address: string): string | undefined {
  if (isIPv4(address)) return address;
  if (!isIPv6(address) || address.includes('%')) return undefined;
  const groups = groupsOf(address);
  const head = groups.slice(0, 6).join(':');
  if (head !== '0:0:0:0:0:ffff' && head !== '64:ff9b:0:0:0:0') return address;
  return groups.slice(6).flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]).join('.');
}

/** The eight groups of an IPv6 address, in hex without leading zeros. */
function groupsOf(address: string): readonly string[] {
  // The URL parser writes every notation, dotted ends included, in the one short form.
  const short = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [front = '', back] = short.split('::');
  const before = front === '' ? [] : front.split(':');
  const after = back === undefined || back === '' ? [] : back.split(':');
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}

// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), and the multicast and reserved blocks.
const specialNetworks = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Teredo, ORCHID and others; documentation; 6to4, which leads to an IPv4 address inside; documentation.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
];

const special = blockListOf(specialNetworks);
/** All that is given out so far; loopback, link-local, unique local and multicast lie outside. */
const globalUnicast = blockListOf(['2000::/3']);

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  return list;
}
