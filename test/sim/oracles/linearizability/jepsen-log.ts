import type { Operation, RegisterInput, RegisterOutput } from '../../../../sim/oracles/linearizability/index.js';

const LINE = /^INFO\s+jepsen\.util - (\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.*)$/;

/**
 * Reads the history of one register as Jepsen logs it: process, `:invoke`, `:ok`, `:fail` (certainly not done) or `:info` (nobody
 * knows), function, value. A failed compare-and-set has found another value; other failed operations have not happened. Times are line numbers.
 */
export function parseJepsenLog(text: string): Operation<RegisterInput, RegisterOutput>[] {
  const operations: Operation<RegisterInput, RegisterOutput>[] = [];
  const open = new Map<string, { input: RegisterInput; callAt: number }>();
  text.split('\n').forEach((line, returnAt) => {
    if (line.trim() === '') return;
    const match = LINE.exec(line);
    if (!match) throw new Error(`line ${returnAt + 1} is not one of Jepsen's: ${line}`);
    const [, process = '', kind, action = '', value = ''] = match;
    const client = `process ${process}`;
    if (kind === 'invoke') {
      if (open.has(client)) throw new Error(`line ${returnAt + 1}: ${client} has not been answered yet`);
      open.set(client, { input: inputOf(action, value), callAt: returnAt });
      return;
    }
    const call = open.get(client);
    if (!call) throw new Error(`line ${returnAt + 1}: ${client} has asked nothing`);
    open.delete(client);
    if (kind === 'info') operations.push({ client, ...call, output: undefined, returnAt: Number.POSITIVE_INFINITY });
    else if (kind === 'ok')
      operations.push({ client, ...call, output: action === 'read' ? numberOf(value) : true, returnAt });
    else if (action === 'cas') operations.push({ client, ...call, output: false, returnAt });
  });
  for (const [client, call] of open)
    operations.push({ client, ...call, output: undefined, returnAt: Number.POSITIVE_INFINITY });
  return operations;
}

function inputOf(action: string, value: string): RegisterInput {
  if (action === 'read') return { kind: 'read' };
  if (action === 'write') return { kind: 'write', value: numberOf(value) };
  const [from = '', to = ''] = value.replace(/[[\]]/g, '').split(' ');
  return { kind: 'cas', from: numberOf(from), to: numberOf(to) };
}

function numberOf(value: string): number | null {
  if (value === 'nil') return null;
  const number = Number(value);
  if (!Number.isInteger(number)) throw new Error(`${value} is no value of a register`);
  return number;
}
