//! Components and archives: what each member takes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::declared::known_protocol;
use super::expression::Typed;
use super::label::{Label, Level};
use super::rule::{Origin, Sink, To, Use};
use super::scope::{Entry, HERE, Scope};
use super::sink::secret_misused;
use super::{CHECK, Checker, HOST, JOB, MOUNT, OWNER, PACKAGE, PROTOCOL, SERVICE, call};
use crate::diag::Diagnostic;
use crate::resolve::{Computed, defined_twice};
use crate::source::Span;
use crate::syntax::ast::{
    Assert, Component, Expr, ExprKind, Let, Name, Param, Part, Protocol, Secret, TypeAlias, TypeExpr,
};
use crate::types::{Kind, Range, Type};

/// Names of one construct, with the place of each.
pub(super) struct Table<'w> {
    pub(super) entries: BTreeMap<Arc<str>, Entry<'w>>,
    spans: BTreeMap<Arc<str>, Span>,
}

/// What a secret is inside what declares it, and what it is given.
pub(super) fn secret_type(secret: &Secret) -> Type {
    if secret.optional { Type::option(Type::Secret) } else { Type::Secret }
}

impl<'w> Table<'w> {
    pub(super) fn new() -> Self {
        Self { entries: BTreeMap::new(), spans: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, name: &Name, entry: Entry<'w>, checker: &mut Checker<'w>) {
        if let Some(first) = self.spans.get(&name.text) {
            checker.report(defined_twice(name, *first));
        } else {
            self.spans.insert(name.text.clone(), name.span);
            self.entries.insert(name.text.clone(), entry);
        }
    }

    pub(super) fn known(&mut self, name: &Name, typed: Typed, checker: &mut Checker<'w>) {
        self.add(name, Entry::Known(typed), checker);
    }

    pub(super) fn secrets(&mut self, secrets: &'w [Secret], checker: &mut Checker<'w>) {
        for secret in secrets {
            self.known(&secret.name, Typed::identity(secret_type(secret)), checker);
        }
    }

    pub(super) fn params(
        &mut self,
        module: usize,
        capacity: Origin,
        params: &'w [Param],
        lets: &'w [Let],
        checker: &mut Checker<'w>,
    ) {
        for param in params {
            let ty = checker.declared(module, &param.ty);
            let label = if param.capacity {
                checker.from(capacity, Label::of(Level::Capacity, param.name.span, &param.name.text))
            } else {
                Label::IDENTITY
            };
            self.known(&param.name, Typed { ty, label }, checker);
        }
        for item in lets {
            self.add(&item.name, Entry::Let(item), checker);
        }
    }
}

impl<'w> Checker<'w> {
    pub(super) fn type_alias(&mut self, module: usize, alias: &'w TypeAlias) {
        // Through its name, so that one made of itself is found where it is declared.
        let ty = TypeExpr {
            name: alias.name.clone(),
            arguments: Vec::new(),
            range: None,
            fields: Vec::new(),
            choices: Vec::new(),
            optional: false,
            span: alias.name.span,
        };
        self.declared(module, &ty);
    }

    /// A scheme is a word, since every address of the protocol begins with it.
    pub(super) fn protocol_declared(&mut self, protocol: &'w Protocol, scope: &Scope<'_, 'w>) {
        self.options(&protocol.fields, PROTOCOL, "a protocol", protocol.name.span, scope);
        for field in protocol.fields.iter().filter(|field| &*field.key.text == "scheme") {
            let ExprKind::Text(parts) = &field.value.kind else { continue };
            let word = match parts.as_slice() {
                [Part::Text(word)] => &**word,
                _ => "",
            };
            if !super::is_shaped(&Type::Url, &format!("{word}://host")) {
                let message = "a scheme is a word as it stands in addresses";
                let help = "letters in lower case, digits, `+`, `-` and `.`: `scheme = \"http\"`";
                self.report(Diagnostic::error("E0309", field.value.span, message).help(help));
            }
        }
    }

