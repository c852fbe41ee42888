// Tests mean something only if a server that is wrong makes them fail.
import path from 'node:path';

import { runInHost } from './host.mjs';

const BROKEN = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../broken-server.mjs');

/** The handful, with a broken server: each of its tests has to fail, and to have run. */
export async function proveBroken(setup) {
  const results = await runInHost({ ...setup, settings: { 'rutter.server.path': BROKEN }, env: { RUTTER_TEST_PATIENCE: '2000' } });
  const [first] = results;
  const ran = first !== undefined && first.title.startsWith('handful');
  return ran
    ? results.map(({ title, ok, ms }) => ({ title: `with a broken server this fails: ${title}`, ok: !ok, error: 'it passes', ms }))
    : [{ title: 'the handful runs with a broken server', ok: false, error: first?.error ?? 'nothing ran', ms: 0 }];
}
