//! Generated components: every kind of member, and contents of files in every format, made of identity and capacities.

use crate::code::{Code, Kind, code};
use crate::expression::Maker;
use crate::types::{Allow, SCALARS, Scope, Ty};

/// What others see of a component.
#[derive(Clone, Debug)]
pub(crate) struct Component {
    pub(crate) name: Code,
    /// Of each whether it has a default.
    pub(crate) params: Vec<(String, Ty, bool)>,
    pub(crate) capacities: Vec<(String, Ty)>,
    pub(crate) lets: Vec<(String, Ty, Allow)>,
    /// The protocol of each endpoint.
    pub(crate) provides: Vec<usize>,
    pub(crate) requires: Vec<(String, usize, Form)>,
    /// An instance of the component before it, as a parameter.
    pub(crate) peer: Option<Box<Component>>,
    pub(crate) secret: bool,
}

/// How many ends a requirement has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    One,
    Optional,
    List,
    OptionalList,
}

/// Types of parameters.
const PARAMS: [fn() -> Ty; 12] = [
    || Ty::Int,
    || Ty::Text,
    || Ty::Role,
    || Ty::Bool,
    || Ty::Size,
    || Ty::maybe(Ty::Int),
    || Ty::maybe(Ty::Text),
    || Ty::list(Ty::Text),
    || Ty::list(Ty::Int),
    || Ty::map(Ty::Int),
    || Ty::record(Ty::Int),
    || Ty::Version,
];

impl Maker {
    /// A value of a capacity: any of several, which make no difference to the identity.
    pub(crate) fn capacity(&mut self, ty: &Ty) -> Code {
        let values = (0..3).map(|_| self.amount_of(ty)).collect();
        Code::capacity(values)
    }

    fn amount_of(&mut self, ty: &Ty) -> String {
        let n = self.tape.below(100) + 1;
        match ty {
            Ty::Bool => (n.is_multiple_of(2)).to_string(),
            Ty::Int if n.is_multiple_of(3) => format!("{n} * {}", self.tape.below(5) + 1),
            Ty::Int => n.to_string(),
            Ty::Size if n.is_multiple_of(3) => format!("if {} > 3 then {n}GiB else 1MiB", self.tape.below(7)),
            Ty::Size => format!("{n}MiB"),
            Ty::Duration => format!("{n}s"),
            Ty::Percent => format!("{n}%"),
            Ty::Rate => format!("{n}MiB/s"),
            Ty::Text => format!("\"amount {n}\""),
            Ty::Maybe(_) if n.is_multiple_of(3) => "none".to_owned(),
            Ty::Maybe(of) => self.amount_of(of),
            Ty::List(_) if n.is_multiple_of(5) => "[]".to_owned(),
            Ty::List(of) => format!("[{}, {}]", self.amount_of(of), self.amount_of(of)),
            Ty::Map(_) if n.is_multiple_of(5) => "{}".to_owned(),
            Ty::Map(of) => format!("{{ a = {} }}", self.amount_of(of)),
            other => unreachable!("no capacity is a {other:?}"),
        }
    }

    /// A component, and its text. Those before it can be its `peer`.
    pub(crate) fn component(
        &mut self,
        index: usize,
        protocols: &[Code],
        before: &[Component],
        module: &Scope,
    ) -> (Component, Code) {
        let group = self.number();
        let name = format!("C{index}");
        let mut c = Component {
            name: Code::leaf(group, Kind::Component, name.clone(), format!("{name}x")),
            params: Vec::new(),
            capacities: Vec::new(),
            lets: Vec::new(),
            provides: Vec::new(),
            requires: Vec::new(),
            peer: None,
            secret: self.tape.once_in(3),
        };
        let mut scope = module.clone();
        let mut text = code!["component ", &c.name, " {\n"];
        self.params(&mut c, &mut scope, &mut text);
        self.provides(index, &mut c, protocols, &mut scope, &mut text);
        // The first two components are what the others connect to.
        if index > 1 {
            self.requires(&mut c, protocols, before, &mut scope, &mut text);
        }
        scope.on_host = true;
        self.lets(&mut c, &mut scope, &mut text);
        self.members(index, &c, &scope, &mut text);
        text.push("}\n");
        (c, text)
    }

