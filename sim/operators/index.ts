export { ADMIN_SERVICE, Operator, type OperatorOptions } from './operator.js';
