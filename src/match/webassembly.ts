/*
 * What the kernel takes of the JavaScript API of WebAssembly, <https://webassembly.github.io/spec/js-api/>: the types of
 * Node leave it out, and those of browsers bring a thousand names that are not here.
 */

/** Code that instances are made of. */
export interface CompiledModule {
  readonly [Symbol.toStringTag]: string;
}

interface Imports {
  readonly env: Readonly<Record<string, WebAssembly.Memory | number | ((...args: number[]) => number)>>;
}

declare global {
  namespace WebAssembly {
    class Memory {
      constructor(size: { readonly initial: number; readonly maximum: number; readonly shared?: boolean });
      readonly buffer: ArrayBuffer | SharedArrayBuffer;
    }
    class Instance {
      constructor(module: CompiledModule, imports: Imports);
      readonly exports: Readonly<Record<string, (...args: number[]) => number>>;
    }
    const Module: new (bytes: Uint8Array) => CompiledModule;
    /** Whether this machine takes such a module. */
    function validate(bytes: Uint8Array): boolean;
  }
}
