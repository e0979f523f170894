//! Hosts of the topology.

use std::collections::BTreeMap;

use super::fault::{Fault, Outcome};
use super::value::{ArchiveValue, Value};
use super::{Asked, Evaluator, validate};
use crate::diag::Diagnostic;
use crate::limits;
use crate::resolve::{Definition, Item};
use crate::source::Span;
use crate::syntax::ast;
use crate::topology::{EndpointRef, Host, Instance, Link, Pin, Secret, Topology};
use crate::types::{Kind, Range};

/// The kernel of hosts that name none: Debian's for virtual machines.
const KERNEL: &str = "linux-image-cloud-amd64";

impl<'w> Evaluator<'w> {
    /// The whole topology; faults are reported, and the rest is still looked at.
    pub(super) fn topology(&mut self, asked: &Asked<'w>) -> Topology {
        let environment = self.environment;
        self.valid(validate::label(&environment.name.text, environment.name.span));
        let set = (self.settings.count() + self.exceptions.count()) / limits::SETTINGS;
        let result = self.spend(environment.name.span, u64::try_from(set).unwrap_or(u64::MAX), 0);
        self.keep(result);
        let archive = self.base.clone().and_then(|base| self.archive_of(&base, environment.name.span));
        let archive = archive.unwrap_or_default();
        let scope = self.scope.clone();
        let parameters = self.parameters(&environment.params, &scope);
        for assert in &environment.asserts {
            self.assertion(assert, &scope);
        }
        let mut hosts = Vec::new();
        let mut taken = BTreeMap::new();
        for (index, host) in environment.hosts.iter().enumerate() {
            if self.exceptions.absent_host(index).is_some() {
                continue;
            }
            let made = self.host(index, host, &archive);
            self.unique_addresses(&made, host, &mut taken);
            hosts.push(made);
        }
        let links = self.links();
        let pins = self.pins(asked);
        Topology {
            environment: (*environment.name.text).to_owned(),
            profile: asked.profile.map_or("", |p| &p.name.text).to_owned(),
            variants: asked.variants.iter().map(|v| (*v.name.text).to_owned()).collect(),
            doc: environment.doc.text.clone(),
            archives: self.archives.take(),
            pins,
            parameters,
            secrets: environment.secrets.iter().map(secret).collect(),
            exceptions: self.topology_exceptions(),
            hosts,
            links,
        }
    }

    /// The links between hosts that are there; an identity has none.
    fn links(&mut self) -> Vec<Link> {
        let environment = self.environment;
        let declared = if self.identity { &[][..] } else { &environment.links };
        let there = |host: &ast::Name, this: &Self| {
            let found = environment.hosts.iter().position(|declared| declared.name.text == host.text);
            found.is_some_and(|index| this.exceptions.absent_host(index).is_none())
        };
        let mut links = Vec::new();
        for link in declared {
            let looked = self.look(environment.hosts.len(), link.span);
            self.keep(looked);
            if there(&link.one, self) && there(&link.other, self) {
                let made = self.way(link);
                links.extend(self.keep(made));
            }
        }
        links
    }

    fn way(&mut self, link: &'w ast::Way) -> Outcome<Link> {
        let scope = self.scope.clone();
        let any = Range { low: Some(0), high: None };
        let settings = &link.settings;
        Ok(Link {
            one: (*link.one.text).to_owned(),
            other: (*link.other.text).to_owned(),
            latency: self.number(settings, "latency", Kind::Duration, any, &scope)?,
            jitter: self.number(settings, "jitter", Kind::Duration, any, &scope)?,
            bandwidth: {
                let range = Range { low: Some(1), high: None };
                self.number(settings, "bandwidth", Kind::Rate, range, &scope)?
            },
            loss: {
                let range = Range { low: Some(0), high: Some(1_000_000) };
                self.number(settings, "loss", Kind::Percent, range, &scope)?
            },
        })
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
        let base = self.hosts.get(index).and_then(|slots| slots.base.clone());
        let own = base.and_then(|base| self.archive_of(&base, host.name.span));
        let archive = own.unwrap_or_else(|| archive.to_owned());
        let instances = self.instances(index, host, &archive);
        self.unique(host, &instances);
        Host {
            name: (*host.name.text).to_owned(),
            doc: host.doc.text.clone(),
            archive,
            replicas: replicas.and_then(|n| u64::try_from(n).ok()).unwrap_or(1),
            memory: self.setting(index, "memory"),
            cpus: self.setting(index, "cpus"),
            disk: self.setting(index, "disk"),
            kernel: self.kernel(index),
            addresses,
            exposes: self.exposes(index, host),
            instances,
            span: host.name.span,
        }
    }

