//! The stages in order: load and parse, check, evaluate.

mod every;

use std::sync::Arc;

use crate::Date;
use crate::check::Rule;
use crate::diag::{Diagnostic, Severity};
use crate::eval::{Asked, Mode, Versions};
use crate::explain::Explanation;
use crate::line::{self, LineOrigin, NoLine};
use crate::resolve::{self, Files, World};
use crate::source::{SourceId, Sources, Span};
use crate::syntax::ast::{Name, Profile, Variant};
use crate::topology::{Test, Topology};
use crate::{check as checker, eval, syntax, with};
use every::{Kept, evaluate_all};

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
    /// What checking has evaluated, so that it need not be evaluated again.
    evaluated: Vec<Kept>,
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

/// A variant, as lists of variants show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantInfo {
    /// Its name.
    pub name: String,
    /// The environment that it is a variant of.
    pub environment: String,
    /// The `///` text.
    pub doc: String,
}

/// What is asked besides the description itself.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// The day as of which it is checked: a declared difference whose `until` is before it is refused, and one that ends
    /// soon is warned about. With none, no `until` matters.
    pub today: Option<Date>,
    /// Settings of the command line, `PATH=VALUE` each, which count more than all that the description sets.
    pub with: Vec<String>,
    /// Whether to warn of names that nothing uses.
    pub unused: bool,
}

/// Which of a program's topologies is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selection {
    /// A profile of the entry file.
    pub profile: String,
    /// Variants of the same environment; what a later one sets counts more.
    pub variants: Vec<String>,
}

/// Parses, resolves, checks, and evaluates every profile and every variant, all for their diagnostics.
///
/// `entry` is a path relative to the project, for example `env.pl`; `use` paths are relative to the project too.
pub fn check(entry: &str, files: &dyn Files, options: &CheckOptions) -> Checked {
    let mut sources = Sources::default();
    let (mut world, mut diagnostics) = resolve::load(entry, files, &mut sources);
    let broken = !diagnostics.is_empty();
    diagnostics.extend(with::settings(&mut world, &options.with, &mut sources));
    world.texts = sources.iter().map(|source| source.text.clone()).collect();
    let known: Vec<Span> = diagnostics.iter().map(place).collect();
    let again = |d: &Diagnostic| known.iter().any(|known| same_line(*known, place(d), &sources));
    let found = checker::check(&world, options.today).into_iter();
    diagnostics.extend(found.filter(|d| !broken || !(follows(d) || again(d))));
    let mut evaluated = Vec::new();
    if !diagnostics.iter().any(is_error) {
        let found;
        (found, evaluated) = evaluate_all(&world);
        diagnostics.extend(found);
    }
    if options.unused && !diagnostics.iter().any(is_error) {
        diagnostics.extend(checker::unused(&world));
    }
    diagnostics.sort_by(|a, b| place(a).cmp(&place(b)).then(a.code.cmp(b.code)));
    let program = (!diagnostics.iter().any(is_error)).then_some(Program { world, evaluated });
    Checked { sources, diagnostics, program }
}

/// What the checker says of a description where one of the rules of labels does not hold. For the test that each of them
/// matters to some case.
#[doc(hidden)]
pub fn check_without(rule: Option<Rule>, entry: &str, files: &dyn Files) -> Vec<Diagnostic> {
    let (world, mut diagnostics) = resolve::load(entry, files, &mut Sources::default());
    diagnostics.extend(checker::check_without(&world, rule));
    diagnostics
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
        "E0201" | "E0206" | "E0208" | "E0209" | "E0210" | "E0211" | "E0212" => !misspelt,
        code => code == "E0303",
    }
}

fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error
}

fn place(diagnostic: &Diagnostic) -> Span {
    diagnostic.labels.first().map(|label| label.span).unwrap_or_default()
}

/// An environment of the entry, by the name that a profile or variant has for it.
fn asked<'w>(world: &'w World, environment: &Name) -> Option<Asked<'w>> {
    let (home, index) = world.environment_named(0, &environment.text)?;
    let environment = world.environment(home, index)?;
    Some(Asked { home, index, environment, profile: None, variants: Vec::new() })
}

impl Program {
    /// The profiles of the entry file, in the order of their declaration.
    pub fn profiles(&self) -> Vec<ProfileInfo> {
        self.declared().map(info).collect()
    }

    /// The variants of the entry file, in the order of their declaration.
    pub fn variants(&self) -> Vec<VariantInfo> {
        self.declared_variants().map(variant_info).collect()
    }

    /// Every profile, and every profile with each variant of its environment: what a lock covers.
    pub fn selections(&self) -> Vec<Selection> {
        let mut all = Vec::new();
        for profile in self.declared() {
            let of = self.world.environment_named(0, &profile.environment.text);
            let profile = profile.name.text.to_string();
            all.push(Selection { profile: profile.clone(), variants: Vec::new() });
            let variants = self.declared_variants();
            let variants = variants.filter(|v| self.world.environment_named(0, &v.environment.text) == of);
            let with =
                |v: &Variant| Selection { profile: profile.clone(), variants: vec![v.name.text.to_string()] };
            all.extend(variants.map(with));
        }
        all
    }

    fn declared(&self) -> impl Iterator<Item = &Profile> {
        self.world.modules.first().into_iter().flat_map(|m| &m.ast.profiles)
    }

    fn declared_variants(&self) -> impl Iterator<Item = &Variant> {
        self.world.modules.first().into_iter().flat_map(|m| &m.ast.variants)
    }

