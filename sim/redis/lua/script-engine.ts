import { createHash } from 'node:crypto';
import { ErrorReply, type Reply, StatusReply } from '../reply.js';
import { formatGeneral } from '../store/number-text.js';
import {
  decode,
  fengari,
  jsString,
  type LuaFunction,
  type LuaState,
  type LuaString,
  LuaTag,
  luaString,
  parseNumeral,
  TValue,
} from './fengari.js';
import { PRELUDE } from './prelude.js';

const { lua, lauxlib } = fengari;

/** A script that has been compiled. */
export interface CompiledScript {
  /** SHA-1 of the source, 40 hex digits. */
  readonly digest: string;
  readonly source: string;
  /** Where the engine keeps the function. */
  readonly reference: number;
}

/** Executes one command for a script. Throws nothing: errors are answers. */
export type ScriptBridge = (args: string[]) => Reply;

const ARGUMENT_TYPE = 'ERR Lua redis lib command arguments must be strings or integers';
const NO_ARGUMENT = 'ERR Please specify at least one argument for this redis lib call';
const MINIMUM = Number(-(1n << 63n));

/**
 * Lua for all servers of this process: one state, chunks compiled once. Scripts cannot leave anything behind in it (globals and
 * libraries are read-only, locals end with the call), so that worlds do not see each other.
 */
class ScriptEngine {
  private readonly L: LuaState = lauxlib.luaL_newstate();
  private readonly compiled = new Map<string, CompiledScript | ErrorReply>();
  private readonly env: unknown;
  private readonly globals: unknown;
  private bridge: ScriptBridge | null = null;
  private random = 0n;
  private readonly keysName = luaString('KEYS');
  private readonly argvName = luaString('ARGV');

