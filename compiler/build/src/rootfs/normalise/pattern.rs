//! Paths with `*` for any part of a name, and a final `**` for everything below.

/// Whether a path is meant by a pattern.
pub(super) fn matches(pattern: &str, path: &[u8]) -> bool {
    let mut names = path.split(|byte| *byte == b'/');
    let mut parts = pattern.split('/');
    loop {
        match (parts.next(), names.next()) {
            (Some("**"), Some(_)) | (None, None) => return true,
            (Some(part), Some(name)) if name_matches(part.as_bytes(), name) => {}
            _ => return false,
        }
    }
}

/// One name against one part of a pattern: the pieces between `*`s in their order, the first at the start, the last at
/// the end.
fn name_matches(part: &[u8], name: &[u8]) -> bool {
    let mut pieces = part.split(|byte| *byte == b'*');
    let Some(mut rest) = pieces.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut pieces: Vec<&[u8]> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        match rest.windows(piece.len().max(1)).position(|window| window == piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None if piece.is_empty() => {}
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns() {
        let cases = [
            ("etc/passwd-", "etc/passwd-", true),
            ("etc/passwd-", "etc/passwd", false),
            ("etc/ssh/ssh_host_*_key", "etc/ssh/ssh_host_ed25519_key", true),
            ("etc/ssh/ssh_host_*_key", "etc/ssh/ssh_host_ed25519_key.pub", false),
            ("var/log/**", "var/log/apt/term.log", true),
            ("var/log/**", "var/log", false),
            ("var/cache/apt/*.bin", "var/cache/apt/pkgcache.bin", true),
            ("var/cache/apt/*.bin", "var/cache/apt/a/pkgcache.bin", false),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "ac", false),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(matches(pattern, path.as_bytes()), expected, "{pattern} against {path}");
        }
    }
}
