// The end of .ci/run: names everything that failed and counts it. Usage: node .ci/count.mjs <folder of the run>
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const folder = process.argv[2];
const failures = [];
let passed = 0;

for (const line of linesOf('checks')) {
  if (line === 'passed') passed += 1;
  else failures.push(line.replace(/^failed /, 'check: '));
}
for (const line of linesOf('suites')) {
  const [name, exitCode] = line.split(' ');
  countSuite(name, Number(exitCode));
}

if (failures.length > 0) console.log(`\nFailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;

function linesOf(name) {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}

function countSuite(name, exitCode) {
  const before = failures.length;
  const report = join(folder, `${name}.json`);
  if (!existsSync(report)) {
    failures.push(`tests on ${name}: ended with exit code ${exitCode} and without a report`);
    return;
  }
  for (const file of JSON.parse(readFileSync(report, 'utf8')).testResults) {
    const path = relative(process.cwd(), file.name);
    const note = (what) => failures.push(`tests on ${name}: ${path}: ${what}`);
    if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'))
      note('did not run');
    for (const { status, fullName } of file.assertionResults) {
      if (status === 'passed') passed += 1;
      if (status === 'failed') note(fullName);
      // Here there is a browser, so a browser test that skips itself tests nothing.
      if (status === 'pending' && path.includes('browser')) note(`${fullName} (skipped)`);
    }
  }
  if (exitCode !== 0 && failures.length === before) failures.push(`tests on ${name}: exit code ${exitCode}`);
}
