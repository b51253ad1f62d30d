import type * as ast from 'luaparse';
import { libraryConstants, libraryFunctions } from './script-library.js';
import { type ScriptScope, Unsupported } from './script-scope.js';
import { numeral } from './values.js';

/** JavaScript that yields one Lua value, and the type of the value as far as it is known. */
export interface CompiledExpression {
  readonly code: string;
  readonly kind: 'number' | 'string' | 'boolean' | 'any';
}

type Call = ast.CallExpression;

/** Library functions that are not simply called: each has its own method here or in the statements. */
const special = new Set([
  'redis.call',
  'redis.pcall',
  'redis.log',
  'unpack',
  'ipairs',
  'error',
  'assert',
  'table.insert',
  'string.format',
]);

/** Makes JavaScript of expressions. Throws {@link Unsupported}. */
export class ExpressionCompiler {
  constructor(readonly scope: ScriptScope) {}

  /** An expression as one value. */
  value(node: ast.Expression): CompiledExpression {
    switch (node.type) {
      case 'StringLiteral':
        return { code: stringLiteral(node), kind: 'string' };
      case 'NumericLiteral':
        return { code: numericLiteral(node), kind: 'number' };
      case 'BooleanLiteral':
        return { code: String(node.value), kind: 'boolean' };
      case 'NilLiteral':
        return any('undefined');
      case 'Identifier':
        return any(this.variable(node));
      case 'MemberExpression':
      case 'IndexExpression':
        return this.access(node);
      case 'TableConstructorExpression':
        return any(this.table(node));
      case 'UnaryExpression':
        return this.unary(node);
      case 'BinaryExpression':
        return this.binary(node);
      case 'LogicalExpression':
        return this.logical(node);
      case 'CallExpression':
        return this.call(node);
      default:
        throw new Unsupported(node.type);
    }
  }

  code(node: ast.Expression): string {
    return this.value(node).code;
  }

  /** An expression as a condition: JavaScript that yields true or false. */
  condition(node: ast.Expression): string {
    if (node.type === 'LogicalExpression') {
      const operator = node.operator === 'and' ? '&&' : '||';
      return `(${this.condition(node.left)} ${operator} ${this.condition(node.right)})`;
    }
    const { code, kind } = this.value(node);
    return kind === 'boolean' ? code : `truthy(${code})`;
  }

  /** A list of expressions, of which the last may be `unpack`, as the inside of a JavaScript array. */
  list(nodes: readonly ast.Expression[]): string {
    return nodes
      .map((node, i) =>
        i === nodes.length - 1 && this.isUnpack(node) ? `...${this.unpack(node as Call)}` : this.code(node),
      )
      .join(', ');
  }

  /** `redis.call` and `redis.pcall`, their answers as they come. */
  command(node: Call, name: 'call' | 'pcall'): string {
    const { arguments: args } = node;
    const last = args[args.length - 1];
    if (last === undefined) throw new Unsupported('a call without a command');
    if (!this.isUnpack(last)) return `${name}([${args.map((arg) => this.word(arg)).join(', ')}])`;
    return args.length === 1 ? `${name}(words(${this.unpack(last as Call)}))` : `${name}(words([${this.list(args)}]))`;
  }

  /** Which function of a library is called; undefined for functions of the script. */
  libraryPath(node: ast.Expression): string | undefined {
    if (node.type === 'Identifier') {
      const binding = this.scope.find(node.name);
      if (binding === undefined) return node.name;
      return binding.kind === 'library' ? binding.path : undefined;
    }
    if (node.type !== 'MemberExpression' || node.indexer !== '.' || node.base.type !== 'Identifier') return undefined;
    return this.scope.find(node.base.name) === undefined ? `${node.base.name}.${node.identifier.name}` : undefined;
  }

  /** The path, if it is that of a function a local name may be given. */
  functionPath(node: ast.Expression): string | undefined {
    const path = this.libraryPath(node);
    return path !== undefined && (special.has(path) || libraryFunctions.has(path)) ? path : undefined;
  }

  /** A call of a function of the script; undefined when it is something else. */
  ownCall(node: Call): { readonly code: string; readonly returns: 'one' | 'none' } | undefined {
    if (node.base.type !== 'Identifier') return undefined;
    const binding = this.scope.find(node.base.name);
    if (binding?.kind !== 'function') return undefined;
    if (binding.returns === null) throw new Unsupported('recursion');
    const args = node.arguments.map((arg) => {
      if (this.isUnpack(arg)) throw new Unsupported('unpack into a function of the script');
      return this.code(arg);
    });
    return { code: `${binding.id}(${args.join(', ')})`, returns: binding.returns };
  }