    /// A component that has what another shows, in the same or in another way: it may stand in for it.
    pub(crate) fn stand_in(&mut self, of: &Component, protocols: &[Code], module: &Scope, text: &mut Code) {
        text.push("component Stub {\n  package \"stub\"\n");
        for (n, protocol) in of.provides.iter().enumerate() {
            text.push(code![
                format!("  provides e{n}: "),
                &protocols[*protocol],
                format!(" on {}\n", 2000 + n)
            ]);
        }
        let mut scope = module.clone();
        scope.on_host = true;
        let params = of.params.iter().map(|(name, ty, _)| (name, ty));
        let lets = of.lets.iter().map(|(name, ty, _)| (name, ty));
        for (name, ty) in params.chain(of.capacities.iter().map(|(name, ty)| (name, ty))).chain(lets) {
            let declared = format!("{name}: {} = ", ty.written());
            let amount = !matches!(ty, Ty::Role | Ty::Version | Ty::Float | Ty::Record(_))
                && !matches!(ty, Ty::List(of) if !matches!(**of, Ty::Int | Ty::Text));
            let needs = match self.tape.below(3) {
                0 if amount => {
                    let value = self.capacity(ty);
                    text.push(code!["  capacity ", declared, value, "\n"]);
                    Allow { capacity: true, version: false }
                }
                1 => {
                    let needs = *self.tape.one(&[Allow::IDENTITY, Allow::ALL, Allow::LOCKED]);
                    let value = self.expression(ty, &scope, needs);
                    text.push(code!["  let ", declared, value, "\n"]);
                    needs
                }
                _ => {
                    let value = self.expression(ty, &scope, Allow::IDENTITY);
                    text.push(code!["  param ", declared, value, "\n"]);
                    Allow::IDENTITY
                }
            };
            scope.add(name.clone(), ty.clone(), needs);
        }
        text.push("}\n");
    }

    fn params(&mut self, c: &mut Component, scope: &mut Scope, text: &mut Code) {
        for n in 0..self.tape.below(5) {
            let (name, ty) = (format!("p{n}"), self.tape.one(&PARAMS)());
            let default = !self.tape.once_in(3);
            text.push(format!("  param {name}: {}", ty.written()));
            if default {
                let value = self.expression(&ty, scope, Allow::IDENTITY);
                text.push(code![" = ", value]);
            }
            text.push("\n");
            scope.add(name.clone(), ty.clone(), Allow::IDENTITY);
            c.params.push((name, ty, default));
        }
        let amounts = [Ty::Int, Ty::Size, Ty::Bool, Ty::Duration, Ty::Percent, Ty::Rate, Ty::Text];
        let more = [Ty::maybe(Ty::Int), Ty::list(Ty::Int), Ty::list(Ty::Text), Ty::map(Ty::Int)];
        for n in 0..self.tape.below(5) {
            let (name, kind) = (format!("c{n}"), self.tape.below(amounts.len() + more.len()));
            let ty = amounts.iter().chain(&more).nth(kind).cloned().unwrap_or(Ty::Int);
            let value = self.capacity(&ty);
            text.push(code![format!("  capacity {name}: {} = ", ty.written()), value, "\n"]);
            scope.add(name.clone(), ty.clone(), Allow { capacity: true, version: false });
            c.capacities.push((name, ty));
        }
    }

    fn provides(
        &mut self,
        index: usize,
        c: &mut Component,
        protocols: &[Code],
        scope: &mut Scope,
        text: &mut Code,
    ) {
        let all: Vec<usize> = match index {
            // Whatever protocol is required, these two have it.
            0 | 1 => (0..protocols.len()).collect(),
            _ => (0..self.tape.below(3)).map(|_| self.tape.below(protocols.len())).collect(),
        };
        let outer = scope.clone();
        for (n, protocol) in all.into_iter().enumerate() {
            let port = 1000 + index * 100 + n * 10;
            let mut value = self.leaf(Kind::Port, port.to_string(), (port + 1).to_string());
            if self.tape.once_in(3) {
                let flag = self.expression(&Ty::Bool, &outer, Allow::IDENTITY);
                value = code![
                    "(if ",
                    flag,
                    " then ",
                    (port + 2).to_string(),
                    " else ",
                    (port + 3).to_string(),
                    ")"
                ];
            }
            text.push(code![format!("  provides e{n}: "), &protocols[protocol], " on ", value, "\n"]);
            endpoint(scope, &code![format!("e{n}")], Allow::IDENTITY);
            c.provides.push(protocol);
        }
    }

