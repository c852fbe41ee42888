//! What a language says about where names lead.

use std::sync::LazyLock;

use crate::record::{BindingId, ExprId, ListId};

use super::{
    Resolver,
    found::Found,
    stubs::Stubs,
    ty::{Def, FileRef, Ty},
};

/// What the function at an argument of a call is called with at one of its parameters: the call, and the two places.
pub type GivenBy = fn(&mut Resolver<'_>, FileRef, ExprId, u32, u32) -> Ty;
/// The object that is made of a type with arguments.
pub type MadeBy = fn(&mut Resolver<'_>, FileRef, &Ty, ListId) -> Ty;

/// A language's rules. Each function has a default that does what most languages do.
#[derive(Debug)]
pub struct Rules {
    /// Languages that share names with each other.
    pub family: &'static str,
    /// Between the parts of a full name.
    pub separator: &'static str,
    /// A name that its file does not bind; within a symbol of the file.
    pub free: fn(&mut Resolver<'_>, FileRef, &str, u32) -> Found,
    /// What a module has under a name, or the module itself; as it is written in a file.
    pub import: fn(&mut Resolver<'_>, FileRef, &str, Option<&str>) -> Found,
    /// What a file or package has under a name.
    pub in_module: fn(&mut Resolver<'_>, &Def, &str) -> Found,
    /// What an object or a type has under a name, itself or by inheritance.
    pub member: fn(&mut Resolver<'_>, &Ty, &str) -> Found,
    /// The type of an [`Expr::Special`](crate::record::Expr::Special) with this name, over a value of this type.
    pub special: fn(&mut Resolver<'_>, FileRef, &str, &Ty) -> Ty,
    /// The type that a value of this type is, when it is dereferenced.
    pub deref: fn(&mut Resolver<'_>, &Ty) -> Ty,
    /// What a type from outside comes down to (`Optional[T]` is a `T` or nothing).
    pub normal: fn(&Ty) -> Option<Ty>,
    /// The parameter or field of a name, of what is called or made by a value of this type.
    pub keyword: fn(&mut Resolver<'_>, &Ty, &str) -> Found,
    /// What a name means inside of the body of a type of a file; only a type if that is asked for.
    pub scoped: fn(&mut Resolver<'_>, FileRef, BindingId, &str, bool) -> Found,
    /// The type that a module, a type or an object has under a name, where types have names of their own.
    pub path: Option<fn(&mut Resolver<'_>, &Ty, &str) -> Found>,
    /// Of the functions that an expression names, those that fit arguments best, and their type.
    pub chosen: fn(&mut Resolver<'_>, FileRef, ExprId, ListId) -> (Found, Ty),
    /// What the function at an argument of a call is called with at one of its parameters, if the language has its own way.
    pub given: Option<GivenBy>,
    /// An object that is made of a type with arguments, if the language has its own way.
    pub made: Option<MadeBy>,
    /// What an object is as a function: what it is called with and gives.
    pub shape: fn(&mut Resolver<'_>, &Ty) -> Ty,
    /// The types of a parameter and of what it is given, as they compare, where that is not as they are.
    pub fit: fn(&mut Resolver<'_>, &Ty, &Ty) -> Option<(Ty, Ty)>,
    /// What an object of a type comes down to, when it is called, indexed or run over as what its type is made of.
    pub underlying: fn(&mut Resolver<'_>, &Ty) -> Option<Ty>,
    /// Of several things that a name may mean, one that is defined outside is not passed by.
    pub outside_is_final: bool,
    /// What is declared somewhere, where it is defined; itself if nowhere else.
    pub declared: fn(&mut Resolver<'_>, &Def) -> Found,
    /// A type and a value may bear one name, and each is meant in its place.
    pub types_apart: bool,
    /// Definitions of one name in one place are one thing, each with the uses of all (functions with several forms).
    pub forms_are_one: bool,
    /// A use of a member is one of what it overrides as well, and the uses of that are its own.
    pub overrides_are_one: bool,
    /// The type of the name of a module that is a symbol.
    pub module: fn(&mut Resolver<'_>, &Def) -> Ty,
    /// The library's type that an object of a type can be taken for where the workspace says nothing of it.
    pub library_of: fn(&mut Resolver<'_>, &Ty) -> Option<Ty>,
    /// The name of one's own type leads to the block that it is written in (Rust's `impl`).
    pub own_type_is_block: bool,
    /// Variants of an enum have fields of their own.
    pub variants_have_fields: bool,
    /// An import that leads nowhere answers for itself.
    pub imports_answer: bool,
    /// A question about a name that is imported is one about what it stands for there.
    pub follows_imports: bool,
    /// What is defined in one place may be declared in others, and a definition leads to these.
    pub declares_apart: bool,
    /// The files that say of themselves what their directories are known by.
    pub manifest: Option<&'static Manifest>,
    /// Types and functions from outside that matter for what comes out of them: see [`Stubs`].
    pub library: &'static LazyLock<Stubs>,
}

/// A file of this name in any directory, and what its text says of itself.
#[derive(Debug)]
pub struct Manifest {
    pub file_name: &'static str,
    pub key_of: fn(&str) -> Option<String>,
}

impl Rules {
    pub const NONE: Rules = Rules {
        family: "",
        separator: ".",
        free: |_, _, name, _| Found::outside(name),
        import: |_, _, module, name| Found::outside(name.unwrap_or(module)),
        in_module: |resolver, module, name| resolver.in_module(module, name),
        member: |resolver, ty, name| resolver.member_of(ty, name),
        special: |_, _, _, _| Ty::Unknown,
        deref: |_, ty| ty.clone(),
        normal: |_| None,
        keyword: |resolver, ty, name| resolver.keyword(ty, name),
        scoped: |_, _, _, _, _| Found::Unknown,
        path: None,
        chosen: |resolver, file, of, _| (resolver.means(file, of), resolver.ty(file, of)),
        given: None,
        made: None,
        shape: |_, ty| ty.clone(),
        fit: |_, _, _| None,
        underlying: |_, _| None,
        outside_is_final: false,
        declared: |_, def| Found::exact(def.clone()),
        types_apart: false,
        forms_are_one: false,
        overrides_are_one: false,
        module: |resolver, def| resolver.package_ty(def),
        library_of: |_, _| None,
        own_type_is_block: false,
        variants_have_fields: false,
        imports_answer: true,
        follows_imports: true,
        declares_apart: false,
        manifest: None,
        library: &NO_LIBRARY,
    };

    pub fn stubs(&self) -> &Stubs {
        self.library
    }
}

static NO_LIBRARY: LazyLock<Stubs> = LazyLock::new(Stubs::default);

/// Of a language that says nothing.
pub static PLAIN: Rules = Rules::NONE;
