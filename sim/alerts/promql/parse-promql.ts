import { didYouMean } from '../../scenario/did-you-mean.js';
import {
  AGGREGATORS,
  type Aggregator,
  ARITHMETIC,
  type BinaryOperator,
  COMPARISONS,
  type Expression,
  FUNCTIONS,
  type FunctionName,
  type Matcher,
  type Matching,
  SET_OPERATORS,
  typeOf,
  type ValueType,
} from './expression.js';
import { promqlError } from './promql-error.js';
import { type Token, tokenize } from './tokens.js';

/*
 * The part of PromQL that our rules need (Prometheus, "Querying basics", "Operators", "Functions"), with its meaning unchanged:
 *
 *   expression = set
 *   set        = both { "or" matching both }
 *   both       = comparison { ( "and" | "unless" ) matching comparison }
 *   comparison = sum { ( "==" | "!=" | "<=" | "<" | ">=" | ">" ) [ "bool" ] matching sum }
 *   sum        = product { ( "+" | "-" ) matching product }
 *   product    = unary { ( "*" | "/" | "%" ) matching unary }
 *   unary      = [ "-" | "+" ] unary | primary
 *   primary    = number | "(" expression ")" | aggregate | call | selector
 *   matching   = [ ( "on" | "ignoring" ) labels ]
 *   aggregate  = ( "sum" | "max" | "min" | "avg" | "count" ) ( [ grouping ] "(" expression ")" | "(" expression ")" [ grouping ] )
 *   grouping   = ( "by" | "without" ) labels
 *   labels     = "(" [ label { "," label } [ "," ] ] ")"
 *   call       = ( "rate" | "increase" ) "(" range ")" | "histogram_quantile" "(" scalar "," vector ")" | "absent" "(" vector ")"
 *   selector   = name [ "{" [ matchers ] "}" ] [ "[" duration "]" ] | "{" matchers "}" [ "[" duration "]" ]
 *   matchers   = matcher { "," matcher } [ "," ]
 *   matcher    = label ( "=" | "!=" | "=~" | "!~" ) string
 *   duration   = digits unit { digits unit }        unit = "ms" | "s" | "m" | "h" | "d" | "w" | "y"
 *   number     = digits [ "." digits ] [ exponent ] | "0x" hex digits | "Inf" | "NaN"
 *
 * Operators of one line are of equal rank and left-associative; later lines bind more tightly. Words are case-insensitive as in Prometheus;
 * spaces and "# comments" are free. Not in it: offset, @, subqueries, group_left and group_right, ^, and all other functions.
 */

const OUTSIDE: Readonly<Record<string, string>> = {
  offset: '"offset" is not in the subset that is evaluated here',
  group_left: '"group_left" is not in the subset; aggregate the side that has more labels',
  group_right: '"group_right" is not in the subset; aggregate the side that has more labels',
};

const RANKS: readonly (readonly string[])[] = [['or'], ['and', 'unless'], COMPARISONS, ['+', '-'], ['*', '/', '%']];

const KNOWN = [...FUNCTIONS, ...AGGREGATORS];

/** Deeper than this nobody writes, and the stack has an end. */
const DEEPEST = 200;

/**
 * Parses an expression of the subset.
 * @throws PromqlError with line and column for what cannot be read or lies outside of it
 */
export function parsePromql(text: string): Expression {
  const parser = new Parser(text);
  return parser.whole();
}

