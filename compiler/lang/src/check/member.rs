//! `of.name`: fields of records, units of sizes, and the way from a host over its instances to their endpoints.

use super::expression::Typed;
use super::label::Label;
use super::{Checker, Members};
use crate::diag::Diagnostic;
use crate::nearest::suggestion;
use crate::source::Span;
use crate::syntax::ast::Name;
use crate::types::{HostRef, Kind, Type};

impl Checker<'_> {
    pub(super) fn member(&mut self, of: Typed, of_span: Span, name: &Name) -> Typed {
        let Typed { ty, label } = of;
        match &ty {
            Type::Unknown => Typed::unknown(),
            Type::Record(record) => match record.field(&name.text) {
                Some(ty) => Typed { ty: ty.clone(), label },
                None => self.no_member(&ty, name, record.fields.iter().map(|(field, _)| &**field)),
            },
            Type::Host(host) => self.host_member(*host, label, of_span, name),
            Type::Replica(host) => self.instance(*host, label, name),
            Type::Instance(host, run) => self.endpoint(*host, *run, label, name),
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
            ],
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
            Some((_, ty)) => Typed { ty: ty.clone(), label: label.data() },
            None => self.no_member(ty, name, members.iter().map(|(member, _)| *member)),
        }
    }

    fn no_member<'a>(&mut self, ty: &Type, name: &Name, members: impl Iterator<Item = &'a str>) -> Typed {
        let message = format!("`{ty}` has no `{}`", name.text);
        let mut diagnostic = Diagnostic::error("E0210", name.span, message);
        diagnostic.help = suggestion(&name.text, members);
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
            return Typed { ty: Type::Instance(host, run), label };
        }
        let message = format!("host `{}` runs no `{}`", declared.name.text, name.text);
        let mut diagnostic =
            Diagnostic::error("E0210", name.span, message).and(declared.name.span, "the host");
        diagnostic.help = suggestion(&name.text, declared.runs.iter().map(|run| &*run.name.text));
        self.report(diagnostic);
        Typed::unknown()
    }

    fn endpoint(&mut self, host: HostRef, run: usize, label: Label, name: &Name) -> Typed {
        // A component that does not exist has been reported where it is run.
        let Some((_, component)) = self.world.instance_component(host, run) else { return Typed::unknown() };
        let names = component.provides.iter().map(|p| &p.name);
        let index = self.position(component.name.span, Members::Provides, &name.text, names);
        if let Some(provides) = index.and_then(|index| component.provides.get(index)) {
            return Typed { ty: Type::Endpoint(provides.protocol.text.clone()), label };
        }
        let message = format!("`{}` provides no `{}`", component.name.text, name.text);
        let mut diagnostic =
            Diagnostic::error("E0210", name.span, message).and(component.name.span, "the component");
        diagnostic.help = suggestion(&name.text, component.provides.iter().map(|p| &*p.name.text));
        self.report(diagnostic);
        Typed::unknown()
    }
}
