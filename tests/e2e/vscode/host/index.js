'use strict';
// The editor calls run() in the extension host. The results go into a file as they come: a host that falls leaves those before.
const { writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');

exports.run = () => new Promise((resolve, reject) => {
  const Mocha = createRequire(path.join(process.env.RUTTER_TEST_TOOLS, 'package.json'))('mocha');
  const mocha = new Mocha({ ui: 'tdd', color: false, timeout: 40_000, reporter: 'spec' });
  for (const name of process.env.RUTTER_TEST_SUITES.split(',')) mocha.addFile(path.join(__dirname, 'suites', `${name}.js`));
  const results = [];
  const keep = (test, error) => {
    results.push({ title: test.fullTitle(), ok: error === undefined, error: error && String(error.stack ?? error), ms: test.duration ?? 0 });
    writeFileSync(process.env.RUTTER_TEST_RESULTS, JSON.stringify(results));
  };
  mocha.run((failures) => (failures > 0 ? reject(new Error(`${failures} tests failed`)) : resolve()))
    .on('pass', (test) => keep(test))
    .on('fail', (test, error) => keep(test, error));
});
