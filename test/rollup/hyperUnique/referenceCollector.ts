/** Druid's collector with one array cell per register and nothing clever: what the arena is compared with. */
export class ReferenceCollector {
  offset = 0;
  overflowValue = 0;
  overflowRegister = 0;
  registers = new Array<number>(2048).fill(0);

  add(register: number, position: number): void {
    if (position <= this.offset) return;
    if (position > this.offset + 15) {
      if (position <= this.overflowValue) return;
      if (this.overflowValue <= this.offset + 15) this.add(this.overflowRegister, this.overflowValue);
      this.overflowValue = position;
      this.overflowRegister = register;
      return;
    }
    this.registers[register] = Math.max(this.registers[register], position - this.offset);
    this.#raise();
  }

  fold(other: ReferenceCollector): void {
    const [high, low] = this.offset < other.offset ? [other, this] : [this, other];
    const registers = high.registers.map((value, i) => Math.max(value, low.registers[i] - (high.offset - low.offset)));
    const { overflowRegister, overflowValue } = low;
    this.offset = high.offset;
    this.overflowValue = high.overflowValue;
    this.overflowRegister = high.overflowRegister;
    this.registers = registers;
    this.#raise();
    this.add(overflowRegister, overflowValue);
  }

  serialize(): Uint8Array {
    const nonZero = this.registers.filter((value) => value > 0).length;
    const bytes = this.registers.flatMap((value, i) => (i % 2 === 0 ? [value * 16 + this.registers[i + 1]] : []));
    const header = [1, this.offset, nonZero >> 8, nonZero & 255, this.overflowValue];
    header.push(this.overflowRegister >> 8, this.overflowRegister & 255);
    if (nonZero >= 128) return Uint8Array.from([...header, ...bytes]);
    const entries = bytes.flatMap((byte, i) => (byte === 0 ? [] : [(7 + i) >> 8, (7 + i) & 255, byte]));
    const image = new Uint8Array(7 + 3 * nonZero);
    image.set([...header, ...entries]);
    return image;
  }

  #raise(): void {
    if (this.registers.includes(0)) return;
    this.offset++;
    this.registers = this.registers.map((value) => value - 1);
  }
}