    fn requires(
        &mut self,
        c: &mut Component,
        protocols: &[Code],
        before: &[Component],
        scope: &mut Scope,
        text: &mut Code,
    ) {
        for n in 0..self.tape.below(4) {
            let (name, protocol) = (format!("r{n}"), self.tape.below(protocols.len()));
            let form = *self.tape.one(&[Form::One, Form::List, Form::Optional, Form::OptionalList]);
            let of = &protocols[protocol];
            let ty = match form {
                Form::One => code![of],
                Form::Optional => code![of, "?"],
                Form::List => code!["List<", of, ">"],
                Form::OptionalList => code!["List<", of, ">?"],
            };
            text.push(code![format!("  requires {name}: "), ty, "\n"]);
            let data = Allow { capacity: true, version: false };
            match form {
                Form::One => endpoint(scope, &code![name.clone()], Allow::IDENTITY),
                Form::Optional => {
                    let address = format!("(match {name} {{ none => \"none\", end => end.address }})");
                    scope.add(address, Ty::Text, Allow::IDENTITY);
                    let port = format!("(match {name} {{ none => none, end => end.port }})");
                    scope.add(port, Ty::maybe(Ty::Int), Allow::IDENTITY);
                }
                Form::List | Form::OptionalList => {
                    let name = if form == Form::List { name.clone() } else { format!("({name} ?? [])") };
                    scope.add(format!("{name}.length"), Ty::Int, data);
                    for (member, ty) in [("address", Ty::Text), ("host", Ty::Text), ("port", Ty::Int)] {
                        scope.add(format!("[end.{member} for end in {name}]"), Ty::list(ty), data);
                    }
                }
            }
            c.requires.push((name, protocol, form));
        }
        if self.tape.once_in(2) {
            let peer = self.tape.one(&before[..2]).clone();
            text.push(code!["  param peer: ", &peer.name, "\n"]);
            instance(scope, &code!["peer"], &peer);
            c.peer = Some(Box::new(peer));
        }
    }

    fn lets(&mut self, c: &mut Component, scope: &mut Scope, text: &mut Code) {
        for n in 0..self.tape.below(4) {
            let name = format!("l{n}");
            let ty = match self.tape.below(3) {
                0 => Ty::list(self.tape.one(&SCALARS).clone()),
                _ => self.tape.one(&SCALARS).clone(),
            };
            let needs = *self.tape.one(&[Allow::IDENTITY, Allow::ALL, Allow::LOCKED]);
            let value = self.expression(&ty, scope, needs);
            let declared = if self.tape.once_in(2) { format!(": {}", ty.written()) } else { String::new() };
            text.push(code![format!("  let {name}{declared} = "), value, "\n"]);
            // Without its type, a choice written out is one.
            if !declared.is_empty() || !matches!(ty, Ty::Role) {
                scope.add(name.clone(), ty.clone(), needs);
                c.lets.push((name, ty, needs));
            }
        }
    }
}

/// What an endpoint shows.
pub(crate) fn endpoint(scope: &mut Scope, end: &Code, needs: Allow) {
    scope.add(code![end, ".port"], Ty::Int, needs);
    for member in ["address", "host", "protocol", "url"] {
        scope.add(code![end, ".", member], Ty::Text, needs);
    }
}

/// What an instance shows.
pub(crate) fn instance(scope: &mut Scope, path: &Code, c: &Component) {
    for (name, ty, _) in &c.params {
        scope.add(code![path, ".", name.clone()], ty.clone(), Allow::IDENTITY);
    }
    for (name, ty) in &c.capacities {
        scope.add(code![path, ".", name.clone()], ty.clone(), Allow { capacity: true, version: false });
    }
    for (name, ty, needs) in &c.lets {
        scope.add(code![path, ".", name.clone()], ty.clone(), *needs);
    }
    for n in 0..c.provides.len() {
        endpoint(scope, &code![path, format!(".e{n}")], Allow::IDENTITY);
    }
}
