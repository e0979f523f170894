//! Declared differences: that each is about something, has a reason, has not ended, and agrees with the others.
//!
//! What a double provides and what still uses something absent is found when the profile is evaluated: only then is it
//! known what of the environment is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::environment::Put;
use super::place::{Path, Places, became, called, covers, written};
use super::profile::profile_named;
use super::scope::Scope;
use super::setting::{Of, Setter};
use super::{Checker, place};
use crate::diag::Diagnostic;
use crate::limits;
use crate::source::Span;
use crate::syntax::ast::{Difference, Exception, Expr, ExprKind, Host, Name, Part, Profile, Until};
use crate::types::HostRef;

/// Days before its end from which on a difference is warned about.
const SOON: i64 = 14;

/// The differences that a profile or variant declares, by what they are about.
pub(super) type Keys<'w> = Rc<BTreeMap<Path<'w>, &'w Exception>>;

/// A double, with the module whose names it uses.
#[derive(Clone, Copy)]
pub(super) struct Double<'w> {
    module: usize,
    put: Put<'w>,
}

/// Doubles by module, environment and host.
pub(super) type Doubles<'w> = BTreeMap<HostRef, Vec<Double<'w>>>;

impl<'w> Checker<'w> {
    /// Finds the doubles of all profiles and variants, whose arguments are checked where their hosts are.
    pub(super) fn find_doubles(&mut self) {
        for (module, loaded) in self.world.modules.iter().enumerate() {
            let profiles = loaded.ast.profiles.iter().map(|p| (&p.environment, &p.exceptions));
            let variants = loaded.ast.variants.iter().map(|v| (&v.environment, &v.exceptions));
            for (environment, exceptions) in profiles.chain(variants) {
                if !exceptions.is_empty() {
                    self.find_doubles_of(module, environment, exceptions);
                }
            }
        }
    }

    fn find_doubles_of(&mut self, module: usize, environment: &Name, exceptions: &'w [Exception]) {
        let Some((home, index)) = self.world.environment_named(module, &environment.text) else { return };
        let Some(places) = self.places(home, index) else { return };
        for exception in exceptions {
            let Difference::Double { component, arguments } = &exception.difference else { continue };
            let Some((host, run)) = places.instance(&exception.path) else { continue };
            let at = HostRef { module: home, environment: index, host };
            let Some(run) = self.world.host(at).and_then(|h| h.runs.get(run)) else { continue };
            let put = Put { name: &run.name, component, arguments };
            self.doubles.entry(at).or_default().push(Double { module, put });
        }
    }

    /// Checks the doubles on a host: their arguments are as those of `run`, and use the names of their own module, too.
    pub(super) fn doubles_on(&mut self, at: HostRef, scope: &Scope<'_, 'w>) {
        for double in self.doubles.remove(&at).unwrap_or_default() {
            if double.module == at.module {
                self.run(at, double.put, scope);
            } else {
                self.run(at, double.put, &scope.of_module(double.module));
            }
        }
    }

