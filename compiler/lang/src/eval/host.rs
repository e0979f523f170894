//! Hosts of the topology.

use std::collections::BTreeMap;

use super::value::Value;
use super::{Evaluator, validate};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast;
use crate::topology::{EndpointRef, Host, Instance, Secret, Topology};

impl<'w> Evaluator<'w> {
    /// The whole topology; faults are reported, and the rest is still looked at.
    pub(super) fn topology(&mut self, profile: &str) -> Topology {
        let environment = self.environment;
        self.valid(validate::label(&environment.name.text, environment.name.span));
        let archive = self.base();
        let archive_name = archive.as_ref().map(|a| a.name.clone()).unwrap_or_default();
        let scope = self.scope.clone();
        let parameters = self.parameters(&environment.params, &scope);
        for assert in &environment.asserts {
            self.assertion(assert, &scope);
        }
        let module = self.module(self.home);
        for assert in self.world.modules.get(self.home).into_iter().flat_map(|m| &m.ast.asserts) {
            self.assertion(assert, &module);
        }
        let mut hosts = Vec::new();
        let mut taken = BTreeMap::new();
        for (index, host) in environment.hosts.iter().enumerate() {
            let made = self.host(index, host, &archive_name);
            self.unique_addresses(&made, host, &mut taken);
            hosts.push(made);
        }
        Topology {
            environment: environment.name.text.to_string(),
            profile: profile.to_owned(),
            variants: Vec::new(),
            doc: environment.doc.text.clone(),
            archives: archive.into_iter().collect(),
            pins: Vec::new(),
            parameters,
            secrets: environment.secrets.iter().map(secret).collect(),
            exceptions: Vec::new(),
            hosts,
        }
    }

    pub(super) fn valid(&mut self, result: Result<(), Box<Diagnostic>>) {
        if let Err(diagnostic) = result {
            self.report(*diagnostic);
        }
    }

    fn host(&mut self, index: usize, host: &'w ast::Host, archive: &str) -> Host {
        self.valid(validate::label(&host.name.text, host.name.span));
        let result = if self.identity { Ok(None) } else { self.replica_count(index) };
        let replicas = self.keep(result).flatten();
        let names = replicas.unwrap_or(1).unsigned_abs();
        let result =
            self.spend(host.name.span, 10 + names, 256 * usize::try_from(names).unwrap_or(usize::MAX));
        let replicas = replicas.filter(|_| self.keep(result).is_some());
        let addresses: Vec<String> = match replicas {
            Some(n) => (1..=n).map(|n| self.address(index, Some(n)).to_string()).collect(),
            None if self.identity => vec![self.representative(index).to_string()],
            None => vec![self.address(index, None).to_string()],
        };
        let mut instances: Vec<Instance> = Vec::new();
        for (run, declared) in host.runs.iter().enumerate() {
            self.instance = Some(declared.name.span);
            let made = self.topology_instance(index, run).map(|mut made| {
                for mount in &mut made.trees {
                    mount.tree = super::make::drawing_from(&mount.tree, archive);
                }
                made
            });
            instances.extend(made);
        }
        self.instance = None;
        self.unique(host, &instances);
        let exposes = host.exposes.iter().map(|expose| EndpointRef {
            host: host.name.text.to_string(),
            instance: expose.instance.text.to_string(),
            endpoint: expose.endpoint.text.to_string(),
        });
        Host {
            name: host.name.text.to_string(),
            doc: host.doc.text.clone(),
            archive: archive.to_owned(),
            replicas: replicas.and_then(|n| u64::try_from(n).ok()).unwrap_or(1),
            memory: self.setting(index, "memory"),
            cpus: self.setting(index, "cpus"),
            disk: self.setting(index, "disk"),
            addresses,
            exposes: exposes.collect(),
            instances,
            span: host.name.span,
        }
    }

    /// Memory, processors or disk of a host, where somebody says it.
    fn setting(&mut self, host: usize, name: &str) -> Option<u64> {
        let scope = self.hosts.get(host)?.scope.clone();
        let super::Names::Own(names) = &scope.names else { return None };
        let slot = names.get(name).filter(|slot| !matches!(slot.thunk, super::Thunk::Missing { .. }))?;
        let result = self.force(slot, &scope, Span::default());
        match self.keep(result)? {
            Value::Number(_, n) => u64::try_from(n).ok(),
            // In the identity form there is no saying how much.
            _ => None,
        }
    }

    fn unique_addresses<'a>(
        &mut self,
        made: &Host,
        host: &'a ast::Host,
        taken: &mut BTreeMap<String, &'a ast::Name>,
    ) {
        for address in &made.addresses {
            if let Some(first) = taken.insert(address.clone(), &host.name) {
                let message = format!("two hosts would be `{address}`");
                let diagnostic = Diagnostic::error("E0511", host.name.span, message)
                    .and(first.span, "the other one")
                    .note("in network names, `_` becomes `-`, and a replica's number follows a `-`");
                self.report(diagnostic);
                return;
            }
        }
    }
}

fn secret(secret: &ast::Secret) -> Secret {
    Secret { name: secret.name.text.to_string(), doc: secret.doc.text.clone() }
}
