import { createRequire } from 'node:module';
import type * as ast from 'luaparse';
import { ExpressionCompiler, inParentheses } from './expression-compiler.js';
import * as runtime from './runtime.js';
import { type Returns, ScriptScope, Unsupported } from './script-scope.js';
import type { LuaValue, ScriptTable } from './script-table.js';

// a CommonJS module whose names are found at run time only
const { parse } = createRequire(import.meta.url)('luaparse') as typeof ast;

/** A script as JavaScript. */
export type Program = (keys: ScriptTable, argv: ScriptTable) => LuaValue;

/**
 * Makes JavaScript of a script that keeps to the part of Lua which scripts for Redis are usually written in. Metatables, coroutines,
 * `pcall`, `pairs` (whose order is the interpreter's), patterns, varargs, recursion and functions as values are not in it.
 * @param source of which it is known that the interpreter takes it
 */
export function compileScript(source: string): Program | Unsupported {
  try {
    // bytes above 127: texts are compared and cut by bytes in Lua; and line ends are translated
    if (/[^\n\t\x20-\x7e]/.test(source)) return new Unsupported('characters outside of ASCII');
    const chunk = parse(source, { luaVersion: '5.1', encodingMode: 'pseudo-latin1', comments: false });
    const body = new StatementCompiler(new ScriptScope()).chunk(chunk.body);
    const code = `'use strict';
const { ${Object.keys(runtime).join(', ')} } = runtime;
return (KEYS, ARGV) => {
${body}};`;
    return new Function('runtime', code)(runtime) as Program;
  } catch (error) {
    if (error instanceof Unsupported) return error;
    // the parser knows less than the interpreter
    if (error instanceof SyntaxError && 'line' in error) return new Unsupported(error.message);
    throw error;
  }
}

type Body = readonly ast.Statement[];

/** Makes JavaScript of statements. Throws {@link Unsupported}. */
class StatementCompiler {
  private readonly expressions: ExpressionCompiler;

  constructor(private readonly scope: ScriptScope) {
    this.expressions = new ExpressionCompiler(scope);
  }

  chunk(body: Body): string {
    const code = this.statements(body);
    return temporaries(this.scope.frame.temporaries) + code;
  }

  private block(body: Body): string {
    return this.scope.inBlock(() => `{\n${this.statements(body)}}\n`);
  }

  private statements(body: Body): string {
    return body.map((statement) => this.statement(statement)).join('');
  }

  private statement(node: ast.Statement): string {
    switch (node.type) {
      case 'LocalStatement':
        return this.local(node);
      case 'AssignmentStatement':
        return this.assignment(node);
      case 'CallStatement':
        return this.call(node);
      case 'ReturnStatement':
        return this.return(node);
      case 'IfStatement':
        return this.if(node);
      case 'WhileStatement':
        return `while (${this.expressions.condition(node.condition)}) ${this.block(node.body)}`;
      case 'RepeatStatement':
        // the condition sees the locals of the body
        return this.scope.inBlock(
          () =>
            `for (;;) {\n${this.statements(node.body)}if (${this.expressions.condition(node.condition)}) break;\n}\n`,
        );
      case 'DoStatement':
        return this.block(node.body);
      case 'BreakStatement':
        return 'break;\n';
      case 'ForNumericStatement':
        return this.count(node);
      case 'ForGenericStatement':
        return this.iterate(node);
      case 'FunctionDeclaration':
        if (!node.isLocal || node.identifier?.type !== 'Identifier') throw new Unsupported('global functions');
        return this.function(node.identifier.name, node, true);
      default:
        throw new Unsupported(node.type);
    }
  }

  private local(node: ast.LocalStatement): string {
    const { variables, init } = node;
    const [only] = init;
    if (variables.length === 1 && init.length === 1) {
      if (only!.type === 'FunctionDeclaration') return this.function(variables[0]!.name, only!, false);
      const path = this.expressions.functionPath(only!);
      if (path !== undefined) {
        this.scope.bind(variables[0]!.name, { kind: 'library', path });
        return '';
      }
    }
    const values = this.values(init);
    // declared after the values: they do not see the new names
    const lines = variables.map(({ name }, i) => `let ${this.scope.declare(name)} = ${values[i] ?? 'undefined'};\n`);
    for (const extra of values.slice(variables.length)) lines.push(`${extra};\n`);
    return lines.join('');
  }

