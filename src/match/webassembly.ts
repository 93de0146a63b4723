/*
 * What the kernel takes of the JavaScript API of WebAssembly, <https://webassembly.github.io/spec/js-api/>: the types of
 * Node leave it out, and those of browsers bring a thousand names that are not here.
 */
declare global {
  namespace WebAssembly {
    class Memory {
      constructor(size: { readonly initial: number; readonly maximum: number; readonly shared?: boolean });
      readonly buffer: ArrayBuffer | SharedArrayBuffer;
    }
    class Module {
      constructor(bytes: Uint8Array);
    }
    class Instance {
      constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, Memory | number | ((...args: number[]) => number)>>>>);
      readonly exports: Readonly<Record<string, (...args: number[]) => number>>;
    }
    /** Whether this machine takes such a module. */
    function validate(bytes: Uint8Array): boolean;
  }
}

export {};
