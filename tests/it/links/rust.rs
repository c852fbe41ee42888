//! Two packages: modules, globs, traits and their implementations elsewhere, macros.

use super::Files;

pub const FILES: Files = &[
    (
        "Cargo.toml",
        &[
            "",
            r#"[package]
name = "one"

[dependencies]
two = { path = "two" }
"#,
            r#"[package]
name = "other"

[lib]
path = "src/main.rs"

[dependencies]
renamed = { path = "two", package = "two" }
"#,
            r#"[workspace]
members = ["two"
"#,
        ],
    ),
    (
        "two/Cargo.toml",
        &[
            "",
            "[package]\nname = \"two\"\n",
            "[package]\nname = \"two\"\n\n[lib]\nname = \"renamed\"\npath = \"src/shape.rs\"\n",
        ],
    ),
    (
        "src/lib.rs",
        &[
            "",
            r"#[macro_use]
mod macros;
pub mod shape;
mod imp;
pub use shape::{Area, Square as Block};
pub use two::*;

pub fn make() -> Block {
    let made = Block::new(3);
    made.grow().area();
    side!(made)
}
",
            r"pub mod shape;
pub use self::shape::*;

pub fn make() -> Square {
    deep();
    Square { side: outer().side }
}
",
            r"mod shape {
    pub struct Square { pub side: u32 }
    impl Square { pub fn new(side: u32) -> Self { Self { side } } }
}
mod imp;
use shape::Square;
fn broken( { Square::new(1).area(); }
",
        ],
    ),
    (
        "src/shape.rs",
        &[
            "",
            r"pub trait Area {
    fn area(&self) -> u32;
    fn twice(&self) -> u32 { self.area() * 2 }
}

#[derive(Clone)]
pub struct Square { pub side: u32 }

impl Square {
    pub fn new(side: u32) -> Square { Square { side } }
    pub fn grow(self) -> Self { self }
}
",
            r"// moved
use crate::make;
pub use deeper::*;
mod deeper;

pub struct Square { pub side: u64 }

pub trait Grow { fn grow(&self) -> Square { make() } }

pub fn outer() -> Square { Square { side: 0 } }
",
            r"use super::*;

pub enum Square { One, Two(u32) }

pub use Square::*;

pub fn outer() -> Square { Two(make().grow().side) }
",
        ],
    ),
    (
        "src/shape/deeper.rs",
        &[
            "",
            "use super::Square;\n\npub fn deep() -> Square { super::outer() }\n",
            "pub use crate::shape::outer as deep;\n\nimpl super::Grow for super::Square {}\n",
        ],
    ),
    (
        "src/imp.rs",
        &[
            "",
            r"use crate::shape::{Area, Square};

impl Area for Square {
    fn area(&self) -> u32 { self.side * side!(self) }
}
",
            r"use super::shape::Square;

impl Square {
    pub fn area(&self) -> Self { self.clone().grow() }
    fn grow(self) -> u32 { self.twice() }
}
",
            "use crate::*;\n\nimpl Area for Block { fn area(&self) -> u32 { far().side } }\n",
        ],
    ),
    (
        "src/macros.rs",
        &[
            "",
            "macro_rules! side { ($e:expr) => { $e.side }; }\n",
            "#[macro_export]\nmacro_rules! side { () => {}; }\n\npub fn side() {}\n",
        ],
    ),
    (
        "src/main.rs",
        &[
            "",
            r"use one::{make, Area, shape};

fn main() {
    make().area();
    shape::Square::new(1).twice();
    two::far().grow();
}
",
            r"mod imp;
mod shape;
use other::make;
use renamed::far;

fn main() { make().grow().area(); far(); shape::outer(); }
",
        ],
    ),
    (
        "two/src/lib.rs",
        &[
            "",
            "mod shape;\npub use shape::*;\n\npub fn far() -> Far { Far { side: 1 } }\n",
            "pub mod shape;\npub use shape::Far as Block;\n\npub fn far() -> Block { todo!() }\n",
        ],
    ),
    (
        "two/src/shape.rs",
        &[
            "",
            "pub struct Far { pub side: u32 }\n\nimpl Far { pub fn grow(&self) -> &Far { self } }\n",
            "pub struct Far;\n\npub fn far() -> Far { Far }\n\npub trait Area { fn area(&self) {} }\n\nimpl<T> Area for T {}\n",
        ],
    ),
];