  private assignment({ variables, init }: ast.AssignmentStatement): string {
    const values = this.values(init);
    if (variables.length === 1 && values.length === 1) return this.assign(variables[0]!, values[0]!);
    // tables and keys first, then the values; assigned from the last to the first
    const before: string[] = [];
    const assignments = variables.map((target, i) => {
      const value = this.scope.fresh();
      if (target.type === 'Identifier')
        return { value, code: this.assign(target, i < values.length ? value : 'undefined') };
      const place = this.scope.fresh();
      before.push(`const ${place} = [${this.expressions.place(target as ast.IndexExpression)}];\n`);
      return { value, code: `setIndex(${place}[0], ${place}[1], ${i < values.length ? value : 'undefined'});\n` };
    });
    const middle = values.map((value, i) => `const ${assignments[i]?.value ?? this.scope.fresh()} = ${value};\n`);
    const after = assignments.map(({ code }) => code).reverse();
    return `{\n${before.join('')}${middle.join('')}${after.join('')}}\n`;
  }

  private assign(target: ast.Expression, value: string): string {
    if (target.type === 'IndexExpression' || target.type === 'MemberExpression') {
      return `setIndex(${this.expressions.place(target)}, ${value});\n`;
    }
    const binding = target.type === 'Identifier' ? this.scope.find(target.name) : undefined;
    if (binding?.kind !== 'variable') throw new Unsupported('assignment to a global or a function');
    // operands that are variables would be read too early
    if (binding.level !== this.scope.level) throw new Unsupported("assignment to an outer function's variable");
    return `${binding.id} = ${value};\n`;
  }

  /** Values for a known number of names. */
  private values(nodes: readonly ast.Expression[]): string[] {
    if (nodes.some((node) => this.expressions.isUnpack(node))) throw new Unsupported('unpack into variables');
    return nodes.map((node) => this.expressions.code(node));
  }

  private call({ expression }: ast.CallStatement): string {
    if (expression.type !== 'CallExpression') throw new Unsupported(expression.type);
    const { expressions } = this;
    const own = expressions.ownCall(expression);
    if (own !== undefined) return `${own.code};\n`;
    const { arguments: args } = expression;
    const path = expressions.libraryPath(expression.base);
    switch (path) {
      case 'redis.call':
        return `${expressions.command(expression, 'call')};\n`;
      case 'redis.pcall':
        return `${expressions.command(expression, 'pcall')};\n`;
      case 'redis.log':
        return `[${expressions.list(args)}];\n`;
      case 'error':
        return 'fail();\n';
      case 'assert': {
        if (args.length === 0 || expressions.isUnpack(args[0]!)) throw new Unsupported('arguments of assert');
        const kept = this.scope.fresh();
        return `const ${kept} = [${expressions.list(args)}];\nif (!truthy(${kept}[0])) fail();\n`;
      }
      case 'table.insert': {
        if (args.length < 2 || args.length > 3 || expressions.isUnpack(args[args.length - 1]!)) {
          throw new Unsupported('arguments of table.insert');
        }
        return `${args.length === 2 ? 'append' : 'insert'}(${args.map((arg) => expressions.code(arg)).join(', ')});\n`;
      }
      default:
        return `${expressions.code(expression)};\n`;
    }
  }

  private return({ arguments: values }: ast.ReturnStatement): string {
    const { expressions, scope } = this;
    const [first] = values;
    if (scope.level > 1) return this.returnOne(values);
    if (first === undefined) return 'return undefined;\n';
    if (values.length > 1) return `return [${expressions.list(values)}][0];\n`;
    if (expressions.isUnpack(first)) return `return [${expressions.list(values)}][0];\n`;
    const own = first.type === 'CallExpression' ? expressions.ownCall(first) : undefined;
    return `return ${own === undefined ? expressions.code(first) : own.code};\n`;
  }

  /** In a function of the script. */
  private returnOne(values: readonly ast.Expression[]): string {
    const { returns } = this.scope.frame;
    const [first] = values;
    if (first === undefined) {
      returns.add('none');
      return 'return;\n';
    }
    if (values.length > 1 || this.expressions.isUnpack(first)) throw new Unsupported('a function with several values');
    const own = first.type === 'CallExpression' ? this.expressions.ownCall(first) : undefined;
    returns.add(own?.returns ?? 'one');
    return `return ${own === undefined ? this.expressions.code(first) : own.code};\n`;
  }