    /// The hosts and instances of an environment, found once.
    fn places(&mut self, module: usize, index: usize) -> Option<Rc<Places<'w>>> {
        if let Some(known) = self.places.get(&(module, index)) {
            return Some(known.clone());
        }
        let places = Rc::new(Places::of(self.world.environment(module, index)?));
        self.places.insert((module, index), places.clone());
        Some(places)
    }

    /// The differences that a profile or variant of an environment declares.
    pub(super) fn exceptions(&mut self, exceptions: &'w [Exception], of: Of<'w>, scope: &Scope<'_, 'w>) {
        for exception in exceptions {
            self.reason(&exception.because);
            if let Some(until) = &exception.until {
                self.ends(exception, until);
            }
            match &exception.difference {
                Difference::Double { component, .. } => self.doubled(exception, component, of),
                Difference::Absent => self.absent(&exception.path, of),
                Difference::Deviate(value) => self.set(&exception.path, value, of, Setter::Deviation, scope),
            }
        }
    }

    /// A reason is words, and the same whatever the profile sets.
    fn reason(&mut self, because: &Expr) {
        let ExprKind::Text(parts) = &because.kind else { return };
        let computed = parts.iter().find_map(|part| match part {
            Part::Expr(expr) => Some(expr.span),
            Part::Text(_) => None,
        });
        let said = parts.iter().any(|part| matches!(part, Part::Text(text) if !text.trim().is_empty()));
        if let Some(span) = computed {
            let diagnostic = Diagnostic::error("E0408", span, "a reason is plain text");
            self.report(diagnostic.help("write it out; `\\{` is a brace itself"));
        } else if !said {
            let diagnostic = Diagnostic::error("E0408", because.span, "the reason is empty");
            self.report(diagnostic.help("say why this profile differs: it is what its users will read"));
        }
    }

    fn ends(&mut self, exception: &Exception, until: &Until) {
        let Some(left) = self.today.map(|today| today.days_until(until.date)) else { return };
        let what = format!("the {} of `{}`", called(exception), written(&exception.path));
        let help = "remove it, or say until when it is needed";
        if left < 0 {
            let message = format!("{what} ended on {}", until.date);
            self.report(Diagnostic::error("E0406", until.span, message).help(help));
        } else if left <= SOON {
            let days = match left {
                0 => "today".to_owned(),
                1 => "tomorrow".to_owned(),
                _ => format!("in {left} days"),
            };
            let message = format!("{what} ends {days}, on {}", until.date);
            self.report(Diagnostic::warning("W0406", until.span, message).help(help));
        }
    }

    fn doubled(&mut self, exception: &'w Exception, component: &Name, of: Of<'w>) {
        match exception.path.as_slice() {
            [name] => {
                let Some((_, host)) = self.host_named(of.environment, name) else { return };
                if host.runs.len() != 1 {
                    self.report(which_instance(name, component, host));
                }
            }
            [host, instance] => {
                let Some((_, host)) = self.host_named(of.environment, host) else { return };
                self.run_named(host, instance);
            }
            path => self.no_such_thing(path, "a double stands in for an instance: `host.instance`"),
        }
    }

    fn absent(&mut self, path: &'w [Name], of: Of<'w>) {
        match path {
            [host] => {
                self.host_named(of.environment, host);
            }
            [host, instance] => {
                let Some((_, host)) = self.host_named(of.environment, host) else { return };
                self.run_named(host, instance);
            }
            path => self.no_such_thing(path, "what can be absent is a `host`, or `host.instance`"),
        }
    }

    fn no_such_thing(&mut self, path: &[Name], help: &str) {
        let span = path.last().map_or(Span::default(), |n| n.span);
        self.report(Diagnostic::error("E0210", span, "this path is too long").help(help));
    }

    /// Refuses two differences of one profile or variant about one thing.
    pub(super) fn conflicts(&mut self, of: Of<'w>, exceptions: &'w [Exception]) -> Keys<'w> {
        let mut keys: BTreeMap<Path<'w>, &'w Exception> = BTreeMap::new();
        let Some(places) = self.places(of.module, of.index) else { return Rc::new(keys) };
        let mut told = BTreeSet::new();
        for exception in exceptions {
            let own = places.keys(exception);
            if let Some(first) = own.iter().find_map(|key| keys.get(key)) {
                self.report(both(exception, first));
                told.insert(exception.span);
                continue;
            }
            keys.extend(own.into_iter().map(|key| (key, exception)));
        }
        for exception in exceptions.iter().filter(|e| !told.contains(&e.span)) {
            let own = places.keys(exception);
            if let Some(wider) = own.iter().find_map(|key| wider(&keys, key, exception)) {
                self.report(within(exception, wider));
            }
        }
        Rc::new(keys)
    }

    /// Refuses a difference about something that a profile which is extended has left out as a whole.
    pub(super) fn inherited(&mut self, module: usize, profile: &'w Profile) {
        let own = self.keys_of(module, profile);
        if profile.exceptions.is_empty() {
            return;
        }
        let Some(of) = self.world.environment_named(module, &profile.environment.text) else { return };
        let Some(places) = self.places(of.0, of.1) else { return };
        let mut below = Vec::new();
        let (mut at, mut home) = (profile, module);
        while let Some(name) = at.extends.as_ref().filter(|_| below.len() <= limits::EXTENDS) {
            let Some(next) = profile_named(self.world, home, &name.text) else { break };
            (home, at) = next;
            below.push(self.keys_of(home, at));
        }
        for exception in &profile.exceptions {
            let keys = places.keys(exception);
            let found =
                below.iter().find_map(|below| keys.iter().find_map(|key| wider(below, key, exception)));
            if let Some(found) = found.filter(|f| !places.keys(f).iter().any(|key| own.contains_key(key))) {
                self.report(within(exception, found));
            }
        }
    }

    fn keys_of(&mut self, module: usize, profile: &'w Profile) -> Keys<'w> {
        if let Some(known) = self.keys.get(&profile.name.span) {
            return known.clone();
        }
        let of = self.world.environment_named(module, &profile.environment.text);
        let environment = of.and_then(|(module, index)| {
            Some(Of { module, index, environment: self.world.environment(module, index)? })
        });
        let keys = environment.map(|of| self.conflicts(of, &profile.exceptions)).unwrap_or_default();
        self.keys.insert(profile.name.span, keys.clone());
        keys
    }
}

