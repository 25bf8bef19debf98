// Evaluates FEEL with feelin: a JSON object with `expression` and `context` a line in, a JSON object with `value` or `error` a line out.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { FeelDate, FeelDateTime, FeelDuration, FeelRange, FeelTime, evaluate, isFunction, unaryTest } = await import(pathToFileURL(process.argv[2]));

const KINDS = [[FeelDate, 'date'], [FeelTime, 'time'], [FeelDateTime, 'date and time'], [FeelDuration, 'duration']];

function written(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return { '@': 'number', v: String(value) };
  if (typeof value !== 'object' && typeof value !== 'function') return value;
  if (Array.isArray(value)) return value.map(written);
  if (isFunction(value) || typeof value === 'function') return { '@': 'function' };
  for (const [kind, name] of KINDS) if (value instanceof kind) return { '@': name, v: value.toString() };
  const entries = Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, written(entry)]));
  return { '@': value instanceof FeelRange ? 'range' : 'context', v: entries };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { expression, context, unary } = JSON.parse(line);
  let reply;
  try {
    reply = { value: written((unary ? unaryTest : evaluate)(expression, context).value) };
  } catch (error) {
    reply = { error: String(error.message) };
  }
  process.stdout.write(JSON.stringify(reply) + '\n');
}