  private if({ clauses }: ast.IfStatement): string {
    return clauses
      .map((clause) =>
        clause.type === 'ElseClause'
          ? this.block(clause.body)
          : `if (${this.expressions.condition(clause.condition)}) ${this.block(clause.body)}`,
      )
      .join('else ');
  }

  /** Counts as Lua does: the first value is start - step + step. */
  private count({ variable, start, end, step, body }: ast.ForNumericStatement): string {
    const { expressions, scope } = this;
    const [at, last, by] = [scope.fresh(), scope.fresh(), scope.fresh()];
    const real = (node: ast.Expression): string => `realNumber(${expressions.code(node)})`;
    const ahead = `let ${at} = ${real(start)};\nconst ${last} = ${real(end)};\nconst ${by} = ${step === null ? '1' : real(step)};\n`;
    const inner = scope.inBlock(() => `let ${scope.declare(variable.name)} = ${at};\n${this.statements(body)}`);
    const goesOn = `(${by} > 0 ? ${at} <= ${last} : ${last} <= ${at})`;
    return `{\n${ahead}${at} -= ${by};\nfor (;;) {\n${at} += ${by};\nif (!${goesOn}) break;\n${inner}}\n}\n`;
  }

  /** `for index, item in ipairs(list)`. */
  private iterate({ variables, iterators, body }: ast.ForGenericStatement): string {
    const { expressions, scope } = this;
    const [call] = iterators;
    if (
      iterators.length !== 1 ||
      variables.length > 2 ||
      call?.type !== 'CallExpression' ||
      inParentheses(call) ||
      expressions.libraryPath(call.base) !== 'ipairs' ||
      call.arguments.length !== 1 ||
      expressions.isUnpack(call.arguments[0]!)
    ) {
      throw new Unsupported('a generic for without ipairs');
    }
    const [list, at, item] = [scope.fresh(), scope.fresh(), scope.fresh()];
    const ahead = `const ${list} = tableOf(${expressions.code(call.arguments[0]!)});\n`;
    const inner = scope.inBlock(() => {
      const names = variables.map(({ name }, i) => `let ${scope.declare(name)} = ${i === 0 ? at : item};\n`);
      return `${names.join('')}${this.statements(body)}`;
    });
    return `{\n${ahead}for (let ${at} = 1; ; ${at}++) {\nconst ${item} = ${list}.get(${at});\nif (${item} === undefined) break;\n${inner}}\n}\n`;
  }

  /** @param visible whether its body sees its name (and could call it: that is refused) */
  private function(name: string, node: ast.FunctionDeclaration, visible: boolean): string {
    const { scope } = this;
    const id = scope.fresh();
    const binding = { kind: 'function' as const, id, returns: null as Returns | null };
    if (visible) scope.bind(name, binding);
    const code = scope.inFunction(({ temporaries: kept, returns }) => {
      const parameters = node.parameters.map((parameter) => {
        if (parameter.type !== 'Identifier') throw new Unsupported('varargs');
        return scope.declare(parameter.name);
      });
      const body = this.statements(node.body);
      if (!alwaysReturns(node.body)) returns.add('none');
      if (returns.size > 1) throw new Unsupported('a function that returns a value sometimes');
      binding.returns = returns.has('one') ? 'one' : 'none';
      return `const ${id} = (${parameters.join(', ')}) => {\n${temporaries(kept)}${body}};\n`;
    });
    if (!visible) scope.bind(name, binding);
    return code;
  }
}

function temporaries(names: readonly string[]): string {
  return names.length === 0 ? '' : `let ${names.join(', ')};\n`;
}

/** Whether a block cannot be left at its end. */
function alwaysReturns(body: Body): boolean {
  const last = body[body.length - 1];
  if (last?.type === 'ReturnStatement') return true;
  if (last?.type === 'DoStatement') return alwaysReturns(last.body);
  if (last?.type !== 'IfStatement') return false;
  return (
    last.clauses.some(({ type }) => type === 'ElseClause') && last.clauses.every((clause) => alwaysReturns(clause.body))
  );
}
