//! Users and groups, by the root file system's own files (passwd(5), group(5)).

use std::fs;

use plc_build::sandbox::parts::Credentials;

/// A user of the root file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) credentials: Credentials,
    pub(super) home: String,
}

/// Finds a user by name.
pub(super) fn user(name: &str) -> Result<Person, String> {
    user_of(name, &read("/etc/passwd"), &read("/etc/group"))
}

/// Finds a group's number by its name.
pub(super) fn group(name: &str) -> Result<u32, String> {
    group_of(name, &read("/etc/group"))
}

fn read(path: &str) -> String {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn user_of(name: &str, passwd: &str, group: &str) -> Result<Person, String> {
    let person = passwd.lines().find_map(|line| {
        let fields: Vec<_> = line.split(':').collect();
        let [entry, _, uid, gid, _, home, ..] = fields[..] else { return None };
        let (uid, gid) = (uid.parse().ok()?, gid.parse().ok()?);
        (entry == name).then(|| Person {
            credentials: Credentials { uid, gid, groups: groups_of(name, gid, group) },
            home: home.to_owned(),
        })
    });
    person.ok_or_else(|| format!("no user `{name}` in /etc/passwd"))
}

/// All groups of a user, that of the entry first.
fn groups_of(name: &str, own: u32, group: &str) -> Vec<u32> {
    let mut groups = vec![own];
    for line in group.lines() {
        let fields: Vec<_> = line.split(':').collect();
        if let [_, _, gid, members] = fields[..]
            && let Ok(gid) = gid.parse()
            && members.split(',').any(|member| member.trim() == name)
            && !groups.contains(&gid)
        {
            groups.push(gid);
        }
    }
    groups
}

fn group_of(name: &str, group: &str) -> Result<u32, String> {
    let number = group.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then(|| fields.nth(1)?.parse().ok())?
    });
    number.ok_or_else(|| format!("no group `{name}` in /etc/group"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str =
        "root:x:0:0:root:/root:/bin/bash\nbroken\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n";
    const GROUP: &str =
        "root:x:0:\nadm:x:4:syslog,www-data\nwww-data:x:33:www-data\nssl:x:110: www-data\nbroken\n";

    #[test]
    fn a_user_is_in_the_groups_that_name_him() {
        let person = user_of("www-data", PASSWD, GROUP).expect("a user");
        assert_eq!(person.home, "/var/www");
        assert_eq!(person.credentials, Credentials { uid: 33, gid: 33, groups: vec![33, 4, 110] });
        assert_eq!(group_of("adm", GROUP), Ok(4));
    }

    #[test]
    fn who_is_not_there_is_said() {
        assert_eq!(user_of("mysql", PASSWD, GROUP), Err("no user `mysql` in /etc/passwd".into()));
        assert_eq!(group_of("broken", GROUP), Err("no group `broken` in /etc/group".into()));
    }
}
