//! CommonJS and ES modules beside each other, in packages that say where they begin.

use super::Files;

pub const FILES: Files = &[
    (
        "package.json",
        &[
            "",
            r##"{ "name": "app", "main": "./lib/main.js", "imports": { "#inner": "./lib/inner.js" } }"##,
            r##"{ "name": "app", "type": "module", "exports": { ".": "./lib/index.mjs", "./inner": "./lib/inner.js" }, "imports": { "#inner": "./lib/main.js" } }"##,
        ],
    ),
    ("node_modules/tool/package.json", &["", r#"{ "name": "tool" }"#]),
    (
        "tool/package.json",
        &["", r#"{ "name": "tool", "main": "dist/tool.js" }"#, r#"{ "name": "other", "main": "run.js" }"#],
    ),
    (
        "tool/src/tool.js",
        &[
            "",
            "exports.run = function run() { return { done: true, next() { return this; } }; };\n",
            "export default class Tool { run() { return this; } }\nexport const run = new Tool().run();\n",
        ],
    ),
    ("tool/run.js", &["", "module.exports = require('./src/tool');\n", "export * from './src/tool.js';\n"]),
    (
        "lib/main.js",
        &[
            "",
            r"const { help, Base } = require('./inner');
const tool = require('tool');
class Main extends Base {
    go() { return this.start(help()); }
}
tool.run().next().done;
module.exports = { Main, help, go: () => new Main().go() };
",
            r"'use strict';
module.exports = Main;
function Main() { this.inner = require('#inner'); }
Main.prototype.start = function () { return this.inner.help(); };
",
            "export * from './inner.js';\nimport tool, { run } from 'tool';\nexport const go = run.run;\ntool.run;\n",
        ],
    ),
    (
        "lib/inner.js",
        &[
            "",
            r"exports.help = () => ({ deep: { value: 1 } });
exports.Base = class Base { start(x) { return x.deep.value; } };
",
            r"// moved
export function help() { return new Base(); }
export class Base { start() { return help(); } }
",
            "const main = require('./main');\nmodule.exports = { ...main, help: main.go };\n",
            "module.exports = { help( };\n",
        ],
    ),
    (
        "lib/index.mjs",
        &[
            "",
            "export * from './main.js';\nexport { help as default } from './inner.js';\n",
            "import * as main from './main.js';\nexport default main;\nmain.help().deep;\n",
        ],
    ),
    (
        "use.js",
        &[
            "",
            r"const { Main, go } = require('./lib/main');
const app = require('app');
new Main().go();
app.help().deep.value;
go().start();
",
            r"import help, { Base } from 'app';
import { help as inner } from 'app/inner';
import { run } from 'other';
help().start(new Base().start());
inner().deep.value;
run().next();
",
            r"const Main = require('./lib');
const one = new Main();
one.start().start();
require('./lib/index.mjs').default.go();
",
        ],
    ),
];
