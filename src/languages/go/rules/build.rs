//! Which files are part of a package, by their names and by what stands at their tops.

/// What a package is built for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    os: &'static str,
    arch: &'static str,
    /// Tags of a project's own hold.
    custom: bool,
}

const SYSTEMS: &[&str] = &[
    "linux",
    "windows",
    "darwin",
    "freebsd",
    "netbsd",
    "openbsd",
    "dragonfly",
    "solaris",
    "illumos",
    "aix",
    "android",
    "ios",
    "js",
    "wasip1",
    "plan9",
    "hurd",
    "nacl",
    "zos",
];

const MACHINES: &[&str] = &[
    "amd64", "arm64", "386", "arm", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64",
    "s390x", "wasm", "sparc64", "riscv", "ppc", "amd64p32", "armbe", "arm64be", "s390", "sparc",
];

const UNIX: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "linux",
    "netbsd",
    "openbsd",
    "solaris",
];

impl Target {
    /// What is looked at where a package leaves it open: the same on every machine, since an index is.
    pub const USUAL: Target = Target { os: "linux", arch: "amd64", custom: false };

    /// What a file is part of its package for: the usual one, if it is part of it there.
    pub fn of(path: &str, constraints: &[&str]) -> Self {
        let here = Target::USUAL;
        let own = Target { custom: true, ..here };
        let systems = SYSTEMS.iter().map(|&os| Target { os, ..here });
        let machines = MACHINES.iter().map(|&arch| Target { arch, ..here });
        let both = Target { os: "js", arch: "wasm", ..here };
        let mut all = [here, own].into_iter().chain(systems).chain(machines).chain([both]);
        all.find(|target| target.takes(path, constraints)).unwrap_or(here)
    }

    /// Whether a file is part of its package.
    pub fn takes(self, path: &str, constraints: &[&str]) -> bool {
        self.takes_name(path) && constraints.iter().all(|constraint| self.holds(constraint))
    }

    /// `x_linux.go`, `x_amd64_test.go`, `x_linux_amd64.go`.
    fn takes_name(self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let name = name.split('.').next().unwrap_or(name);
        let name = name.strip_suffix("_test").unwrap_or(name);
        let mut parts = name.split('_').skip(1).collect::<Vec<_>>().into_iter().rev();
        let Some(last) = parts.next() else { return true };
        if MACHINES.contains(&last) {
            let before = parts.next().filter(|before| SYSTEMS.contains(before));
            return self.arch == last && before.is_none_or(|os| self.is_on(os));
        }
        !SYSTEMS.contains(&last) || self.is_on(last)
    }

    fn is_on(self, os: &str) -> bool {
        self.os == os || matches!((self.os, os), ("android", "linux") | ("illumos", "solaris") | ("ios", "darwin"))
    }

    fn has(self, tag: &str) -> bool {
        match tag {
            "unix" => UNIX.contains(&self.os),
            "cgo" | "gc" => true,
            _ if SYSTEMS.contains(&tag) => self.is_on(tag),
            _ if MACHINES.contains(&tag) => self.arch == tag,
            _ => self.custom || tag.starts_with("go1."),
        }
    }

    /// `//go:build a && (b || !c)`, or `// +build a,b !c` as it was written before.
    fn holds(self, constraint: &str) -> bool {
        match constraint.trim_start_matches(['/', ' ']).split_once(' ') {
            Some(("go:build", expression)) => self.holds_expression(expression),
            Some((_, list)) => list.split_whitespace().any(|all| {
                all.split(',').all(|tag| match tag.strip_prefix('!') {
                    Some(tag) => !self.has(tag),
                    None => self.has(tag),
                })
            }),
            None => true,
        }
    }

    /// Operators wait until what binds weaker comes.
    fn holds_expression(self, expression: &str) -> bool {
        let (mut values, mut waiting): (Vec<bool>, Vec<u8>) = (Vec::new(), Vec::new());
        let apply = |values: &mut Vec<bool>, operator: u8| {
            let right = values.pop().unwrap_or(true);
            match operator {
                b'!' => values.push(!right),
                b'&' => *values.last_mut().unwrap_or(&mut true) &= right,
                _ => *values.last_mut().unwrap_or(&mut true) |= right,
            }
        };
        let strength = |operator: u8| match operator {
            b'!' => 3,
            b'&' => 2,
            b'|' => 1,
            _ => 0,
        };
        let bytes = expression.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'!' | b'(' => waiting.push(byte),
                b')' => {
                    while let Some(operator) = waiting.pop().filter(|operator| *operator != b'(') {
                        apply(&mut values, operator);
                    }
                }
                b'&' | b'|' => {
                    at += usize::from(bytes.get(at) == Some(&byte));
                    while let Some(operator) = waiting.pop_if(|operator| strength(*operator) >= strength(byte)) {
                        apply(&mut values, operator);
                    }
                    waiting.push(byte);
                }
                _ if byte.is_ascii_whitespace() => {}
                _ => {
                    let rest = &expression[at - 1..];
                    let end = rest.find(|c: char| c.is_whitespace() || "!&|()".contains(c)).unwrap_or(rest.len());
                    values.push(self.has(&rest[..end]));
                    at += end.max(1) - 1;
                }
            }
        }
        while let Some(operator) = waiting.pop() {
            if operator != b'(' {
                apply(&mut values, operator);
            }
        }
        values.pop().unwrap_or(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX: Target = Target::USUAL;

    #[test]
    fn constraints_hold_for_what_they_name() {
        assert!(LINUX.takes("a/b.go", &[]));
        assert!(LINUX.takes("a/b_linux.go", &[]));
        assert!(LINUX.takes("a/b_linux_amd64_test.go", &[]));
        assert!(LINUX.takes("a/linux.go", &[]));
        assert!(!LINUX.takes("a/b_windows.go", &[]));
        assert!(!LINUX.takes("a/b_arm64.go", &[]));
        assert!(LINUX.takes("b.go", &["//go:build linux && !arm64"]));
        assert!(LINUX.takes("b.go", &["//go:build (windows || unix) && go1.20"]));
        assert!(!LINUX.takes("b.go", &["//go:build !(windows || unix)"]));
        assert!(!LINUX.takes("b.go", &["//go:build ignore"]));
        assert!(LINUX.takes("b.go", &["// +build windows linux,amd64"]));
        assert!(!LINUX.takes("b.go", &["// +build windows linux,!amd64"]));
        assert!(LINUX.takes("b.go", &["//go:build ((("]));
        assert_eq!(Target::of("b.go", &["//go:build windows && foo || plan9"]).os, "plan9");
    }
}
