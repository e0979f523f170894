//! The stages in order: load and parse, check, evaluate.

use crate::diag::{Diagnostic, Severity};
use crate::eval::Versions;
use crate::resolve::{self, Files, Item, World};
use crate::source::{SourceId, Sources, Span};
use crate::syntax::ast::Profile;
use crate::topology::Topology;
use crate::{check as checker, eval, syntax};

/// What checking a description gives: a program, or what is wrong with it, with the sources that messages point into.
#[derive(Debug)]
pub struct Checked {
    /// Every file that was read, the standard library's among them.
    pub sources: Sources,
    /// Everything that was found, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The program; none exactly when there is an error among the diagnostics.
    pub program: Option<Program>,
}

/// A description without errors, under any of its profiles.
#[derive(Debug)]
pub struct Program {
    world: World,
}

/// A profile, as lists of profiles show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileInfo {
    /// Its name.
    pub name: String,
    /// The environment that it is a profile of.
    pub environment: String,
    /// The `///` text.
    pub doc: String,
    /// The profile that it extends.
    pub extends: Option<String>,
}

/// Parses, resolves, checks, and evaluates every profile, all for their diagnostics.
///
/// `entry` is a path relative to the project, for example `env.pl`; `use` paths are relative to the project too.
pub fn check(entry: &str, files: &dyn Files) -> Checked {
    let mut sources = Sources::default();
    let (world, mut diagnostics) = resolve::load(entry, files, &mut sources);
    let broken = !diagnostics.is_empty();
    let known: Vec<Span> = diagnostics.iter().map(place).collect();
    let again = |d: &Diagnostic| known.iter().any(|known| same_line(*known, place(d), &sources));
    let found = checker::check(&world).into_iter();
    diagnostics.extend(found.filter(|d| !broken || !(follows(d) || again(d))));
    if !diagnostics.iter().any(is_error) {
        for diagnostic in evaluate_all(&world) {
            if !diagnostics.contains(&diagnostic) {
                diagnostics.push(diagnostic);
            }
        }
    }
    diagnostics.sort_by(|a, b| place(a).cmp(&place(b)).then(a.code.cmp(b.code)));
    let program = (!diagnostics.iter().any(is_error)).then_some(Program { world });
    Checked { sources, diagnostics, program }
}

/// Whether two places are on one line: where one could not be read whole, no more is said.
fn same_line(one: Span, other: Span, sources: &Sources) -> bool {
    let between = one.start.min(other.start) as usize..one.start.max(other.start) as usize;
    let text = sources.get(one.source).and_then(|source| source.text.get(between));
    one.source == other.source && text.is_some_and(|text| !text.contains('\n'))
}

/// Where files could not be read whole, what seems to be missing may be in the rest.
fn follows(diagnostic: &Diagnostic) -> bool {
    // A name that is nearly one that is there has been misspelt, whatever else is wrong.
    let misspelt = diagnostic.help.as_ref().is_some_and(|help| help.starts_with("did you mean"));
    match diagnostic.code {
        "E0201" | "E0206" | "E0208" | "E0209" | "E0210" => !misspelt,
        code => code == "E0303",
    }
}

fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error
}

fn place(diagnostic: &Diagnostic) -> Span {
    diagnostic.labels.first().map(|label| label.span).unwrap_or_default()
}

/// Every profile of the entry, and every environment that has none.
fn evaluate_all(world: &World) -> Vec<Diagnostic> {
    let Some(entry) = world.modules.first() else { return Vec::new() };
    let mut found = Vec::new();
    // All profiles together: there may be many, and each may be as expensive as the limits allow.
    let mut spent = eval::Spent::default();
    for profile in &entry.ast.profiles {
        if spent.exhausted() {
            return found;
        }
        found.extend(evaluate(world, profile, eval::Mode::default(), &mut spent).err().unwrap_or_default());
    }
    for environment in &entry.ast.environments {
        let profiled = entry.ast.profiles.iter().any(|p| p.environment.text == environment.name.text);
        if !profiled && !spent.exhausted() {
            let mode = eval::Mode::default();
            let result = eval::evaluate(world, 0, environment, None, mode, &mut spent);
            found.extend(result.err().unwrap_or_default());
        }
    }
    found
}

fn evaluate(
    world: &World,
    profile: &Profile,
    mode: eval::Mode<'_>,
    spent: &mut eval::Spent,
) -> Result<Topology, Vec<Diagnostic>> {
    let definition = world.lookup(0, &profile.environment.text).filter(|d| d.item == Item::Environment);
    let found = definition.and_then(|d| Some((d.module, world.environment(d.module, d.index)?)));
    match found {
        Some((module, environment)) => eval::evaluate(world, module, environment, Some(profile), mode, spent),
        None => Err(Vec::new()),
    }
}

impl Program {
    /// The profiles of the entry file, in the order of their declaration.
    pub fn profiles(&self) -> Vec<ProfileInfo> {
        self.declared().map(info).collect()
    }

    fn declared(&self) -> impl Iterator<Item = &Profile> {
        self.world.modules.first().into_iter().flat_map(|m| &m.ast.profiles)
    }

    /// The topology under a profile, with the versions of a lock; without them, what depends on a version is left out.
    ///
    /// # Errors
    /// There is no such profile, or something is wrong with what the lock's versions come to. (What else could be wrong
    /// has kept [`check`] from giving a program.)
    pub fn evaluate(
        &self,
        profile: &str,
        versions: Option<&dyn Versions>,
    ) -> Result<Topology, Vec<Diagnostic>> {
        self.under(profile, eval::Mode { versions, identity: false })
    }

    /// The identity form of the topology under a profile: each capacity as the expression that it comes from, one
    /// representative for each host. Profiles that differ in capacities only have the same.
    ///
    /// # Errors
    /// As [`Program::evaluate`].
    pub fn identity(
        &self,
        profile: &str,
        versions: Option<&dyn Versions>,
    ) -> Result<Topology, Vec<Diagnostic>> {
        self.under(profile, eval::Mode { versions, identity: true })
    }

    fn under(&self, profile: &str, mode: eval::Mode<'_>) -> Result<Topology, Vec<Diagnostic>> {
        match self.declared().find(|p| &*p.name.text == profile) {
            Some(profile) => evaluate(&self.world, profile, mode, &mut eval::Spent::default()),
            None => {
                let span = Span { source: SourceId(0), start: 0, end: 0 };
                let mut diagnostic = Diagnostic::error("E0201", span, format!("unknown profile `{profile}`"));
                let names = self.declared().map(|p| &*p.name.text);
                diagnostic.help = crate::nearest::suggestion(profile, names);
                Err(vec![diagnostic])
            }
        }
    }
}

fn info(profile: &Profile) -> ProfileInfo {
    ProfileInfo {
        name: profile.name.text.to_string(),
        environment: profile.environment.text.to_string(),
        doc: profile.doc.text.clone(),
        extends: profile.extends.as_ref().map(|n| n.text.to_string()),
    }
}

/// The syntax tree of one file as JSON, without places: what the golden files of stage `syntax` hold.
pub fn syntax_tree(text: &str) -> (serde_json::Value, Vec<Diagnostic>) {
    let (module, diagnostics) = syntax::parse(SourceId(0), text);
    (serde_json::to_value(&module).unwrap_or_default(), diagnostics)
}
