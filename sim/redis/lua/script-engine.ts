import { ErrorReply, type Reply } from '../reply.js';
import { compileScript, type Program } from './compiler.js';
import { type Closure, Interpreter } from './interpreter.js';
import { type AnsweredCall, attach, detach, toReply } from './runtime.js';
import type { ScriptHost } from './script-host.js';
import { Unsupported } from './script-scope.js';
import { HandOver, ScriptTable } from './script-table.js';
import { sha1 } from './values.js';

/** A script that has been compiled. */
export interface CompiledScript {
  /** SHA-1 of the source, 40 hex digits. */
  readonly digest: string;
  readonly source: string;
  /** For the interpreter. */
  readonly closure: Closure;
  /** The script as JavaScript; null when it uses more of Lua than the compiler knows. */
  readonly program: Program | null;
  /** Why there is no program. */
  readonly obstacle: string | null;
}

/**
 * Lua for all servers of this process; scripts are compiled once. Most are run as JavaScript ({@link compileScript}), the others by the
 * interpreter, which also has the last word on everything that a program is not sure of, first of all the texts of errors: a script is
 * deterministic, so the interpreter can take over a run that has begun by running it again, with the answers its commands have already
 * been given.
 */
export class ScriptEngine {
  /** True: the interpreter runs everything. For comparisons. */
  interpretsAll = false;
  /** How many runs the interpreter has taken over. */
  takeovers = 0;
  private readonly interpreter = new Interpreter();
  private readonly compiled = new Map<string, CompiledScript | ErrorReply>();

  /** Compiles a script, once for the process. */
  compile(source: string): CompiledScript | ErrorReply {
    const known = this.compiled.get(source);
    if (known !== undefined) return known;
    const result = this.compileNew(source);
    this.compiled.set(source, result);
    return result;
  }

  /** Runs a script to its end. The lists become its own. */
  run(script: CompiledScript, keys: string[], args: string[], host: ScriptHost): Reply {
    if (script.program === null || this.interpretsAll) {
      return this.interpreter.run(script.closure, script.digest, keys, args, host);
    }
    const calls = attach(host);
    try {
      return toReply(script.program(new ScriptTable(keys, true), new ScriptTable(args, true)));
    } catch (error) {
      if (!(error instanceof HandOver)) throw error;
      this.takeovers++;
      return this.interpreter.run(script.closure, script.digest, keys, args, resumed(host, calls));
    } finally {
      detach();
    }
  }

  private compileNew(source: string): CompiledScript | ErrorReply {
    const closure = this.interpreter.compile(source);
    if (closure instanceof ErrorReply) return closure;
    const program = compileScript(source);
    const script = { digest: sha1(source), source, closure };
    return program instanceof Unsupported
      ? { ...script, program: null, obstacle: program.what }
      : { ...script, program, obstacle: null };
  }
}

/** The server, to a script that has run up to a point: it gets the same answers again, and from there on new ones. */
function resumed(host: ScriptHost, calls: readonly AnsweredCall[]): ScriptHost {
  let at = 0;
  return {
    get random() {
      return host.random;
    },
    set random(state) {
      host.random = state;
    },
    callFromScript(args) {
      const known = calls[at++];
      if (known === undefined) return host.callFromScript(args);
      if (known.args.length !== args.length || !args.every((arg, i) => arg === known.args[i])) {
        throw new Error(`the interpreter says ${args.join(' ')}, the compiled script has said ${known.args.join(' ')}`);
      }
      return known.reply;
    },
  };
}

/** The one engine of this process (of this thread). */
export const scriptEngine = new ScriptEngine();
