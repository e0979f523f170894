//! The language of `env.pl`, from text to an evaluated [`topology::Topology`]. Pure: no file, clock, network or
//! environment.
//!
//! ```text
//! text ─ syntax ─→ tree ─ resolve ─→ modules ─ check ─→ program ─ eval (profile) ─→ topology
//!          └──────────────── diagnostics ────────────────┴──────────────┘
//! ```

pub mod diag;
pub mod source;
pub mod topology;

mod check;
mod date;
mod eval;
mod explain;
mod functions;
mod limits;
mod line;
mod nearest;
mod program;
mod resolve;
mod syntax;
mod types;
mod with;

pub use date::Date;
pub use eval::Versions;
pub use explain::{Explanation, Origin, Use};
pub use line::{LineOrigin, NoLine, OfTree};
pub use program::{CheckOptions, Checked, ProfileInfo, Program, Selection, VariantInfo, check, syntax_tree};
pub use resolve::{FileError, Files};
pub use syntax::{Quantity, format::format};
pub use types::written_size;

// For the test that each rule of labels matters.
#[doc(hidden)]
pub use check::Rule;
#[doc(hidden)]
pub use program::check_without;
