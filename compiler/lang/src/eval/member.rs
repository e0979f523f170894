//! `of.name` and `map["key"]`: what values have.

use std::rc::Rc;
use std::sync::Arc;

use super::Evaluator;
use super::environment::is_representative;
use super::fault::{Fault, Outcome};
use super::scope::Names;
use super::value::{End, Value};
use crate::diag::Diagnostic;
use crate::functions;
use crate::limits;
use crate::source::Span;
use crate::syntax::ast::Name;
use crate::types::{Kind, Type};

impl Evaluator<'_> {
    /// `map["key"]`
    pub(super) fn entry(&mut self, of: &Value, key: &Value, span: Span) -> Outcome<Value> {
        match (of, key) {
            (Value::Symbol(_), _) | (_, Value::Symbol(_)) => {
                Ok(Value::symbol(format!("{}[{}]", self.written(of, span)?, self.written(key, span)?)))
            }
            (Value::Record(fields), Value::Text(key)) => {
                self.look(fields.len() + key.len() / limits::LOOKS, span)?;
                let found = fields.iter().find(|(name, _)| **name == **key);
                Ok(found.map_or(Value::None, |(_, value)| value.clone()))
            }
            _ => Err(Fault::internal(span)),
        }
    }

    pub(super) fn member(&mut self, of: &Value, name: &Name) -> Outcome<Value> {
        let internal = || Fault::internal(name.span);
        match of {
            Value::Symbol(of) => Ok(Value::symbol(format!("{of}.{}", name.text))),
            Value::Record(fields) if matches!(self.world.asked_type(name.span), Some(Type::Map(_))) => {
                let keys: usize = fields.iter().map(|(key, _)| limits::COPY_BYTES + key.len()).sum();
                self.spend(name.span, 1, keys)?;
                map_member(fields, &name.text).ok_or_else(internal)
            }
            Value::Record(fields) => {
                self.look(fields.len(), name.span)?;
                let found = fields.iter().find(|(field, _)| *field == name.text);
                // A record that may lack a field has `none` there.
                Ok(found.map_or(Value::None, |(_, value)| value.clone()))
            }
            Value::Host(host) => {
                let address = self.address(*host, None);
                self.instance(*host, &address, name)
            }
            Value::Replica(host, address) => self.instance(*host, address, name),
            Value::Instance(host, run, address) => self.instance_member(*host, *run, address, name),
            Value::Endpoint(end) => self.endpoint(end, name),
            Value::List(items) if items.iter().any(|item| matches!(item, Value::Several(..))) => {
                Ok(Value::symbol(format!("{}.{}", self.written(of, name.span)?, name.text)))
            }
            Value::List(items) => {
                Ok(Value::Number(Kind::Int, i64::try_from(items.len()).map_err(|_| internal())?))
            }
            Value::Number(kind, n) => {
                unit(*kind, &name.text).map(|u| Value::Number(Kind::Int, n / u)).ok_or_else(internal)
            }
            Value::Version(version) => version_part(version, &name.text).ok_or_else(internal),
            Value::Package(package, host) => self.package_member(package, *host, name),
            _ => Err(internal()),
        }
    }

    fn package_member(&mut self, package: &Arc<str>, host: usize, name: &Name) -> Outcome<Value> {
        if &*name.text == "name" {
            return Ok(Value::Text(package.clone()));
        }
        // Before there is a lock, whatever depends on it is left out.
        let Some(versions) = self.versions else {
            self.unlocked = true;
            return Err(Fault::Known);
        };
        let host = self.environment.hosts.get(host).map_or("", |h| &*h.name.text);
        let Some(version) = versions.version(host, package) else {
            let message = format!("host `{host}` has no package `{package}` in the lock");
            let help = "a version can be asked of a package that the host's packages bring with them";
            return Err(Fault::new(Diagnostic::error("E0513", name.span, message).help(help)));
        };
        match functions::version(&version) {
            Ok(version) => Ok(Value::Version(Rc::new(version))),
            Err(message) => Err(Fault::new(Diagnostic::error("E0514", name.span, message))),
        }
    }

    /// Charges for looking through members, of which there may be thousands.
    pub(super) fn look(&mut self, members: usize, span: Span) -> Outcome<()> {
        self.spend(span, u64::try_from(members / limits::LOOKS).unwrap_or(u64::MAX), 0)
    }

    fn instance(&mut self, host: usize, address: &Arc<str>, name: &Name) -> Outcome<Value> {
        let declared = self.environment.hosts.get(host).ok_or_else(|| Fault::internal(name.span))?;
        self.host_is_there(host, name.span)?;
        self.look(declared.runs.len(), name.span)?;
        let run = declared.runs.iter().position(|run| run.name.text == name.text);
        run.map(|run| Value::Instance(host, run, address.clone())).ok_or_else(|| Fault::internal(name.span))
    }

    fn instance_member(
        &mut self,
        host: usize,
        run: usize,
        address: &Arc<str>,
        name: &Name,
    ) -> Outcome<Value> {
        let internal = || Fault::internal(name.span);
        self.reaches(host, run, name)?;
        let slots = self.hosts.get(host).and_then(|h| h.instances.get(run)).ok_or_else(internal)?;
        let (component, scope) = (slots.component, slots.scope.clone());
        self.look(component.provides.len(), name.span)?;
        let Some(endpoint) = component.provides.iter().position(|p| p.name.text == name.text) else {
            return match &scope.names {
                Names::Own(names) => match names.get(&name.text) {
                    Some(slot) => self.force(slot, &scope, name.span),
                    // A parameter that is an option, and that nobody has set.
                    None => Ok(Value::None),
                },
                Names::Module(_) => Err(internal()),
            };
        };
        let protocol = component.provides.get(endpoint).ok_or_else(internal)?.protocol.text.clone();
        Ok(Value::Endpoint(Rc::new(End { host, run, endpoint, protocol, address: address.clone() })))
    }

    fn endpoint(&mut self, end: &End, name: &Name) -> Outcome<Value> {
        // The name of a replica is the name of one of several.
        let named = |text: String| {
            if is_representative(&end.address) { Value::symbol(text) } else { Value::text(text) }
        };
        let mut port = || self.port(end.host, end.run, end.endpoint, name.span);
        Ok(match &*name.text {
            "host" => named(end.address.to_string()),
            "protocol" => Value::text(&*end.protocol),
            "port" => Value::Number(Kind::Int, port()?),
            "url" => {
                let port = port()?;
                let scheme =
                    self.scheme(end).unwrap_or_else(|| end.protocol.to_ascii_lowercase().replace('_', "-"));
                named(format!("{scheme}://{}:{port}", end.address))
            }
            _ => named(format!("{}:{}", end.address, port()?)),
        })
    }
}

