//! `of.name`: fields of records, units of sizes, and the way from a host over its instances to their endpoints.

use super::expression::Typed;
use super::label::{Label, Level};
use super::rule::{Origin, Use, Way};
use super::scope::Scope;
use super::{Checker, Members};
use crate::diag::Diagnostic;
use crate::nearest::suggestion;
use crate::source::Span;
use crate::syntax::ast::{Component, Let, Name};
use crate::types::{ComponentRef, HostRef, Kind, Type};

impl<'w> Checker<'w> {
    pub(super) fn member(&mut self, of: Typed, of_span: Span, name: &Name) -> Typed {
        let Typed { ty, label } = of;
        match &ty {
            Type::Unknown => Typed::unknown(),
            Type::Record(record) => match record.field(&name.text) {
                Some(ty) => Typed { ty: ty.clone(), label: self.carried(Way::Member, label) },
                None => self.no_member(&ty, name, record.fields.iter().map(|(field, _)| &**field)),
            },
            Type::Host(host) => self.host_member(*host, label, of_span, name),
            Type::Replica(host) => self.instance(*host, label, name),
            Type::Instance(host, run, _) => match self.world.instance_component(*host, *run) {
                Some((d, component)) => self.instance_member(d.module, component, label, name),
                // A component that does not exist has been reported where it is run.
                None => Typed::unknown(),
            },
            Type::Component(at, _) => match self.world.component_at(*at) {
                Some(component) => self.instance_member(at.module, component, label, name),
                None => Typed::unknown(),
            },
            _ => self.data_member(&ty, label, name),
        }
    }

    fn data_member(&mut self, ty: &Type, label: Label, name: &Name) -> Typed {
        let members: &[(&str, Type)] = match ty {
            Type::Endpoint(_) => &[
                ("host", Type::Text),
                ("port", Type::INT),
                ("address", Type::Text),
                ("protocol", Type::Text),
                ("url", Type::Url),
            ],
            Type::Package => &[("name", Type::Text), ("version", Type::Version)],
            Type::Version => &[
                ("epoch", Type::INT),
                ("upstream", Type::Text),
                ("revision", Type::Text),
                ("major", Type::INT),
                ("minor", Type::INT),
                ("patch", Type::INT),
            ],
            Type::Number(Kind::Rate, _) => &[
                ("bytes_per_second", Type::INT),
                ("kib_per_second", Type::INT),
                ("mib_per_second", Type::INT),
            ],
            Type::Map(value) => {
                return self.map_member(value, ty, label, name);
            }
            Type::Number(Kind::Size, _) => {
                &[("bytes", Type::INT), ("kib", Type::INT), ("mib", Type::INT), ("gib", Type::INT)]
            }
            Type::Number(Kind::Duration, _) => {
                &[("milliseconds", Type::INT), ("seconds", Type::INT), ("minutes", Type::INT)]
            }
            Type::List(_) => &[("length", Type::INT)],
            _ => &[],
        };
        match members.iter().find(|(member, _)| *member == &*name.text) {
            Some((_, ty)) => Typed { ty: ty.clone(), label: self.carried(Way::Part, label) },
            None => self.no_member(ty, name, members.iter().map(|(member, _)| *member)),
        }
    }

    fn map_member(&mut self, value: &Type, ty: &Type, label: Label, name: &Name) -> Typed {
        let label = self.carried(Way::MapPart, label);
        self.world.know_asked(name.span, ty);
        match &*name.text {
            "keys" => Typed { ty: Type::list(Type::Text), label },
            "values" => Typed { ty: Type::list(value.clone()), label },
            "length" => Typed { ty: Type::INT, label },
            _ => {
                let message = format!("`{ty}` has no `{}`", name.text);
                let help = format!("a value is taken by its key: `[\"{}\"]`", name.text);
                self.report(Diagnostic::error("E0210", name.span, message).help(help));
                Typed::unknown()
            }
        }
    }

