//! Laying out the slots of an environment: nothing is computed yet.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::fault::{Fault, Outcome};
use super::profile::Set;
use super::scope::{HERE, Names, Scope, Slot, Thunk, running};
use super::value::{End, Value};
use super::{Evaluator, HostSlots, InstanceSlots, let_slot};
use crate::check::{HOST, RUNNING, declared};
use crate::limits;
use crate::source::Span;
use crate::syntax::ast::{Expr, Host, Param, Run};
use crate::types::{Kind, Range, Type};

/// How an instance of the same host is reached: the same in each replica.
pub(super) const LOOPBACK: &str = "127.0.0.1";

impl<'w> Evaluator<'w> {
    pub(super) fn lay_out(&mut self) {
        let environment = self.environment;
        let mut names = BTreeMap::new();
        for param in &environment.params {
            let path: [&str; 1] = [&param.name.text];
            if let Some(slot) = self.param(self.home, param, &path, self.settings.get(&path), None) {
                names.insert(param.name.text.clone(), slot);
            }
        }
        for item in &environment.lets {
            names.insert(item.name.text.clone(), let_slot(self.world, self.home, item));
        }
        for secret in &environment.secrets {
            let name = &secret.name.text;
            names.insert(name.clone(), Slot::ready(name, Value::Secret(name.clone())));
        }
        for (index, host) in environment.hosts.iter().enumerate() {
            names.insert(host.name.text.clone(), Slot::ready(&host.name.text, Value::Host(index)));
        }
        self.scope = Scope::inside(&self.module(self.home), names);
        let declared = environment.base.first().map(|base| Thunk::In(base, self.scope.clone()));
        self.base = self.archive_slot("base", self.settings.get(&["base"]), declared);
        self.hosts =
            environment.hosts.iter().enumerate().map(|(index, host)| self.host_slots(index, host)).collect();
    }

