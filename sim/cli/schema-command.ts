import { DeadairError } from '../errors.js';
import { suiteJsonSchema } from '../gate/index.js';
import { didYouMean, scenarioJsonSchema } from '../scenario/index.js';

const SCHEMAS = { scenario: scenarioJsonSchema, suite: suiteJsonSchema } as const;

/**
 * `deadair schema`: the JSON Schema of a scenario, or of a suite.
 * @throws DeadairError `schema.unknown`
 */
export function schemaCommand(what = 'scenario'): void {
  if (!Object.hasOwn(SCHEMAS, what)) {
    const message = `there is no schema of "${what}"${didYouMean(what, Object.keys(SCHEMAS))}`;
    throw new DeadairError('schema.unknown', message);
  }
  process.stdout.write(`${JSON.stringify(SCHEMAS[what as keyof typeof SCHEMAS](), null, 2)}\n`);
}
