//! The limits of the language: the same on every machine, so that a description accepted here is accepted everywhere.
//!
//! They bound depth (the parser, checker and evaluator recurse, and none may exhaust a stack) and size (no
//! description of a few lines may ask for gigabytes).

/// Bytes of one source file.
pub(crate) const SOURCE_BYTES: usize = 8 * 1024 * 1024;
/// Tokens of one source file.
pub(crate) const TOKENS: usize = 2_000_000;
/// Brackets, blocks, conditions and unary operators inside one another.
pub(crate) const NESTING: usize = 64;
/// Height of an expression's tree, which left-nested operators grow without any bracket.
pub(crate) const EXPRESSION_DEPTH: u16 = 160;
/// Strings inside interpolations of strings.
pub(crate) const STRING_NESTING: usize = 8;
/// Members of one block.
pub(crate) const MEMBERS: usize = 5_000;
/// Items of one file.
pub(crate) const ITEMS: usize = 50_000;
/// Bytes of a name.
pub(crate) const NAME_BYTES: usize = 128;
/// Errors that one file's lexer or parser, or one check, reports before it stops.
pub(crate) const ERRORS: usize = 50;
/// Modules of one program.
pub(crate) const MODULES: usize = 256;
/// Parts of a type: records of records of records grow exponentially with the text.
pub(crate) const TYPE_SIZE: usize = 4096;
/// Values computed from other values, one inside the computation of the next.
pub(crate) const EVALUATION_DEPTH: usize = 256;
/// Expressions evaluated, for all profiles together.
pub(crate) const STEPS: u64 = 4_000_000;
/// Bytes of text and list elements built for one profile.
pub(crate) const BYTES: u64 = 64 * 1024 * 1024;
/// Profiles that a profile extends, one by the next.
pub(crate) const EXTENDS: usize = 32;
/// Members that are looked through in one step of evaluating.
pub(crate) const LOOKS: usize = 32;
/// Settings and declared differences of a profile, with those that it extends, that cost one step of evaluating.
pub(crate) const SETTINGS: usize = 4;
/// Bytes that a copied string, name or reference costs besides its text.
pub(crate) const COPY_BYTES: usize = 64;
/// Replicas of one host.
pub(crate) const HOSTS: i64 = 10_000;