  constructor() {
    const L = this.L;
    fengari.lualib.luaL_openlibs(L);
    // message handler, at index 1 for good
    lua.lua_pushjsfunction(L, addPosition);
    this.load(PRELUDE, 'prelude');
    this.pushHost();
    if (lua.lua_pcall(L, 1, 2, 0) !== 0) throw new Error(`prelude: ${this.textAt(L.top - 1)}`);
    this.env = L.stack[L.top - 2]!.value;
    this.globals = L.stack[L.top - 1]!.value;
    // held by the registry as well, or they would hang only on this object
    lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX);
    lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX);
  }

  /** Compiles a script, once for the process. */
  compile(source: string): CompiledScript | ErrorReply {
    const known = this.compiled.get(source);
    if (known !== undefined) return known;
    const L = this.L;
    const status = this.load(source, '@user_script');
    let result: CompiledScript | ErrorReply;
    if (status === 0) {
      L.stack[L.top++] = new TValue(TABLE, this.env);
      lua.lua_setupvalue(L, -2, 1);
      result = { digest: sha1(source), source, reference: lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX) };
    } else {
      const problem = this.textAt(L.top - 1).replace(/^\[string "?@?user_script"?\]/, 'user_script');
      result = new ErrorReply(`ERR Error compiling script (new function): ${problem}`);
      lua.lua_settop(L, 1);
    }
    this.compiled.set(source, result);
    return result;
  }

  /** Runs a script to its end. */
  run(script: CompiledScript, keys: readonly string[], args: readonly string[], bridge: ScriptBridge): Reply {
    const L = this.L;
    const outer = this.bridge;
    if (outer !== null) throw new Error('a script cannot run inside a script');
    this.bridge = bridge;
    this.random = 0n;
    try {
      this.setGlobal(this.keysName, keys);
      this.setGlobal(this.argvName, args);
      lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, script.reference);
      if (lua.lua_pcall(L, 0, 1, 1) !== 0) return this.failure(script);
      return this.toReply(L.stack[L.top - 1]!.type, L.stack[L.top - 1]!.value, 0);
    } finally {
      this.bridge = null;
      lua.lua_settop(L, 1);
    }
  }

  private load(source: string, name: string): number {
    const bytes = fengari.to_luastring(source);
    return lauxlib.luaL_loadbuffer(this.L, bytes, bytes.length, fengari.to_luastring(name));
  }

  private setGlobal(name: LuaString, values: readonly string[]): void {
    const L = this.L;
    L.stack[L.top++] = new TValue(TABLE, this.globals);
    this.pushString(name);
    lua.lua_createtable(L, 0, 0);
    for (let i = 0; i < values.length; i++) {
      this.pushString(luaString(values[i]!));
      lua.lua_rawseti(L, -2, i + 1);
    }
    lua.lua_rawset(L, -3);
    lua.lua_settop(L, -2);
  }

  private pushString(string: LuaString): void {
    const L = this.L;
    L.stack[L.top++] = new TValue(LuaTag.longString, string);
  }

  private pushField(name: string, value: string): void {
    this.pushString(luaString(name));
    this.pushString(luaString(value));
    lua.lua_rawset(this.L, -3);
  }

  /** Pushes an answer as Redis converts it: nil becomes false, a status `{ok}`, an error `{err}`. */
  private push(reply: Reply): void {
    const L = this.L;
    if (typeof reply === 'string') this.pushString(luaString(reply));
    else if (typeof reply === 'number') lua.lua_pushnumber(L, reply);
    else if (reply === null) lua.lua_pushboolean(L, false);
    else if (Array.isArray(reply)) {
      lua.lua_createtable(L, reply.length, 0);
      for (let i = 0; i < reply.length; i++) {
        this.push(reply[i]!);
        lua.lua_rawseti(L, -2, i + 1);
      }
    } else {
      lua.lua_createtable(L, 0, 1);
      if (reply instanceof StatusReply) this.pushField('ok', reply.text);
      else this.pushField('err', reply.message);
    }
  }

  /** Converts what a script returns as Redis does: numbers lose their fraction, arrays end at the first nil, false is nil. */
  private toReply(type: number, value: unknown, depth: number): Reply {
    switch (type & 0x0f) {
      case LuaTag.string:
        return jsString(value as LuaString);
      case LuaTag.number:
        return toInteger(value as number);
      case LuaTag.boolean:
        return value === true ? 1 : null;
      case LuaTag.table:
        return this.toArray(value, depth);
      default:
        return null;
    }
  }

  private toArray(table: unknown, depth: number): Reply {
    if (depth > 1000) return new ErrorReply('ERR reached lua stack limit');
    const L = this.L;
    L.stack[L.top++] = new TValue(TABLE, table);
    const error = this.stringField('err');
    if (error !== undefined) {
      lua.lua_settop(L, -2);
      return new ErrorReply(oneLine(error.startsWith('-') ? error.slice(1) : error));
    }
    const status = this.stringField('ok');
    if (status !== undefined) {
      lua.lua_settop(L, -2);
      return new StatusReply(oneLine(status));
    }
    const reply: Reply[] = [];
    for (let i = 1; ; i++) {
      const tag = lua.lua_rawgeti(L, -1, i);
      const item = L.stack[L.top - 1]!;
      lua.lua_settop(L, -2);
      if (tag === LuaTag.nil) break;
      reply.push(this.toReply(item.type, item.value, depth + 1));
    }
    lua.lua_settop(L, -2);
    return reply;
  }

  /** A field with a string value of the table on top. */
  private stringField(name: string): string | undefined {
    const L = this.L;
    this.pushString(luaString(name));
    const tag = lua.lua_rawget(L, -2);
    const value = L.stack[L.top - 1]!.value;
    lua.lua_settop(L, -2);
    return tag === LuaTag.string ? jsString(value as LuaString) : undefined;
  }

  /** The answer to a script that has failed; {@link addPosition} has made a table of the error. */
  private failure(script: CompiledScript): ErrorReply {
    const L = this.L;
    const message = this.stringField('err') ?? 'ERR Unknown error';
    this.pushString(luaString('line'));
    lua.lua_rawget(L, -2);
    const line = L.stack[L.top - 1]!;
    const at = (line.type & 0x0f) === LuaTag.number ? `, on @user_script:${line.value as number}.` : '';
    return new ErrorReply(
      oneLine(`${message.startsWith('-') ? message.slice(1) : message} script: ${script.digest}${at}`),
    );
  }

  private textAt(index: number): string {
    const { type, value } = this.L.stack[index]!;
    return (type & 0x0f) === LuaTag.string ? jsString(value as LuaString) : 'unknown error';
  }

  /** `redis.call` and `redis.pcall`. */
  private call(raise: boolean): LuaFunction {
    return (L) => {
      const reply = this.execute(L);
      if (raise && reply instanceof ErrorReply) {
        this.push(reply);
        return lua.lua_error(L);
      }
      this.push(reply);
      return 1;
    };
  }

  private execute(L: LuaState): Reply {
    const base = L.ci.funcOff + 1;
    const count = L.top - base;
    if (count === 0) return new ErrorReply(NO_ARGUMENT);
    const args: string[] = new Array(count);
    for (let i = 0; i < count; i++) {
      const { type, value } = L.stack[base + i]!;
      const kind = type & 0x0f;
      if (kind === LuaTag.string) args[i] = jsString(value as LuaString);
      else if (kind === LuaTag.number) args[i] = formatGeneral(value as number, 17);
      else return new ErrorReply(ARGUMENT_TYPE);
    }
    return this.bridge!(args);
  }

  /** Pushes the table of functions that the prelude builds on. */
  private pushHost(): void {
    const L = this.L;
    const define = (name: string, fn: LuaFunction): void => {
      this.pushString(luaString(name));
      lua.lua_pushjsfunction(L, fn);
      lua.lua_rawset(L, -3);
    };
    const fail = (text: string): never => {
      const info = new lua.lua_Debug();
      let where = '';
      if (lua.lua_getstack(L, 1, info)) {
        lua.lua_getinfo(L, SOURCE_AND_LINE, info);
        if (info.currentline > 0) where = `${decode(info.short_src)}:${info.currentline}: `;
      }
      this.pushString(luaString(where + text));
      return lua.lua_error(L);
    };
    const argument = (state: LuaState, index: number): TaggedValueOrNone =>
      state.ci.funcOff + index < state.top ? state.stack[state.ci.funcOff + index]! : NONE;
    const numberAt = (state: LuaState, index: number, name: string): number => {
      const value = toNumber(argument(state, index));
      return value ?? fail(`bad argument #${index} to '${name}' (number expected)`);
    };
    const rounding =
      (name: string, round: (value: number) => number): LuaFunction =>
      (state) => {
        lua.lua_pushnumber(L, round(numberAt(state, 1, name)));
        return 1;
      };
    lua.lua_createtable(L, 0, 0);
    define('readonly', () => fail('Attempt to modify a readonly table'));
    define('missing', (state) => {
      lauxlib.luaL_tolstring(state, 2);
      return fail(`Script attempted to access nonexistent global variable '${this.textAt(state.top - 1)}'`);
    });
    define('floor', rounding('floor', Math.floor));
    define('ceil', rounding('ceil', Math.ceil));
    define('tonumber', (state) => {
      const base = toNumber(argument(state, 2)) ?? 10;
      const value = argument(state, 1);
      const number = base === 10 ? toNumber(value) : parseInBase(value, base);
      if (number === undefined) lua.lua_pushnil(state);
      else lua.lua_pushnumber(state, number);
      return 1;
    });
    define('tostring', (state) => {
      const value = argument(state, 1);
      if ((value.type & 0x0f) === LuaTag.number) this.pushString(luaString(formatGeneral(value.value as number, 14)));
      else lauxlib.luaL_tolstring(state, 1);
      return 1;
    });
    // redisLrand48: a generator of its own that starts at 0 with every script
    define('random', (state) => {
      this.random = (this.random * 0x5deece66dn + 0xbn) & 0xffffffffffffn;
      const unit = Number((this.random >> 17n) % 0x7fffffffn) / 0x7fffffff;
      const count = state.top - state.ci.funcOff - 1;
      if (count === 0) lua.lua_pushnumber(state, unit);
      else {
        const low = count === 1 ? 1 : numberAt(state, 1, 'random');
        const high = numberAt(state, count === 1 ? 1 : 2, 'random');
        if (low > high) fail(`bad argument #${count} to 'random' (interval is empty)`);
        lua.lua_pushnumber(state, Math.floor(unit * (high - low + 1)) + low);
      }
      return 1;
    });
    define('randomseed', (state) => {
      this.random = (BigInt.asUintN(32, BigInt(Math.trunc(numberAt(state, 1, 'randomseed')))) << 16n) + 0x330en;
      return 0;
    });
    this.pushString(luaString('redis'));
    lua.lua_createtable(L, 0, 0);
    define('call', this.call(true));
    define('pcall', this.call(false));
    define('log', () => 0);
    define('setresp', () => 0);
    define('set_repl', () => 0);
    define('replicate_commands', (state) => {
      lua.lua_pushboolean(state, true);
      return 1;
    });
    define('sha1hex', (state) => {
      if (state.top - state.ci.funcOff !== 2) return fail('wrong number of arguments');
      this.pushString(luaString(sha1(textOf(argument(state, 1)) ?? '')));
      return 1;
    });
    define('status_reply', (state) => singleField(state, 'ok'));
    define('error_reply', (state) => singleField(state, 'err'));
    const singleField = (state: LuaState, field: string): number => {
      const value = argument(state, 1);
      if (state.top - state.ci.funcOff !== 2 || (value.type & 0x0f) !== LuaTag.string) {
        this.push(new ErrorReply('ERR wrong number or type of arguments'));
        return 1;
      }
      const text = jsString(value.value as LuaString);
      lua.lua_createtable(state, 0, 1);
      this.pushField(field, field === 'ok' ? text : withCode(text));
      return 1;
    };
    for (const [name, level] of [
      ['LOG_DEBUG', 0],
      ['LOG_VERBOSE', 1],
      ['LOG_NOTICE', 2],
      ['LOG_WARNING', 3],
    ] as const) {
      this.pushString(luaString(name));
      lua.lua_pushnumber(L, level);
      lua.lua_rawset(L, -3);
    }
    lua.lua_rawset(L, -3);
  }
}

