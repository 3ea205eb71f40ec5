import { OrreryError } from '@orrery/errors';

/** Appends numbers and texts to a growing buffer; the same calls give the same bytes on every machine. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** An unsigned integer in LEB128: seven bits a byte. @minimum 0 @maximum 2^53 - 1 */
  unsigned(value: number): this {
    this.#reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
    return this;
  }

  /** A signed integer, small ones of either sign in few bytes (zigzag). */
  signed(value: number): this {
    return this.unsigned(value < 0 ? -value * 2 - 1 : value * 2);
  }

  single(value: number): this {
    this.#reserve(4);
    this.#view.setFloat32(this.#length, value);
    this.#length += 4;
    return this;
  }

  double(value: number): this {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value);
    this.#length += 8;
    return this;
  }

  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    this.unsigned(bytes.length).#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + size));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Reads what {@link ByteWriter} wrote. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @throws ORRERY_VALIDATION when the bytes end early, here and in the other readings. */
  unsigned(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#advance(1)] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  single(): number {
    return this.#view.getFloat32(this.#advance(4));
  }

  double(): number {
    return this.#view.getFloat64(this.#advance(8));
  }

  text(): string {
    const length = this.unsigned();
    const start = this.#advance(length);
    return new TextDecoder().decode(this.#bytes.subarray(start, start + length));
  }

  isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  #advance(size: number): number {
    const start = this.#at;
    if (start + size > this.#bytes.length) throw new OrreryError('ORRERY_VALIDATION', `encoded state ends at byte ${this.#bytes.length}, expected ${size} more from byte ${start}`);
    this.#at = start + size;
    return start;
  }
}