  isUnpack(node: ast.Expression): boolean {
    return node.type === 'CallExpression' && !inParentheses(node) && this.libraryPath(node.base) === 'unpack';
  }

  private unpack(node: Call): string {
    const { arguments: args } = node;
    if (args.length === 0 || args.length > 3 || this.isUnpack(args[args.length - 1]!)) {
      throw new Unsupported('arguments of unpack');
    }
    return `unpack(${args.map((arg) => this.code(arg)).join(', ')})`;
  }

  private word(node: ast.Expression): string {
    const { code, kind } = this.value(node);
    return kind === 'string' ? code : `word(${code})`;
  }

  private variable(node: ast.Identifier): string {
    const binding = this.scope.find(node.name);
    if (binding?.kind === 'variable') return binding.id;
    if (binding === undefined && (node.name === 'KEYS' || node.name === 'ARGV')) return node.name;
    throw new Unsupported(binding === undefined ? `global ${node.name}` : `function ${node.name} as a value`);
  }

  private access(node: ast.MemberExpression | ast.IndexExpression): CompiledExpression {
    const constant = libraryConstants.get(this.libraryPath(node) ?? '');
    if (constant !== undefined) return { code: `(${constant})`, kind: 'number' };
    return any(`index(${this.place(node)})`);
  }

  /** Table and key, to be read or assigned to. */
  place(node: ast.MemberExpression | ast.IndexExpression): string {
    if (node.type === 'IndexExpression') return `${this.code(node.base)}, ${this.code(node.index)}`;
    if (node.indexer !== '.') throw new Unsupported('methods');
    return `${this.code(node.base)}, ${JSON.stringify(node.identifier.name)}`;
  }

  private table(node: ast.TableConstructorExpression): string {
    const { fields } = node;
    const items: ast.Expression[] = [];
    for (const field of fields) if (field.type === 'TableValue') items.push(field.value);
    if (items.length === fields.length) return items.length === 0 ? 'emptyTable()' : `listOf([${this.list(items)}])`;
    if (items.length !== 0) throw new Unsupported('a table constructor with items and fields');
    const pairs = fields.map((field) => {
      if (field.type === 'TableValue') throw new Unsupported('a table constructor with items and fields');
      const key = field.type === 'TableKey' ? this.code(field.key) : JSON.stringify(field.key.name);
      return `${key}, ${this.code(field.value)}`;
    });
    return `fieldsOf([${pairs.join(', ')}])`;
  }

  private unary(node: ast.UnaryExpression): CompiledExpression {
    const { argument } = node;
    switch (node.operator) {
      case 'not':
        return { code: `!${this.condition(argument)}`, kind: 'boolean' };
      case '#':
        return { code: `length(${this.code(argument)})`, kind: 'number' };
      case '-':
        return {
          code: argument.type === 'NumericLiteral' ? `(-${this.code(argument)})` : `negate(${this.code(argument)})`,
          kind: 'number',
        };
      default:
        throw new Unsupported(`operator ${node.operator}`);
    }
  }

  private binary(node: ast.BinaryExpression): CompiledExpression {
    const left = this.value(node.left);
    const right = this.value(node.right);
    const [a, b] = [left.code, right.code];
    const numbers = left.kind === 'number' && right.kind === 'number';
    switch (node.operator) {
      case '+':
        return { code: numbers ? `(${a} + ${b})` : `add(${a}, ${b})`, kind: 'number' };
      case '-':
        return { code: numbers ? `(${a} - ${b})` : `subtract(${a}, ${b})`, kind: 'number' };
      case '*':
        return { code: numbers ? `(${a} * ${b})` : `multiply(${a}, ${b})`, kind: 'number' };
      case '/':
        return { code: numbers ? `(${a} / ${b})` : `divide(${a}, ${b})`, kind: 'number' };
      case '%':
        return { code: `modulo(${a}, ${b})`, kind: 'number' };
      case '..':
        return { code: `(${textOf(left)} + ${textOf(right)})`, kind: 'string' };
      case '==':
        return { code: `(${a} === ${b})`, kind: 'boolean' };
      case '~=':
        return { code: `(${a} !== ${b})`, kind: 'boolean' };
      case '<':
        return { code: numbers ? `(${a} < ${b})` : `less(${a}, ${b})`, kind: 'boolean' };
      case '<=':
        return { code: numbers ? `(${a} <= ${b})` : `lessOrEqual(${a}, ${b})`, kind: 'boolean' };
      case '>':
        return { code: numbers ? `(${a} > ${b})` : `greater(${a}, ${b})`, kind: 'boolean' };
      case '>=':
        return { code: numbers ? `(${a} >= ${b})` : `greaterOrEqual(${a}, ${b})`, kind: 'boolean' };
      default:
        throw new Unsupported(`operator ${node.operator}`);
    }
  }