    /// A parameter of a module: what is set at its path, else what the argument says, else the default.
    fn param(
        &self,
        module: usize,
        param: &'w Param,
        path: &[&str],
        set: Option<Set<'w>>,
        argument: Option<Thunk<'w>>,
    ) -> Option<Slot<'w>> {
        if self.identity && param.capacity {
            return Some(Slot::ready(&param.name.text, Value::symbol(path.join("."))));
        }
        let thunk = match (set, argument, &param.default) {
            (Some(set), _, _) => Thunk::In(set.expr, self.module(set.module)),
            (None, Some(thunk), _) => thunk,
            (None, None, Some(default)) => Thunk::Here(default),
            (None, None, None) => {
                let ty = declared(self.world, module, &param.ty).unwrap_or(Type::Unknown);
                let optional = matches!(ty, Type::Option(_));
                return optional.then(|| Slot::ready(&param.name.text, Value::None));
            }
        };
        let ty = declared(self.world, module, &param.ty).unwrap_or(Type::Unknown);
        Some(Slot::new(&param.name.text, thunk).bound(ty, param.name.span))
    }

    /// An archive: what is set, else what is declared.
    fn archive_slot(
        &self,
        name: &str,
        set: Option<Set<'w>>,
        declared: Option<Thunk<'w>>,
    ) -> Option<Rc<Slot<'w>>> {
        let set = set.map(|set| Thunk::In(set.expr, self.module(set.module)));
        Some(Rc::new(Slot::new(&name.into(), set.or(declared)?)))
    }

    fn host_slots(&self, index: usize, host: &'w Host) -> HostSlots<'w> {
        let mut names = BTreeMap::new();
        for (name, wanted, ..) in HOST {
            let name: Arc<str> = (*name).into();
            let own = host.settings.iter().find(|f| f.key.text == name).map(|f| &f.value);
            let thunk = match (self.settings.host(&host.name.text, &name), own) {
                (Some(set), _) => Thunk::In(set.expr, self.module(set.module)),
                (None, Some(expr)) => Thunk::In(expr, self.scope.clone()),
                (None, None) => Thunk::Missing { host: host.name.text.clone(), span: host.name.span },
            };
            let slot = if self.identity {
                Slot::ready(&name, Value::symbol(format!("{}.{name}", host.name.text)))
            } else {
                Slot::new(&name, thunk).bound(wanted.ty(), host.name.span)
            };
            names.insert(name.clone(), slot);
        }
        for (name, wanted, ..) in RUNNING {
            let own = host.settings.iter().find(|f| &*f.key.text == *name).map(|f| &f.value);
            let thunk = match (self.settings.host(&host.name.text, name), own) {
                _ if self.identity => continue,
                (Some(set), _) => Thunk::In(set.expr, self.module(set.module)),
                (None, Some(expr)) => Thunk::In(expr, self.scope.clone()),
                (None, None) => continue,
            };
            let slot = Slot::new(&(*name).into(), thunk).bound(wanted.ty(), host.name.span);
            names.insert(running(name).into(), slot);
        }
        for (run, declared) in host.runs.iter().enumerate() {
            let name = &declared.name.text;
            names.insert(name.clone(), Slot::ready(name, Value::Instance(index, run, LOOPBACK.into())));
        }
        names.insert(HERE.into(), Slot::ready(&HERE.into(), Value::Host(index)));
        let scope = Scope::inside(&self.scope, names);
        let range = Range { low: Some(1), high: Some(limits::HOSTS) };
        let replicas = host.replicas.as_ref().map(|expr| {
            Slot::new(&host.name.text, Thunk::In(expr, self.scope.clone()))
                .bound(Type::Number(Kind::Int, range), host.name.span)
        });
        let own = host.settings.iter().find(|f| &*f.key.text == "base");
        let own = own.map(|f| Thunk::In(&f.value, self.scope.clone()));
        let base = self.archive_slot("base", self.settings.get(&[&host.name.text, "base"]), own);
        let instances = host
            .runs
            .iter()
            .enumerate()
            .filter_map(|(run, declared)| self.instance_slots(index, run, host, declared, &scope))
            .collect();
        HostSlots { scope, base, replicas, instances }
    }

    fn instance_slots(
        &self,
        host_index: usize,
        run_index: usize,
        host: &Host,
        run: &'w Run,
        scope: &Rc<Scope<'w>>,
    ) -> Option<InstanceSlots<'w>> {
        let double = self.exceptions.double(host_index, run_index);
        let (module, name, arguments) = match double {
            None => (self.home, &run.component, run.arguments.as_slice()),
            Some(double) => (double.module, double.component, double.arguments),
        };
        let scope = &if module == self.home { scope.clone() } else { self.of_module(module, scope) };
        let (definition, component) = self.world.component(module, &name.text)?;
        let mut names = BTreeMap::new();
        let arguments: BTreeMap<&str, &'w Expr> =
            arguments.iter().map(|a| (&*a.key.text, &a.value)).collect();
        let argument = |name: &str| arguments.get(name).map(|value| Thunk::In(value, scope.clone()));
        // What is set of an instance is set of the component that it declares, not of one that stands in.
        let set = |name: &str| match double {
            None => self.settings.get(&[&host.name.text, &run.name.text, name]),
            Some(_) => None,
        };
        let from = self.archive_slot("from", set("from"), argument("from"));
        for param in &component.params {
            let path: [&str; 3] = [&host.name.text, &run.name.text, &param.name.text];
            let (set, argument) = (set(&param.name.text), argument(&param.name.text));
            if let Some(slot) = self.param(definition.module, param, &path, set, argument) {
                names.insert(param.name.text.clone(), slot);
            }
        }
        for requires in &component.requires {
            let name = &requires.name.text;
            // What is optional goes without a peer that is absent.
            let without = |expr: &Expr| requires.optional && self.names_absent(expr, host_index);
            match arguments.get(&**name).filter(|expr| !without(expr)) {
                Some(expr) => {
                    drop(names.insert(name.clone(), Slot::new(name, Thunk::In(expr, scope.clone()))));
                }
                None if requires.optional => drop(names.insert(name.clone(), Slot::ready(name, Value::None))),
                None => {}
            }
        }
        for secret in &component.secrets {
            let name = &secret.name.text;
            match argument(name) {
                Some(thunk) => drop(names.insert(name.clone(), Slot::new(name, thunk))),
                None if secret.optional => drop(names.insert(name.clone(), Slot::ready(name, Value::None))),
                None => {}
            }
        }
        for item in &component.lets {
            names.insert(item.name.text.clone(), let_slot(self.world, definition.module, item));
        }
        for (endpoint, provides) in component.provides.iter().enumerate() {
            let protocol = provides.protocol.text.clone();
            let end = End { host: host_index, run: run_index, endpoint, protocol, address: LOOPBACK.into() };
            names.insert(
                provides.name.text.clone(),
                Slot::ready(&provides.name.text, Value::Endpoint(Rc::new(end))),
            );
        }
        names.insert(HERE.into(), Slot::ready(&HERE.into(), Value::Host(host_index)));
        let scope = Scope::inside(&self.module(definition.module), names);
        let port = Type::Number(Kind::Int, Range { low: Some(1), high: Some(65535) });
        let ports = component.provides.iter().map(|provides| {
            let slot = Slot::new(&provides.name.text, Thunk::Here(&provides.port));
            Rc::new(slot.bound(port.clone(), provides.name.span))
        });
        Some(InstanceSlots { component, definition, from, ports: ports.collect(), scope })
    }

    /// A scope of the names of a module, then those of another scope.
    pub(super) fn of_module(&self, module: usize, parent: &Rc<Scope<'w>>) -> Rc<Scope<'w>> {
        Rc::new(Scope { names: Names::Module(module), parent: Some(parent.clone()) })
    }

    /// The port of an endpoint.
    pub(super) fn port(&mut self, host: usize, run: usize, endpoint: usize, asked: Span) -> Outcome<i64> {
        let instance =
            self.hosts.get(host).and_then(|h| h.instances.get(run)).ok_or_else(|| Fault::internal(asked))?;
        let slot = instance.ports.get(endpoint).ok_or_else(|| Fault::internal(asked))?.clone();
        let scope = instance.scope.clone();
        match self.force(&slot, &scope, asked)? {
            Value::Number(Kind::Int, port) => Ok(port),
            _ => Err(Fault::internal(asked)),
        }
    }

    /// How many of a host there are, or none where it is a single one.
    pub(super) fn replica_count(&mut self, host: usize) -> Outcome<Option<i64>> {
        let Some(slots) = self.hosts.get_mut(host) else { return Ok(None) };
        let Some(slot) = slots.replicas.take() else { return Ok(None) };
        let span = self
            .environment
            .hosts
            .get(host)
            .and_then(|h| h.replicas.as_ref())
            .map_or(Span::default(), |e| e.span);
        let scope = self.scope.clone();
        let value = self.force(&slot, &scope, span);
        if let Some(slots) = self.hosts.get_mut(host) {
            slots.replicas = Some(slot);
        }
        match value? {
            Value::Number(Kind::Int, n) => Ok(Some(n)),
            _ => Err(Fault::internal(span)),
        }
    }

    /// Each replica of a host, for `for`.
    pub(super) fn replicas(&mut self, host: usize) -> Outcome<Vec<Value>> {
        if self.identity {
            let declared = self.environment.hosts.get(host);
            let one = Value::Replica(host, self.representative(host));
            return Ok(vec![match declared.filter(|h| h.replicas.is_some()) {
                Some(host) => Value::Several(format!("for {}", host.name.text).into(), Rc::new(one)),
                None => one,
            }]);
        }
        Ok(match self.replica_count(host)? {
            None => vec![Value::Replica(host, self.address(host, None))],
            Some(n) => (1..=n).map(|n| Value::Replica(host, self.address(host, Some(n)))).collect(),
        })
    }

    /// What stands for a host and all its replicas in the identity form: `app-*.three-tier.internal`.
    pub(super) fn representative(&self, host: usize) -> Arc<str> {
        let replicated = self.environment.hosts.get(host).is_some_and(|h| h.replicas.is_some());
        let address = self.address(host, None);
        match address.split_once('.') {
            Some((name, rest)) if replicated => format!("{name}-*.{rest}").into(),
            _ => address,
        }
    }

    /// The network name of a host or of one of its replicas: `app-1.three-tier.internal`.
    pub(super) fn address(&self, host: usize, replica: Option<i64>) -> Arc<str> {
        let label = |name: &str| name.replace('_', "-").to_ascii_lowercase();
        let host = self.environment.hosts.get(host).map(|h| label(&h.name.text)).unwrap_or_default();
        let number = replica.map(|n| format!("-{n}")).unwrap_or_default();
        format!("{host}{number}.{}.internal", label(&self.environment.name.text)).into()
    }
}

/// Whether a network name stands for all replicas of a host, in the identity form.
pub(super) fn is_representative(address: &str) -> bool {
    address.contains('*')
}
