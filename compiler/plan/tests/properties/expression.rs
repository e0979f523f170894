//! Expressions of a type, through every form that the language has. Numbers stay small enough that nothing overflows,
//! and nothing is divided by zero.

use crate::code::{Code, Kind, code};
use crate::tape::Tape;
use crate::types::{Allow, Function, ROLES, SCALARS, Scope, Ty};

/// Makes the parts of a program.
pub(crate) struct Maker {
    pub(crate) tape: Tape,
    pub(crate) functions: Vec<Function>,
    /// How often labels are disregarded, if they are: the program may be one that must be refused.
    pub(crate) reckless: Option<Reckless>,
    next: usize,
}

/// How often labels are disregarded: once in so many times.
#[derive(Clone, Copy)]
pub(crate) struct Reckless {
    /// Where a value goes.
    values: usize,
    /// Where one of several connections, archives or trees is chosen.
    choices: usize,
}

/// How expressions nest at most.
const DEPTH: usize = 4;

impl Maker {
    pub(crate) fn new(mut tape: Tape, reckless: bool) -> Self {
        // In few places: the more mistakes a program has, the less each of them is what it is refused for.
        let often = [(12, 200), (40, 200), (200, 4), (200, 10)];
        let (values, choices) = *tape.one(&often);
        let reckless = reckless.then_some(Reckless { values, choices });
        Self { tape, functions: Vec::new(), reckless, next: 0 }
    }

    /// One or the other, of which an expression decides if labels are disregarded here.
    pub(crate) fn perhaps(&mut self, one: Code, other: Code, scope: &Scope) -> Code {
        let often = self.reckless.map(|reckless| reckless.choices);
        if !often.is_some_and(|often| self.tape.once_in(often)) {
            return one;
        }
        let condition = self.decision(scope);
        code!["(if ", condition, " then ", one, " else ", other, ")"]
    }

