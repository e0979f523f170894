//! Members of generated components: what is installed, written and run.

use crate::code::{Code, Kind, code};
use crate::component::Component;
use crate::expression::Maker;
use crate::types::{Allow, SCALARS, Scope, Ty};

const FORMATS: [&str; 7] = ["yaml", "text", "ini", "json", "toml", "php", "lines"];

impl Maker {
    pub(crate) fn members(&mut self, index: usize, c: &Component, scope: &Scope, text: &mut Code) {
        self.package(index, scope, text);
        for n in 0..self.tape.below(5) {
            self.file(index, n, scope, text);
        }
        match self.tape.below(9) {
            0 => self.link(index, scope, text),
            1 => {
                let (path, owner) = (self.path(&format!("/var/s{index}"), scope), self.owner(scope));
                text.push(code!["  state ", path, owner, "\n"]);
            }
            2 => self.service(scope, text),
            3 => {
                let (argument, user) = (self.argument(scope), self.user(scope));
                text.push(code!["  check [\"/usr/bin/c\", ", argument, "] { user = ", user, " }\n"]);
            }
            4 => self.tree(index, scope, text),
            5 => {
                let (ty, allow) = (self.tape.one(&SCALARS).clone(), Allow::ALL);
                let (one, said) =
                    (self.expression(&ty, scope, allow), self.expression(&Ty::Text, scope, allow));
                text.push(code!["  assert [", one, "].length == 1 \"{", said, "}\"\n"]);
            }
            6 => {
                let said = self.expression(&Ty::Text, scope, Allow::ALL);
                text.push(code!["  cliff memory < 1GiB or replicas > 2 \"{", said, "}\"\n"]);
            }
            7 => self.job(scope, text),
            _ => {}
        }
        if c.secret {
            let path = self.path(&format!("/run/secrets/{index}"), &Scope::default());
            let owner = self.owner(scope);
            text.push(code!["  secret key\n  file ", path, " = secret key ", owner, "\n"]);
        }
    }

    fn package(&mut self, index: usize, scope: &Scope, text: &mut Code) {
        let name = self.leaf(Kind::Package, format!("p{index}"), format!("p{index}x"));
        let number = self.expression(&Ty::Int, scope, Allow::IDENTITY);
        text.push(match self.tape.below(4) {
            0 => code!["  package \"", name, "\"\n"],
            1 => code!["  package [\"", name, "\", \"more\"]\n"],
            2 => code!["  package \"", name, "-{max(0, ", number, ")}\"\n"],
            _ => {
                let flag = self.expression(&Ty::Bool, scope, Allow::IDENTITY);
                code!["  package [\"", name, "\"] + (if ", flag, " then [\"more\"] else [\"less\"])\n"]
            }
        });
    }

    /// A path that nothing else has.
    fn path(&mut self, below: &str, scope: &Scope) -> Code {
        let name = self.leaf(Kind::Path, "d", "dx");
        let number = self.expression(&Ty::Int, scope, Allow::LOCKED);
        match self.tape.below(3) {
            0 => code!["\"", below, "/", name, "/{", number, "}\""],
            1 => code!["(\"", below, "/\" + \"", name, "\")"],
            _ => code!["\"", below, "/", name, "\""],
        }
    }

    fn user(&mut self, scope: &Scope) -> Code {
        let name = self.leaf(Kind::Owner, "\"root\"", "\"daemon\"");
        match self.tape.below(3) {
            0 => {
                let flag = self.expression(&Ty::Bool, scope, Allow::LOCKED);
                code!["if ", flag, " then \"www-data\" else \"mysql\""]
            }
            _ => name,
        }
    }

    fn owner(&mut self, scope: &Scope) -> Code {
        let (user, group) = (self.user(scope), self.leaf(Kind::Owner, "\"adm\"", "\"staff\""));
        let mode = self.leaf(Kind::Mode, "0640", "0600");
        code![" { user = ", user, ", group = ", group, ", mode = ", mode, " }"]
    }

    /// A string of one line.
    fn argument(&mut self, scope: &Scope) -> Code {
        let leaf = self.literal(&Ty::Text, Kind::Command);
        match self.tape.below(2) {
            0 => self.expression(&Ty::Text, scope, Allow::LOCKED),
            _ => leaf,
        }
    }

    fn link(&mut self, index: usize, scope: &Scope, text: &mut Code) {
        let path = self.path(&format!("/etc/l{index}"), scope);
        let target = self.leaf(Kind::Link, "\"../target\"", "\"../other\"");
        text.push(code!["  link ", path, " = ", target, "\n"]);
    }

