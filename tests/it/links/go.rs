//! A module of packages, with files for other builds.

use super::Files;

pub const FILES: Files = &[
    (
        "go.mod",
        &[
            "",
            r"module example.com/m
",
            r"module example.com/n
",
        ],
    ),
    (
        "a/a.go",
        &[
            "",
            r#"package a

import "example.com/m/b"

type A struct {
	*b.B
	own int
}

func New() *A { return &A{own: helper()} }

func (a *A) Reset() { a.Name = "" }
"#,
            r"// moved
package a

type A struct{ Name, own string }

func (a A) Len() int { return helper() }
",
            r"package main

func helper() int { return 0 }
",
        ],
    ),
    (
        "a/a_linux.go",
        &[
            "",
            r"package a

func helper() int { return New().own }
",
            r"//go:build ignore

package main

func helper() int { return 1 }
",
            r"package a

func helper() string { return A{}.Name }
",
        ],
    ),
    (
        "a/more.go",
        &[
            "",
            r"package a

func helper() int { return New().Len() }
",
            r"//go:build never

package a

func helper() int { return 1 }
",
            r"package a_test

func helper() int { return 2 }
",
        ],
    ),
    (
        "b/b.go",
        &[
            "",
            r"package b

type B struct{ Name string }

func (b *B) Len() int { return len(b.Name) }
",
            r"package b

type B interface{ Len() int }

type C struct{ B }
",
            r"package other

type B = C

type C struct{ Name, own string }
",
        ],
    ),
    (
        "main.go",
        &[
            "",
            r#"package main

import (
	"example.com/m/a"
	"example.com/m/b"
)

func main() {
	a.New().Len()
	_ = a.New().Name
	_ = b.C{B: nil}.Len()
}
"#,
            r#"package main

import . "example.com/n/a"

func main() { New().Len() }
"#,
            r#"package main

import "example.com/m/b"

var x = b.B{Name: name}

var name = x.Name
"#,
        ],
    ),
];
