/** The script uses something that only the interpreter knows. */
export class Unsupported {
  constructor(readonly what: string) {}
}

/** How many values a function of a script returns. */
export type Returns = 'one' | 'none';

/** What a local name stands for. */
export type Binding =
  | { readonly kind: 'variable'; readonly id: string; readonly level: number }
  /** Called by its name and never passed on; null while its own body is being compiled. */
  | { readonly kind: 'function'; readonly id: string; returns: Returns | null }
  /** Another name for a function of a library. */
  | { readonly kind: 'library'; readonly path: string };

/** One function of the script (the main chunk too) while it is being compiled. */
interface FunctionFrame {
  readonly temporaries: string[];
  readonly returns: Set<Returns>;
}

/** Names of the script and of the JavaScript that is made of it. Every local gets a name of its own. */
export class ScriptScope {
  private readonly blocks: Map<string, Binding>[] = [new Map()];
  private readonly frames: FunctionFrame[] = [{ temporaries: [], returns: new Set() }];
  private count = 0;

  /** Compiles inside a new block. */
  inBlock<T>(compile: () => T): T {
    this.blocks.push(new Map());
    try {
      return compile();
    } finally {
      this.blocks.pop();
    }
  }

  /** Compiles inside a new function, with its parameters. */
  inFunction<T>(compile: (frame: FunctionFrame) => T): T {
    const frame: FunctionFrame = { temporaries: [], returns: new Set() };
    this.frames.push(frame);
    try {
      return this.inBlock(() => compile(frame));
    } finally {
      this.frames.pop();
    }
  }

  find(name: string): Binding | undefined {
    for (let i = this.blocks.length - 1; i >= 0; i--) {
      const binding = this.blocks[i]!.get(name);
      if (binding !== undefined) return binding;
    }
    return undefined;
  }

  bind(name: string, binding: Binding): void {
    this.blocks[this.blocks.length - 1]!.set(name, binding);
  }

  /** Declares a variable. @returns its name in JavaScript */
  declare(name: string): string {
    const id = this.fresh();
    this.bind(name, { kind: 'variable', id, level: this.level });
    return id;
  }

  /** A name that nobody has. */
  fresh(): string {
    this.count++;
    return `v${this.count}`;
  }

  /** A variable of the function for the inside of an expression. */
  temporary(): string {
    const id = this.fresh();
    this.frame.temporaries.push(id);
    return id;
  }

  get frame(): FunctionFrame {
    return this.frames[this.frames.length - 1]!;
  }

  /** How many functions deep; 1 in the main chunk. */
  get level(): number {
    return this.frames.length;
  }
}
