//! Which topology is meant, and what the command line sets of it: `--profile`, `--variant`, `--with`, `--today`; and what
//! `plc show` says of where a value comes from.

use std::fs;

use crate::{
    fixture::{build, built},
    support::{Place, project},
};

/// A place with the golden case about where values come from.
fn values() -> Place {
    let place = Place::new();
    let case = project().join("golden/explain/values");
    fs::create_dir(place.path("lib")).unwrap();
    for file in ["env.pl", "lib/more.pl"] {
        fs::copy(case.join(file), place.path(file)).unwrap();
    }
    place
}

#[test]
fn show_tells_where_a_value_comes_from() {
    let place = values();
    let args = ["show", "env.pl", "app.fpm.workers", "-p", "local"];
    let told = place.run(args, 0).out;
    let wanted = "\
app.fpm.workers = 11
Int(1..), capacity

SAID                         BY                                                IN
twice(cpus) + memory / 1GiB  argument of `run fpm`                             env.pl:31
  cpus = 4                   `few * 2`, set by profile `local` for every host  env.pl:43
    few = 2                  `1 + 1`, declared in `env`                        env.pl:4
  memory = 3GiB              set by profile `base`                             env.pl:41
5                            default of `Fpm`, overridden                      env.pl:7
";
    assert_eq!(told, wanted);
    let json = place.run([&args[..], &["--json", "--with", "app.fpm.workers=ten"]].concat(), 2);
    assert!(json.err.contains("[--with:1:17]"), "{}", json.err);
    let json = place.run([&args[..], &["--json", "--with", "app.fpm.workers=few + 1"]].concat(), 0).json();
    assert_eq!(
        (&json["value"], &json["label"], &json["type"]),
        (&"3".into(), &"capacity".into(), &"Int(1..)".into())
    );
    assert_eq!(json["origins"][0]["at"], "--with:1");
    assert_eq!(json["uses"][0]["value"], "2");
    let nobody = place.run(["show", "env.pl", "db.disk", "-p", "local"], 0).out;
    assert_eq!(nobody, "db.disk = not said\nSize(1B..), capacity\n");
}

#[test]
fn a_path_that_leads_nowhere_is_told_without_a_place() {
    let place = values();
    let told = place.run(["show", "env.pl", "app.fpm.wokers", "-p", "local"], 2).err;
    assert_eq!(told, "error: `app.fpm` has no `wokers`\n   help: did you mean `workers`?\n");
    let told = place.run(["show", "env.pl", "gone.web.first", "-p", "local"], 2).err;
    assert!(told.contains("`gone` is absent under `local`") && told.contains("env.pl:46:10"), "{told}");
    let told = place.run(["show", "abcdef", "app.fpm.workers"], 2).err;
    assert!(told.contains("`abcdef` is not a description"), "{told}");
}

#[test]
fn variants_are_of_the_profile_s_environment_and_named_once() {
    let place = values();
    let show = |more: &[&str], code| {
        place.run([&["show", "env.pl", "town", "-p", "local"][..], more].concat(), code)
    };
    assert!(show(&["--variant", "v"], 0).out.starts_with("town = \"Vaasa\"\n"));
    assert!(show(&["--variant", "w"], 2).err.contains("environment `e` has no variant `w`"));
    assert!(show(&["--variant", "v", "--variant", "v"], 2).err.contains("variant `v` is named twice"));
    assert!(show(&["--with", "town=Turku", "--variant", "v"], 0).out.starts_with("town = \"Turku\"\n"));
    let checked = place.run(["check"], 0);
    assert_eq!(checked.out, "env.pl: no mistakes in 2 profiles (base, local) and 1 variant (v)\n");
    // What nothing uses is told there, and not where something else is asked.
    assert!(checked.err.contains("nothing uses `tower`"), "{}", checked.err);
    assert_eq!(show(&[], 0).err, "");
}

#[test]
fn until_is_judged_as_of_a_day() {
    let place = values();
    place.edit("env.pl", "\"nobody asks it\"", "\"nobody asks it\" until 2027-06-30");
    let check = |day: &str, code| place.run(["check", "--today", day], code).err;
    assert!(!check("2027-06-01", 0).contains("W0406"));
    assert!(check("2027-06-20", 0).contains("the absence of `gone` ends in 10 days, on 2027-06-30"));
    let ended = check("2027-07-01", 2);
    assert!(
        ended.contains("E0406") && ended.contains("the absence of `gone` ended on 2027-06-30"),
        "{ended}"
    );
    let mut of_environment = place.plc(["check"]);
    of_environment.env("PLC_TODAY", "2027-07-01");
    assert_eq!(of_environment.output().unwrap().status.code(), Some(2));
    assert!(check("yesterday", 2).contains("a day is written as 2027-06-30"));
}

#[test]
fn a_variant_is_built_and_compared_beside_its_profile() {
    let place = built();
    let variant = "variant greets of small { front.web.greeting = \"hei\" }\n";
    place.write("env.pl", &(place.read("env.pl") + variant));
    let differs = place.run(["diff", "env.pl@local", "env.pl@local+greets"], 1).out;
    assert!(differs.contains("- greeting = hello") && differs.contains("+ greeting = hei"), "{differs}");
    place.run(["diff", "env.pl@local+greets", "env.pl@local+greets"], 0);
    let plain = build(&place, &[]);
    let greets = build(&place, &["--variant", "greets"]);
    assert_eq!(
        (&greets["result"], &plain["result"]),
        (&"result-local+greets".into(), &"result-local".into())
    );
    assert_ne!(greets["derivation"], plain["derivation"]);
    let with = build(&place, &["--with", "front.web.greeting=hei"]);
    assert_eq!(with["result"], "result-local+with");
    // What is the same has one derivation, whoever asked for it.
    assert_eq!(with["hosts"][0]["derivation"], greets["hosts"][0]["derivation"]);
}

#[test]
fn a_line_of_a_tree_is_told_whose_it_is() {
    const ENV: &str = r#"
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

component Site {
  tree "/srv/www" = local { path = "./site" }
  tree "/srv/www/made" = build { run = ["make pages"] }
  file "/etc/site.conf" = text "one"
}

environment e {
  base = debian
  host web { run site = Site }
}

profile local of e { }
"#;
    let place = Place::new();
    place.write("env.pl", ENV);
    let told = |line: &str, code| place.run(["explain-line", line], code);
    assert!(told("web:/etc/site.conf:1", 0).out.starts_with("one\n"));
    let wanted = "\
error: `/srv/www/css/a.css` on host `web` is of a tree, and of no file that the description writes
   help: `tree \"/srv/www\"` of `web.site`, a `env.Site`, is declared at env.pl:5: look at `./site/css/a.css` of the project
";
    assert_eq!(told("web:/srv/www/css/a.css:3", 2).err, wanted);
    let made = told("web:/srv/www/made/index.html:1", 2).err;
    assert!(made.contains("is declared at env.pl:6: it is made by `make pages`"), "{made}");
    let other = told("web:/srv/wwwx/a:1", 2).err;
    assert!(other.contains("the description puts no `/srv/wwwx/a` on host `web`"), "{other}");
}
