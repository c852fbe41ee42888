//! Namespaces, classes whose members are defined elsewhere, templates, and functions with several forms.

use super::Files;

pub const FILES: Files = &[
    ("compile_commands.json", &["", r#"[{ "command": "c++ -I/w/include -c a.cpp", "file": "/w/src/a.cpp" }]"#]),
    (
        "include/shape.hpp",
        &[
            "",
            r#"#pragma once
#include "base.hpp"

namespace geo {
class Shape : public Base {
public:
    explicit Shape(int side);
    int area() const;
    int area(int scale) const;
    Shape *grow();
private:
    int side_;
};
template <typename T> struct Box { T held; T get() const { return held; } };
}
"#,
            r#"// moved
#include <base.hpp>

namespace geo::inner {
struct Shape { int side; Shape grow() { return *this; } };
}
namespace geo {
using inner::Shape;
template <typename T> T make(T from);
using Boxed = Box<Shape>;
}
"#,
            r"class Shape { int area( ; };
namespace geo { typedef ::Shape Shape; }
",
        ],
    ),
    (
        "include/base.hpp",
        &[
            "",
            r"namespace geo {
class Base {
public:
    virtual int area() const = 0;
    virtual ~Base();
    int id() const { return id_; }
protected:
    int id_;
};
}
",
            "#include \"shape.hpp\"\n\nstruct Base { int id; static Base make(); };\nnamespace geo { template <class T> struct Box; }\n",
            "namespace geo { inline namespace v1 { struct Base { int id(); int area(double); }; } }\n",
        ],
    ),
    (
        "src/shape.cpp",
        &[
            "",
            r#"#include "shape.hpp"

namespace geo {
Shape::Shape(int side) : side_(side) {}
int Shape::area() const { return side_ * id(); }
int Shape::area(int scale) const { return area() * scale; }
Shape *Shape::grow() { id_ = side_; return this; }
}
"#,
            r#"#include "shape.hpp"
using namespace geo;

int Shape::area() const { return helper(side_); }
Shape *Shape::grow() { return this; }
Base::~Base() {}
"#,
            r#"#include "base.hpp"

geo::Base Base::make() { return Base(); }
int geo::Base::id() { return area(1.0); }
"#,
        ],
    ),
    (
        "src/util.cpp",
        &[
            "",
            "namespace { int helper(int x) { return x; } }\nint twice(int x) { return helper(x) * 2; }\ndouble twice(double x) { return x; }\n",
            "#include \"shape.hpp\"\nint helper(int x) { return geo::Box<geo::Shape>().get().area(x); }\n",
        ],
    ),
    (
        "src/main.cpp",
        &[
            "",
            r#"#include "shape.hpp"
#include <vector>

int twice(int x);

int main() {
    geo::Shape shape(2);
    shape.grow()->area(3);
    geo::Box<geo::Shape> box{shape};
    box.get().area();
    geo::Base &base = shape;
    return base.area() + base.id() + twice(1);
}
"#,
            r#"#include <shape.hpp>
using namespace geo;

int main() {
    auto shape = make(Shape());
    shape.grow().side;
    Boxed boxed;
    boxed.held.grow();
    Base::make().id;
    return helper(1);
}
"#,
            r#"#include "../include/base.hpp"
using geo::Base;

struct Own : Base { int area() { return id() + Base::area(1.0); } };
int main() { Own own; own.area(); own.id(); return twice(1.5); }
"#,
        ],
    ),
];
