//! `component` and what stands in one.

use serde::Serialize;

use super::{Assert, Doc, Expr, Field, Let, Name, Param, Secret};

/// `component X { … }`
#[derive(Debug, Serialize)]
pub(crate) struct Component {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) params: Vec<Param>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) secrets: Vec<Secret>,
    pub(crate) lets: Vec<Let>,
    pub(crate) packages: Vec<Package>,
    pub(crate) files: Vec<File>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) trees: Vec<TreeMember>,
    pub(crate) links: Vec<Link>,
    pub(crate) provides: Vec<Provides>,
    pub(crate) requires: Vec<Requires>,
    pub(crate) states: Vec<State>,
    pub(crate) services: Vec<Service>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) jobs: Vec<Job>,
    pub(crate) checks: Vec<Check>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) asserts: Vec<Assert>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) cliffs: Vec<Assert>,
}

/// `package NAMES { recommends = … }`
#[derive(Debug, Serialize)]
pub(crate) struct Package {
    pub(crate) names: Expr,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) options: Vec<Field>,
}

/// How a file's content is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Ini,
    Json,
    Yaml,
    Toml,
    Php,
    Lines,
    Text,
    /// A secret, which the running host writes.
    Secret,
}

impl Format {
    /// The word that stands before the content.
    pub(crate) const WORDS: [(&'static str, Self); 8] = [
        ("ini", Self::Ini),
        ("json", Self::Json),
        ("yaml", Self::Yaml),
        ("toml", Self::Toml),
        ("php", Self::Php),
        ("lines", Self::Lines),
        ("text", Self::Text),
        ("secret", Self::Secret),
    ];
}

/// `file PATH = ini { … } { user = …, mode = … }`
#[derive(Debug, Serialize)]
pub(crate) struct File {
    pub(crate) doc: Doc,
    pub(crate) path: Expr,
    pub(crate) format: Format,
    pub(crate) content: Expr,
    pub(crate) options: Vec<Field>,
}

/// `tree PATH = e { user = …, group = … }`
#[derive(Debug, Serialize)]
pub(crate) struct TreeMember {
    pub(crate) doc: Doc,
    pub(crate) path: Expr,
    pub(crate) value: Expr,
    pub(crate) options: Vec<Field>,
}

/// `link PATH = TARGET`
#[derive(Debug, Serialize)]
pub(crate) struct Link {
    pub(crate) doc: Doc,
    pub(crate) path: Expr,
    pub(crate) target: Expr,
}

/// `provides x: Proto on 80`
#[derive(Debug, Serialize)]
pub(crate) struct Provides {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) protocol: Name,
    pub(crate) port: Expr,
}

/// `requires x: Proto`, `requires x: List<Proto>`, either also with a `?`
#[derive(Debug, Serialize)]
pub(crate) struct Requires {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) list: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) optional: bool,
    pub(crate) protocol: Name,
}

/// `state PATH { user = …, group = …, mode = … }`
#[derive(Debug, Serialize)]
pub(crate) struct State {
    pub(crate) doc: Doc,
    pub(crate) path: Expr,
    pub(crate) options: Vec<Field>,
}

/// `service x { exec = […] … }`
#[derive(Debug, Serialize)]
pub(crate) struct Service {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) fields: Vec<Field>,
}

/// `job x { exec = […] … }`
#[derive(Debug, Serialize)]
pub(crate) struct Job {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) fields: Vec<Field>,
}

/// `check […] { user = … }`
#[derive(Debug, Serialize)]
pub(crate) struct Check {
    pub(crate) doc: Doc,
    pub(crate) exec: Expr,
    pub(crate) options: Vec<Field>,
}
