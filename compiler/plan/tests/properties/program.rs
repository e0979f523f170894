//! Generated programs: types, functions, components, an environment that puts them to work, and profiles of it.

use crate::code::{Code, Kind, Reading, code};
use crate::component::{Component, Form, instance};
use crate::expression::Maker;
use crate::tape::Tape;
use crate::types::{Allow, Function, SCALARS, Scope, Ty};

/// The profiles of every generated program.
pub(crate) const PROFILES: [&str; 3] = ["small", "large", "between"];

/// The profile of recklessly generated programs that has a double.
pub(crate) const DOUBLED: &str = "doubled";

/// A generated program.
#[derive(Clone)]
pub(crate) struct Program(pub(crate) Code);

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.read(Reading::default()))
    }
}

/// A host that is already there, with the instances on it.
struct Host {
    name: Code,
    replicated: bool,
    instances: Vec<(Code, Component)>,
}

/// A program from decisions: one that is right, or, if it is made recklessly, right but for its labels.
pub(crate) fn program(bytes: Vec<u8>, reckless: bool) -> Program {
    let mut maker = Maker::new(Tape::new(bytes), reckless);
    let mut text = code!["edition = 1\ntype Role = \"primary\" | \"replica\" | \"arbiter\"\n"];
    let mut module = Scope::default();
    maker.module(&mut module, &mut text);
    let protocols: Vec<Code> = (0..2 + maker.tape.below(2)).map(|n| maker.protocol(n, &mut text)).collect();
    let mut components: Vec<Component> = Vec::new();
    for index in 0..3 + maker.tape.below(4) {
        let (component, own) = maker.component(index, &protocols, &components, &module);
        text.push(own);
        components.push(component);
    }
    text.push("component Extra {\n  package \"extra\"\n}\n");
    maker.stand_in(&components[1], &protocols, &module, &mut text);
    maker.environment(&components, &module, &mut text);
    Program(text)
}

impl Maker {
    fn module(&mut self, module: &mut Scope, text: &mut Code) {
        for n in 0..self.tape.below(3) {
            let ty = self.tape.one(&SCALARS[..4]).clone();
            let value = self.expression(&ty, module, Allow::IDENTITY);
            text.push(code![format!("let m{n}: {} = ", ty.written()), value, "\n"]);
            module.add(format!("m{n}"), ty, Allow::IDENTITY);
        }
        for n in 0..self.tape.below(5) {
            let params: Vec<Ty> = (0..self.tape.below(3) + 1).map(|_| self.param()).collect();
            let result = self.param();
            let mut scope = module.clone();
            let mut written = Vec::new();
            for (index, ty) in params.iter().enumerate() {
                scope.add(format!("a{index}"), ty.clone(), Allow::IDENTITY);
                written.push(format!("a{index}: {}", ty.written()));
            }
            let body = self.expression(&result, &scope, Allow::ALL);
            let name = format!("f{n}");
            let head = format!("fn {name}({}) -> {} = ", written.join(", "), result.written());
            text.push(code![head, body, "\n"]);
            self.functions.push(Function { name, params, result });
        }
    }

    fn param(&mut self) -> Ty {
        let scalar = self.tape.one(&SCALARS).clone();
        match self.tape.below(6) {
            0 => Ty::list(scalar),
            1 => Ty::maybe(Ty::Int),
            2 => Ty::map(Ty::Int),
            3 => Ty::record(Ty::Int),
            _ => scalar,
        }
    }

    fn protocol(&mut self, n: usize, text: &mut Code) -> Code {
        let group = self.number();
        let name = Code::leaf(group, Kind::Protocol, format!("P{n}"), format!("P{n}x"));
        let scheme = self.leaf(Kind::Expression, "adm", "admx");
        text.push(code!["protocol ", &name, " { scheme = \"", scheme, "\" }\n"]);
        name
    }

    fn environment(&mut self, components: &[Component], module: &Scope, text: &mut Code) {
        for (name, suites) in [("debian", ["bookworm", "trixie"]), ("other", ["sid", "stable"])] {
            // The second one may have no users.
            let kind = if name == "debian" { Kind::Archive } else { Kind::Expression };
            let suite = self.leaf(kind, suites[0], suites[1]);
            let more = "\"], components = [\"main\"], signed_by = \"keyring\" }\n";
            text.push(code![format!("archive {name} = apt {{ suites = [\""), suite, more]);
        }
        let (name, base) =
            (self.leaf(Kind::Environment, "e", "ex"), self.leaf(Kind::Archive, "debian", "other"));
        let (secret, other) = (self.number(), self.number());
        let secret =
            [Code::leaf(secret, Kind::Secret, "s0", "s0x"), Code::leaf(other, Kind::Secret, "s1", "s1x")];
        text.push(code!["environment ", &name, " {\n  secret ", &secret[0], "\n  secret ", &secret[1], "\n"]);
        let mut scope = module.clone();
        self.environment_names(&mut scope, text);
        let mut hosts: Vec<Host> = Vec::new();
        // What is connected to comes first.
        for component in &components[..2] {
            let run = vec![component.clone()];
            let host = self.host(hosts.len(), false, run, &hosts, &secret, &mut scope, text);
            hosts.push(host);
        }
        let mut rest = components[2..].to_vec();
        while !rest.is_empty() {
            let count = (self.tape.below(2) + 1).min(rest.len());
            let runs: Vec<Component> = rest.drain(..count).collect();
            let replicated = self.tape.once_in(2);
            let host = self.host(hosts.len(), replicated, runs, &hosts, &secret, &mut scope, text);
            hosts.push(host);
        }
        let base = self.perhaps(base, code!["other"], &scope);
        text.push(code!["  base = ", base, "\n}\n"]);
        self.profiles(&name, &hosts, text);
    }

