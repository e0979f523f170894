//! Expressions of a type, through every form that the language has. Numbers stay small enough that nothing overflows,
//! and nothing is divided by zero.

use crate::code::{Code, Kind, code};
use crate::tape::Tape;
use crate::types::{Allow, Function, ROLES, SCALARS, Scope, Ty};

/// Makes the parts of a program.
pub(crate) struct Maker {
    pub(crate) tape: Tape,
    pub(crate) functions: Vec<Function>,
    /// Whether labels are disregarded now and then: the program may be one that must be refused.
    pub(crate) reckless: bool,
    next: usize,
}

/// How expressions nest at most.
const DEPTH: usize = 4;

impl Maker {
    pub(crate) fn new(tape: Tape, reckless: bool) -> Self {
        Self { tape, functions: Vec::new(), reckless, next: 0 }
    }

    /// Whether labels are disregarded here.
    fn is_careless(&mut self) -> bool {
        self.reckless && self.tape.once_in(12)
    }

    /// One or the other, of which an expression decides if labels are disregarded here.
    pub(crate) fn perhaps(&mut self, one: Code, other: Code, scope: &Scope) -> Code {
        if !self.is_careless() {
            return one;
        }
        let condition = self.deep(&Ty::Bool, 2, scope, Allow::ALL);
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
    fn either(&mut self, text: &str, other: &str) -> Code {
        self.leaf(Kind::Expression, text, other)
    }

    /// An expression.
    pub(crate) fn expression(&mut self, ty: &Ty, scope: &Scope, allow: Allow) -> Code {
        let depth = self.tape.below(DEPTH + 1);
        let allow = if self.is_careless() { Allow::ALL } else { allow };
        self.deep(ty, depth, scope, allow)
    }

    fn deep(&mut self, ty: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
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
    fn with_name(&mut self, scope: &Scope, ty: Ty) -> (Scope, String) {
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

    /// Arithmetic of one kind of numbers.
    fn amount(&mut self, one: Code, ty: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
        match self.tape.below(4) {
            0 => {
                let (op, n) = (self.either("*", "/"), self.tape.below(8) + 2);
                code!["(", one, " ", op, " ", n.to_string(), ")"]
            }
            1 => {
                let (name, other) = (self.either("min", "max"), self.deep(ty, depth, scope, allow));
                code![name, "(", one, ", ", other, ")"]
            }
            2 => {
                let list = self.deep(&Ty::list(ty.clone()), depth, scope, allow);
                code!["(", one, " + sum(", list, "))"]
            }
            _ => {
                let (op, other) = (self.either("+", "-"), self.deep(ty, depth, scope, allow));
                code!["(", one, " ", op, " ", other, ")"]
            }
        }
    }

    fn whole(&mut self, depth: usize, scope: &Scope, allow: Allow) -> Code {
        let of = |maker: &mut Self, ty: &Ty| maker.deep(ty, depth, scope, allow);
        match self.tape.below(9) {
            0 => {
                let ty = self.tape.one(&[Ty::Int, Ty::Text]).clone();
                let list = of(self, &Ty::list(ty));
                code!["(", list, ").length"]
            }
            1 => {
                let (size, unit) = (of(self, &Ty::Size), self.either("mib", "kib"));
                code!["(", size, ").", unit]
            }
            2 => {
                let (time, unit) = (of(self, &Ty::Duration), self.either("seconds", "minutes"));
                code!["(", time, ").", unit]
            }
            3 => {
                let x = of(self, &Ty::Float);
                code!["floor(", x, ")"]
            }
            4 => {
                let (version, part) = (of(self, &Ty::Version), self.either("major", "minor"));
                code!["(", version, ").", part]
            }
            5 => {
                let (n, by) = (of(self, &Ty::Int), of(self, &Ty::Int));
                code!["(", n, " / max(1, ", by, "))"]
            }
            6 => {
                let (n, record) = (of(self, &Ty::Int), of(self, &Ty::record(Ty::Int)));
                code!["(-", n, " + (", record, ").n)"]
            }
            7 => {
                let map = self.map_operand(&Ty::Int, depth, scope, allow);
                code!["(", map, ").length"]
            }
            _ => {
                let one = of(self, &Ty::Int);
                self.amount(one, &Ty::Int, depth, scope, allow)
            }
        }
    }

    fn flag(&mut self, depth: usize, scope: &Scope, allow: Allow) -> Code {
        let of = |maker: &mut Self, ty: &Ty| maker.deep(ty, depth, scope, allow);
        match self.tape.below(8) {
            0 => {
                let ty = self.tape.one(&[Ty::Int, Ty::Size, Ty::Bool, Ty::Float, Ty::Version]).clone();
                let (one, other, op) = (of(self, &ty), of(self, &ty), self.either("==", "!="));
                code!["(", one, " ", op, " ", other, ")"]
            }
            1 => {
                let (one, other) = (of(self, &Ty::Text), of(self, &Ty::Text));
                code!["((", one, " + \"\") == ", other, ")"]
            }
            2 => {
                let (one, other, op) = (of(self, &Ty::Bool), of(self, &Ty::Bool), self.either("and", "or"));
                code!["(", one, " ", op, " ", other, ")"]
            }
            3 => {
                let one = of(self, &Ty::Bool);
                code!["(not ", one, ")"]
            }
            4 => {
                let ty = self.tape.one(&[Ty::Int, Ty::Text]).clone();
                let (list, one) = (of(self, &Ty::list(ty.clone())), of(self, &ty));
                code!["contains(", list, ", ", one, ")"]
            }
            5 => {
                let (text, part) = (of(self, &Ty::Text), of(self, &Ty::Text));
                let name = self.either("starts_with", "ends_with");
                code![name, "(", text, ", ", part, ")"]
            }
            6 => {
                let (maybe, op) = (of(self, &Ty::maybe(Ty::Int)), self.either("==", "!="));
                code!["(", maybe, " ", op, " none)"]
            }
            _ => {
                let kinds = [Ty::Int, Ty::Size, Ty::Duration, Ty::Percent, Ty::Rate, Ty::Float, Ty::Version];
                let ty = self.tape.one(&kinds).clone();
                let (one, other) = (of(self, &ty), of(self, &ty));
                let op = match self.tape.below(2) {
                    0 => self.either("<", ">="),
                    _ => self.either(">", "<="),
                };
                code!["(", one, " ", op, " ", other, ")"]
            }
        }
    }

    fn text(&mut self, depth: usize, scope: &Scope, allow: Allow) -> Code {
        let of = |maker: &mut Self, ty: &Ty| maker.deep(ty, depth, scope, allow);
        match self.tape.below(7) {
            0 => {
                let (one, other) = (of(self, &Ty::Text), of(self, &Ty::Text));
                code!["(", one, " + ", other, ")"]
            }
            1 => {
                let ty = self.tape.one(&SCALARS).clone();
                let (list, between) = (of(self, &Ty::list(ty)), of(self, &Ty::Text));
                code!["join(", list, ", ", between, ")"]
            }
            2 => {
                let (name, text) = (self.either("upper", "lower"), of(self, &Ty::Text));
                code![name, "(trim(", text, "))"]
            }
            3 => {
                let (text, part, by) = (of(self, &Ty::Text), of(self, &Ty::Text), of(self, &Ty::Text));
                code!["replace(", text, ", ", part, ", ", by, ")"]
            }
            4 => {
                let record = of(self, &Ty::record(Ty::Int));
                code!["(", record, ").name"]
            }
            _ => {
                let (one, other) =
                    (self.any_scalar(depth, scope, allow), self.any_scalar(depth, scope, allow));
                let between = self.either("-", "+");
                code!["\"{", one, "}", between, "{", other, "}\""]
            }
        }
    }

    fn maybe(&mut self, inner: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
        match self.tape.below(4) {
            0 => {
                let condition = self.deep(&Ty::Bool, depth, scope, allow);
                let value = self.deep(inner, depth, scope, allow);
                code!["(if ", condition, " then none else ", value, ")"]
            }
            1 if !matches!(inner, Ty::Map(_)) => {
                let key = self.either("a", "b");
                let map = self.map_operand(inner, depth, scope, allow);
                code!["(", map, ")[\"", key, "\"]"]
            }
            2 => {
                let key = self.deep(&Ty::Text, depth, scope, allow);
                let map = self.map_operand(inner, depth, scope, allow);
                code!["(", map, ")[", key, " + \"\"]"]
            }
            _ => {
                let (name, list) =
                    (self.either("first", "last"), self.deep(&Ty::list(inner.clone()), depth, scope, allow));
                code![name, "(", list, ")"]
            }
        }
    }

    fn list(&mut self, element: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
        let ty = Ty::list(element.clone());
        match self.tape.below(9) {
            0 if *element == Ty::Int => {
                let n = self.deep(&Ty::Int, depth, scope, allow);
                code!["range(min(4, ", n, "))"]
            }
            1 => {
                let (one, other) = (self.deep(&ty, depth, scope, allow), self.deep(&ty, depth, scope, allow));
                code!["(", one, " + ", other, ")"]
            }
            2 if SCALARS.contains(element) => {
                let (name, list) = (self.either("unique", "reverse"), self.deep(&ty, depth, scope, allow));
                code![name, "(", list, ")"]
            }
            3 if matches!(element, Ty::Int | Ty::Text | Ty::Size | Ty::Duration) => {
                let (name, list) = (self.either("sort", "reverse"), self.deep(&ty, depth, scope, allow));
                code![name, "(", list, ")"]
            }
            4 => {
                let (one, other) = (self.deep(&ty, depth, scope, allow), self.deep(&ty, depth, scope, allow));
                code!["flatten([", one, ", ", other, "])"]
            }
            5 if !matches!(element, Ty::Maybe(_)) => {
                let maybe = Ty::maybe(element.clone());
                let (one, other) =
                    (self.deep(&maybe, depth, scope, allow), self.deep(&maybe, depth, scope, allow));
                code!["present([", one, ", ", other, "])"]
            }
            6 if *element == Ty::Text => match self.tape.below(2) {
                0 => {
                    let map = self.map_operand(&Ty::Int, depth, scope, allow);
                    code!["(", map, ").keys"]
                }
                _ => {
                    let text = self.deep(&Ty::Text, depth, scope, allow);
                    code!["split(", text, ", \"-\")"]
                }
            },
            7 => {
                let one = self.deep(element, depth, scope, allow);
                code!["[", one, "]"]
            }
            _ => self.comprehension(element, depth, scope, allow),
        }
    }

    fn comprehension(&mut self, element: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
        let of = self.tape.one(&[Ty::Int, Ty::Text, Ty::Size]).clone();
        let (inner, name) = self.with_name(scope, of.clone());
        if self.tape.once_in(3) {
            let map = self.map_operand(&of, depth, scope, allow);
            let (mut inner, key) = self.with_name(&inner, Ty::Text);
            inner.on_host = scope.on_host;
            let (body, condition) =
                (self.deep(element, depth, &inner, allow), self.deep(&Ty::Bool, depth, &inner, allow));
            return code!["[", body, " for ", key, ", ", name, " in ", map, " if ", condition, "]"];
        }
        let list = self.deep(&Ty::list(of), depth, scope, allow);
        let body = self.deep(element, depth, &inner, allow);
        if self.tape.once_in(2) {
            let condition = self.deep(&Ty::Bool, depth, &inner, allow);
            return code!["[", body, " for ", name, " in ", list, " if ", condition, "]"];
        }
        code!["[", body, " for ", name, " in ", list, "]"]
    }

    /// A map that is more than a record literal, so that its keys can be asked for.
    fn map_operand(&mut self, value: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
        let names = scope.of(&Ty::map(value.clone()), allow);
        if !names.is_empty() && self.tape.once_in(2) {
            return self.tape.one(&names).clone();
        }
        let (inner, name) = self.with_name(scope, Ty::Int);
        let value = self.deep(value, depth.saturating_sub(1), &inner, allow);
        let n = self.deep(&Ty::Int, depth.saturating_sub(1), scope, allow);
        let key = match self.tape.below(2) {
            0 => code!["k"],
            _ => code!["{", self.deep(&Ty::Int, 0, scope, allow), "}k"],
        };
        let kept = match self.tape.below(2) {
            0 => code![],
            _ => code![" if ", self.deep(&Ty::Bool, depth.saturating_sub(1), &inner, allow)],
        };
        code![
            "{ \"",
            key,
            "{",
            name.clone(),
            "}\" = ",
            value,
            " for ",
            name,
            " in range(min(3, ",
            n,
            "))",
            kept,
            " }"
        ]
    }

    fn map(&mut self, value: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
        match self.tape.below(2) {
            0 => self.literal(&Ty::map(value.clone()), Kind::Expression),
            _ => self.map_operand(value, depth, scope, allow),
        }
    }
}
