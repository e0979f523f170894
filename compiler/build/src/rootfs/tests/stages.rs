//! How packages are divided into what is configured together.

use std::collections::{BTreeMap, BTreeSet};

use plc_store::TreeDigest;

use super::{super::stages, fixture::Fixture};

/// Packages by name, and how they are divided.
struct Role<'a> {
    it: &'a Fixture,
    packages: BTreeMap<TreeDigest, String>,
}

impl<'a> Role<'a> {
    fn new(it: &'a Fixture) -> Self {
        Self { it, packages: BTreeMap::new() }
    }

    fn package(&mut self, name: &str, fields: &str) {
        self.scripted(name, fields, "", &[]);
    }

    fn scripted(&mut self, name: &str, fields: &str, postinst: &str, data: &[(&str, &str)]) {
        let members: &[(&str, &str)] = if postinst.is_empty() { &[] } else { &[("postinst", postinst)] };
        self.packages.insert(self.it.package(name, fields, members, data), name.to_owned());
    }

    /// A package that comes to so many, itself included.
    fn of_size(&mut self, name: &str, size: usize) {
        let others: Vec<String> = (1..size).map(|number| format!("{name}-{number}")).collect();
        let depends =
            if others.is_empty() { String::new() } else { format!("Depends: {}\n", others.join(", ")) };
        self.package(name, &depends);
        for other in others {
            self.package(&other, "");
        }
    }

    /// The packages of each stage, and the names that it has all of.
    fn divided(&self, asked: &str) -> Vec<(BTreeSet<&str>, String)> {
        let packages: Vec<TreeDigest> = self.packages.keys().copied().collect();
        self.divide(&packages, asked)
    }

    fn divide(&self, packages: &[TreeDigest], asked: &str) -> Vec<(BTreeSet<&str>, String)> {
        let asked: Vec<String> = asked.split_whitespace().map(str::to_owned).collect();
        let stages = stages(&self.it.store, packages, &asked).unwrap();
        let named = |digest: &TreeDigest| &*self.packages[digest];
        stages
            .iter()
            .map(|stage| (stage.packages.iter().map(named).collect(), stage.manual.join(" ")))
            .collect()
    }

    /// The first packages of each stage by name, and how many it has.
    fn sizes(&self, asked: &str) -> Vec<(usize, String)> {
        self.divided(asked).into_iter().map(|(packages, manual)| (packages.len(), manual)).collect()
    }
}

#[test]
fn large_names_come_first_and_small_ones_share_a_stage() {
    let it = Fixture::new();
    let mut role = Role::new(&it);
    for (name, size) in [("wiki", 12), ("editor", 8), ("curl", 5), ("vim", 5), ("less", 1)] {
        role.of_size(name, size);
    }
    assert_eq!(
        role.sizes("curl editor less vim wiki"),
        [
            (12, "wiki".into()),
            (8, "editor wiki".into()),
            (10, "curl editor vim wiki".into()),
            (1, "curl editor less vim wiki".into())
        ]
    );
    // Nobody has asked for anything, or only for what the base has.
    assert_eq!(role.sizes(""), [(31, String::new())]);
    assert_eq!(role.sizes("bash"), [(31, "bash".into())]);
    assert_eq!(stages(&it.store, &[], &["bash".into()]).unwrap(), []);
}

#[test]
fn what_is_added_leaves_earlier_stages_as_they_are() {
    let it = Fixture::new();
    let mut role = Role::new(&it);
    role.of_size("wiki", 12);
    role.of_size("editor", 9);
    let fewer: Vec<TreeDigest> = role.packages.keys().copied().collect();
    role.of_size("curl", 4);
    let after = role.divided("bash curl editor wiki");
    assert_eq!(after[..2], role.divide(&fewer, "bash editor wiki"));
    assert_eq!(after[2].0.len(), 4);
}

#[test]
fn there_are_only_so_many_stages() {
    let it = Fixture::new();
    let mut role = Role::new(&it);
    let names: Vec<String> = (10..30).map(|number| format!("name{number}")).collect();
    names.iter().for_each(|name| role.of_size(name, 8));
    let sizes: Vec<usize> = role.sizes(&names.join(" ")).into_iter().map(|(size, _)| size).collect();
    assert_eq!(sizes, [&[8; 15][..], &[40]].concat());
}

#[test]
fn the_order_of_packages_does_not_matter() {
    let it = Fixture::new();
    let mut role = Role::new(&it);
    for (name, size) in [("b", 5), ("a", 5), ("c", 9)] {
        role.of_size(name, size);
    }
    let mut packages: Vec<TreeDigest> = role.packages.keys().copied().collect();
    let divided = role.divide(&packages, "a b c");
    assert_eq!(divided.len(), 2);
    packages.reverse();
    assert_eq!(role.divide(&packages, "a b c"), divided);
    packages.rotate_left(7);
    assert_eq!(role.divide(&packages, "a b c"), divided);
}

#[test]
fn a_name_that_another_comes_to_is_asked_for_all_the_same() {
    let it = Fixture::new();
    let mut role = Role::new(&it);
    role.of_size("wiki", 9);
    role.of_size("curl", 2);
    assert_eq!(role.sizes("curl wiki wiki-3"), [(9, "wiki wiki-3".into()), (2, "curl wiki wiki-3".into())]);
    assert_eq!(role.sizes("wiki wiki-3")[0], (9, "wiki wiki-3".into()));
}