class Parser {
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = tokenize(text);
  }

  whole(): Expression {
    const expression = this.binary(0);
    const { kind, text } = this.next;
    if (kind !== 'end') this.fail(this.strayed(text));
    if (typeOf(expression) === 'matrix')
      this.fail('a range vector alone has no value; put rate(...) or increase(...) around it', 0);
    return expression;
  }

  private get next(): Token {
    return this.tokens[this.index] as Token;
  }

  /** The next word, which is used up by it. The end stays. */
  private take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.index++;
    return token;
  }

  private fail(problem: string, at: number = this.next.at): never {
    throw promqlError(this.text, at, problem);
  }

  private strayed(text: string): string {
    const outside = OUTSIDE[text.toLowerCase()];
    if (outside !== undefined) return outside;
    if (text === '^') return '"^" is not in the subset; write a multiplication';
    if (text === '@') return '"@" is not in the subset that is evaluated here';
    if (text === '=') return 'to compare, write "=="';
    return `"${text}" has no place here; an operator (${RANKS.flat().join(' ')}) or the end was expected`;
  }

  private sign(text: string): boolean {
    if (this.next.kind !== 'sign' || this.next.text !== text) return false;
    this.index++;
    return true;
  }

  private need(text: string, where: string): void {
    if (!this.sign(text)) this.fail(`"${text}" is missing ${where}`);
  }

  private word(...words: readonly string[]): string | null {
    const word = this.next.text.toLowerCase();
    if (this.next.kind !== 'identifier' || !words.includes(word)) return null;
    this.index++;
    return word;
  }

  private binary(rank: number): Expression {
    const operators = RANKS[rank];
    if (operators === undefined) return this.unary();
    let left = this.binary(rank + 1);
    for (;;) {
      const { at, kind, text } = this.next;
      const operator = kind === 'identifier' ? text.toLowerCase() : text;
      if (kind === 'string' || !operators.includes(operator)) return left;
      this.index++;
      const comparison = (COMPARISONS as readonly string[]).includes(operator);
      const bool = comparison && this.word('bool') !== null;
      const matching = this.matching();
      const right = this.binary(rank + 1);
      this.checkSides(operator as BinaryOperator, at, left, right, bool, matching !== null);
      left = {
        kind: 'binary',
        operator: operator as BinaryOperator,
        bool,
        matching: matching ?? { on: false, labels: [] },
        left,
        right,
      };
    }
  }

  private matching(): Matching | null {
    const word = this.word('on', 'ignoring');
    if (word === null) return null;
    const labels = this.labels(`after "${word}"`);
    const outside = this.next.kind === 'identifier' ? OUTSIDE[this.next.text.toLowerCase()] : undefined;
    if (outside !== undefined) this.fail(outside);
    return { on: word === 'on', labels };
  }

  private checkSides(
    operator: BinaryOperator,
    at: number,
    left: Expression,
    right: Expression,
    bool: boolean,
    matched: boolean,
  ): void {
    const types = [typeOf(left), typeOf(right)];
    if (types.includes('matrix'))
      this.fail(`"${operator}" works on values, not on a range vector; put rate(...) around it`, at);
    const scalars = types.filter((type) => type === 'scalar').length;
    if (scalars > 0 && (SET_OPERATORS as readonly string[]).includes(operator))
      this.fail(`"${operator}" works on two vectors, not on a number`, at);
    if (scalars > 0 && matched) this.fail('"on" and "ignoring" need vectors on both sides', at);
    if (scalars === 2 && !bool && !(ARITHMETIC as readonly string[]).includes(operator))
      this.fail(`two numbers are compared with "${operator} bool"`, at);
  }

  private unary(): Expression {
    const { at } = this.next;
    if (++this.depth > DEEPEST) this.fail('the expression is nested too deeply', at);
    try {
      if (this.sign('+')) return this.signed(this.unary(), at);
      if (!this.sign('-')) return this.primary();
      const of = this.signed(this.unary(), at);
      return of.kind === 'scalar' ? { kind: 'scalar', value: -of.value } : { kind: 'negation', of };
    } finally {
      this.depth--;
    }
  }

  private signed(of: Expression, at: number): Expression {
    if (typeOf(of) === 'matrix') this.fail('a sign works on values, not on a range vector', at);
    return of;
  }

  private primary(): Expression {
    const token = this.next;
    if (this.sign('(')) {
      const inner = this.binary(0);
      this.need(')', 'after the parenthesis');
      if (this.next.kind === 'sign' && this.next.text === '[') this.fail('subqueries are not in the subset');
      return inner;
    }
    if (token.kind === 'number') {
      this.index++;
      return { kind: 'scalar', value: token.value };
    }
    if (token.kind === 'sign' && token.text === '{') return this.selector(null);
    if (token.kind !== 'identifier') {
      const found = token.kind === 'end' ? 'the end' : `"${token.text}"`;
      return this.fail(`an expression was expected, not ${found}`);
    }
    this.index++;
    const word = token.text.toLowerCase();
    if (word === 'inf') return { kind: 'scalar', value: Number.POSITIVE_INFINITY };
    if (word === 'nan') return { kind: 'scalar', value: Number.NaN };
    if ((AGGREGATORS as readonly string[]).includes(word)) {
      const { kind, text } = this.next;
      if ((kind === 'sign' && text === '(') || /^(by|without)$/i.test(text)) return this.aggregate(word as Aggregator);
    }
    if (this.next.kind === 'sign' && this.next.text === '(') return this.call(token);
    if (/^(by|without|on|ignoring|bool|and|or|unless)$/.test(word) || OUTSIDE[word] !== undefined)
      this.fail(OUTSIDE[word] ?? `"${token.text}" has no place here; an expression was expected`, token.at);
    return this.selector(token);
  }

  private aggregate(name: Aggregator): Expression {
    let grouping = this.grouping();
    const { at } = this.next;
    this.need('(', `after "${name}"`);
    const of = this.binary(0);
    this.need(')', `to close "${name}("`);
    this.expect(of, 'vector', name, at + 1);
    grouping ??= this.grouping();
    return { kind: 'aggregate', name, by: grouping?.by ?? true, labels: grouping?.labels ?? [], of };
  }

  private grouping(): { by: boolean; labels: string[] } | null {
    const word = this.word('by', 'without');
    return word === null ? null : { by: word === 'by', labels: this.labels(`after "${word}"`) };
  }

  private labels(where: string): string[] {
    this.need('(', where);
    const labels: string[] = [];
    while (!this.sign(')')) {
      if (labels.length > 0) this.need(',', 'between two labels');
      if (this.sign(')')) break;
      labels.push(this.label());
    }
    return labels;
  }

  private label(): string {
    const { kind, text } = this.next;
    if (kind !== 'identifier' || text.includes(':')) this.fail(`the name of a label was expected, not "${text}"`);
    this.index++;
    return text;
  }

  private call(token: Token): Expression {
    const name = token.text.toLowerCase();
    if (!(FUNCTIONS as readonly string[]).includes(name)) {
      this.fail(`"${token.text}" is no function of the subset${didYouMean(token.text, KNOWN)}`, token.at);
    }
    this.need('(', `after "${name}"`);
    const wanted: readonly ValueType[] =
      name === 'histogram_quantile' ? ['scalar', 'vector'] : [name === 'absent' ? 'vector' : 'matrix'];
    const args: Expression[] = [];
    for (const type of wanted) {
      if (args.length > 0) this.need(',', `between the arguments of "${name}"`);
      const { at } = this.next;
      const argument = this.binary(0);
      this.expect(argument, type, name, at);
      args.push(argument);
    }
    this.need(
      ')',
      `to close "${name}("; it takes ${wanted.length === 1 ? 'one argument' : `${wanted.length} arguments`}`,
    );
    return { kind: 'call', name: name as FunctionName, args };
  }

  private expect(argument: Expression, wanted: ValueType, name: string, at: number): void {
    const type = typeOf(argument);
    if (type === wanted) return;
    const words = {
      scalar: 'a number',
      vector: 'an instant vector',
      matrix: 'a range vector such as requests_total[5m]',
    };
    this.fail(`"${name}" takes ${words[wanted]}, not ${words[type].replace(/ such.*/, '')}`, at);
  }

  private selector(token: Token | null): Expression {
    const at = token?.at ?? this.next.at;
    const matchers: Matcher[] = [];
    if (this.sign('{')) {
      while (!this.sign('}')) {
        if (matchers.length > 0) this.need(',', 'between two matchers');
        if (this.sign('}')) break;
        matchers.push(this.matcher());
      }
    }
    if (token === null && !matchers.some(selective))
      this.fail('a selector needs a name, or a matcher that the empty text does not satisfy', at);
    let rangeMs: number | null = null;
    if (this.sign('[')) {
      const duration = this.next;
      if (duration.kind !== 'duration' || duration.value === 0)
        this.fail('a duration such as 5m was expected in the brackets');
      this.index++;
      if (this.next.text === ':') this.fail('subqueries are not in the subset');
      this.need(']', 'after the duration');
      rangeMs = duration.value;
    }
    return { kind: 'selector', name: token?.text ?? null, matchers, rangeMs };
  }

  private matcher(): Matcher {
    const label = this.label();
    const { kind: sign, text: operator, at: where } = this.take();
    if (sign !== 'sign' || !['=', '!=', '=~', '!~'].includes(operator))
      this.fail(`one of = != =~ !~ was expected after "${label}", not "${operator}"`, where);
    const { kind, text: value, at } = this.take();
    if (kind !== 'string') this.fail(`the value of "${label}" must stand in quotes`, at);
    let pattern: RegExp | null = null;
    if (operator.endsWith('~')) {
      try {
        pattern = new RegExp(`^(?:${value})$`, 's');
      } catch {
        this.fail(`"${value}" is no regular expression`, at);
      }
    }
    return { label, operator: operator as Matcher['operator'], value, pattern };
  }
}

/** Whether a matcher leaves out series without the label. */
function selective({ operator, value, pattern }: Matcher): boolean {
  switch (operator) {
    case '=':
      return value !== '';
    case '!=':
      return value === '';
    case '=~':
      return !pattern?.test('');
    case '!~':
      return pattern?.test('') === true;
  }
}
