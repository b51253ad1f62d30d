import { scenarioJsonSchema } from '../scenario/index.js';

/** `deadair schema`: the JSON Schema of a scenario. */
export function schemaCommand(): void {
  process.stdout.write(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
}
