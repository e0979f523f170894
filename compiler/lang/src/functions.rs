//! The functions of the language: what each takes and gives. `eval/builtin` computes them.

use debversion::Version;

use crate::types::{Kind, Type};

/// One function.
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    /// How it is written, with what it gives.
    pub(crate) form: &'static str,
    /// The fewest and the most arguments.
    pub(crate) arguments: (usize, usize),
    /// What it gives for arguments of these types; nothing where it does not take them.
    pub(crate) result: fn(&[Type]) -> Option<Type>,
}

/// How a version is written, for messages.
pub(crate) const VERSION_FORM: &str = "a version is `[epoch:]upstream[-revision]`, as `1:10.11.14-0+deb12u2`";

/// Nobody has seen a longer one.
const VERSION_BYTES: usize = 256;

const MANY: usize = usize::MAX;

/// All of them, by name.
const ALL: [Builtin; 24] = [
    Builtin {
        name: "contains",
        form: "contains(list, element)` or `contains(text, part)",
        arguments: (2, 2),
        result: contains,
    },
    Builtin { name: "ends_with", form: "ends_with(text, end)", arguments: (2, 2), result: texts_to_bool },
    Builtin { name: "first", form: "first(list)", arguments: (1, 1), result: element },
    Builtin { name: "flatten", form: "flatten(list_of_lists)", arguments: (1, 1), result: flatten },
    Builtin { name: "float", form: "float(int)", arguments: (1, 1), result: float },
    Builtin { name: "floor", form: "floor(float)", arguments: (1, 1), result: floor },
    Builtin { name: "join", form: "join(list, separator)", arguments: (2, 2), result: join },
    Builtin { name: "last", form: "last(list)", arguments: (1, 1), result: element },
    Builtin { name: "lower", form: "lower(text)", arguments: (1, 1), result: text_to_text },
    Builtin { name: "max", form: "max(a, b)", arguments: (1, MANY), result: extreme },
    Builtin { name: "min", form: "min(a, b)", arguments: (1, MANY), result: extreme },
    Builtin { name: "package", form: "package(\"name\")", arguments: (1, 1), result: package },
    Builtin { name: "present", form: "present(list)", arguments: (1, 1), result: present },
    Builtin { name: "range", form: "range(count)` or `range(from, to)", arguments: (1, 2), result: range },
    Builtin { name: "replace", form: "replace(text, part, by)", arguments: (3, 3), result: texts_to_text },
    Builtin { name: "reverse", form: "reverse(list)", arguments: (1, 1), result: same_list },
    Builtin { name: "sort", form: "sort(list)", arguments: (1, 1), result: sortable },
    Builtin { name: "split", form: "split(text, separator)", arguments: (2, 2), result: split },
    Builtin {
        name: "starts_with",
        form: "starts_with(text, beginning)",
        arguments: (2, 2),
        result: texts_to_bool,
    },
    Builtin { name: "sum", form: "sum(list)", arguments: (1, 1), result: sum },
    Builtin { name: "trim", form: "trim(text)", arguments: (1, 1), result: text_to_text },
    Builtin { name: "unique", form: "unique(list)", arguments: (1, 1), result: scalars },
    Builtin { name: "upper", form: "upper(text)", arguments: (1, 1), result: text_to_text },
    Builtin { name: "version", form: "version(\"1.2-3\")", arguments: (1, 1), result: version_of },
];

/// The function of a name.
pub(crate) fn named(name: &str) -> Option<&'static Builtin> {
    ALL.iter().find(|builtin| builtin.name == name)
}

/// The names of all functions.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|builtin| builtin.name)
}

/// Reads a Debian version (Debian policy, 5.6.12).
///
/// # Errors
/// What is wrong, for a message.
pub(crate) fn version(text: &str) -> Result<Version, String> {
    let letters = |c: char| c.is_ascii_alphanumeric() || ".+-~:".contains(c);
    let begins =
        text.rsplit_once(':').map_or(text, |(_, rest)| rest).starts_with(|c: char| c.is_ascii_digit());
    match text.parse::<Version>() {
        Ok(version) if begins && text.len() <= VERSION_BYTES && text.chars().all(letters) => Ok(version),
        _ => Err(format!("`{}` is no version of a Debian package", crate::diag::shown(text))),
    }
}