    /// The topology of a selection, with the versions of a lock; without them, what depends on a version is left out.
    ///
    /// # Errors
    /// There is no such profile, or no such variant of its environment; the variants do not go together with the profile
    /// or with one another, as [`check`] has tried each with one profile only; or something is wrong with what the lock's
    /// versions come to.
    pub fn evaluate(
        &self,
        selection: &Selection,
        versions: Option<&dyn Versions>,
    ) -> Result<Arc<Topology>, Vec<Diagnostic>> {
        match self.evaluated.iter().find(|known| known.selection == *selection) {
            Some(known) if versions.is_none() || known.whole => Ok(known.topology.clone()),
            _ => Ok(Arc::new(self.under(selection, Mode { versions, ..Mode::default() })?)),
        }
    }

    /// The identity form of the topology of a selection: each capacity as the expression that it comes from, one
    /// representative for each host. Profiles that differ in capacities only have the same.
    ///
    /// # Errors
    /// As [`Program::evaluate`].
    pub fn identity(
        &self,
        selection: &Selection,
        versions: Option<&dyn Versions>,
    ) -> Result<Topology, Vec<Diagnostic>> {
        self.under(selection, Mode { versions, identity: true, ..Mode::default() })
    }

    /// The identity form as if no double, absence or deviation were declared: what is left of a difference between two of
    /// these has no reason.
    ///
    /// # Errors
    /// As [`Program::evaluate`].
    pub fn plain_identity(
        &self,
        selection: &Selection,
        versions: Option<&dyn Versions>,
    ) -> Result<Topology, Vec<Diagnostic>> {
        self.under(selection, Mode { versions, identity: true, plain: true, tests: false })
    }

    /// The tests of the environment of a selection, in the order of their declaration: those of the entry, then those of the
    /// files that it uses. What a lock's versions say is known as in [`Program::evaluate`].
    ///
    /// # Errors
    /// As [`Program::evaluate`].
    pub fn tests(
        &self,
        selection: &Selection,
        versions: Option<&dyn Versions>,
    ) -> Result<Vec<Test>, Vec<Diagnostic>> {
        let asked = self.asked(selection).map_err(|diagnostic| vec![*diagnostic])?;
        let mode = Mode { versions, tests: true, ..Mode::default() };
        Ok(eval::evaluate(&self.world, &asked, mode, &mut eval::Spent::default())?.tests)
    }

    /// Where a line (counted from 1) of a file that a topology of this program puts on a host comes from.
    ///
    /// # Errors
    /// There is no such host, file or line.
    pub fn line_origin(
        &self,
        topology: &Topology,
        host: &str,
        path: &str,
        line: usize,
    ) -> Result<LineOrigin, NoLine> {
        line::origin(&self.world, topology, host, path, line)
    }

    /// Where the value at a path comes from: `app_servers`, `db.memory`, `app.replicas`, `app.fpm.workers`, `db.mariadb.from`,
    /// `db.mariadb.sql.port`.
    ///
    /// # Errors
    /// As [`Program::evaluate`]; or the path leads to nothing, or to something absent.
    pub fn explain(
        &self,
        selection: &Selection,
        path: &str,
        versions: Option<&dyn Versions>,
    ) -> Result<Explanation, Vec<Diagnostic>> {
        let asked = self.asked(selection).map_err(|diagnostic| vec![*diagnostic])?;
        eval::explain(&self.world, &asked, Mode { versions, ..Mode::default() }, path)
    }

    fn under(&self, selection: &Selection, mode: Mode<'_>) -> Result<Topology, Vec<Diagnostic>> {
        let asked = self.asked(selection).map_err(|diagnostic| vec![*diagnostic])?;
        Ok(eval::evaluate(&self.world, &asked, mode, &mut eval::Spent::default())?.topology)
    }

    /// What a selection means.
    fn asked(&self, selection: &Selection) -> Result<Asked<'_>, Box<Diagnostic>> {
        let Some(profile) = self.declared().find(|p| *p.name.text == *selection.profile) else {
            return Err(unknown("profile", &selection.profile, self.declared().map(|p| &*p.name.text)));
        };
        let known = asked(&self.world, &profile.environment);
        let mut asked = known.ok_or_else(|| unknown("environment", &profile.environment.text, []))?;
        asked.profile = Some(profile);
        for name in &selection.variants {
            let own = self.declared_variants().filter(|v| {
                self.world.environment_named(0, &v.environment.text) == Some((asked.home, asked.index))
            });
            let own: Vec<&Variant> = own.collect();
            let found = own.iter().find(|v| *v.name.text == **name);
            let found = found.ok_or_else(|| unknown("variant", name, own.iter().map(|v| &*v.name.text)))?;
            if asked.variants.iter().any(|v| v.name.span == found.name.span) {
                let message = format!("variant `{name}` is asked for twice");
                return Err(Box::new(Diagnostic::error("E0202", found.name.span, message)));
            }
            asked.variants.push(found);
        }
        Ok(asked)
    }
}

/// A name of a selection that is not there: it stands in no file.
fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Box<Diagnostic> {
    let span = Span { source: SourceId(0), start: 0, end: 0 };
    let mut diagnostic = Diagnostic::error("E0201", span, format!("unknown {what} `{name}`"));
    diagnostic.help = crate::nearest::suggestion(name, known);
    Box::new(diagnostic)
}

fn variant_info(variant: &Variant) -> VariantInfo {
    VariantInfo {
        name: variant.name.text.to_string(),
        environment: variant.environment.text.to_string(),
        doc: variant.doc.text.clone(),
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