    fn instances(&mut self, index: usize, host: &'w ast::Host, archive: &str) -> Vec<Instance> {
        let mut instances = Vec::with_capacity(host.runs.len());
        for (run, declared) in host.runs.iter().enumerate() {
            if self.exceptions.absent(index, run).is_some() {
                continue;
            }
            self.instance = Some(declared.name.span);
            let from = self.hosts.get(index).and_then(|h| h.instances.get(run)).and_then(|i| i.from.clone());
            let from = from.and_then(|from| self.archive_of(&from, declared.name.span));
            let made = self.topology_instance(index, run).map(|mut made| {
                for mount in &mut made.trees {
                    mount.tree = super::make::drawing_from(&mount.tree, archive);
                }
                Instance { from: from.filter(|from| from != archive), ..made }
            });
            instances.extend(made);
        }
        self.instance = None;
        instances
    }

    /// What users of the environment reach of what is there.
    fn exposes(&mut self, index: usize, host: &ast::Host) -> Vec<EndpointRef> {
        let runs: BTreeMap<&str, usize> =
            host.runs.iter().enumerate().map(|(run, declared)| (&*declared.name.text, run)).collect();
        let mut exposes = Vec::new();
        for expose in &host.exposes {
            let Some(run) = runs.get(&*expose.instance.text) else { continue };
            if self.exceptions.absent(index, *run).is_some() {
                continue;
            }
            let result = self.reaches(index, *run, &expose.endpoint);
            self.keep(result);
            exposes.push(EndpointRef {
                host: (*host.name.text).to_owned(),
                instance: (*expose.instance.text).to_owned(),
                endpoint: (*expose.endpoint.text).to_owned(),
            });
        }
        exposes
    }

    /// The packages that variants hold; of one package, what the last says.
    fn pins(&mut self, asked: &Asked<'w>) -> Vec<Pin> {
        let mut pins = BTreeMap::new();
        let with = self.world.settings.iter().filter(|with| with.environment == (asked.home, asked.index));
        for variant in asked.variants.iter().copied().chain(with.map(|with| &with.variant)) {
            for pin in &variant.packages {
                let result = self.pin(pin);
                pins.extend(self.keep(result).map(|pin| (pin.package.clone(), pin)));
            }
        }
        let pins: Vec<Pin> = pins.into_values().collect();
        if pins.iter().any(|pin| pin.version.is_some() && pin.from.is_none()) {
            self.list_declared_archives();
        }
        pins
    }

    /// Lists every archive that is declared: any of them may have the version that a package is held to.
    fn list_declared_archives(&mut self) {
        for (module, loaded) in self.world.modules.iter().enumerate() {
            for (index, archive) in loaded.ast.archives.iter().enumerate() {
                let span = archive.name.span;
                let definition = Definition { item: Item::Archive, module, index, span };
                self.listed(&Value::Archive(ArchiveValue::Declared(definition)), span);
            }
        }
    }

    fn pin(&mut self, pin: &'w ast::Pin) -> Outcome<Pin> {
        let scope = self.module(0);
        let package = self.string(&pin.package, &scope)?;
        validate::package(&package, pin.package.span).map_err(Fault::New)?;
        let version = match &pin.version {
            Some(expr) => {
                let version = self.string(expr, &scope)?;
                validate::version(&version, expr.span).map_err(Fault::New)?;
                Some(version)
            }
            None => None,
        };
        let from = match &pin.from {
            Some(expr) => {
                let value = self.eval(expr, &scope)?;
                Some(self.listed(&value, expr.span).ok_or(Fault::Known)?)
            }
            None => None,
        };
        Ok(Pin { package, version, from })
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

    /// The package with a host's kernel, where it runs as a virtual machine.
    fn kernel(&mut self, host: usize) -> Option<String> {
        let kind = self.running(host, "kind")?;
        let named = self.running(host, "kernel");
        if &*kind.0 != "vm" {
            return None;
        }
        let Some((name, span)) = named else { return Some(KERNEL.to_owned()) };
        self.valid(validate::kernel(&name, span));
        Some(name)
    }

    /// What somebody says of how a host runs, and where.
    fn running(&mut self, host: usize, name: &str) -> Option<(String, Span)> {
        let scope = self.hosts.get(host)?.scope.clone();
        let super::Names::Own(names) = &scope.names else { return None };
        let slot = names.get(&*super::scope::running(name))?;
        let span = match &slot.thunk {
            super::Thunk::In(expr, _) | super::Thunk::Here(expr) => expr.span,
            _ => Span::default(),
        };
        let result = self.force(slot, &scope, span);
        match self.keep(result)? {
            Value::Text(text) => Some(((*text).to_owned(), span)),
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
    Secret { name: (*secret.name.text).to_owned(), doc: secret.doc.text.clone() }
}
