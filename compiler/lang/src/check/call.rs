//! Calls: the functions of the language, and those that modules declare.

use super::Checker;
use super::expression::Typed;
use super::label::{Label, Level};
use super::rule::{Origin, Sink, To, Use, Way};
use super::scope::{Entry, Found, HERE, Scope};
use super::sink::secret_misused;
use crate::diag::Diagnostic;
use crate::functions::{self, Builtin};
use crate::nearest::suggestion;
use crate::resolve::Item;
use crate::source::Span;
use crate::syntax::ast::{Expr, Function, Name};
use crate::types::{Kind, Type};

impl<'w> Checker<'w> {
    pub(super) fn call(
        &mut self,
        name: &'w Name,
        arguments: &'w [Expr],
        span: Span,
        scope: &Scope<'_, 'w>,
    ) -> Typed {
        if let Some(builtin) = functions::named(&name.text) {
            return self.builtin(builtin, arguments, span, scope);
        }
        let Some((home, function)) = self.world.function(scope.home(), &name.text) else {
            for argument in arguments {
                self.infer(argument, scope);
            }
            self.no_function(name, scope);
            return Typed::unknown();
        };
        let result = self.function_type(home, function);
        let given = self.given(home, function, arguments, span, scope);
        let given = self.taken(self.carried(Way::Given, given));
        let own = self.carried(Way::Result, result.label);
        let label = match own.level {
            // What a function computes without its arguments does not change with them; only that it cannot be computed
            // before they can.
            Level::Identity => Label { locked: own.locked.or(given.locked), ..own },
            // What it makes of them is what they are: where they are another function's, that remains to be seen.
            Level::Argument => Label { locked: own.locked.or(given.locked), ..given },
            _ => own.join(given),
        };
        let step = format!("{}(…)", name.text).into();
        Typed { ty: result.ty, label: label.through(name.span, &step) }
    }

    /// Holds the arguments against the parameters; gives the label of all of them.
    fn given(
        &mut self,
        home: usize,
        function: &'w Function,
        arguments: &'w [Expr],
        span: Span,
        scope: &Scope<'_, 'w>,
    ) -> Label {
        let mut label = Label::IDENTITY;
        for (argument, (param, ty)) in arguments.iter().zip(&function.params) {
            let ty = super::declared(self.world, home, ty).unwrap_or(Type::Unknown);
            let what = format!("`{}` of `{}`", param.text, function.name.text);
            label = label.join(self.sink(argument, scope, &ty, To::data(&what).declared(param.span)));
        }
        if arguments.len() != function.params.len() {
            let wanted = function.params.len();
            let diagnostic = wrong_count(&function.name.text, wanted, wanted, arguments.len(), span);
            self.report(diagnostic.and(function.name.span, "declared here"));
        }
        label
    }

    /// What a function gives, its body checked once; its arguments are labelled as such.
    pub(super) fn function_type(&mut self, home: usize, function: &'w Function) -> Typed {
        let at = function.name.span;
        match self.lets.get(&at) {
            Some(Some(known)) => return known.clone(),
            Some(None) => {
                let message = format!("`{}` calls itself", function.name.text);
                let mut diagnostic = Diagnostic::error("E0207", at, message);
                let from = self.path.iter().position(|span| *span == at).unwrap_or(0);
                for span in self.path.iter().skip(from + 1).take(8) {
                    diagnostic = diagnostic.and(*span, "through this");
                }
                let diagnostic = diagnostic
                    .help("go through a list with `[… for x in list]`")
                    .note("without recursion, every evaluation ends");
                self.report(diagnostic);
                return Typed::unknown();
            }
            None => {}
        }
        self.lets.insert(at, None);
        self.path.push(at);
        let mut table = super::component::Table::new();
        for (name, ty) in &function.params {
            let ty = self.declared(home, ty);
            let label = self.from(Origin::Argument, Label::of(Level::Argument, name.span, &name.text));
            table.known(name, Typed { ty, label }, self);
        }
        let module = Scope::module(home);
        let scope = module.inside(table.entries);
        self.doc(&function.doc, &scope);
        let ty = self.declared(home, &function.result);
        let what = format!("what `{}` gives", function.name.text);
        let to = To::data(&what).declared(function.result.span);
        let label = self.sink(&function.body, &scope, &ty, to);
        let typed = Typed { ty, label };
        self.path.pop();
        self.lets.insert(at, Some(typed.clone()));
        typed
    }