    fn environment_names(&mut self, scope: &mut Scope, text: &mut Code) {
        for n in 0..3 {
            let value = Code::capacity((1..4).map(|_| (self.tape.below(4) + 1).to_string()).collect());
            text.push(code![format!("  capacity n{n}: Int(1..) = "), value, "\n"]);
            scope.add(format!("n{n}"), Ty::Int, Allow { capacity: true, version: false });
        }
        let value = self.capacity(&Ty::Size);
        text.push(code!["  capacity size: Size = ", value, "\n"]);
        scope.add("size", Ty::Size, Allow { capacity: true, version: false });
        for n in 0..self.tape.below(3) {
            let ty = self.tape.one(&SCALARS).clone();
            let value = self.expression(&ty, scope, Allow::IDENTITY);
            text.push(code![format!("  param q{n}: {} = ", ty.written()), value, "\n"]);
            scope.add(format!("q{n}"), ty, Allow::IDENTITY);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "they are what a host is made of")]
    fn host(
        &mut self,
        index: usize,
        replicated: bool,
        runs: Vec<Component>,
        before: &[Host],
        secret: &[Code; 2],
        scope: &mut Scope,
        text: &mut Code,
    ) -> Host {
        let group = self.number();
        let name = Code::leaf(group, Kind::Host, format!("h{index}"), format!("h{index}x"));
        text.push(code!["  host ", &name]);
        if replicated {
            let count: Vec<String> =
                ["n0", "n1", "n0 + n1", "min(n2, 2)", "2"].map(str::to_owned).into_iter().collect();
            let first = self.tape.below(count.len());
            text.push(code![
                " * (",
                Code::capacity(vec![count[first].clone(), "n1".to_owned(), "3".to_owned()]),
                ")"
            ]);
        }
        let (memory, cpus) = (self.capacity(&Ty::Size), self.capacity(&Ty::Int));
        text.push(code![" {\n    memory = ", memory, "\n    cpus = ", cpus, "\n"]);
        if self.tape.once_in(4) {
            let other = self.leaf(Kind::Archive, "other", "debian");
            let other = self.perhaps(other, code!["debian"], scope);
            text.push(code!["    base = ", other, "\n"]);
        }
        let mut inner = scope.clone();
        inner.add("memory", Ty::Size, Allow { capacity: true, version: false });
        inner.add("cpus", Ty::Int, Allow { capacity: true, version: false });
        let mut host = Host { name, replicated, instances: Vec::new() };
        for (n, component) in runs.into_iter().enumerate() {
            let group = self.number();
            let run = Code::leaf(group, Kind::Instance, format!("i{n}"), format!("i{n}x"));
            text.push(code!["    run ", &run, " = ", &component.name, " {\n"]);
            self.arguments(&component, &host, before, secret, &inner, text);
            text.push("    }\n");
            if !component.provides.is_empty() && self.tape.once_in(4) {
                text.push(code!["    expose ", &run, ".e0\n"]);
            }
            instance(&mut inner, &run, &component);
            host.instances.push((run, component));
        }
        if self.tape.once_in(3) {
            text.push(self.leaf(Kind::Presence, "    run extra = Extra\n", ""));
        }
        text.push("  }\n");
        shown(scope, &host);
        host
    }

    fn arguments(
        &mut self,
        c: &Component,
        here: &Host,
        before: &[Host],
        secret: &[Code; 2],
        scope: &Scope,
        text: &mut Code,
    ) {
        for (name, ty, default) in &c.params {
            if !default || self.tape.once_in(2) {
                let value = match self.tape.below(2) {
                    0 => self.literal(ty, Kind::Argument),
                    _ => self.expression(ty, scope, Allow::IDENTITY),
                };
                text.push(code![format!("      {name} = "), value, "\n"]);
            }
        }
        for (name, ty) in &c.capacities {
            if self.tape.once_in(2) {
                let value = self.capacity(ty);
                text.push(code![format!("      {name} = "), value, "\n"]);
            }
        }
        if self.tape.once_in(6) {
            let from = self.leaf(Kind::Expression, "other", "debian");
            let from = self.perhaps(from, code!["debian"], scope);
            text.push(code!["      from = ", from, "\n"]);
        }
        if c.secret {
            let key = self.leaf(Kind::Secret, &secret[0], &secret[1]);
            text.push(code!["      key = ", key, "\n"]);
        }
        if let Some(peer) = &c.peer {
            let of = before.iter().flat_map(|h| h.instances.iter().map(move |(run, c)| (h, run, c)));
            let name = |code: &Code| code.read(Reading::default());
            let found = of.into_iter().find(|(_, _, c)| name(&c.name) == name(&peer.name));
            let (host, run, _) = found.expect("the first components run on the first hosts");
            text.push(code!["      peer = ", &host.name, ".", run, "\n"]);
        }
        for (name, protocol, form) in &c.requires {
            let value = match form {
                Form::List | Form::OptionalList => self.ends(*protocol, here, before, scope),
                _ => self.end(*protocol, before, Kind::Connection, scope),
            };
            if matches!(form, Form::One | Form::List) || self.tape.once_in(2) {
                text.push(code![format!("      {name} = "), value, "\n"]);
            }
        }
    }

