//! Explaining a value: everybody who says what it is, in the order in which they count, and what it is computed from.
//!
//! A path leads to a [`Subject`], which has the expressions of all who say something. The first counts; the names in it are
//! looked up in the scope where it stands, and lead to subjects again.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::fault::{Fault, Outcome};
use super::scope::{Names, Scope, Slot, Thunk};
use super::subject::{Candidate, Place, Subject};
use super::value::Value;
use super::{Asked, Evaluator, Mode, Spent};
use crate::diag::Diagnostic;
use crate::explain::{Explanation, Origin, Use};
use crate::resolve::{Item, World};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Name, Part, PatternKind};

/// How deep names are followed.
const DEPTH: usize = 8;
/// How many names are told: a value may be computed from thousands.
const USES: usize = 200;

/// Explains what a path leads to.
pub(crate) fn explain<'w>(
    world: &'w World,
    asked: &Asked<'w>,
    mode: Mode<'w>,
    path: &str,
) -> Result<Explanation, Vec<Diagnostic>> {
    let names: Vec<&str> = path.split('.').collect();
    let mut evaluator = Evaluator::new(world, asked, mode, Spent::default());
    evaluator.lay_out();
    let subject = evaluator.subject(&names).map_err(|diagnostic| vec![*diagnostic])?;
    let value = evaluator.known(&subject).map_err(|diagnostic| vec![*diagnostic])?;
    let mut told = 0;
    let uses = match subject.candidates.first() {
        Some(first) => evaluator.uses(first, 0, &mut told),
        None => Vec::new(),
    };
    let origins = subject.candidates.iter().enumerate();
    Ok(Explanation {
        path: path.to_owned(),
        value: value.as_ref().map(|value| evaluator.language(value)),
        ty: subject.ty.to_string(),
        capacity: subject.capacity,
        origins: origins.map(|(index, candidate)| evaluator.origin(candidate, index > 0)).collect(),
        uses,
    })
}

/// What a name in an expression is.
enum Named<'w> {
    Path(Vec<String>),
    /// A value of a module.
    Module(Candidate<'w>),
    /// An archive of a module.
    Archive,
}

impl<'w> Evaluator<'w> {
    /// The value of a subject; none where nobody says it, or where it depends on a lock.
    fn known(&mut self, subject: &Subject<'w>) -> Result<Option<Value>, Box<Diagnostic>> {
        let value = match &subject.place {
            Place::Slot(slot, scope) => {
                if matches!(slot.thunk, Thunk::Missing { .. }) {
                    return Ok(None);
                }
                self.force(slot, scope, subject.declared)
            }
            Place::Named(name, scope) => self.force_named(name, scope, subject.declared),
            Place::Value(value) => Ok(value.clone()),
            Place::Replicas(host) => {
                self.replica_count(*host).map(|n| Value::Number(crate::types::Kind::Int, n.unwrap_or(1)))
            }
            Place::Address { host, run, endpoint, name } => {
                let port = self.port(*host, *run, *endpoint, subject.declared);
                port.map(|port| Value::text(format!("{name}:{port}")))
            }
            Place::Nowhere => return Ok(None),
        };
        match value {
            Ok(value) => Ok(Some(value)),
            Err(Fault::Known) => Ok(None),
            Err(Fault::New(diagnostic)) => Err(diagnostic),
        }
    }

    fn force_named(&mut self, name: &str, scope: &Rc<Scope<'w>>, asked: Span) -> Outcome<Value> {
        let Names::Own(names) = &scope.names else { return Err(Fault::internal(asked)) };
        match names.get(name) {
            Some(Slot { thunk: Thunk::Missing { .. }, .. }) | None => Err(Fault::Known),
            Some(slot) => self.force(slot, scope, asked),
        }
    }

    fn origin(&self, candidate: &Candidate<'w>, overridden: bool) -> Origin {
        let span = candidate.expr.span;
        Origin { what: candidate.what.clone(), span, text: self.world.text(span).to_owned(), overridden }
    }

    /// What an expression is computed from.
    fn uses(&mut self, candidate: &Candidate<'w>, depth: usize, told: &mut usize) -> Vec<Use> {
        if depth >= DEPTH {
            return Vec::new();
        }
        let mut names = Vec::new();
        gather(candidate.expr, &mut Vec::new(), &mut names);
        let mut known = BTreeSet::new();
        let mut uses = Vec::new();
        for expr in names {
            let text = self.world.text(expr.span);
            if *told >= USES || !known.insert(text) {
                continue;
            }
            *told += 1;
            uses.extend(self.used(expr, text, &candidate.scope, depth, told));
        }
        uses
    }

    fn used(
        &mut self,
        expr: &'w Expr,
        text: &str,
        scope: &Rc<Scope<'w>>,
        depth: usize,
        told: &mut usize,
    ) -> Option<Use> {
        let (head, rest) = chain(expr)?;
        let named = self.named(head, &rest, scope)?;
        let value = self.eval(expr, scope).ok();
        let first = match named {
            Named::Archive => None,
            Named::Module(candidate) => Some(candidate),
            Named::Path(path) => self.first_of(&path),
        };
        let uses = first.as_ref().map(|first| self.uses(first, depth + 1, told)).unwrap_or_default();
        let value = value.as_ref().map(|value| self.language(value));
        // A host or an archive is what it is.
        if first.is_none() && value.as_deref() == Some(text) {
            return None;
        }
        Some(Use {
            name: text.to_owned(),
            value,
            origin: first.as_ref().map(|first| self.origin(first, false)),
            uses,
        })
    }