    pub(super) fn no_member<'a>(
        &mut self,
        ty: &Type,
        name: &Name,
        members: impl Iterator<Item = &'a str>,
    ) -> Typed {
        let message = format!("`{ty}` has no `{}`", name.text);
        let mut diagnostic = Diagnostic::error("E0210", name.span, message);
        diagnostic.help = match ty {
            Type::Option(_) => {
                Some("it may be `none`: say what is meant then, as `value ?? other`".to_owned())
            }
            _ => suggestion(&name.text, members),
        };
        if self.is_secret(Use::Member, ty) {
            diagnostic = super::sink::secret_misused(name.span, &format!("`.{}`", name.text), ty);
        }
        self.report(diagnostic);
        Typed::unknown()
    }

    fn host_member(&mut self, host: HostRef, label: Label, of_span: Span, name: &Name) -> Typed {
        let Some(declared) = self.world.host(host) else { return Typed::unknown() };
        if declared.replicas.is_some() {
            let host_name = &declared.name.text;
            let message = format!("`{host_name}` is several hosts");
            let diagnostic = Diagnostic::error("E0306", of_span, message)
                .and(declared.name.span, "declared with replicas here")
                .help(format!("go through them: `[x.{}… for x in {host_name}]`", name.text));
            self.report(diagnostic);
            return Typed::unknown();
        }
        self.instance(host, label, name)
    }

    fn instance(&mut self, host: HostRef, label: Label, name: &Name) -> Typed {
        let Some(declared) = self.world.host(host) else { return Typed::unknown() };
        let names = declared.runs.iter().map(|run| &run.name);
        if let Some(run) = self.position(declared.name.span, Members::Runs, &name.text, names) {
            let component = self.world.instance_component(host, run);
            let component = component.map(|(d, _)| ComponentRef { module: d.module, index: d.index });
            let label = self.carried(Way::Instance, label);
            return Typed { ty: Type::Instance(host, run, component), label };
        }
        let message = format!("host `{}` runs no `{}`", declared.name.text, name.text);
        let mut diagnostic =
            Diagnostic::error("E0210", name.span, message).and(declared.name.span, "the host");
        diagnostic.help = suggestion(&name.text, declared.runs.iter().map(|run| &*run.name.text));
        self.report(diagnostic);
        Typed::unknown()
    }

    /// What an instance shows to others: its endpoints, its parameters, and what it computes of them.
    fn instance_member(&mut self, home: usize, c: &'w Component, label: Label, name: &Name) -> Typed {
        let names = c.provides.iter().map(|p| &p.name);
        let index = self.position(c.name.span, Members::Provides, &name.text, names);
        if let Some(provides) = index.and_then(|index| c.provides.get(index)) {
            let label = self.carried(Way::Endpoint, label);
            return Typed { ty: self.world.endpoint(home, &provides.protocol), label };
        }
        if let Some(param) = c.params.iter().find(|p| p.name.text == name.text) {
            let level = if param.capacity { Level::Capacity } else { Level::Identity };
            let own = self.from(Origin::InstanceCapacity, Label::of(level, param.name.span, &name.text));
            let label = self.carried(Way::Parameter, label).join(own);
            return Typed { ty: self.param_type(home, param), label };
        }
        if let Some(item) = c.lets.iter().find(|l| l.name.text == name.text) {
            return self.let_of(home, c, item, label);
        }
        let message = format!("`{}` provides no `{}`", c.name.text, name.text);
        let mut diagnostic = Diagnostic::error("E0210", name.span, message).and(c.name.span, "the component");
        let names = c.provides.iter().map(|p| &*p.name.text);
        let names = names.chain(c.params.iter().map(|p| &*p.name.text));
        diagnostic.help = suggestion(&name.text, names.chain(c.lets.iter().map(|l| &*l.name.text)));
        self.report(diagnostic);
        Typed::unknown()
    }

    /// A `let` of a component, seen from outside.
    fn let_of(&mut self, home: usize, c: &'w Component, item: &'w Let, label: Label) -> Typed {
        let module = Scope::module(home);
        let scope = module.inside(self.component_names(home, c));
        let typed = self.let_type(item, &scope);
        let label = self.carried(Way::Parameter, label).join(self.carried(Way::Computed, typed.label));
        Typed { ty: typed.ty, label }
    }
}
