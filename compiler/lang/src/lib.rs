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
mod functions;
mod limits;
mod nearest;
mod program;
mod resolve;
mod syntax;
mod types;

pub use date::Date;
pub use eval::Versions;
pub use program::{Checked, ProfileInfo, Program, check, syntax_tree};
pub use resolve::{FileError, Files};
pub use syntax::format::format;