    /// Who says what a path leads to; its last names may be members of the value: `memory.mib`.
    fn first_of(&self, path: &[String]) -> Option<Candidate<'w>> {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let found = (1..=path.len()).rev().find_map(|length| self.subject(path.get(..length)?).ok());
        found.and_then(|subject| subject.candidates.into_iter().next())
    }

    /// What a name with its members means where it stands; none for one of the expression's own.
    fn named(&self, head: &str, rest: &[&Name], scope: &Rc<Scope<'w>>) -> Option<Named<'w>> {
        let mut at = Some(scope);
        while let Some(here) = at {
            match &here.names {
                Names::Own(own) if own.contains_key(head) => {
                    return self.path_in(here, head, rest).map(Named::Path);
                }
                Names::Own(_) => {}
                Names::Module(module) => {
                    if let Some(definition) = self.world.lookup(*module, head) {
                        return self.module_value(definition);
                    }
                }
            }
            at = here.parent.as_ref();
        }
        None
    }

    /// The path of a name of the environment, a host or an instance, by the scope that has it.
    fn path_in(&self, scope: &Rc<Scope<'w>>, head: &str, rest: &[&Name]) -> Option<Vec<String>> {
        let members = |before: &[&str]| -> Vec<String> {
            let path = before.iter().copied().chain([head]);
            path.chain(rest.iter().map(|name| &*name.text)).map(str::to_owned).collect()
        };
        let own = |before: &[&str]| -> Vec<String> {
            before.iter().copied().chain([head]).map(str::to_owned).collect()
        };
        if Rc::ptr_eq(scope, &self.scope) {
            let is_host = self.environment.hosts.iter().any(|host| &*host.name.text == head);
            return Some(if is_host { members(&[]) } else { own(&[]) });
        }
        for (slots, host) in self.hosts.iter().zip(&self.environment.hosts) {
            if Rc::ptr_eq(scope, &slots.scope) {
                return Some(members(&[&host.name.text]));
            }
            for (instance, run) in slots.instances.iter().zip(&host.runs) {
                if Rc::ptr_eq(scope, &instance.scope) {
                    let before = [&*host.name.text, &*run.name.text];
                    let endpoint = instance.component.provides.iter().any(|p| &*p.name.text == head);
                    return Some(if endpoint { members(&before) } else { own(&before) });
                }
            }
        }
        None
    }

    fn module_value(&self, definition: crate::resolve::Definition) -> Option<Named<'w>> {
        let module = self.world.modules.get(definition.module)?;
        match definition.item {
            Item::Let => {
                let expr = &module.ast.lets.get(definition.index)?.value;
                let what = format!("declared in `{}`", module.path);
                Some(Named::Module(Candidate { what, expr, scope: self.module(definition.module) }))
            }
            Item::Archive => Some(Named::Archive),
            _ => None,
        }
    }
}

/// The name that a chain of members begins with, and the members; none of another expression.
fn chain(expr: &Expr) -> Option<(&str, Vec<&Name>)> {
    let mut members = Vec::new();
    let mut at = expr;
    while let ExprKind::Member(of, name) = &at.kind {
        members.push(name);
        at = of;
    }
    members.reverse();
    match &at.kind {
        ExprKind::Name(head) => Some((head, members)),
        _ => None,
    }
}

/// The names that an expression takes from around it, each with the members that follow it.
fn gather<'w>(expr: &'w Expr, own: &mut Vec<&'w str>, found: &mut Vec<&'w Expr>) {
    match &expr.kind {
        ExprKind::Name(name) if !own.contains(&&**name) => found.push(expr),
        ExprKind::Member(of, _) => match chain(expr) {
            Some((head, _)) if own.contains(&head) => {}
            Some(_) => found.push(expr),
            None => gather(of, own, found),
        },
        ExprKind::Text(parts) => {
            for part in parts {
                if let Part::Expr(expr) = part {
                    gather(expr, own, found);
                }
            }
        }
        ExprKind::List(items) | ExprKind::Call(_, items) => {
            items.iter().for_each(|item| gather(item, own, found));
        }
        ExprKind::Record(fields) | ExprKind::Make(_, fields) => {
            fields.iter().for_each(|field| gather(&field.value, own, found));
        }
        ExprKind::Index(sides) | ExprKind::Binary(_, sides) => {
            gather(&sides.0, own, found);
            gather(&sides.1, own, found);
        }
        ExprKind::Unary(_, of) => gather(of, own, found),
        ExprKind::If(parts) => {
            [&parts.0, &parts.1, &parts.2].into_iter().for_each(|part| gather(part, own, found));
        }
        ExprKind::For(f) => {
            gather(&f.list, own, found);
            let before = own.len();
            own.push(&f.name.text);
            own.extend(f.second.iter().map(|name| &*name.text));
            for part in f.key.iter().chain([&f.body]).chain(&f.condition) {
                gather(part, own, found);
            }
            own.truncate(before);
        }
        ExprKind::Match(m) => {
            gather(&m.subject, own, found);
            for arm in &m.arms {
                let before = own.len();
                own.extend(arm.patterns.iter().filter_map(|pattern| match &pattern.kind {
                    PatternKind::Any(Some(name)) => Some(&*name.text),
                    _ => None,
                }));
                gather(&arm.body, own, found);
                own.truncate(before);
            }
        }
        _ => {}
    }
}
