//! The answer to "what does this name mean", with its evidence.

use super::ty::{Def, Env, Ty};
use crate::record::Confidence;

/// Where a name leads.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Found {
    /// There is no evidence for anything.
    #[default]
    Unknown,
    /// It is defined outside of the workspace, under this name.
    Outside(Box<str>),
    Defs(Vec<Hit>),
}

/// One thing that a name may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub def: Def,
    pub confidence: Confidence,
    /// What type parameters stand for where it was found.
    pub env: Env,
}

impl Hit {
    pub fn exact(def: Def) -> Self {
        Hit { def, confidence: Confidence::Exact, env: [].into() }
    }
}

impl Found {
    pub fn outside(name: &str) -> Self {
        Found::Outside(name.into())
    }

    pub fn exact(def: Def) -> Self {
        Found::Defs(vec![Hit::exact(def)])
    }

    pub fn all(defs: Vec<Def>) -> Self {
        if defs.is_empty() { Found::Unknown } else { Found::Defs(defs.into_iter().map(Hit::exact).collect()) }
    }

    pub fn hits(&self) -> &[Hit] {
        match self {
            Found::Defs(hits) => hits,
            _ => &[],
        }
    }

    pub fn is_unknown(&self) -> bool {
        *self == Found::Unknown
    }

    pub fn or_else(self, other: impl FnOnce() -> Found) -> Found {
        if self.is_unknown() { other() } else { self }
    }

    /// No surer than this.
    pub fn at_most(mut self, confidence: Confidence) -> Self {
        if let Found::Defs(hits) = &mut self {
            for hit in hits {
                hit.confidence = hit.confidence.max(confidence);
            }
        }
        self
    }

    /// With what type parameters stand for on the way to it.
    pub fn within(mut self, env: &Env) -> Self {
        if let Found::Defs(hits) = &mut self
            && !env.is_empty()
        {
            for hit in hits {
                let known: Vec<(Def, Ty)> = hit.env.iter().map(|(var, ty)| (var.clone(), ty.with(env))).collect();
                let more = env.iter().filter(|(var, _)| !known.iter().any(|(own, _)| own == var)).cloned();
                hit.env = known.iter().cloned().chain(more).collect();
            }
        }
        self
    }

    /// All that any of several leads to. Outside only if nothing else is known.
    pub fn union(all: impl IntoIterator<Item = Found>) -> Found {
        let (mut hits, mut outside): (Vec<Hit>, Option<Box<str>>) = (Vec::new(), None);
        for found in all {
            match found {
                Found::Unknown => {}
                Found::Outside(name) => outside = outside.or(Some(name)),
                Found::Defs(more) => {
                    for hit in more {
                        if !hits.iter().any(|known| known.def == hit.def) {
                            hits.push(hit);
                        }
                    }
                }
            }
        }
        match outside {
            _ if !hits.is_empty() => Found::Defs(hits),
            Some(name) => Found::Outside(name),
            None => Found::Unknown,
        }
    }
}
