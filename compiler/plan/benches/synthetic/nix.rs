//! The synthetic production for Nix: one file with a `derivation` call wherever lowering makes a derivation.

use std::fmt::Write;

use super::{BASE, SETTINGS, VERSION, closure, own, packages, path, sha256};

/// A Nix expression whose value is the environment's derivation, which takes all others.
pub(crate) fn nix(hosts: usize) -> String {
    let mut text = String::from(FUNCTIONS);
    text += "  settings = name: ''\n";
    for n in 0..SETTINGS {
        let _ = writeln!(text, "    setting_{n} = value {n} of ${{name}}");
    }
    text += "  '';\n  packages = {\n";
    for name in packages(hosts) {
        let (path, sha256) = (path(&name), sha256(&name));
        let _ = writeln!(
            text,
            "    {name} = package {{ name = \"{name}\"; version = \"{VERSION}\"; path = \"{path}\"; sha256 = \"{sha256}\"; size = 100000; }};"
        );
    }
    text += "  };\n  base = layer { name = \"base-of-debian\"; wants = []; base = \"\"; packages = [";
    for n in 0..BASE {
        let _ = write!(text, " packages.base-{n}");
    }
    text += " ]; };\n  hosts = {\n";
    for host in 0..hosts {
        let own: Vec<String> = own(host).map(|name| format!("\"{name}\"")).collect();
        let all: Vec<String> = closure(host).map(|name| format!("packages.{name}")).collect();
        let _ = writeln!(
            text,
            "    h{host} = host {{ name = \"h{host}\"; next = \"h{}\"; wants = [ {} ]; packages = [ {} ]; }};",
            (host + 1) % hosts,
            own.join(" "),
            all.join(" ")
        );
    }
    text + ENVIRONMENT
}

const FUNCTIONS: &str = r#"let
  make = kind: name: arguments: derivation ({
    inherit name;
    system = "x86_64-linux";
    builder = "/bin/${kind}";
  } // arguments);
  package = p: make "unpack" "${p.name}-${p.version}" {
    inherit (p) version;
    architecture = "amd64";
    deb = make "fetch" "${p.name}.deb" {
      archive = "debian";
      suite = "bookworm";
      inherit (p) path size;
      outputHashMode = "flat";
      outputHashAlgo = "sha256";
      outputHash = p.sha256;
    };
  };
  layer = l: make "rootfs" l.name { inherit (l) base packages; manual = l.wants; };
  host = h:
    let
      tree = make "tree" "${h.name}-configuration" {
        conf = ''
          [service]
          name = ${h.name}
          listen = 8080
          workers = ${toString (2 * cpus)}
          cache = ${toString cache}
          ${settings h.name}
        '';
        json = builtins.toJSON { host = "${h.next}.synthetic.internal"; port = 8080; };
        state = "/var/lib/service service service";
      };
      root = make "rootfs" h.name {
        overlay = tree;
        owners = "/var/lib/service service service";
        base = layer { name = "packages-of-${h.name}"; inherit base; inherit (h) wants packages; };
      };
    in {
      inherit root;
      checks = [
        (make "check" "${h.name}-check-1" { inherit root; exec = [ "/usr/sbin/service" "--check" "/etc/service/service.conf" ]; })
        (make "check" "${h.name}-check-2" { inherit root; exec = [ "/usr/sbin/service" "--self-test" ]; })
      ];
      image = make "image" "${h.name}.tar" { inherit root; };
    };
  cache = 67108864;
  cpus = 2;
"#;

const ENVIRONMENT: &str = r#"  };
  all = builtins.attrValues hosts;
in make "environment" "synthetic" {
  roots = map (h: h.root) all;
  checks = builtins.concatMap (h: h.checks) all;
  images = map (h: h.image) all;
}
"#;
