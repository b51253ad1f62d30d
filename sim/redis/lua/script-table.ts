/** A value of a compiled script: nil is `undefined`, strings are texts (ill-formed UTF-8 never gets this far). */
export type LuaValue = undefined | boolean | number | string | ScriptTable;

/**
 * Thrown by compiled code where it is not at home (an error of the script; a table with holes; a character cut in two): the interpreter
 * takes the script over. Not an `Error`, because those cost a stack trace.
 */
export class HandOver {
  constructor(readonly reason: string) {}
}

const HOLE = new HandOver('a list with a hole');
const NO_KEY = new HandOver('nil or NaN as key');
const SPARSE = new HandOver('length of a list with a hole');

/** A Lua table of a compiled script: a list without holes from 1 on, and fields. */
export class ScriptTable {
  private fields: Map<LuaValue, LuaValue> | null = null;
  /** How many numbers are among the keys of the fields. */
  private numbers = 0;

  /**
   * @param items of the list. No nil among them
   * @param shared whether the items belong to somebody else (an answer, the words of a command), so that they must be copied before
   * they are altered. All are strings then
   */
  constructor(
    public items: LuaValue[],
    public shared: boolean,
  ) {}

  get(key: LuaValue): LuaValue {
    if (typeof key === 'number' && key >= 1 && key <= this.items.length) {
      const item = this.items[key - 1];
      if (item !== undefined) return item;
    }
    return this.fields === null ? undefined : this.fields.get(key);
  }

  set(key: LuaValue, value: LuaValue): void {
    if (typeof key === 'number') this.setNumber(key, value);
    else if (key === undefined) throw NO_KEY;
    else if (value !== undefined) this.own().set(key, value);
    else this.fields?.delete(key);
  }

  /** `#`. */
  size(): number {
    if (this.numbers !== 0) throw SPARSE;
    return this.items.length;
  }

  /** The items, to be altered. */
  list(): LuaValue[] {
    if (this.numbers !== 0) throw SPARSE;
    this.unshare();
    return this.items;
  }

  private setNumber(key: number, value: LuaValue): void {
    const { length } = this.items;
    if (key === length + 1) {
      if (value === undefined) return;
      this.unshare();
      this.items.push(value);
      if (this.numbers !== 0) this.joinNext();
    } else if (key >= 1 && key <= length && Number.isInteger(key)) {
      if (value === undefined && key !== length) throw HOLE;
      this.unshare();
      if (value === undefined) this.items.pop();
      else this.items[key - 1] = value;
    } else if (Number.isNaN(key)) {
      throw NO_KEY;
    } else if (value === undefined) {
      if (this.fields?.delete(key)) this.numbers--;
    } else {
      const fields = this.own();
      if (!fields.has(key)) this.numbers++;
      fields.set(key, value);
    }
  }

  /** Moves what now continues the list from the fields to it. */
  private joinNext(): void {
    const fields = this.own();
    for (;;) {
      const key = this.items.length + 1;
      const value = fields.get(key);
      if (value === undefined) return;
      this.items.push(value);
      fields.delete(key);
      this.numbers--;
    }
  }

  private unshare(): void {
    if (!this.shared) return;
    this.items = this.items.slice();
    this.shared = false;
  }

  private own(): Map<LuaValue, LuaValue> {
    if (this.fields === null) this.fields = new Map();
    return this.fields;
  }
}