fn is_text(ty: &Type) -> bool {
    ty.is_text() || *ty == Type::Unknown
}

fn all_texts(types: &[Type], result: Type) -> Option<Type> {
    types.iter().all(is_text).then_some(result)
}

fn texts_to_bool(types: &[Type]) -> Option<Type> {
    all_texts(types, Type::Bool)
}

fn texts_to_text(types: &[Type]) -> Option<Type> {
    all_texts(types, Type::Text)
}

fn text_to_text(types: &[Type]) -> Option<Type> {
    all_texts(types, Type::Text)
}

fn split(types: &[Type]) -> Option<Type> {
    all_texts(types, Type::list(Type::Text))
}

fn version_of(types: &[Type]) -> Option<Type> {
    all_texts(types, Type::Version)
}

fn package(types: &[Type]) -> Option<Type> {
    all_texts(types, Type::Package)
}

fn contains(types: &[Type]) -> Option<Type> {
    match types {
        [Type::List(element), wanted] if element.is_scalar() => element.join(wanted).map(|_| Type::Bool),
        _ => texts_to_bool(types),
    }
}

/// The element of the only argument, a list.
fn element_of(types: &[Type]) -> Option<&Type> {
    match types {
        [Type::List(element)] => Some(element),
        [Type::Unknown] => Some(&Type::Unknown),
        _ => None,
    }
}

fn element(types: &[Type]) -> Option<Type> {
    element_of(types).cloned().map(Type::option)
}

fn same_list(types: &[Type]) -> Option<Type> {
    element_of(types).cloned().map(Type::list)
}

fn present(types: &[Type]) -> Option<Type> {
    element_of(types).map(|element| Type::list(element.inner().clone()))
}

fn flatten(types: &[Type]) -> Option<Type> {
    match element_of(types)? {
        Type::List(inner) => Some(Type::list((**inner).clone())),
        Type::Unknown => Some(Type::list(Type::Unknown)),
        _ => None,
    }
}

fn scalars(types: &[Type]) -> Option<Type> {
    element_of(types).filter(|element| element.is_scalar()).cloned().map(Type::list)
}

fn is_ordered(ty: &Type) -> bool {
    matches!(ty, Type::Number(..) | Type::Float | Type::Version | Type::Unknown)
}

fn sortable(types: &[Type]) -> Option<Type> {
    element_of(types).filter(|element| is_ordered(element) || element.is_text()).cloned().map(Type::list)
}

fn join(types: &[Type]) -> Option<Type> {
    match types {
        [Type::List(element), separator] if element.is_scalar() && is_text(separator) => Some(Type::Text),
        [Type::Unknown, separator] if is_text(separator) => Some(Type::Text),
        _ => None,
    }
}

fn extreme(types: &[Type]) -> Option<Type> {
    let (first, rest) = types.split_first()?;
    let joined = rest.iter().try_fold(first.clone(), |ty, next| ty.join(next))?;
    is_ordered(&joined).then_some(match joined {
        Type::Number(kind, _) => Type::number(kind),
        ty => ty,
    })
}

fn sum(types: &[Type]) -> Option<Type> {
    match element_of(types)? {
        Type::Number(kind, _) => Some(Type::number(*kind)),
        Type::Float => Some(Type::Float),
        // A list that is always empty has the sum of no numbers.
        Type::Unknown => Some(Type::INT),
        _ => None,
    }
}

fn range(types: &[Type]) -> Option<Type> {
    let whole = |ty: &Type| matches!(ty, Type::Number(Kind::Int, _) | Type::Unknown);
    types.iter().all(whole).then(|| Type::list(Type::INT))
}

fn float(types: &[Type]) -> Option<Type> {
    matches!(types, [Type::Number(Kind::Int, _) | Type::Unknown]).then_some(Type::Float)
}

fn floor(types: &[Type]) -> Option<Type> {
    matches!(types, [Type::Float | Type::Unknown]).then_some(Type::INT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_each_is_there_once() {
        let names: Vec<&str> = names().collect();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
    }

    #[test]
    fn versions_are_debians() {
        for (text, good) in [
            ("1:10.11.14-0+deb12u2", true),
            ("8.2+93", true),
            ("", false),
            ("a", false),
            ("1_2", false),
            ("1:a", false),
        ] {
            assert_eq!(version(text).is_ok(), good, "{text}");
        }
    }
}