    fn no_function(&mut self, name: &Name, scope: &Scope<'_, 'w>) {
        let diagnostic = match scope.lookup(&name.text, self.world) {
            Some(found) => {
                let what = match &found {
                    Found::Definition(definition) => definition.item.describe(),
                    _ => "a value",
                };
                let message = format!("`{}` is {what}, not a function", name.text);
                Diagnostic::error("E0301", name.span, message)
            }
            None => {
                let message = format!("unknown function `{}`", name.text);
                let mut diagnostic = Diagnostic::error("E0201", name.span, message);
                let own = self.world.modules.get(scope.home()).into_iter().flat_map(|m| &m.names);
                let own = own.filter(|(_, d)| d.item == Item::Function).map(|(name, _)| &**name);
                let mut all: Vec<&str> = own.collect();
                for builtin in functions::names() {
                    all.push(builtin);
                }
                diagnostic.help = suggestion(&name.text, all);
                diagnostic
            }
        };
        self.report(diagnostic);
    }

    fn builtin(
        &mut self,
        builtin: &Builtin,
        arguments: &'w [Expr],
        span: Span,
        scope: &Scope<'_, 'w>,
    ) -> Typed {
        let given: Vec<Typed> = arguments.iter().map(|argument| self.infer(argument, scope)).collect();
        let (least, most) = builtin.arguments;
        if !(least..=most).contains(&arguments.len()) {
            self.report(wrong_count(builtin.name, least, most, arguments.len(), span));
            return Typed::unknown();
        }
        if let Some((secret, expr)) =
            given.iter().zip(arguments).find(|(g, _)| self.is_secret(Use::Taken, &g.ty))
        {
            self.report(secret_misused(expr.span, &format!("`{}`", builtin.name), &secret.ty));
            return Typed::unknown();
        }
        let types: Vec<Type> = given.iter().map(|typed| typed.ty.clone()).collect();
        let label = given.into_iter().fold(Label::IDENTITY, |label, typed| {
            label.join(self.taken(self.carried(Way::Taken, typed.label)))
        });
        let Some(ty) = (builtin.result)(&types) else {
            let shown: Vec<String> = types.iter().map(|ty| format!("`{ty}`")).collect();
            let message = format!("`{}` does not take {}", builtin.name, shown.join(", "));
            let diagnostic = Diagnostic::error("E0302", span, message);
            self.report(match may_be_none(&types) {
                Some(help) => diagnostic.help(help),
                None => diagnostic.help(format!("write `{}`", builtin.form)),
            });
            return Typed::unknown();
        };
        if ty == Type::Package {
            return self.package_of(arguments, label, span, scope);
        }
        if let (Type::Version, [Type::Literal(text)]) = (&ty, types.as_slice())
            && let Err(message) = functions::version(text)
        {
            self.report(Diagnostic::error("E0514", span, message).help(functions::VERSION_FORM));
        }
        if builtin.name == "sum" {
            self.world.know_asked(span, &ty);
        }
        Typed { ty, label }
    }

    /// `package("x")`: of the host that this stands in.
    fn package_of(
        &mut self,
        arguments: &'w [Expr],
        label: Label,
        span: Span,
        scope: &Scope<'_, 'w>,
    ) -> Typed {
        if scope.lookup(HERE, self.world).is_none() {
            let message = "a package is asked for where no host is";
            let help = "ask inside a component or a host, whose packages these are";
            self.report(Diagnostic::error("E0515", span, message).help(help));
        }
        if let Some(argument) = arguments.first() {
            self.accepts(&label, argument.span, To::new(Sink::PackageAsked, "a package's name"));
        }
        let own = self.from(Origin::Version, Label { locked: Some(span), ..Label::IDENTITY });
        Typed { ty: Type::Package, label: label.join(own) }
    }
}

/// The name under which a scope knows the host that it is in.
pub(super) fn here() -> Entry<'static> {
    Entry::Known(Typed::identity(Type::number(Kind::Int)))
}

/// What to do about an argument that is not there, or whose elements are not.
fn may_be_none(types: &[Type]) -> Option<&'static str> {
    types.iter().find_map(|ty| match ty {
        Type::Option(_) => Some("it may be `none`: say what is meant then, as `value ?? other`"),
        Type::List(of) if matches!(**of, Type::Option(_)) => {
            Some("elements may be `none`: leave these out with `present(list)`")
        }
        _ => None,
    })
}

fn wrong_count(name: &str, least: usize, most: usize, given: usize, span: Span) -> Diagnostic {
    let count = |n: usize| if n == 1 { "one argument".to_owned() } else { format!("{n} arguments") };
    let takes = match (least, most) {
        (least, most) if least == most => count(least),
        (least, usize::MAX) => format!("at least {}", count(least)),
        (least, most) => format!("{least} to {most} arguments"),
    };
    Diagnostic::error("E0312", span, format!("`{name}` takes {takes}, and is given {given}"))
}
