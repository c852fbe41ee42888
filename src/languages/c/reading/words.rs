//! The words of C and C++ by what may stand beside them.

/// Begins or belongs to a statement; no name of anything.
pub(in crate::languages) fn is_control(word: &[u8]) -> bool {
    matches!(
        word,
        b"if"
            | b"else"
            | b"for"
            | b"while"
            | b"do"
            | b"switch"
            | b"case"
            | b"default"
            | b"return"
            | b"goto"
            | b"break"
            | b"continue"
            | b"try"
            | b"catch"
            | b"throw"
            | b"co_return"
            | b"co_await"
            | b"co_yield"
            | b"__try"
            | b"__except"
            | b"__finally"
            | b"__leave"
    )
}

/// An operator or the start of an expression.
pub(super) fn is_operator(word: &[u8]) -> bool {
    matches!(
        word,
        b"sizeof"
            | b"alignof"
            | b"_Alignof"
            | b"__alignof__"
            | b"new"
            | b"delete"
            | b"and"
            | b"or"
            | b"not"
            | b"xor"
            | b"bitand"
            | b"bitor"
            | b"compl"
            | b"and_eq"
            | b"or_eq"
            | b"xor_eq"
            | b"not_eq"
            | b"this"
            | b"nullptr"
            | b"true"
            | b"false"
            | b"static_cast"
            | b"dynamic_cast"
            | b"const_cast"
            | b"reinterpret_cast"
            | b"typeid"
            | b"_Generic"
            | b"defined"
            | b"offsetof"
            | b"noexcept"
            | b"requires"
    )
}

/// Stands before or in a type, and is none.
pub(super) fn is_specifier(word: &[u8]) -> bool {
    matches!(
        word,
        b"static"
            | b"extern"
            | b"inline"
            | b"__inline"
            | b"__inline__"
            | b"__forceinline"
            | b"const"
            | b"volatile"
            | b"register"
            | b"restrict"
            | b"__restrict"
            | b"__restrict__"
            | b"typedef"
            | b"constexpr"
            | b"consteval"
            | b"constinit"
            | b"mutable"
            | b"explicit"
            | b"virtual"
            | b"friend"
            | b"thread_local"
            | b"_Thread_local"
            | b"__thread"
            | b"_Noreturn"
            | b"_Atomic"
            | b"__extension__"
            | b"__const"
            | b"__volatile__"
            | b"__cdecl"
            | b"__stdcall"
            | b"__fastcall"
            | b"__vectorcall"
            | b"__clrcall"
            | b"__thiscall"
            | b"typename"
    )
}

/// The types that the grammars know by name.
pub(in crate::languages) fn is_type(word: &[u8]) -> bool {
    matches!(
        word,
        b"void"
            | b"char"
            | b"short"
            | b"int"
            | b"long"
            | b"float"
            | b"double"
            | b"signed"
            | b"unsigned"
            | b"_Bool"
            | b"bool"
            | b"wchar_t"
            | b"auto"
            | b"size_t"
            | b"ssize_t"
            | b"ptrdiff_t"
            | b"intptr_t"
            | b"uintptr_t"
            | b"charptr_t"
            | b"nullptr_t"
            | b"max_align_t"
            | b"int8_t"
            | b"int16_t"
            | b"int32_t"
            | b"int64_t"
            | b"uint8_t"
            | b"uint16_t"
            | b"uint32_t"
            | b"uint64_t"
            | b"char8_t"
            | b"char16_t"
            | b"char32_t"
            | b"char64_t"
            | b"__int128"
    )
}

/// Types that other words of types may stand beside.
pub(super) fn is_sized(word: &[u8]) -> bool {
    matches!(word, b"short" | b"long" | b"signed" | b"unsigned" | b"char" | b"int" | b"double")
}

pub(in crate::languages) fn is_tag(word: &[u8]) -> bool {
    matches!(word, b"struct" | b"union" | b"enum" | b"class")
}

/// Words of declarations that are no names.
pub(super) fn is_structural(word: &[u8]) -> bool {
    matches!(
        word,
        b"template"
            | b"namespace"
            | b"using"
            | b"operator"
            | b"public"
            | b"private"
            | b"protected"
            | b"static_assert"
            | b"_Static_assert"
            | b"concept"
            | b"asm"
            | b"__asm__"
            | b"__asm"
            | b"decltype"
            | b"alignas"
            | b"_Alignas"
            | b"typeof"
            | b"__typeof__"
            | b"__typeof"
            | b"__attribute__"
            | b"__attribute"
            | b"__declspec"
            | b"_Pragma"
            | b"__pragma"
            | b"override"
            | b"final"
    )
}

/// May be the name of something.
pub(in crate::languages) fn is_name(word: &[u8]) -> bool {
    let is_other = is_control(word) || is_operator(word) || is_specifier(word) || is_type(word) || is_tag(word);
    let is_number = word.first().is_some_and(u8::is_ascii_digit);
    !(is_other || is_structural(word) || is_number)
}

/// Is written as people write macros.
pub(in crate::languages) fn is_capitals(word: &[u8]) -> bool {
    word.len() > 1
        && word.iter().any(u8::is_ascii_uppercase)
        && word.iter().all(|&byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}
