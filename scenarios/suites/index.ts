import type { SuiteInput } from '../../sim/gate/suite-schema.js';
import { defaultSuite } from './default.js';

/** The built-in suites. */
export const builtInSuites: readonly SuiteInput[] = [defaultSuite];
