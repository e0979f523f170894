//! The nearest name for a misspelt one.

/// The candidate that was most likely meant, if any is near enough to be worth a guess.
pub(crate) fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Bounds the work on hostile input: nobody misspells a name of a hundred letters, or means one of thousands.
    if written.len() > 64 {
        return None;
    }
    let lowered = written.to_lowercase();
    candidates
        .into_iter()
        .take(1000)
        .filter(|candidate| candidate.len() <= 64 && *candidate != written)
        .filter_map(|candidate| {
            let other = candidate.to_lowercase();
            let score = strsim::jaro_winkler(&lowered, &other);
            // Short names differ much by one letter, long ones little by several.
            let letters = strsim::damerau_levenshtein(&lowered, &other);
            let near = letters <= (lowered.len() / 3).max(1) && letters < lowered.len();
            (near || score >= 0.88).then_some((score, candidate))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Help that names the nearest candidate, or lists them when they are few.
pub(crate) fn suggestion<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let candidates: Vec<&str> = candidates.into_iter().take(1000).collect();
    if let Some(name) = nearest(written, candidates.iter().copied()) {
        return Some(format!("did you mean `{name}`?"));
    }
    (!candidates.is_empty() && candidates.len() <= 12).then(|| {
        format!("there is {}", candidates.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", "))
    })
}