  private logical(node: ast.LogicalExpression): CompiledExpression {
    const left = this.value(node.left);
    const right = this.value(node.right);
    const kind = left.kind === right.kind ? left.kind : 'any';
    const kept = this.scope.temporary();
    const test = left.kind === 'boolean' ? `(${kept} = ${left.code})` : `truthy(${kept} = ${left.code})`;
    const code =
      node.operator === 'and' ? `(${test} ? ${right.code} : ${kept})` : `(${test} ? ${kept} : ${right.code})`;
    return { code, kind };
  }

  /** A call as one value. */
  private call(node: Call): CompiledExpression {
    const own = this.ownCall(node);
    if (own !== undefined) {
      if (own.returns === 'none') throw new Unsupported('the value of a function that returns none');
      return any(own.code);
    }
    const method = this.stringMethod(node);
    if (method !== undefined) return method;
    const path = this.libraryPath(node.base);
    if (path === 'redis.call' || path === 'redis.pcall') {
      return any(`fromReply(${this.command(node, path === 'redis.call' ? 'call' : 'pcall')})`);
    }
    if (path === 'string.format') return this.format(node.arguments);
    return this.library(path, node.arguments);
  }

  private library(path: string | undefined, args: readonly ast.Expression[]): CompiledExpression {
    const known = libraryFunctions.get(path ?? '');
    if (known === undefined) throw new Unsupported(`a call of ${path ?? 'a value'}`);
    if (args.length < known.least || args.length > known.most || this.isUnpack(args[args.length - 1]!)) {
      throw new Unsupported(`arguments of ${path}`);
    }
    return { code: `${known.name}(${args.map((arg) => this.code(arg)).join(', ')})`, kind: known.returns };
  }

  /** `text:sub(1, 2)` and the like. */
  private stringMethod(node: Call): CompiledExpression | undefined {
    const { base } = node;
    if (base.type !== 'MemberExpression' || base.indexer !== ':') return undefined;
    return this.library(`string.${base.identifier.name}`, [base.base, ...node.arguments]);
  }

  private format(args: readonly ast.Expression[]): CompiledExpression {
    const [pattern, ...values] = args;
    if (pattern?.type !== 'StringLiteral') throw new Unsupported('a format that is computed');
    const parts = pattern.value.split(/(%.?)/s);
    let at = 0;
    const code = parts.map((part) => {
      if (!part.startsWith('%')) return JSON.stringify(part);
      if (part === '%%') return '"%"';
      const value = values[at++];
      if (value === undefined || this.isUnpack(value)) throw new Unsupported('arguments of string.format');
      if (part === '%s') return `formatted(${this.code(value)})`;
      if (part === '%d') return `formattedInteger(${this.code(value)})`;
      throw new Unsupported(`format ${part}`);
    });
    if (at !== values.length) throw new Unsupported('arguments of string.format');
    return { code: `(${code.join(' + ')})`, kind: 'string' };
  }
}

function any(code: string): CompiledExpression {
  return { code, kind: 'any' };
}

function textOf({ code, kind }: CompiledExpression): string {
  return kind === 'string' ? code : `text(${code})`;
}

/** Parentheses cut a list of values to one. */
export function inParentheses(node: ast.Expression & { readonly inParens?: boolean }): boolean {
  return node.inParens === true;
}

/** Escapes that mean the same in all versions of Lua, and in which no byte above 127 can hide. */
const SAFE_ESCAPE = /\\[ntr\\"']/g;

function stringLiteral({ raw, value }: ast.StringLiteral): string {
  if (!raw.startsWith('[') && raw.replace(SAFE_ESCAPE, '').includes('\\')) throw new Unsupported('an escape');
  return JSON.stringify(value);
}

function numericLiteral({ raw }: ast.NumericLiteral): string {
  const value = numeral(raw);
  if (value === undefined) throw new Unsupported(`number ${raw}`);
  return String(value);
}