/// A difference that leaves nothing of what another is about.
fn wider<'w>(
    keys: &BTreeMap<place::Path<'w>, &'w Exception>,
    key: &[&'w str],
    than: &Exception,
) -> Option<&'w Exception> {
    let above = (1..key.len()).filter_map(|length| keys.get(key.get(..length)?));
    above.copied().find(|found| covers(found) && found.span != than.span)
}

fn both(exception: &Exception, first: &Exception) -> Diagnostic {
    let message = format!("what `{}` has otherwise is declared twice", written(&exception.path));
    Diagnostic::error("E0202", place_of(exception), message)
        .and(place_of(first), format!("{} here", became(first)))
        .help("keep one of them")
}

fn within(exception: &Exception, wider: &Exception) -> Diagnostic {
    let is = became(wider);
    let message = format!(
        "the {} of `{}` changes nothing: `{}` is {is}",
        called(exception),
        written(&exception.path),
        written(&wider.path)
    );
    Diagnostic::error("E0202", place_of(exception), message)
        .and(place_of(wider), format!("{is} here"))
        .help("keep one of them")
}

/// The path of a difference.
pub(crate) fn place_of(exception: &Exception) -> Span {
    match (exception.path.first(), exception.path.last()) {
        (Some(first), Some(last)) => Span { end: last.span.end, ..first.span },
        _ => exception.span,
    }
}

/// The text of a reason, which the checker has found to be plain.
pub(crate) fn plain_text(expr: &Expr) -> String {
    let ExprKind::Text(parts) = &expr.kind else { return String::new() };
    let plain = parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(&**text),
        Part::Expr(_) => None,
    });
    plain.collect()
}

fn which_instance(name: &Name, component: &Name, host: &Host) -> Diagnostic {
    let (message, help) = match host.runs.as_slice() {
        [] => (format!("host `{}` runs nothing", name.text), "a double stands in for an instance".to_owned()),
        runs => {
            let all: Vec<String> = runs
                .iter()
                .take(8)
                .map(|run| format!("`double {}.{} with {}`", name.text, run.name.text, component.text))
                .collect();
            (format!("host `{}` runs several instances", name.text), format!("say which: {}", all.join(", ")))
        }
    };
    Diagnostic::error("E0209", name.span, message).and(host.name.span, "the host").help(help)
}