    fn service(&mut self, scope: &Scope, text: &mut Code) {
        let name = self.leaf(Kind::Service, "main", "mainx");
        let (exec, ready, user) = (self.argument(scope), self.argument(scope), self.user(scope));
        let ty = self.tape.one(&SCALARS).clone();
        let variable = self.expression(&ty, scope, Allow::ALL);
        text.push(code![
            "  service ",
            name,
            " { exec = [\"/usr/bin/s\", ",
            exec,
            "], user = ",
            user,
            ", ready = [\"/usr/bin/r\", ",
            ready,
            "], environment = { A = ",
            variable,
            " }, stop_signal = ",
            self.leaf(Kind::Service, "\"SIGTERM\"", "\"SIGQUIT\""),
            " }\n"
        ]);
    }

    fn job(&mut self, scope: &Scope, text: &mut Code) {
        let name = self.leaf(Kind::Job, "once", "oncex");
        let (exec, user) = (self.argument(scope), self.user(scope));
        let shared = self.expression(&Ty::Bool, scope, Allow::LOCKED);
        let ty = self.tape.one(&SCALARS).clone();
        let variable = self.expression(&ty, scope, Allow::ALL);
        text.push(code![
            "  job ",
            name,
            " { exec = [\"/usr/bin/j\", ",
            exec,
            "], user = ",
            user,
            ", shared = ",
            shared,
            ", environment = { A = ",
            variable,
            " } }\n"
        ]);
    }

    fn tree(&mut self, index: usize, scope: &Scope, text: &mut Code) {
        let source = self.leaf(Kind::Tree, "\"src/a\"", "\"src/b\"");
        let source = code!["local { path = ", source, " }"];
        let tree = match self.tape.below(2) {
            0 => source,
            _ => {
                let run = self.literal(&Ty::Text, Kind::Tree);
                let packages = self.leaf(Kind::Tree, "\"make\"", "\"cmake\"");
                let more = self.expression(&Ty::Text, scope, Allow::IDENTITY);
                code![
                    "build { from = ",
                    source,
                    ", packages = [",
                    packages,
                    "], run = [",
                    run,
                    ", ",
                    more,
                    "] }"
                ]
            }
        };
        let tree = self.perhaps(tree, code!["local { path = \"src/c\" }"], scope);
        text.push(code![format!("  tree \"/srv/t{index}\" = "), tree, "\n"]);
    }

    fn file(&mut self, index: usize, n: usize, scope: &Scope, text: &mut Code) {
        let format = *self.tape.one(&FORMATS);
        let (path, owner) = (self.path(&format!("/etc/c{index}/f{n}"), scope), self.owner(scope));
        let content = match format {
            "text" => {
                let (one, other) = (self.scalar(scope), self.scalar(scope));
                code!["\"\"\"\n    a {", one, "} ⟨b⟩\n    {", other, "}\n    \"\"\""]
            }
            "lines" => {
                let (one, other) = (self.of(&Ty::Text, scope), self.of(&Ty::list(Ty::Text), scope));
                match self.tape.below(2) {
                    0 => operand(other),
                    _ => code!["[", one, ", ", other, "]"],
                }
            }
            _ => self.record(format, scope),
        };
        text.push(code!["  file ", path, " = ", format, " ", content, owner, "\n"]);
    }

    fn of(&mut self, ty: &Ty, scope: &Scope) -> Code {
        self.expression(ty, scope, Allow::ALL)
    }

    fn scalar(&mut self, scope: &Scope) -> Code {
        let ty = self.tape.one(&SCALARS).clone();
        self.of(&ty, scope)
    }

    /// A record of whatever the format can hold.
    fn record(&mut self, format: &str, scope: &Scope) -> Code {
        if self.tape.once_in(8) {
            let (flag, one, other) =
                (self.of(&Ty::Bool, scope), self.scalar(scope), self.of(&Ty::Text, scope));
            return code!["(if ", flag, " then { a = \"{", one, "}\" } else { a = ", other, " + \"\" })"];
        }
        let mut content = code!["{ "];
        for n in 0..self.tape.below(5) + 1 {
            let ty = self.tape.one(&SCALARS).clone();
            let value = match self.tape.below(6) {
                0 => self.of(&Ty::list(ty), scope),
                1 => self.of(&Ty::maybe(ty), scope),
                2 => {
                    let (one, list) = (self.of(&ty, scope), self.of(&Ty::list(Ty::Int), scope));
                    code!["{ x = ", one, ", y = ", list, " }"]
                }
                3 => self.of(&Ty::map(ty), scope),
                4 if format != "ini" => {
                    let ty = *self.tape.one(&[Ty::record as fn(Ty) -> Ty, Ty::list, Ty::map]);
                    self.of(&Ty::list(ty(Ty::Int)), scope)
                }
                _ => self.of(&ty, scope),
            };
            content.push(code![format!("v{n} = "), value, ", "]);
        }
        content.push("}");
        content
    }
}

/// An expression where an operand is wanted.
fn operand(expression: Code) -> Code {
    code!["(", expression, ")"]
}