    /// A number that no other part has.
    pub(crate) fn number(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    /// A leaf of its own group.
    pub(crate) fn leaf(&mut self, kind: Kind, text: impl Into<Code>, other: impl Into<Code>) -> Code {
        let group = self.number();
        Code::leaf(group, kind, text, other)
    }

    /// An operator or function in an expression, which may be another.
    pub(crate) fn either(&mut self, text: &str, other: &str) -> Code {
        self.leaf(Kind::Expression, text, other)
    }

    /// A condition that depends on a capacity or a version, where there are any.
    fn decision(&mut self, scope: &Scope) -> Code {
        let names = scope.labelled();
        if names.is_empty() || self.tape.once_in(4) {
            return self.deep(&Ty::Bool, 2, scope, Allow::ALL);
        }
        let name = self.tape.one(&names).clone();
        match name.ty {
            Ty::Bool => name.code,
            Ty::Int => code!["(", name.code, " > 3)"],
            Ty::Size => code!["(", name.code, " > 20MiB)"],
            Ty::Text => code!["starts_with(", name.code, ", \"amount 1\")"],
            Ty::List(_) | Ty::Map(_) => code!["((", name.code, ").length > 1)"],
            _ => code!["(", name.code, " == none)"],
        }
    }

    /// An expression.
    pub(crate) fn expression(&mut self, ty: &Ty, scope: &Scope, allow: Allow) -> Code {
        let depth = self.tape.below(DEPTH + 1);
        let often = self.reckless.map(|reckless| reckless.values);
        let careless = often.is_some_and(|often| self.tape.once_in(often));
        let allow = if careless { Allow::ALL } else { allow };
        self.deep(ty, depth, scope, allow)
    }

    pub(crate) fn deep(&mut self, ty: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
        if depth == 0 {
            return self.simple(ty, scope, allow);
        }
        let depth = depth - 1;
        match self.tape.below(12) {
            0 | 1 => self.simple(ty, scope, allow),
            2 => {
                let condition = self.deep(&Ty::Bool, depth, scope, allow);
                let (yes, no) = (self.deep(ty, depth, scope, allow), self.deep(ty, depth, scope, allow));
                code!["(if ", condition, " then ", yes, " else ", no, ")"]
            }
            3 => self.matching(ty, depth, scope, allow),
            4 => self.call(ty, depth, scope, allow),
            5 if !matches!(ty, Ty::Maybe(_)) => {
                let maybe = self.deep(&Ty::maybe(ty.clone()), depth, scope, allow);
                let or = self.deep(ty, depth, scope, allow);
                code!["(", maybe, " ?? ", or, ")"]
            }
            6 => {
                let one = self.deep(ty, depth, scope, allow);
                let other = self.any_scalar(depth, scope, allow);
                match self.tape.below(2) {
                    0 => code!["({ a = ", one, ", b = ", other, " }).a"],
                    _ => code!["({ a = ", one, ", b = ", other, " })[\"a\"]"],
                }
            }
            _ => self.own(ty, depth, scope, allow),
        }
    }

    /// A name or a literal.
    fn simple(&mut self, ty: &Ty, scope: &Scope, allow: Allow) -> Code {
        let names = scope.of(ty, allow);
        if names.is_empty() || self.tape.once_in(4) {
            return self.literal(ty, Kind::Expression);
        }
        self.tape.one(&names).clone()
    }

    /// A literal, of whose parts one can be changed.
    pub(crate) fn literal(&mut self, ty: &Ty, kind: Kind) -> Code {
        let n = self.tape.below(200) + 1;
        let unit = |unit: &str| (format!("{n}{unit}"), format!("{}{unit}", n + 1));
        let (text, other) = match ty {
            Ty::Bool => (["true", "false"][n % 2].to_owned(), ["false", "true"][n % 2].to_owned()),
            Ty::Int => unit(""),
            Ty::Size => unit(if n.is_multiple_of(2) { "MiB" } else { "KiB" }),
            Ty::Duration => unit(if n.is_multiple_of(2) { "s" } else { "ms" }),
            Ty::Percent => unit("%"),
            Ty::Rate => unit("MiB/s"),
            Ty::Float => unit(".5"),
            Ty::Text => self.text_literal(n),
            Ty::Version => {
                let version = |n: usize| format!("version(\"1:{n}.{}-2\")", n % 7);
                (version(n), version(n + 1))
            }
            Ty::Role => (format!("\"{}\"", ROLES[n % 3]), format!("\"{}\"", ROLES[(n + 1) % 3])),
            Ty::Maybe(of) => {
                let of = self.literal(of, kind);
                return code!["first([", of, "])"];
            }
            Ty::List(of) => {
                let (one, other) = (self.literal(of, kind), self.literal(of, Kind::Expression));
                return code!["[", one, ", ", other, "]"];
            }
            Ty::Map(of) => {
                let (one, other) = (self.literal(of, kind), self.literal(of, Kind::Expression));
                return code!["{ a = ", one, ", \"b-c\" = ", other, " }"];
            }
            Ty::Record(of) => {
                let (name, n) = (self.literal(&Ty::Text, Kind::Expression), self.literal(of, kind));
                return code!["{ name = ", name, ", n = ", n, " }"];
            }
        };
        self.leaf(kind, text, other)
    }

    fn text_literal(&mut self, n: usize) -> (String, String) {
        let odd = ["it's", "a: b", "# no", "⟨e.n0⟩", "\\\"q\\\"", "\\\\", "\\{x\\}", "é ", "[s]", "", "50%"];
        let odd = if n.is_multiple_of(3) { *self.tape.one(&odd) } else { "w" };
        let unique = self.number();
        (format!("\"{odd}{unique}\""), format!("\"{odd}{unique}x\""))
    }

    pub(crate) fn any_scalar(&mut self, depth: usize, scope: &Scope, allow: Allow) -> Code {
        let ty = self.tape.one(&SCALARS).clone();
        self.deep(&ty, depth, scope, allow)
    }

    fn matching(&mut self, ty: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
        let arm = |maker: &mut Self, scope: &Scope| maker.deep(ty, depth, scope, allow);
        let roles = scope.of(&Ty::Role, allow);
        match self.tape.below(4) {
            0 if !roles.is_empty() => {
                let subject = self.tape.one(&roles).clone();
                let (one, rest) = (arm(self, scope), arm(self, scope));
                code![
                    "(match ",
                    subject,
                    " { \"primary\" => ",
                    one,
                    ", \"replica\" | \"arbiter\" => ",
                    rest,
                    " })"
                ]
            }
            1 => {
                let subject = self.deep(&Ty::Int, depth, scope, allow);
                let pattern = self.either("1", "7");
                let (one, rest) = (arm(self, scope), arm(self, scope));
                code![
                    "(match ",
                    subject,
                    " { ",
                    pattern,
                    " => ",
                    one,
                    ", 2 | 3 => ",
                    rest,
                    ", _ => ",
                    arm(self, scope),
                    " })"
                ]
            }
            2 => {
                let of = self.tape.one(&[Ty::Int, Ty::Text, Ty::Size]).clone();
                let subject = self.deep(&Ty::maybe(of.clone()), depth, scope, allow);
                let (inner, name) = self.with_name(scope, of);
                let (none, some) = (arm(self, scope), arm(self, &inner));
                code!["(match ", subject, " { none => ", none, ", ", name, " => ", some, " })"]
            }
            _ => {
                let subject = self.deep(&Ty::Bool, depth, scope, allow);
                let (yes, no) = (arm(self, scope), arm(self, scope));
                code!["(match ", subject, " { true => ", yes, ", false => ", no, " })"]
            }
        }
    }

    /// A scope with one name more.
    pub(crate) fn with_name(&mut self, scope: &Scope, ty: Ty) -> (Scope, String) {
        let name = format!("x{}", self.number());
        let mut inner = scope.clone();
        inner.add(name.clone(), ty, Allow::IDENTITY);
        (inner, name)
    }

    fn call(&mut self, ty: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
        let fitting: Vec<Function> = self.functions.iter().filter(|f| f.result == *ty).cloned().collect();
        if fitting.is_empty() {
            return self.own(ty, depth, scope, allow);
        }
        let function = self.tape.one(&fitting).clone();
        let mut call = code![function.name, "("];
        for (index, param) in function.params.iter().enumerate() {
            call.push(if index > 0 { ", " } else { "" });
            call.push(self.deep(param, depth, scope, allow));
        }
        call.push(")");
        call
    }

    /// What only this type has.
    fn own(&mut self, ty: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
        let of = |maker: &mut Self, ty: &Ty| maker.deep(ty, depth, scope, allow);
        match ty {
            Ty::Bool => self.flag(depth, scope, allow),
            Ty::Int => self.whole(depth, scope, allow),
            Ty::Text => self.text(depth, scope, allow),
            Ty::Size => {
                let one = of(self, &Ty::Size);
                match self.tape.below(4) {
                    0 => {
                        let percent = of(self, &Ty::Percent);
                        code!["(", one, " * ", percent, ")"]
                    }
                    1 => {
                        let (rate, time) = (of(self, &Ty::Rate), of(self, &Ty::Duration));
                        code!["(min(", rate, ", 10MiB/s) * min(", time, ", 1h))"]
                    }
                    _ => self.amount(one, ty, depth, scope, allow),
                }
            }
            Ty::Duration | Ty::Percent => {
                let one = of(self, ty);
                self.amount(one, ty, depth, scope, allow)
            }
            Ty::Rate => {
                let (size, time) = (of(self, &Ty::Size), of(self, &Ty::Duration));
                code!["(", size, " / max(1s, ", time, "))"]
            }
            Ty::Float => {
                let (n, x) = (of(self, &Ty::Int), of(self, &Ty::Float));
                let op = self.either("+", "-");
                code!["(float(", n, ") ", op, " ", x, " * 0.5)"]
            }
            Ty::Version if scope.on_host && allow.version => {
                let package = self.either("php-fpm", "mariadb-server");
                code!["package(\"", package, "\").version"]
            }
            Ty::Version | Ty::Role => self.simple(ty, scope, allow),
            Ty::Maybe(inner) => self.maybe(inner, depth, scope, allow),
            Ty::List(element) => self.list(element, depth, scope, allow),
            Ty::Map(value) => self.map(value, depth, scope, allow),
            Ty::Record(inner) => {
                let (name, n) = (of(self, &Ty::Text), of(self, inner));
                code!["{ name = ", name, ", n = ", n, " }"]
            }
        }
    }
}
