//! Expressions of options, lists and maps.

use crate::code::{Code, Kind, code};
use crate::expression::Maker;
use crate::types::{Allow, SCALARS, Scope, Ty};

impl Maker {
    pub(crate) fn maybe(&mut self, inner: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
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

    pub(crate) fn list(&mut self, element: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
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
    pub(crate) fn map_operand(&mut self, value: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
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

    pub(crate) fn map(&mut self, value: &Ty, depth: usize, scope: &Scope, allow: Allow) -> Code {
        match self.tape.below(2) {
            0 => self.literal(&Ty::map(value.clone()), Kind::Expression),
            _ => self.map_operand(value, depth, scope, allow),
        }
    }
}
