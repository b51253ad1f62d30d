import { ErrorReply, type Reply, StatusReply } from '../reply.js';
import { formatGeneral } from '../store/number-text.js';
import {
  decode,
  fengari,
  jsString,
  type LuaFunction,
  type LuaState,
  type LuaString,
  type LuaTable,
  LuaTag,
  luaString,
  type TaggedValue,
  TValue,
  tables,
} from './fengari.js';
import { PRELUDE } from './prelude.js';
import type { ScriptHost } from './script-host.js';
import { numeral, oneLine, sha1, toInteger, withCode } from './values.js';

const { lua, lauxlib } = fengari;

/** A chunk that has been compiled, as fengari has it. */
export type Closure = object;

const ARGUMENT_TYPE = 'ERR Lua redis lib command arguments must be strings or integers';
const NO_ARGUMENT = 'ERR Please specify at least one argument for this redis lib call';

/** Above the ids of the libraries' own objects. */
const FIRST_ID = 0x10000;

/**
 * Runs scripts in fengari. One state for all servers of this process: scripts cannot leave anything behind in it (globals and
 * libraries are read-only, locals end with the call), so that worlds do not see each other.
 */
export class Interpreter {
  private readonly L: LuaState = lauxlib.luaL_newstate();
  private readonly env: unknown;
  /** Where the globals of scripts keep `KEYS` and `ARGV`. */
  private readonly keysCell: TaggedValue;
  private readonly argvCell: TaggedValue;
  /** Top of the stack between scripts. */
  private readonly bottom: number;
  private host: ScriptHost | null = null;
  private fault: unknown = null;
  private readonly scratch: TaggedValue = new TValue(LuaTag.nil, null);

  constructor() {
    const L = this.L;
    fengari.lualib.luaL_openlibs(L);
    // message handler, at index 1 for good
    lua.lua_pushjsfunction(L, addPosition);
    this.bottom = L.top;
    this.load(PRELUDE, 'prelude');
    this.pushHost();
    if (lua.lua_pcall(L, 1, 2, 0) !== 0) throw new Error(`prelude: ${this.textAt(L.top - 1)}`);
    this.env = L.stack[L.top - 2]!.value;
    const globals = L.stack[L.top - 1]!.value as LuaTable;
    this.keysCell = this.makeCell(globals, 'KEYS');
    this.argvCell = this.makeCell(globals, 'ARGV');
    L.top = this.bottom;
    this.reserveStack();
  }

  /** Compiles a script; an error when its syntax is wrong. */
  compile(source: string): Closure | ErrorReply {
    const L = this.L;
    const status = this.load(source, '@user_script');
    let result: Closure | ErrorReply;
    if (status === 0) {
      L.stack[L.top++] = new TValue(TABLE, this.env);
      lua.lua_setupvalue(L, -2, 1);
      result = L.stack[L.top - 1]!.value as Closure;
    } else {
      const problem = this.textAt(L.top - 1).replace(/^\[string "?@?user_script"?\]/, 'user_script');
      result = new ErrorReply(`ERR Error compiling script (new function): ${problem}`);
    }
    L.top = this.bottom;
    return result;
  }

  /**
   * Runs a script to its end.
   * @param digest stands in the texts of errors
   */
  run(closure: Closure, digest: string, keys: readonly string[], args: readonly string[], host: ScriptHost): Reply {
    const L = this.L;
    this.host = host;
    // what `tostring` says of a table counts from here: never from what other worlds have made before
    L.l_G.id_counter = FIRST_ID;
    try {
      this.keysCell.value = this.list(keys);
      this.argvCell.value = this.list(args);
      L.stack[L.top++] = new TValue(LuaTag.closure, closure);
      const status = lua.lua_pcall(L, 0, 1, 1);
      if (this.fault !== null) throw this.fault;
      if (status !== 0) {
        const failure = this.failure(digest);
        this.reserveStack();
        return failure;
      }
      return this.toReply(L.stack[L.top - 1]!, 0);
    } finally {
      this.host = null;
      this.fault = null;
      L.top = this.bottom;
    }
  }

  private load(source: string, name: string): number {
    const bytes = fengari.to_luastring(source);
    return lauxlib.luaL_loadbuffer(this.L, bytes, bytes.length, fengari.to_luastring(name));
  }

