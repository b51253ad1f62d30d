import { ARITHMETIC, type BinaryOperator } from './expression.js';

type Arithmetic = (typeof ARITHMETIC)[number];

export function isArithmetic(operator: BinaryOperator): operator is Arithmetic {
  return (ARITHMETIC as readonly string[]).includes(operator);
}

/** IEEE 754, as in Prometheus: a division by zero gives Inf or NaN; `%` has the sign of the dividend. */
export function applyArithmetic(operator: Arithmetic, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
  }
}

export function applyComparison(operator: BinaryOperator, left: number, right: number): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}
