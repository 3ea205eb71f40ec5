// ONNX Runtime's addon makes its arrays in Node's own realm, and jest runs specs in another one, where they are no instance of Float32Array.
// Imported before networks are served in a spec.
Object.defineProperty(Float32Array, Symbol.hasInstance, {
  value: (value: unknown) => ArrayBuffer.isView(value) && (value as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag] === 'Float32Array',
});
