/** Lets one loop sleep until something happens or a time has passed; a signal given while nobody waits is kept. */
export class Signal {
  #isRaised = false;
  #wake: (() => void) | undefined;

  raise(): void {
    this.#isRaised = true;
    this.#wake?.();
  }

  /** Resolves at the next signal, at once when one was given since the last wait, or after `timeoutMs`; tells whether there was one. */
  async wait(timeoutMs?: number): Promise<boolean> {
    if (!this.#isRaised) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (timeoutMs !== undefined) timer = setTimeout(resolve, timeoutMs);
      });
      clearTimeout(timer);
      this.#wake = undefined;
    }
    const wasRaised = this.#isRaised;
    this.#isRaised = false;
    return wasRaised;
  }
}
