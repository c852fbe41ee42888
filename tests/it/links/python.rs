//! A package, its modules, and who takes from them.

use super::Files;

pub const FILES: Files = &[
    (
        "pkg/__init__.py",
        &[
            "",
            r"from .a import *
from .b import run as go
",
            r"from .b import Base
from .a import helper
",
        ],
    ),
    (
        "pkg/a.py",
        &[
            "",
            r"from .b import Base


class Child(Base):
    def own(self):
        return self.area()


def helper() -> Child:
    return Child()
",
            r"# moved
from .b import Base


def helper() -> Base:
    return Base()


class Child:
    pass
",
            r"def helper():
    return run()


from .b import run
",
        ],
    ),
    (
        "pkg/b.py",
        &[
            "",
            r#"class Base:
    def area(self):
        return 1

    def grow(self) -> "Base":
        return self


def run():
    return Base().grow()
"#,
            r#"from . import a


class Base:
    size: int = 0

    def grow(self) -> "a.Child":
        return a.Child()
"#,
            r"def run(size=1):
    return run(size=2)
",
        ],
    ),
    (
        "main.py",
        &[
            "",
            r"import pkg
from pkg import helper

thing = helper()
thing.grow().area()
thing.own()
pkg.go()
",
            r"from pkg.b import Base, run

run(size=3).grow()
Base().size
run().area()
",
            r"from pkg import *

helper().grow().grow().area()
Child().area()
",
        ],
    ),
];
