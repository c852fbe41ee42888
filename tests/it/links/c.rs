//! Headers that take in headers, macros that make declarations, and what compilers are told.

use super::Files;

pub const FILES: Files = &[
    (
        "compile_commands.json",
        &[
            "",
            r#"[{ "directory": "/w", "command": "cc -I/w/include -c src/main.c", "file": "/w/src/main.c" },
 { "directory": "/w", "command": "cc -Iinclude -c lib/a.c", "file": "/w/lib/a.c" }]"#,
            r#"[{ "directory": "/w", "arguments": ["cc", "-I", "other", "-c", "main.c"], "file": "/w/src/main.c" }]"#,
        ],
    ),
    ("build/compile_commands.json", &["", r#"[{ "command": "cc -Ilib/inner", "file": "main.c" }]"#]),
    (
        "include/api.h",
        &[
            "",
            r#"#ifndef API_H
#define API_H
#include "types.h"
struct list *list_new(int size);
int list_len(const struct list *list);
extern int verbose;
#endif
"#,
            r#"// moved
#define DECLARE(name) int name##_len(struct list *list); struct name
#define LEN(l) ((l)->length)
struct list { int length; struct list *next; };
DECLARE(list);
static int helper(void) { return 0; }
"#,
            "#include <types.h>\ntypedef struct list list_t;\nlist_t *list_new(void);\n",
        ],
    ),
    (
        "include/types.h",
        &[
            "",
            "struct list { int length; struct item *first; };\ntypedef unsigned long item_t;\n",
            "#include \"api.h\"\nenum item { ONE, TWO };\nunion list { int length; enum item kind; };\n",
        ],
    ),
    (
        "other/api.h",
        &["", "struct list { long other; };\nstruct list *list_new(int size);\n#define verbose other\nint other;\n"],
    ),
    ("lib/inner/types.h", &["", "struct item { struct item *after; int length; };\n"]),
    (
        "lib/a.c",
        &[
            "",
            r#"#include "api.h"

static int helper(void) { return verbose; }
int verbose;

struct list *list_new(int size) { struct list *l = 0; l->length = size; return l; }
int list_len(const struct list *list) { return list->length + helper(); }
"#,
            r#"#include <api.h>
#include "inner/types.h"

int helper(void) { struct item *item; return item->after->length; }
static struct list *list_new(void) { return 0; }
"#,
            r"int list_len(struct list *l) { return helper(l->length; }
int verbose = 1;
",
        ],
    ),
    (
        "lib/b.c",
        &[
            "",
            "static int helper(int x) { return x; }\nint list_len(void) { return helper(2); }\n",
            "int helper(void);\nint b(void) { return helper(); }\n",
        ],
    ),
    (
        "src/main.c",
        &[
            "",
            r#"#include "api.h"
#include <stdio.h>

int main(void) {
    struct list *l = list_new(2);
    l->first;
    printf("%d", list_len(l) + verbose);
    return helper();
}
"#,
            r#"#include <api.h>
#include "../lib/inner/types.h"

int main(void) {
    list_t *l = list_new(1);
    enum item kind = ONE;
    return LEN(l) + l->kind + l->next->length + list_len(l);
}
"#,
            r"struct list *list_new(int size);
int helper(void);
extern int verbose;
int main(void) { return list_new(verbose)->length + helper(); }
",
        ],
    ),
];
