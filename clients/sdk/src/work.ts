/** Something that ends well or with what was thrown. */
interface Ending {
  finish(): void;
  fail(thrown: unknown): void;
}

/** Does the work, ends the scope by its result and passes result or exception on unchanged. */
export async function endWith<Scope extends Ending, Value>(scope: Scope, work: (scope: Scope) => Value | Promise<Value>): Promise<Value> {
  try {
    const value = await work(scope);
    scope.finish();
    return value;
  } catch (thrown) {
    scope.fail(thrown);
    throw thrown;
  }
}