    /// An endpoint of one of the first two hosts, which have all protocols.
    fn end(&mut self, protocol: usize, before: &[Host], kind: Kind, scope: &Scope) -> Code {
        let path = |host: &Host| {
            let (run, _) = &host.instances[0];
            code![&host.name, ".", run, format!(".e{protocol}")]
        };
        let (one, other) = (path(&before[0]), path(&before[1]));
        let end = self.leaf(kind, &one, &other);
        self.perhaps(end, other, scope)
    }

    /// Endpoints of any hosts, of all their replicas.
    fn ends(&mut self, protocol: usize, here: &Host, before: &[Host], scope: &Scope) -> Code {
        let mut all = Vec::new();
        for host in before.iter() {
            for (run, c) in &host.instances {
                for n in c.provides.iter().enumerate().filter(|(_, p)| **p == protocol).map(|(n, _)| n) {
                    all.push(code!["[w.", run, format!(".e{n} for w in "), &host.name, "]"]);
                }
            }
        }
        for (run, c) in &here.instances {
            let own = c.provides.iter().enumerate().filter(|(_, p)| **p == protocol);
            all.extend(own.map(|(n, _)| code!["[", run, format!(".e{n}]")]));
        }
        let (first, other) = (self.tape.one(&all).clone(), self.tape.one(&all).clone());
        let first = self.perhaps(first, other, scope);
        match self.tape.below(3) {
            0 => code!["[", self.end(protocol, before, Kind::Connection, scope), "]"],
            1 => {
                let condition = self.leaf(Kind::Expression, "2 > 1", "1 > 2");
                let fallback = code!["[", self.end(protocol, before, Kind::Expression, scope), "]"];
                code!["if ", condition, " then ", first, " else ", fallback]
            }
            _ => code![first, " + [", self.end(protocol, before, Kind::Expression, scope), "]"],
        }
    }

    fn profiles(&mut self, environment: &Code, hosts: &[Host], text: &mut Code) {
        for (index, profile) in PROFILES.iter().enumerate() {
            text.push(code![format!("profile {profile} of "), environment]);
            if index > 0 && self.tape.once_in(2) {
                text.push(format!(" extends {}", PROFILES[index - 1]));
            }
            text.push(" {\n");
            for n in 0..3 {
                if self.tape.once_in(2) {
                    text.push(format!("  n{n} = {}\n", self.tape.below(5) + 1));
                }
            }
            if self.tape.once_in(2) {
                let memory = self.capacity(&Ty::Size);
                text.push(code!["  every host { memory = ", memory, " }\n"]);
            }
            for host in hosts {
                if self.tape.once_in(2) {
                    let cpus = self.capacity(&Ty::Int);
                    text.push(code!["  ", &host.name, ".cpus = ", cpus, "\n"]);
                }
                for (run, c) in &host.instances {
                    for (name, ty) in &c.capacities {
                        if self.tape.once_in(2) {
                            let value = self.capacity(ty);
                            text.push(code!["  ", &host.name, ".", run, format!(".{name} = "), value, "\n"]);
                        }
                    }
                }
            }
            text.push("}\n");
        }
        if self.reckless.is_some() {
            let (run, _) = &hosts[1].instances[0];
            let double = code!["  double ", &hosts[1].name, ".", run, " with Stub because \"a test\"\n"];
            text.push(code![format!("profile {DOUBLED} of "), environment, " {\n", double, "}\n"]);
        }
    }
}

/// What a host shows to the hosts after it.
fn shown(scope: &mut Scope, host: &Host) {
    for (run, c) in &host.instances {
        if !host.replicated {
            instance(scope, &code![&host.name, ".", run], c);
        }
        // Of all replicas together, lists that only capacities take.
        let data = Allow { capacity: host.replicated, version: false };
        let each = |member: String| code!["[w.", run, member, " for w in ", &host.name, "]"];
        for n in 0..c.provides.len() {
            for (member, ty) in [("address", Ty::Text), ("port", Ty::Int)] {
                scope.add(each(format!(".e{n}.{member}")), Ty::list(ty), data);
            }
            scope.add(code![each(format!(".e{n}")), ".length"], Ty::Int, data);
        }
        for (name, ty, _) in c.params.iter().filter(|(_, ty, _)| SCALARS.contains(ty)) {
            scope.add(each(format!(".{name}")), Ty::list(ty.clone()), data);
        }
    }
}