    pub(super) fn assertion(&mut self, assert: &'w Assert, scope: &Scope<'_, 'w>) {
        self.condition(&assert.condition, scope);
        self.sink(&assert.message, scope, &Type::Text, To::data("a message"));
    }

    pub(super) fn component(&mut self, c: &'w Component, module: &Scope<'_, 'w>) {
        let home = module.home();
        self.not_named_from(c);
        for name in c.requires.iter().map(|r| &r.protocol).chain(c.provides.iter().map(|p| &p.protocol)) {
            self.protocol(home, name);
        }
        let scope = module.inside(self.component_names(home, c));
        self.defaults(&c.params, &c.lets, &scope);
        self.members(c, &scope);
        self.cliffs(c, &scope);
        self.member_docs(c, &scope);
    }

    /// What the names of a component are.
    pub(super) fn component_names(&mut self, home: usize, c: &'w Component) -> BTreeMap<Arc<str>, Entry<'w>> {
        let mut table = Table::new();
        table.params(home, Origin::Capacity, &c.params, &c.lets, self);
        table.secrets(&c.secrets, self);
        for requires in &c.requires {
            let label = if requires.list {
                let own = Label::of(Level::Replicated, requires.name.span, &requires.name.text);
                self.from(Origin::Requirement, own)
            } else {
                Label::IDENTITY
            };
            let ty = self.world.required(home, requires);
            table.known(&requires.name, Typed { ty, label }, self);
        }
        for provides in &c.provides {
            let ty = self.world.endpoint(home, &provides.protocol);
            table.known(&provides.name, Typed::identity(ty), self);
        }
        table.entries.insert(HERE.into(), call::here());
        table.entries
    }

    fn protocol(&mut self, module: usize, name: &Name) {
        if let Err(diagnostic) = known_protocol(self.world, module, name) {
            self.report(*diagnostic);
        }
    }

    /// Cliffs look at the host's capacities too, which nothing else in a component may.
    fn cliffs(&mut self, c: &'w Component, scope: &Scope<'_, 'w>) {
        let mut names = BTreeMap::new();
        let own = HOST.iter().map(|(name, wanted, ..)| (*name, wanted.ty()));
        for (name, ty) in own.chain([("replicas", Type::INT)]) {
            let label = Label::of(Level::Capacity, c.name.span, &name.into());
            names.insert(name.into(), Entry::Known(Typed { ty, label }));
        }
        // A parameter of the component's own comes first.
        names.retain(|name: &Arc<str>, _| scope.own_name(name).is_none());
        let inner = scope.inside(names);
        for cliff in &c.cliffs {
            self.assertion(cliff, &inner);
        }
    }

    /// `from` is what every `run` may say of its packages, whatever the component.
    fn not_named_from(&mut self, c: &'w Component) {
        let names = c.params.iter().map(|x| &x.name).chain(c.lets.iter().map(|x| &x.name));
        let names = names.chain(c.requires.iter().map(|x| &x.name)).chain(c.provides.iter().map(|x| &x.name));
        for name in names.chain(c.secrets.iter().map(|x| &x.name)).filter(|name| &*name.text == "from") {
            let message = "`from` of a component is the archive that its packages come from";
            let diagnostic = Diagnostic::error("E0202", name.span, message);
            self.report(diagnostic.help("give this another name"));
        }
    }

    /// The defaults of parameters, and `let`s that nothing asks for.
    pub(super) fn defaults(&mut self, params: &'w [Param], lets: &'w [Let], scope: &Scope<'_, 'w>) {
        for param in params {
            let Some(default) = &param.default else { continue };
            let ty = super::declared(self.world, scope.home(), &param.ty).unwrap_or(Type::Unknown);
            let what = format!("`{}`", param.name.text);
            self.set_param(param, default, scope, &ty, To::new(Sink::Default, &what).declared(param.ty.span));
        }
        for item in lets {
            let Typed { ty, label } = self.let_type(item, scope);
            let (capacity, locked) = (label.level > Level::Identity, label.locked.is_some());
            self.world.know_computed(item.name.span, Computed { ty, capacity, locked });
        }
    }

    /// Holds a value against a parameter that it goes to.
    pub(super) fn set_param(
        &mut self,
        param: &'w Param,
        value: &'w Expr,
        scope: &Scope<'_, 'w>,
        ty: &Type,
        to: To<'_>,
    ) {
        let sink = if param.capacity { Sink::Data } else { to.sink };
        self.sink(value, scope, ty, To { sink, ..to });
    }

    fn members(&mut self, c: &'w Component, scope: &Scope<'_, 'w>) {
        for package in &c.packages {
            self.package(&package.names, scope);
            self.options(&package.options, PACKAGE, "a package", package.names.span, scope);
        }
        for provides in &c.provides {
            let port = Type::Number(Kind::Int, Range { low: Some(1), high: Some(65535) });
            self.sink(&provides.port, scope, &port, To::new(Sink::Port, "a port"));
        }
        for tree in &c.trees {
            self.sink(&tree.path, scope, &Type::Text, To::new(Sink::TreePath, "a tree's path"));
            self.sink(&tree.value, scope, &Type::Tree, To::new(Sink::Tree, "a tree"));
            // After a misspelt kind of source, what follows is that source's.
            let misspelt =
                matches!(&tree.value.kind, ExprKind::Name(name) if scope.lookup(name, self.world).is_none());
            if !misspelt {
                self.options(&tree.options, MOUNT, "a tree", tree.path.span, scope);
            }
        }
        for assert in &c.asserts {
            self.assertion(assert, scope);
        }
        for file in &c.files {
            self.file(file, scope);
        }
        for link in &c.links {
            self.sink(&link.path, scope, &Type::Text, To::new(Sink::LinkPath, "a link's path"));
            self.sink(&link.target, scope, &Type::Text, To::new(Sink::LinkTarget, "a link's target"));
        }
        for state in &c.states {
            self.sink(&state.path, scope, &Type::Text, To::new(Sink::StatePath, "a state's path"));
            self.options(&state.options, OWNER, "a state", state.path.span, scope);
        }
        self.processes(c, scope);
        for check in &c.checks {
            let command = Type::list(Type::Text);
            self.sink(&check.exec, scope, &command, To::new(Sink::Check, "a check's command"));
            self.options(&check.options, CHECK, "a check", check.exec.span, scope);
        }
    }

    /// Services and jobs, which have different names: what they write is looked up by them.
    fn processes(&mut self, c: &'w Component, scope: &Scope<'_, 'w>) {
        let services = c.services.iter().map(|x| (&x.name, &x.fields, SERVICE, "a service"));
        let jobs = c.jobs.iter().map(|x| (&x.name, &x.fields, JOB, "a job"));
        let mut names = BTreeMap::new();
        for (name, fields, options, what) in services.chain(jobs) {
            if let Some(first) = names.insert(name.text.clone(), name.span) {
                self.report(defined_twice(name, first));
            }
            self.options(fields, options, what, name.span, scope);
        }
    }

    fn package(&mut self, expr: &'w Expr, scope: &Scope<'_, 'w>) {
        let typed = self.infer(expr, scope);
        let list = Type::list(Type::Text);
        if !typed.ty.fits(&Type::Text) && !typed.ty.fits(&list) {
            let message = format!("`package` takes a name or a list of names, this is `{}`", typed.ty);
            self.report(if self.is_secret(Use::Package, &typed.ty) {
                secret_misused(expr.span, "a package's name", &typed.ty)
            } else {
                let diagnostic = Diagnostic::error("E0301", expr.span, message);
                match typed.ty {
                    Type::Option(_) => {
                        diagnostic.help("where there may be none, `present([name])` is the list")
                    }
                    _ => diagnostic,
                }
            });
        }
        self.accepts(&typed.label, expr.span, To::new(Sink::Package, "a package's name"));
    }
}