fn map_member(entries: &[(Arc<str>, Value)], name: &str) -> Option<Value> {
    Some(match name {
        "length" => Value::Number(Kind::Int, i64::try_from(entries.len()).ok()?),
        "keys" => Value::List(Rc::new(entries.iter().map(|(key, _)| Value::text(&**key)).collect())),
        "values" => Value::List(Rc::new(entries.iter().map(|(_, value)| value.clone()).collect())),
        _ => return None,
    })
}

/// Epoch, upstream version and revision, and the first three numbers of the upstream version.
fn version_part(version: &debversion::Version, name: &str) -> Option<Value> {
    let number = |n: i64| Value::Number(Kind::Int, n);
    let part = |index: usize| {
        let digits = version.upstream_version.split(['.', '+', '-', '~', ':']).nth(index).unwrap_or("0");
        let digits: String = digits.chars().take_while(char::is_ascii_digit).take(18).collect();
        number(digits.parse().unwrap_or(0))
    };
    Some(match name {
        "epoch" => number(version.epoch.map_or(0, i64::from)),
        "upstream" => Value::text(version.upstream_version.as_str()),
        "revision" => Value::text(version.debian_revision.as_deref().unwrap_or("")),
        "major" => part(0),
        "minor" => part(1),
        "patch" => part(2),
        _ => return None,
    })
}

fn unit(kind: Kind, name: &str) -> Option<i64> {
    Some(match (kind, name) {
        (Kind::Size, "bytes") | (Kind::Duration, "milliseconds") => 1,
        (Kind::Size, "kib") => 1 << 10,
        (Kind::Size, "mib") => 1 << 20,
        (Kind::Size, "gib") => 1 << 30,
        (Kind::Duration, "seconds") => 1000,
        (Kind::Duration, "minutes") => 60_000,
        (Kind::Rate, "bytes_per_second") => 1,
        (Kind::Rate, "kib_per_second") => 1 << 10,
        (Kind::Rate, "mib_per_second") => 1 << 20,
        _ => return None,
    })
}
