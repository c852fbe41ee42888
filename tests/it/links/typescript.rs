//! A workspace of two packages: settings, barrels, types beside what is made of sources.

use super::Files;

pub const FILES: Files = &[
    (
        "tsconfig.json",
        &[
            "",
            r#"{ "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["src/*"], "lib": ["packages/lib/src/index.ts"] } } }"#,
            r#"{ // comments may stand here
  "extends": "./tsconfig.base", "compilerOptions": { "paths": { "@/*": ["packages/lib/src/*"], }, } }"#,
            r#"{ "compilerOptions": { "#,
        ],
    ),
    (
        "tsconfig.base.json",
        &[
            "",
            r#"{ "compilerOptions": { "baseUrl": "./src" } }"#,
            r#"{ "compilerOptions": { "baseUrl": "./packages" } }"#,
        ],
    ),
    (
        "packages/lib/package.json",
        &[
            "",
            r#"{ "name": "@scope/lib", "types": "dist/index.d.ts", "main": "dist/index.js" }"#,
            r#"{ "name": "lib", "exports": { ".": { "types": "./dist/index.d.ts" }, "./*": "./src/*.ts" } }"#,
            r#"{ "name": "@scope/lib", "source": "src/model.ts" }"#,
        ],
    ),
    (
        "packages/lib/dist/index.d.ts",
        &[
            "",
            "export declare class Model { id: number; save(): Model; }\nexport declare function open(): Model;\n",
            "declare namespace lib { interface Model { id: string } }\nexport = lib;\n",
        ],
    ),
    (
        "packages/lib/src/index.ts",
        &[
            "",
            "export * from './model';\nexport { Model as default } from './model';\nexport * as all from './model';\n",
            "import { Model } from './model';\nexport { Model };\nexport function open(): Model { return new Model(); }\n",
            "export * from '../../../src/store';\nexport * from './model';\nexport class Early {}\n",
        ],
    ),
    (
        "packages/lib/src/model.ts",
        &[
            "",
            r"export interface Saved { id: number; saved: boolean }
export class Model implements Saved {
    id = 1;
    saved = false;
    save(): Saved { return this; }
    get self(): Model { return this; }
}
export function open(): Model { return new Model().self; }
",
            r"// moved
import { Store } from '@/store';
export function open() { return new Store().all; }
export type Model = { id: string; store: Store };
",
            r"export enum Model { id, save }
export const open = () => Model.id
export class {
",
        ],
    ),
    (
        "src/store.ts",
        &[
            "",
            r"import lib, { Model, open } from '@scope/lib';
export class Store<T = Model> extends lib {
    all: T[] = [];
    first(): T { return this.all[0]; }
    own() { return this.save().id; }
}
export const store = new Store<Model>();
store.first().save();
",
            r"import type { Saved } from 'lib';
import * as lib from '@/model';
export class Store { all: lib.Model; first(): Saved { return lib.open().save(); } }
export default Store;
",
            "export { default as Store } from 'packages/lib/src';\nexport { store } from './store';\n",
        ],
    ),
    (
        "src/main.ts",
        &[
            "",
            r"import { Store, store } from './store';
import { open } from 'lib/model';
const s: Store = store;
s.first().save().saved;
s.own();
open().id;
",
            r"import Store from '@/store';
import { all, Early } from '@scope/lib';
new Store().first().id;
all.open().self.save();
new Early();
",
            r"import lib = require('@scope/lib');
import { open } from 'store';
const made: lib.Model = open();
made.id;
",
        ],
    ),
];