#[test]
fn circles_alternatives_and_what_is_provided_are_followed() {
    let it = Fixture::new();
    let mut role = Role::new(&it);
    role.of_size("lib", 6);
    role.package("hen", "Depends: egg (>= 1), lib\n");
    role.package("egg", "Pre-Depends: hen\n");
    role.package("server", "Depends: hen, mail (>= 3) | none | agent (>= 2) | curl\n");
    role.package("late", "Provides: mail (= 2), agent\n");
    role.package("early", "Provides: agent (= 3)\n");
    role.package("curl", "");
    let divided = role.divided("curl server");
    assert_eq!(divided.len(), 2, "{divided:?}");
    // A name at a version is not provided without one, nor at one that is too old.
    assert!(divided[0].0.contains("early") && divided[0].0.contains("egg"), "{divided:?}");
    assert_eq!(divided[1].0, BTreeSet::from(["curl", "late"]));
}

#[test]
fn what_is_recommended_comes_with_who_recommends_it() {
    let it = Fixture::new();
    let mut role = Role::new(&it);
    role.of_size("wiki", 9);
    role.package("docs", "Depends: reader\nRecommends: wiki, examples\n");
    role.package("reader", "");
    role.of_size("examples", 6);
    role.of_size("curl", 3);
    role.package("left", "");
    let divided = role.divided("curl docs wiki");
    // That `wiki` is asked for too makes it none of what `docs` needs.
    let sizes: Vec<_> = divided.iter().map(|(packages, manual)| (packages.len(), &**manual)).collect();
    assert_eq!(sizes, [(9, "wiki"), (8, "docs wiki"), (4, "curl docs wiki")]);
    assert!(divided[2].0.contains("left"));
}

#[test]
fn scripts_that_go_by_one_another_run_together() {
    let it = Fixture::new();
    let mut role = Role::new(&it);
    role.of_size("wiki", 9);
    role.of_size("monitor-lib", 9);
    role.scripted("monitor", "Depends: monitor-lib\n", "adduser --system monitor\n", &[]);
    role.scripted("sshd", "", "# adduser\nuseradd --system sshd\n", &[]);
    role.scripted("plain", "", "# adduser is not needed\nexit 0\n", &[]);
    let divided = role.divided("monitor plain sshd wiki");
    let manuals: Vec<&str> = divided.iter().map(|(_, manual)| &**manual).collect();
    assert_eq!(manuals, ["monitor sshd", "monitor sshd wiki", "monitor plain sshd wiki"]);
    // One that no name comes to may have to run before any of them.
    role.scripted("stray", "", "groupadd --system stray\n", &[]);
    assert_eq!(role.divided("monitor plain sshd wiki").len(), 1);
}

#[test]
fn what_scripts_look_for_is_there_before() {
    let it = Fixture::new();
    for (script, finds) in [
        ("if [ -e /usr/share/web/helper ]; then", true),
        (". \"$DPKG_ROOT/usr/share/web/helper\"", true),
        ("if [ -x /bin/webctl ]; then", true),
        ("command -v webctl >/dev/null", true),
        ("# /usr/share/web/helper", false),
        ("mkdir -p /usr/share/web", false),
        ("echo webctl /usr/share/web/helper.old", false),
    ] {
        let mut role = Role::new(&it);
        role.scripted("web", "", "", &[("usr/share/web/helper", ""), ("usr/bin/webctl", "")]);
        role.of_size("big", 9);
        role.scripted("module", "Depends: big\n", script, &[]);
        let divided = role.divided("module web");
        assert_eq!(divided[0].0.contains("web"), finds, "{script}: {divided:?}");
    }
}

/// Numbers that are the same each time, below `below`.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }
}

#[test]
fn any_first_stages_are_those_of_what_they_have() {
    let it = Fixture::new();
    let mut numbers = Numbers(7);
    let mut most = 0;
    for _ in 0..60 {
        let mut role = Role::new(&it);
        let count = 20 + numbers.next(30);
        for index in 0..count {
            let mut others = |most: usize| {
                let number = numbers.next(most);
                let name = |_| format!("p{} | p{}", numbers.next(count), numbers.next(2 * count));
                (0..number).map(name).collect::<Vec<_>>().join(", ")
            };
            let fields = format!("Depends: {}\nRecommends: {}\n", others(2), others(2));
            let fields = fields.replace("Depends: \n", "").replace("Recommends: \n", "");
            let script = match numbers.next(12) {
                0 => "adduser x".to_owned(),
                1 => format!("test -e /usr/lib/of-p{}", numbers.next(count)),
                _ => String::new(),
            };
            let name = format!("p{index}");
            role.scripted(&name, &fields, &script, &[(&format!("usr/lib/of-{name}"), "")]);
        }
        let asked: Vec<String> = (0..count / 4).map(|_| format!("p{}", numbers.next(count + 2))).collect();
        let packages: Vec<TreeDigest> = role.packages.keys().copied().collect();
        let whole = stages(&it.store, &packages, &asked).unwrap();
        most = most.max(whole.len());
        let all: Vec<TreeDigest> = whole.iter().flat_map(|stage| stage.packages.clone()).collect();
        assert_eq!(all.len(), packages.len());
        assert_eq!(all.iter().collect::<BTreeSet<_>>(), packages.iter().collect());
        assert_eq!(whole.last().unwrap().manual, asked);
        for end in 1..whole.len() {
            let first = &whole[..end];
            assert!(first[end - 1].packages.len() >= 8);
            let of_first: Vec<TreeDigest> = packages
                .iter()
                .filter(|package| first.iter().any(|stage| stage.packages.contains(package)))
                .copied()
                .collect();
            assert_eq!(stages(&it.store, &of_first, &first[end - 1].manual).unwrap(), first);
        }
    }
    assert!(most > 2, "{most}");
}
