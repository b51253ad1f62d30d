import type { Expression } from './expression.js';

/**
 * Whether an expression can have a result where no server exports some metrics: `or` needs one of its sides, `unless` the left one, every other operator
 * both, and `absent` none.
 * @param missing which metrics nobody exports
 */
export function yieldsWithout(expression: Expression, missing: (metric: string) => boolean): boolean {
  const yields = (part: Expression) => yieldsWithout(part, missing);
  switch (expression.kind) {
    case 'scalar':
      return true;
    case 'selector': {
      const named = expression.matchers.find(({ label, operator }) => label === '__name__' && operator === '=');
      const name = expression.name ?? named?.value;
      return name === undefined || !missing(name);
    }
    case 'call':
      return expression.name === 'absent' || expression.args.every(yields);
    case 'binary': {
      const { operator, left, right } = expression;
      if (operator === 'or') return yields(left) || yields(right);
      return yields(left) && (operator === 'unless' || yields(right));
    }
    default:
      return yields(expression.of);
  }
}
