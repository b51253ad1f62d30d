import { DeadairError } from '../errors.js';
import { compileRules, type RuleGroup } from './alert-rule.js';
import { readRuleFile } from './read-rule-file.js';
import type { RuleFile } from './rule-file-schema.js';
import { VOICE_RULES } from './voice-rules.js';

let builtIn: RuleFile | undefined;

/** The rules that ship with deadair. */
export function builtInRules(): RuleFile {
  builtIn ??= readRuleFile(VOICE_RULES, 'voice.rules.yaml');
  return builtIn;
}

/**
 * What `alerts.rules` of a scenario means.
 * @throws DeadairError `rules.unread` for a path: `loadScenario` reads files, a world does not
 */
export function scenarioRules(rules: string | RuleFile): RuleGroup[] {
  if (typeof rules === 'string' && rules !== 'builtin') {
    throw new DeadairError(
      'rules.unread',
      `alerts.rules: "${rules}" is a file that nobody has read; load the scenario with loadScenario, or write builtin or the groups themselves`,
    );
  }
  return compileRules(typeof rules === 'string' ? builtInRules() : rules).groups;
}
