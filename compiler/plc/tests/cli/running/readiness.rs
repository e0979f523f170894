//! When services count as ready.

use super::*;

/// A component beside the servers, with a service and what it says of itself.
fn beside(it: &Up, service: &str, provides: &str) {
    let component = format!(
        "component Beside {{\n  {provides}\n  service beside {{ {service} }}\n}}\n\n/// The environment.\n"
    );
    it.0.edit("env.pl", "/// The environment.\n", &component);
    it.0.edit("env.pl", "  capacity backs", "  host beside { run beside = Beside {} }\n\n  capacity backs");
}

#[test]
fn what_nobody_asks_has_to_run_for_a_while() {
    let it = Up::new();
    beside(&it, r#"exec = ["/bin/sh", "-c", "sleep 0.05; exit 7"]"#, "");
    let failed = it.up(&[], 3).err;
    assert!(failed.contains("service beside/beside does not stay up: exit status 7"), "{failed}");
}

#[test]
fn a_command_is_asked_though_a_port_is_another_service_s() {
    let it = Up::new();
    let exec = r#"exec = ["/bin/sh", "-c", "sleep 0.5; touch /run/there; sleep 100"]"#;
    beside(
        &it,
        &format!(r#"{exec}, ready = ["/usr/bin/test", "-e", "/run/there"]"#),
        "provides api: Tcp on 7999",
    );
    it.up(&[], 0);
    assert_eq!(it.unit("beside/beside/beside").0, "Ready");
    it.exec("beside", "test -e /run/there", 0);
}

#[test]
fn a_command_is_not_asked_without_a_pause() {
    let it = Up::new();
    let exec = r#"exec = ["/bin/sh", "-c", "sleep 1; touch /run/there; sleep 100"]"#;
    let ready = r#"ready = ["/bin/sh", "-c", "echo >> /run/asked; test -e /run/there"]"#;
    beside(&it, &format!("{exec}, {ready}"), "");
    it.up(&[], 0);
    let asked: u32 = it.exec("beside", "wc -l < /run/asked", 0).out.trim().parse().unwrap();
    // At most every 20 ms, and ever less often.
    assert!((2..50).contains(&asked), "{asked}");
}

/// The server of the others, asked over HTTP.
fn asked_for(path: &str) -> Up {
    let it = Up::new();
    let service = format!(r#"exec = ["/usr/sbin/server", "7000"], health = "{{web.url}}{path}""#);
    let server = r#"package "server"
  file "/etc/server.conf" = lines ["well"]
  provides web: Web on 7000"#;
    beside(&it, &service, server);
    it.0.edit("env.pl", "component Beside {", "protocol Web { scheme = \"http\" }\ncomponent Beside {");
    it
}

#[test]
fn what_is_to_answer_over_http_is_ready_once_it_says_that_it_is_well() {
    // It says twice that it is not.
    let it = asked_for("/later");
    it.up(&[], 0);
    assert_eq!(it.unit("beside/beside/beside").0, "Ready");
    let said = it.plc(&["logs", "beside"], 0).out;
    assert_eq!(said.matches("GET /later").count(), 3, "{said}");
}

#[test]
fn what_answers_over_http_that_it_is_not_well_is_not_ready() {
    let it = asked_for("/missing");
    let failed = it.plc(&["up", "env.pl", "--mirror", mirror(), "--patience", "3"], 3).err;
    assert!(failed.contains("beside/beside is not ready after 3 s"), "{failed}");
}
