// The cases of feel.py in feelin: the wish comes as JSON on standard input, microseconds go out as JSON.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { evaluate, unaryTest } = await import(pathToFileURL(process.argv[2]));
const { rounds, conditions, variables, rules, inputs, case: tested } = JSON.parse(readFileSync(0, 'utf8'));

function microseconds(work, times) {
  let best = Infinity;
  for (let repeat = 0; repeat < 7; repeat++) {
    const begun = process.cpuUsage();
    for (let round = 0; round < times; round++) work();
    const { user, system } = process.cpuUsage(begun);
    best = Math.min(best, (user + system) / times);
  }
  return Math.round(best * 100) / 100;
}

function table() {
  const values = inputs.map((input) => evaluate(input, tested).value);
  return rules.filter((cells) => cells.every((cell, place) => unaryTest(cell, { ...tested, '?': values[place] }).value === true)).length;
}

if (table() !== 1) throw new Error('one rule must match');
const times = Math.max(1, Math.round(rounds / 10));
process.stdout.write(JSON.stringify({
  conditions: Object.fromEntries(
    Object.entries(conditions).map(([name, expression]) => [name, microseconds(() => evaluate(expression, variables), times)]),
  ),
  table: microseconds(table, Math.max(1, Math.round(times / 50))),
}));