  /**
   * Fengari's stack is an array that it deletes elements from; V8 turns sparse arrays into hash tables, which costs half of the speed.
   * An array that has always been full is left alone. After an error fengari shortens the stack.
   */
  private reserveStack(): void {
    const { stack } = this.L;
    while (stack.length < STACK_SIZE) stack.push(new TValue(LuaTag.nil, null));
    this.L.stack_last = STACK_SIZE - 5;
  }

  private makeCell(globals: LuaTable, name: string): TaggedValue {
    const key = luaString(name);
    tables.luaH_setfrom(
      this.L,
      globals,
      new TValue(LuaTag.longString, key),
      new TValue(TABLE, tables.luaH_new(this.L)),
    );
    return tables.luaH_getstr(globals, key);
  }

  private list(values: readonly string[]): LuaTable {
    const table = tables.luaH_new(this.L);
    const { scratch } = this;
    scratch.type = LuaTag.longString;
    for (let i = 0; i < values.length; i++) {
      scratch.value = luaString(values[i]!);
      tables.luaH_setint(table, i + 1, scratch);
    }
    return table;
  }

  private pushString(string: LuaString): void {
    const L = this.L;
    L.stack[L.top++] = new TValue(LuaTag.longString, string);
  }

  private setField(table: LuaTable, name: string, type: number, value: unknown): void {
    tables.luaH_setfrom(this.L, table, new TValue(LuaTag.longString, luaString(name)), new TValue(type, value));
  }

  /** Converts an answer as Redis does: nil becomes false, a status `{ok}`, an error `{err}`. */
  private toLua(reply: Reply): TaggedValue {
    if (typeof reply === 'string') return new TValue(LuaTag.longString, luaString(reply));
    if (typeof reply === 'number') return new TValue(LuaTag.number, reply);
    if (reply === null) return new TValue(LuaTag.boolean, false);
    const table = tables.luaH_new(this.L);
    if (Array.isArray(reply)) {
      for (let i = 0; i < reply.length; i++) tables.luaH_setint(table, i + 1, this.toLua(reply[i]!));
    } else if (reply instanceof StatusReply) this.setField(table, 'ok', LuaTag.longString, luaString(reply.text));
    else this.setField(table, 'err', LuaTag.longString, luaString(reply.message));
    return new TValue(TABLE, table);
  }

  /** Converts what a script returns as Redis does: numbers lose their fraction, arrays end at the first nil, false is nil. */
  private toReply({ type, value }: TaggedValue, depth: number): Reply {
    switch (type & 0x0f) {
      case LuaTag.string:
        return jsString(value as LuaString);
      case LuaTag.number:
        return toInteger(value as number);
      case LuaTag.boolean:
        return value === true ? 1 : null;
      case LuaTag.table:
        return this.toArray(value as LuaTable, depth);
      default:
        return null;
    }
  }

  private toArray(table: LuaTable, depth: number): Reply {
    if (depth > 1000) return new ErrorReply('ERR reached lua stack limit');
    const error = stringField(table, ERR);
    if (error !== undefined) return new ErrorReply(oneLine(error.startsWith('-') ? error.slice(1) : error));
    const status = stringField(table, OK);
    if (status !== undefined) return new StatusReply(oneLine(status));
    const reply: Reply[] = [];
    for (let i = 1; ; i++) {
      const item = tables.luaH_getint(table, i);
      if (item.type === LuaTag.nil) return reply;
      reply.push(this.toReply(item, depth + 1));
    }
  }

  /** The answer to a script that has failed; {@link addPosition} has made a table of the error. */
  private failure(digest: string): ErrorReply {
    const { type, value } = this.L.stack[this.L.top - 1]!;
    if ((type & 0x0f) !== LuaTag.table) return new ErrorReply('ERR Error running script');
    const message = stringField(value as LuaTable, ERR) ?? 'ERR Unknown error';
    const line = tables.luaH_getstr(value as LuaTable, luaString('line'));
    const at = (line.type & 0x0f) === LuaTag.number ? `, on @user_script:${line.value as number}.` : '';
    return new ErrorReply(oneLine(`${message.startsWith('-') ? message.slice(1) : message} script: ${digest}${at}`));
  }

  private textAt(index: number): string {
    const { type, value } = this.L.stack[index]!;
    return (type & 0x0f) === LuaTag.string ? jsString(value as LuaString) : 'unknown error';
  }

