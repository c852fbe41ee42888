/** The thread that lays graphs out: a large one takes a while, and the editor's extensions go on meanwhile. */
import { parentPort } from 'node:worker_threads';

import { Graphviz } from '@hpcc-js/wasm-graphviz';

const engine = Graphviz.load();

parentPort?.on('message', ({ id, dot }: { id: number; dot: string }) => {
  engine
    .then((graphviz) => parentPort?.postMessage({ id, json: graphviz.layout(dot, 'json', 'dot') }))
    .catch((error: unknown) => parentPort?.postMessage({ id, error: String(error) }));
});