interface TaggedValueOrNone {
  readonly type: number;
  readonly value: unknown;
}

const NONE: TaggedValueOrNone = { type: LuaTag.nil, value: undefined };
/** Tag of tables as the stack holds them. */
const TABLE = LuaTag.table;
const SOURCE_AND_LINE = fengari.to_luastring('Sl');

/** Message handler: makes a table with text and line of every error, while the stack still tells where it happened. */
function addPosition(L: LuaState): number {
  const info = new lua.lua_Debug();
  let found = lua.lua_getstack(L, 1, info) !== 0;
  if (found) {
    lua.lua_getinfo(L, SOURCE_AND_LINE, info);
    if (decode(info.what) === 'C') {
      found = lua.lua_getstack(L, 2, info) !== 0;
      if (found) lua.lua_getinfo(L, SOURCE_AND_LINE, info);
    }
  }
  if ((L.stack[L.top - 1]!.type & 0x0f) !== LuaTag.table) {
    const text = lauxlib.luaL_tolstring(L, -1);
    const message = `ERR ${decode(text)}`;
    lua.lua_createtable(L, 0, 2);
    L.stack[L.top++] = new TValue(LuaTag.longString, luaString('err'));
    L.stack[L.top++] = new TValue(LuaTag.longString, luaString(message));
    lua.lua_rawset(L, -3);
  }
  if (found) {
    L.stack[L.top++] = new TValue(LuaTag.longString, luaString('line'));
    lua.lua_pushnumber(L, info.currentline);
    lua.lua_rawset(L, -3);
  }
  return 1;
}

