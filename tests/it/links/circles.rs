//! Definitions that go in circles, within a file and across files: what a function returns is what it is called with.

use rutter::{
    link::{FileLinks, IndexWorld, Open, link_file},
    resolve::{Resolver, World},
};

use super::{Files, Workspace};

pub const FILES: Files = &[
    (
        "graph.py",
        &[
            "",
            r#"from tools import directed, copied


class Graph:
    def to_directed(self):
        return directed(self)

    def copy(self):
        return copied(self).to_directed()

    def nodes(self):
        return []


class Digraph(Graph):
    def to_directed(self):
        return self.copy()
"#,
            "from tools import *\n\n\nclass Graph:\n    def to_directed(self):\n        return made(self.copy())\n\n    def copy(self):\n        return self\n\n\nclass Digraph(Graph):\n    pass\n",
        ],
    ),
    (
        "tools.py",
        &[
            "",
            r#"import graph


def directed(one):
    two = graph.Digraph() if one else one
    if two:
        two = two.to_directed()
    two = copied(two)
    return two


def copied(one=graph.Graph()):
    one = one.copy()
    return one
"#,
            "from graph import *\nfrom use import joined\n\n\ndef made(one):\n    return joined(one) or Graph()\n\n\ndef directed(one):\n    return made(one).copy()\n\n\ncopied = directed\n",
        ],
    ),
    (
        "use.py",
        &[
            "",
            r#"from tools import directed


def joined(a):
    both = directed(a)
    both = both.copy()
    both = list(both.nodes())
    both = [both, [both]]
    return both or joined(both)


first = joined(None)
first = first.to_directed()
second = first.copy()
first = second
"#,
            "from tools import copied, directed as turned\n\n\ndef joined(a):\n    a = turned(copied(a))\n    return a.to_directed()\n\n\njoined(1).copy().nodes()\n",
        ],
    ),
];

/// The links of all files of a workspace, asked for in an order, with one resolver or with one for each, which keeps what it
/// has found out within so many bytes.
fn links(workspace: &Workspace, order: &[&str], is_each: bool, limit: usize) -> Vec<(String, FileLinks)> {
    let snapshot = workspace.store.snapshot().unwrap();
    let open = Open::default();
    let world = IndexWorld::new(&snapshot, &open);
    let mut resolver = Resolver::new(&world).within(limit);
    let mut links = Vec::new();
    for &path in order {
        if is_each {
            resolver = Resolver::new(&world).within(limit);
        }
        links.push((path.to_owned(), link_file(&mut resolver, world.file(path).unwrap())));
    }
    links.sort_by(|a, b| a.0.cmp(&b.0));
    links
}

#[test]
fn what_goes_in_a_circle_is_answered_alike_whoever_asks_first() {
    let paths: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
    for states in [[1, 1, 1], [1, 1, 2], [1, 2, 1], [1, 2, 2], [2, 1, 1], [2, 1, 2], [2, 2, 1], [2, 2, 2]] {
        let files: Vec<(&str, &str)> =
            FILES.iter().zip(states).map(|((path, texts), state)| (*path, texts[state])).collect();
        let workspace = Workspace::new(&files);
        workspace.run();
        let alone = links(&workspace, &paths, true, usize::MAX);
        assert!(alone.iter().any(|(_, links)| !links.references.is_empty()));
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let order = order.map(|nth| paths[nth]);
            for limit in [usize::MAX, 3000, 0] {
                for (a, b) in links(&workspace, &order, false, limit).iter().zip(&alone) {
                    assert_eq!(a, b, "{states:?} {order:?} within {limit}");
                }
            }
        }
    }
}
