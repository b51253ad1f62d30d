/** What a label must be. `pattern` with `=~` and `!~`: the whole value must match it. */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
  readonly pattern: RegExp | null;
}

export const ARITHMETIC = ['+', '-', '*', '/', '%'] as const;
export const COMPARISONS = ['==', '!=', '<=', '<', '>=', '>'] as const;
export const SET_OPERATORS = ['and', 'or', 'unless'] as const;
export const AGGREGATORS = ['sum', 'max', 'min', 'avg', 'count'] as const;
export const FUNCTIONS = ['rate', 'increase', 'histogram_quantile', 'absent'] as const;

export type BinaryOperator =
  | (typeof ARITHMETIC)[number]
  | (typeof COMPARISONS)[number]
  | (typeof SET_OPERATORS)[number];
export type Aggregator = (typeof AGGREGATORS)[number];
export type FunctionName = (typeof FUNCTIONS)[number];

/** Which labels two sides have in common: `on` these, or all but those. */
export interface Matching {
  readonly on: boolean;
  readonly labels: readonly string[];
}

/** A parsed expression. */
export type Expression =
  | { readonly kind: 'scalar'; readonly value: number }
  | {
      readonly kind: 'selector';
      readonly name: string | null;
      readonly matchers: readonly Matcher[];
      /** Of a range vector, in ms; null: the newest sample. */
      readonly rangeMs: number | null;
    }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly args: readonly Expression[] }
  | {
      readonly kind: 'aggregate';
      readonly name: Aggregator;
      readonly by: boolean;
      readonly labels: readonly string[];
      readonly of: Expression;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      /** A comparison that answers 0 or 1 instead of filtering. */
      readonly bool: boolean;
      readonly matching: Matching;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'negation'; readonly of: Expression };

/** What an expression gives. */
export type ValueType = 'scalar' | 'vector' | 'matrix';

export function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case 'scalar':
      return 'scalar';
    case 'selector':
      return expression.rangeMs === null ? 'vector' : 'matrix';
    case 'negation':
      return typeOf(expression.of);
    case 'binary':
      return typeOf(expression.left) === 'scalar' && typeOf(expression.right) === 'scalar' ? 'scalar' : 'vector';
    default:
      return 'vector';
  }
}

/** The longest range that an expression looks back over, in ms. */
export function longestRangeMs(expression: Expression): number {
  switch (expression.kind) {
    case 'scalar':
      return 0;
    case 'selector':
      return expression.rangeMs ?? 0;
    case 'call':
      return Math.max(0, ...expression.args.map(longestRangeMs));
    case 'binary':
      return Math.max(longestRangeMs(expression.left), longestRangeMs(expression.right));
    default:
      return longestRangeMs(expression.of);
  }
}

/** Names of the metrics that an expression asks for. */
export function metricNames(expression: Expression): string[] {
  switch (expression.kind) {
    case 'scalar':
      return [];
    case 'selector':
      return expression.name === null ? [] : [expression.name];
    case 'call':
      return expression.args.flatMap(metricNames);
    case 'binary':
      return [...metricNames(expression.left), ...metricNames(expression.right)];
    default:
      return metricNames(expression.of);
  }
}