function toInteger(value: number): number {
  if (Number.isNaN(value) || value >= -MINIMUM || value < MINIMUM) return MINIMUM;
  const integer = Math.trunc(value);
  return integer === 0 ? 0 : integer;
}

function toNumber({ type, value }: TaggedValueOrNone): number | undefined {
  if ((type & 0x0f) === LuaTag.number) return value as number;
  if ((type & 0x0f) !== LuaTag.string) return undefined;
  const cell = {
    number: undefined as number | undefined,
    setfltvalue(number: number) {
      this.number = number;
    },
  };
  parseNumeral((value as LuaString).realstring, cell);
  return cell.number;
}

function textOf(value: TaggedValueOrNone): string | undefined {
  if ((value.type & 0x0f) === LuaTag.string) return jsString(value.value as LuaString);
  return (value.type & 0x0f) === LuaTag.number ? formatGeneral(value.value as number, 14) : undefined;
}

function parseInBase(value: TaggedValueOrNone, base: number): number | undefined {
  const text = textOf(value)?.trim().toLowerCase();
  if (text === undefined || !/^-?[\da-z]+$/.test(text)) return undefined;
  for (const digit of text.replace('-', '')) if (Number.parseInt(digit, 36) >= base) return undefined;
  return Number.parseInt(text, base);
}

/** `redis.error_reply`: a text without a code gets `ERR`. */
function withCode(text: string): string {
  const bare = text.startsWith('-') ? text.slice(1) : text;
  return bare.includes(' ') ? bare : `ERR ${bare}`;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, ' ');
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

/** The one engine of this process (of this thread). */
export const scriptEngine = new ScriptEngine();
