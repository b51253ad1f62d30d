import { createRequire } from 'node:module';
import { formatGeneral } from '../store/number-text.js';
import { numeral } from './values.js';

/** A Lua table. */
export interface LuaTable {
  readonly strong: ReadonlyMap<unknown, unknown>;
}

/** The parts of fengari (Lua 5.3 in JavaScript) that are used here. It has no types of its own. */
export interface LuaState {
  readonly stack: TaggedValue[];
  stack_last: number;
  top: number;
  readonly ci: { readonly funcOff: number };
  /** The next object's id: what `tostring` says of tables and functions. */
  readonly l_G: { id_counter: number };
}

/** A Lua string. `js` is ours: the same text for JavaScript, made on first use. */
export interface LuaString {
  readonly realstring: Uint8Array;
  js?: string;
  /** Ours too: its bytes in hex. */
  hex?: string;
}

/** A Lua value with its type. */
export interface TaggedValue {
  type: number;
  value: unknown;
}

export type LuaFunction = (L: LuaState) => number;

interface DebugInfo {
  readonly currentline: number;
  readonly short_src: Uint8Array;
  readonly what: Uint8Array;
}

interface Fengari {
  readonly lua: {
    lua_pcall(L: LuaState, args: number, results: number, handler: number): number;
    lua_settop(L: LuaState, index: number): void;
    lua_gettop(L: LuaState): number;
    lua_rawgeti(L: LuaState, index: number, n: number): number;
    lua_rawseti(L: LuaState, index: number, n: number): void;
    lua_rawget(L: LuaState, index: number): number;
    lua_rawset(L: LuaState, index: number): void;
    lua_createtable(L: LuaState, array: number, records: number): void;
    lua_pushjsfunction(L: LuaState, fn: LuaFunction): void;
    lua_pushboolean(L: LuaState, value: boolean): void;
    lua_pushnil(L: LuaState): void;
    lua_pushvalue(L: LuaState, index: number): void;
    lua_pushnumber(L: LuaState, value: number): void;
    lua_pushglobaltable(L: LuaState): void;
    lua_setglobal(L: LuaState, name: Uint8Array): void;
    lua_setupvalue(L: LuaState, index: number, n: number): Uint8Array | null;
    lua_error(L: LuaState): never;
    lua_getstack(L: LuaState, level: number, info: DebugInfo): number;
    lua_getinfo(L: LuaState, what: Uint8Array, info: DebugInfo): number;
    lua_stringtonumber(L: LuaState, text: Uint8Array): number;
    readonly lua_Debug: new () => DebugInfo;
    readonly LUA_REGISTRYINDEX: number;
  };
  readonly lauxlib: {
    luaL_newstate(): LuaState;
    luaL_loadbuffer(L: LuaState, source: Uint8Array, size: number, name: Uint8Array): number;
    luaL_ref(L: LuaState, table: number): number;
    luaL_tolstring(L: LuaState, index: number): Uint8Array;
  };
  readonly lualib: { luaL_openlibs(L: LuaState): void };
  to_luastring(text: string): Uint8Array;
  to_jsstring(text: Uint8Array, from?: number, to?: number, replace?: boolean): string;
}

interface NumberCell {
  setfltvalue(value: number): void;
}

interface StringCell {
  readonly value: number;
  setsvalue(text: LuaString): void;
}

interface Internals {
  luaO_str2num: (text: Uint8Array, cell: NumberCell) => number;
  luaO_tostring: (L: LuaState, cell: StringCell) => void;
  readonly TValue: new (type: number, value: unknown) => TaggedValue;
}

const require = createRequire(import.meta.url);
export const fengari = require('fengari') as Fengari;
const internals = require('fengari/src/lobject.js') as Internals;
/** Direct access to tables, without the stack: the stack of fengari deletes array elements at each pop, which is slow. */
export const tables = require('fengari/src/ltable.js') as {
  luaH_new(L: LuaState): LuaTable;
  /** Copies the value. */
  luaH_setint(table: LuaTable, key: number, value: TaggedValue): void;
  luaH_getint(table: LuaTable, key: number): TaggedValue;
  luaH_getstr(table: LuaTable, key: LuaString): TaggedValue;
  luaH_setfrom(L: LuaState, table: LuaTable, key: TaggedValue, value: TaggedValue): void;
};
const { TString } = require('fengari/src/lstring.js') as {
  TString: new (L: LuaState | null, text: Uint8Array) => LuaString;
};

/**
 * Fengari compares strings, and finds them in tables, by a text of the hex digits of their bytes, and writes bytes below 16 with one digit:
 * a line feed comes after a letter, and some strings are taken for others. Here every byte has two.
 */
Object.defineProperty(TString.prototype, 'hash', {
  get(this: LuaString): string {
    if (this.hex === undefined) this.hex = `|${Buffer.from(this.realstring).toString('hex')}`;
    return this.hex;
  },
  // the constructor says that there is none yet
  set(): void {},
  // there may be two copies of this file over one fengari: the sources and what is built of them
  configurable: true,
});

/** Type tags of Lua values; the low four bits are the type. */
export const LuaTag = { nil: 0, boolean: 1, number: 3, string: 4, table: 5, closure: 6, longString: 0x14 } as const;

export const { TValue } = internals;

/**
 * Redis runs Lua 5.1, where every number is a double. Fengari is Lua 5.3 with integers of 32 bits, so that the sum of two large
 * integers wraps, and writes whole doubles as `5.0`. Literals, texts and what our own functions push are therefore made doubles, and
 * doubles written with `%.14g`. (What is left as an integer are `#t`, string positions and `ipairs` indices, which are small.)
 */
internals.luaO_str2num = (text, cell) => {
  const number = numeral(decode(text));
  if (number === undefined) return 0;
  cell.setfltvalue(number);
  // its length with the end mark
  return text.length + 1;
};
internals.luaO_tostring = (L, cell) => {
  cell.setsvalue(new TString(L, fengari.to_luastring(formatGeneral(cell.value, 14))));
};

const cache = new Map<string, LuaString>();

/** The Lua string of a text. Short ones are kept, since keys and field names come back again and again. */
export function luaString(text: string): LuaString {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const made = new TString(null, fengari.to_luastring(text));
  made.js = text;
  if (text.length <= 64) {
    if (cache.size >= 16_384) cache.clear();
    cache.set(text, made);
  }
  return made;
}

/** The text of a Lua string, decoded once. */
export function jsString(string: LuaString): string {
  if (string.js === undefined) string.js = decode(string.realstring);
  return string.js;
}

/** Bytes that are not UTF-8 become U+FFFD. */
export function decode(bytes: Uint8Array): string {
  return fengari.to_jsstring(bytes, 0, bytes.length, true);
}
