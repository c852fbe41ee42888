//! Packages: inheritance through them, wildcard and static imports, names of one's own package.

use super::Files;

pub const FILES: Files = &[
    (
        "src/p/Base.java",
        &[
            "",
            r"package p;

public abstract class Base<T> implements Shape {
    protected T held;
    public static int COUNT = 0;
    public T held() { return held; }
    public Base<T> self() { return this; }
    public static class Inner { public int depth() { return COUNT; } }
}
",
            r"// moved
package p;

import q.*;

public class Base<T extends Child> {
    public T held() { return null; }
    public Child self() { return new Child(); }
    public int size(int n) { return n; }
    public int size(String s) { return s.length(); }
}
",
            r"package q;

public class Base { public Base self( { return this; } }
",
        ],
    ),
    (
        "src/p/Shape.java",
        &[
            "",
            "package p;\n\npublic interface Shape { default int area() { return 1; } Shape self(); }\n",
            "package p;\n\npublic enum Shape { ROUND { int area() { return 2; } }, FLAT; int area() { return 0; } }\n",
            "package p;\n\npublic record Shape(int area, Base<Shape> base) {}\n",
        ],
    ),
    (
        "src/q/Child.java",
        &[
            "",
            r#"package q;

import p.Base;
import p.Shape;

public class Child extends Base<Shape> {
    public Child self() { held().area(); return this; }
    @Override public Shape held() { return super.held(); }
    int own() { return size("x") + size(1) + COUNT; }
}
"#,
            r"package q;

import p.*;

class Child extends Helper implements Shape {
    public int area() { return help().area(); }
}
",
            r"package p;

import static q.Helper.*;

public class Child extends Base<Child> { Child child = help(); Inner inner; int d = inner.depth(); }
",
        ],
    ),
    (
        "src/q/Helper.java",
        &[
            "",
            r"package q;

public class Helper {
    public static Child help() { return new Child(); }
    public static final int COUNT = help().own();
}
",
            r"package q;

import static p.Base.COUNT;

class Helper { static p.Base.Inner help() { return new p.Base.Inner(); } int count = COUNT + help().depth(); }
",
            r"package r;

public interface Helper { static int help() { return 1; } }
",
        ],
    ),
    ("src/q/Shape.java", &["", "package q;\n\nclass Shape { int area; Shape area() { return this; } }\n"]),
    (
        "src/Main.java",
        &[
            "",
            r#"import p.*;
import q.*;
import static q.Helper.help;

class Main {
    void run() {
        help().self().held().area();
        new Child().size("s");
        Base<Shape> base = new Child();
        base.self().held();
        Shape.ROUND.area();
    }
}
"#,
            r"import q.Helper;
import static p.Base.*;

class Main {
    int n = COUNT;
    Inner inner = new Inner();
    void run() { inner.depth(); Helper.help().own(); var s = new p.Shape(1, null); s.base().held().area(); }
}
",
            r"package q;

class Main extends Child { void run() { self().area(); own(); help(); new Shape().area().area(); } }
",
        ],
    ),
];