  /** `redis.call` and `redis.pcall`. */
  private call(raise: boolean): LuaFunction {
    return (L) => {
      const reply = this.execute(L);
      const value = this.toLua(reply);
      // the arguments are dropped here, because fengari would delete them one by one
      L.top = L.ci.funcOff + 1;
      L.stack[L.top++] = value;
      return raise && reply instanceof ErrorReply ? lua.lua_error(L) : 1;
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
    try {
      return this.host!.callFromScript(args);
    } catch (error) {
      // not an answer but a mistake: it goes through the script and out of run()
      this.fault = error;
      return new ErrorReply('ERR internal');
    }
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
    const argument = (state: LuaState, index: number): TaggedValue =>
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
    const guarded = new Set<unknown>();
    define('guard', (state) => {
      guarded.add(argument(state, 1).value);
      return 0;
    });
    define('rawset', (state) => {
      const table = argument(state, 1);
      if ((table.type & 0x0f) !== LuaTag.table) fail("bad argument #1 to 'rawset' (table expected)");
      if (guarded.has(table.value)) {
        this.pushString(luaString('Attempt to modify a readonly table'));
        return lua.lua_error(state);
      }
      tables.luaH_setfrom(state, table.value as LuaTable, argument(state, 2), argument(state, 3));
      state.top = state.ci.funcOff + 2;
      return 1;
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
    // redisLrand48
    define('random', (state) => {
      this.host!.random = (this.host!.random * 0x5deece66dn + 0xbn) & 0xffffffffffffn;
      const unit = Number((this.host!.random >> 17n) % 0x7fffffffn) / 0x7fffffff;
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
      this.host!.random = (BigInt.asUintN(32, BigInt(Math.trunc(numberAt(state, 1, 'randomseed')))) << 16n) + 0x330en;
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
        L.stack[L.top++] = this.toLua(new ErrorReply('ERR wrong number or type of arguments'));
        return 1;
      }
      const text = jsString(value.value as LuaString);
      L.stack[L.top++] = this.toLua(field === 'ok' ? new StatusReply(text) : new ErrorReply(withCode(text)));
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

const NONE: TaggedValue = new TValue(LuaTag.nil, null);
const ERR = luaString('err');
const OK = luaString('ok');
const STACK_SIZE = 4096;
/** Tag of tables as the stack holds them. */
const TABLE = LuaTag.table;
const SOURCE_AND_LINE = fengari.to_luastring('Sl');

/** Message handler: makes a table with text and line of every error, while the stack still tells where it happened. */
function addPosition(L: LuaState): number {
  const info = new lua.lua_Debug();
  let found = lua.lua_getstack(L, 1, info) !== 0;
  if (found) {
    lua.lua_getinfo(L, SOURCE_AND_LINE, info);
    // a function of ours raised it: the script is one level up
    if (info.currentline < 0) {
      found = lua.lua_getstack(L, 2, info) !== 0;
      if (found) lua.lua_getinfo(L, SOURCE_AND_LINE, info);
    }
  }
  if ((L.stack[L.top - 1]!.type & 0x0f) !== LuaTag.table) {
    const text = lauxlib.luaL_tolstring(L, -1);
    const message = `ERR ${inLua51(decode(text))}`;
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

/** A field of a table, when it is a string. */
function stringField(table: LuaTable, name: LuaString): string | undefined {
  const { type, value } = tables.luaH_getstr(table, name);
  return (type & 0x0f) === LuaTag.string ? jsString(value as LuaString) : undefined;
}

function toNumber({ type, value }: TaggedValue): number | undefined {
  if ((type & 0x0f) === LuaTag.number) return value as number;
  if ((type & 0x0f) !== LuaTag.string) return undefined;
  return numeral(decode((value as LuaString).realstring));
}

function textOf(value: TaggedValue): string | undefined {
  if ((value.type & 0x0f) === LuaTag.string) return jsString(value.value as LuaString);
  return (value.type & 0x0f) === LuaTag.number ? formatGeneral(value.value as number, 14) : undefined;
}

function parseInBase(value: TaggedValue, base: number): number | undefined {
  const text = textOf(value)?.trim().toLowerCase();
  if (text === undefined || !/^-?[\da-z]+$/.test(text)) return undefined;
  for (const digit of text.replace('-', '')) if (Number.parseInt(digit, 36) >= base) return undefined;
  return Number.parseInt(text, base);
}

/** Lua 5.3 has changed where it names the variable: `index a nil value (local 'x')`, once `index local 'x' (a nil value)`. */
function inLua51(text: string): string {
  return text.replace(
    /(attempt to (?:index|call|concatenate|perform arithmetic on)) (a \w+ value) \((\w+ '[^']*')\)/,
    '$1 $3 ($2)',
  );
}
