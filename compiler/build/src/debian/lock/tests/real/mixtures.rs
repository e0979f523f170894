//! Suites of Debian on one host, held against what apt does.

use std::collections::{BTreeMap, BTreeSet};

use plc_plan::{lock::Lookup, request::Held};

use super::{apt::Apt, *};

const SUITES: [&str; 3] = ["bullseye", "bookworm", "trixie"];

/// A host's packages, and then a mixture of them with another suite.
struct Mixture {
    home: &'static str,
    other: &'static str,
    before: &'static [&'static str],
    /// `package/suite` where it is taken from another.
    after: &'static [&'static str],
    /// Packages that are held to the other suite.
    pins: &'static [&'static str],
    /// What apt does not think of by itself.
    told: &'static [&'static str],
    /// What has to stay out of it: by the beginnings of names.
    untouched: &'static [&'static str],
}

const MIXTURES: &[Mixture] = &[
    Mixture {
        home: "bookworm",
        other: "trixie",
        before: &["mariadb-server"],
        after: &["mariadb-server/trixie"],
        pins: &[],
        told: &[],
        untouched: &["perl", "libperl", "libgnutls", "apt"],
    },
    Mixture {
        home: "bookworm",
        other: "trixie",
        before: &["apache2", "locales", "mediawiki", "php8.2-fpm", "php8.2-mysql"],
        after: &["apache2", "locales", "mediawiki", "php8.2-fpm", "php8.2-mysql"],
        pins: &["libc6"],
        told: &[],
        untouched: &["php", "apache2", "libicu", "libssl"],
    },
    Mixture {
        home: "bookworm",
        other: "trixie",
        before: &["apache2", "php8.2-fpm", "php8.2-intl", "php8.2-mysql"],
        after: &["apache2", "php8.4-fpm/trixie", "php8.4-intl/trixie", "php8.4-mysql/trixie"],
        pins: &[],
        told: &[],
        untouched: &["apache2", "systemd", "perl"],
    },
    Mixture {
        home: "bullseye",
        other: "bookworm",
        before: &["apache2", "locales", "php7.4-fpm", "php7.4-intl"],
        after: &["apache2", "locales", "php7.4-fpm", "php7.4-intl"],
        pins: &["libc6"],
        told: &[],
        untouched: &["php", "apache2", "libicu"],
    },
    Mixture {
        home: "trixie",
        other: "bookworm",
        before: &["mariadb-server"],
        after: &["mariadb-server/bookworm"],
        pins: &[],
        told: &[
            "libmariadb3",
            "mariadb-client",
            "mariadb-client-core",
            "mariadb-common",
            "mariadb-server-core",
        ],
        untouched: &["libc6", "libc-bin", "libssl", "libstdc", "perl"],
    },
];

impl Mixture {
    fn request(&self, wants: &[&str], pins: &[&str]) -> Asked {
        let wants = wants.iter().map(|want| match want.split_once('/') {
            Some((package, from)) => Want::from(package, from),
            None => Want::new(*want),
        });
        let pin = |name: &&str| Held {
            package: (*name).to_owned(),
            version: None,
            from: vec![self.other.to_owned()],
        };
        let packages = PackageRequest::new(self.home, wants, pins.iter().map(pin));
        Asked { by: ClosureOf::Host("host".into()), packages }
    }

    /// What apt is to install from the other suite.
    fn named(&self) -> Vec<&'static str> {
        let wanted = self.after.iter().filter_map(|want| Some(want.split_once('/')?.0));
        wanted.chain(self.pins.iter().copied()).chain(self.told.iter().copied()).collect()
    }
}

/// Versions by name.
type Packages = BTreeMap<String, String>;

/// The names that are there in another version than before, and those that are new.
fn changed(before: &Packages, after: &Packages) -> BTreeSet<String> {
    let same = |(name, version): &(&String, &String)| before.get(*name) == Some(*version);
    after.iter().filter(|package| !same(package)).map(|(name, _)| name.clone()).collect()
}

/// Each mixture changes no package that apt would leave alone, and apt finds nothing wrong with it.
#[test]
#[ignore = "needs the real archive and apt"]
fn mixtures_of_suites_are_as_small_as_apts() {
    let archives = SUITES.map(|name| Archive { name: name.into(), ..debian(&[name]) });
    let hosts: Vec<Asked> = MIXTURES
        .iter()
        .flat_map(|mixture| {
            [mixture.request(mixture.before, &[]), mixture.request(mixture.after, mixture.pins)]
        })
        .collect();
    let lock = real_lock(&archives, &hosts);
    assert_eq!(Lock::parse(&lock.write()).unwrap(), lock);
    let lookup = Lookup::new(&lock);
    let apt = Apt::new(&SUITES);
    for (mixture, hosts) in MIXTURES.iter().zip(hosts.chunks(2)) {
        let packages = |host: &Asked| -> Packages {
            let keys = lookup.packages(&host.packages);
            keys.map(|key| (key.name.clone(), key.version.clone())).collect()
        };
        let (before, after) = (packages(&hosts[0]), packages(&hosts[1]));
        let ours = changed(&before, &after);
        let theirs = apt.would_change(&before, mixture.other, &mixture.named());
        assert!(ours.is_subset(&theirs), "apt leaves alone {:?}", ours.difference(&theirs));
        for prefix in mixture.untouched {
            let touched: Vec<_> = ours.iter().filter(|name| name.starts_with(prefix)).collect();
            assert!(
                touched.is_empty() || mixture.named().iter().any(|name| name.starts_with(prefix)),
                "{touched:?}"
            );
        }
        apt.check(&after);
    }
}
