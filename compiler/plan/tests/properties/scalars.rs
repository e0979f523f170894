//! Expressions that only a type of one value has: arithmetic, comparisons, strings.

use crate::code::{Code, code};
use crate::expression::Maker;
use crate::types::{Allow, SCALARS, Scope, Ty};

impl Maker {
    /// Arithmetic of one kind of numbers.
    pub(crate) fn amount(&mut self, one: Code, ty: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
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

    pub(crate) fn whole(&mut self, depth: usize, scope: &Scope, allow: Allow) -> Code {
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

    pub(crate) fn flag(&mut self, depth: usize, scope: &Scope, allow: Allow) -> Code {
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

    pub(crate) fn text(&mut self, depth: usize, scope: &Scope, allow: Allow) -> Code {
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
}
