//! Types as written, to types.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::limits;
use crate::nearest::suggestion;
use crate::resolve::{Item, World};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Name, RangeExpr, TypeExpr};
use crate::types::{Choice, ComponentRef, Kind, Range, Type};

/// Types that take nothing after their name.
const PLAIN: [(&str, Type); 10] = [
    ("Bool", Type::Bool),
    ("Float", Type::Float),
    ("String", Type::Text),
    ("Path", Type::Path),
    ("Url", Type::Url),
    ("Version", Type::Version),
    ("Package", Type::Package),
    ("Archive", Type::Archive),
    ("Source", Type::Source),
    ("Tree", Type::Tree),
];
/// Types of whole numbers, which take a range.
const NUMBERS: [(&str, Kind); 5] = [
    ("Int", Kind::Int),
    ("Size", Kind::Size),
    ("Duration", Kind::Duration),
    ("Percent", Kind::Percent),
    ("Rate", Kind::Rate),
];
/// Types that take another.
const TAKING: [&str; 3] = ["List", "Map", "Endpoint"];

/// Whether the language has a type of that name, which no declaration can take.
pub(crate) fn is_type(name: &str) -> bool {
    let plain = PLAIN.iter().map(|(name, _)| *name).chain(NUMBERS.iter().map(|(name, _)| *name));
    plain.chain(TAKING).any(|known| known == name)
}

type Declared = Result<Type, Box<Diagnostic>>;

/// The type that a declaration writes in a module.
///
/// # Errors
/// An unknown name, a range where none can be, a range of another unit, a type made of itself.
pub(crate) fn declared(world: &World, module: usize, ty: &TypeExpr) -> Declared {
    Reader { world, open: Vec::new() }.read(module, ty)
}

/// Reads types, through the names that others have given to types.
struct Reader<'w> {
    world: &'w World,
    /// The aliases being read, each by the place of its name.
    open: Vec<Span>,
}

impl Reader<'_> {
    fn read(&mut self, module: usize, ty: &TypeExpr) -> Declared {
        let read = if !ty.choices.is_empty() {
            choice(ty)
        } else if ty.name.text.is_empty() {
            self.record(module, ty)
        } else if let Some((_, kind)) = NUMBERS.iter().find(|(name, _)| *name == &*ty.name.text) {
            number(ty, *kind)
        } else {
            self.named(module, ty)
        }?;
        bounded(if ty.optional { Type::option(read) } else { read }, ty.span)
    }

    fn record(&mut self, module: usize, ty: &TypeExpr) -> Declared {
        let mut fields: Vec<(Arc<str>, Type)> = Vec::new();
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for (name, ty) in &ty.fields {
            if let Some(first) = seen.insert(&name.text, name.span) {
                return Err(Box::new(crate::resolve::defined_twice(name, first)));
            }
            fields.push((name.text.clone(), self.read(module, ty)?));
        }
        Ok(Type::record(fields))
    }

    fn named(&mut self, module: usize, ty: &TypeExpr) -> Declared {
        let name = &*ty.name.text;
        if ty.range.is_some() {
            let message = format!("`{name}` takes no range");
            let numbers = "Int, Size, Duration, Percent and Rate do";
            return Err(Box::new(Diagnostic::error("E0307", ty.span, message).help(numbers)));
        }
        match (name, ty.arguments.as_slice()) {
            ("List", [element]) => Ok(Type::list(self.read(module, element)?)),
            ("Map", [element]) => Ok(Type::Map(Arc::new(self.read(module, element)?))),
            ("Endpoint", [protocol]) => {
                known_protocol(self.world, module, &protocol.name)?;
                Ok(self.world.endpoint(module, &protocol.name))
            }
            (name, _) if TAKING.contains(&name) => {
                let message = format!("`{name}` takes one type");
                let of = if name == "Endpoint" { "Http" } else { "String" };
                let help = format!("write `{name}<{of}>`, for example");
                Err(Box::new(Diagnostic::error("E0307", ty.span, message).help(help)))
            }
            (name, [_, ..]) if is_type(name) || self.world.lookup(module, name).is_some() => {
                Err(takes_none(ty))
            }
            (_, [_, ..]) => Err(self.unknown(module, &ty.name)),
            (name, []) => match PLAIN.iter().find(|(plain, _)| *plain == name) {
                Some((_, plain)) => Ok(plain.clone()),
                None => self.defined(module, &ty.name),
            },
        }
    }

    /// A type or component of the program.
    fn defined(&mut self, module: usize, name: &Name) -> Declared {
        if let Some((home, alias)) = self.world.type_alias(module, &name.text) {
            if let Some(known) = self.world.known_type(alias.name.span) {
                return Ok(known);
            }
            if self.open.contains(&alias.name.span) || self.open.len() >= limits::EVALUATION_DEPTH {
                let message = format!("type `{}` is made of itself", name.text);
                return Err(Box::new(
                    Diagnostic::error("E0207", name.span, message).and(alias.name.span, "declared here"),
                ));
            }
            self.open.push(alias.name.span);
            let read = self.read(home, &alias.ty);
            self.open.pop();
            let ty = called(read?, &alias.name.text);
            self.world.know_type(alias.name.span, &ty);
            return Ok(ty);
        }
        match self.world.lookup(module, &name.text) {
            Some(d) if d.item == Item::Component => {
                Ok(Type::Component(ComponentRef { module: d.module, index: d.index }, name.text.clone()))
            }
            Some(d) => {
                let message = format!("`{}` is {}, not a type", name.text, d.item.describe());
                Err(Box::new(Diagnostic::error("E0307", name.span, message).and(d.span, "declared here")))
            }
            None => Err(self.unknown(module, name)),
        }
    }

    fn unknown(&self, module: usize, name: &Name) -> Box<Diagnostic> {
        let message = format!("unknown type `{}`", name.text);
        let mut diagnostic = Diagnostic::error("E0307", name.span, message);
        let own = self.world.modules.get(module).into_iter().flat_map(|m| &m.names);
        let own = own
            .filter(|(_, d)| matches!(d.item, Item::Type | Item::Component) && !self.open.contains(&d.span));
        let own = own.map(|(name, _)| &**name);
        let plain = PLAIN.iter().map(|(name, _)| *name).chain(NUMBERS.iter().map(|(name, _)| *name));
        diagnostic.help = suggestion(&name.text, plain.chain(TAKING).chain(own));
        Box::new(diagnostic)
    }
}

/// A choice under the name that a declaration gives it, as messages show it.
fn called(ty: Type, name: &Arc<str>) -> Type {
    match ty {
        Type::Choice(choice) if choice.name.is_none() => {
            let values = choice.values.clone();
            Type::Choice(Arc::new(Choice::new(Some(name.clone()), values, true)))
        }
        ty => ty,
    }
}

fn choice(ty: &TypeExpr) -> Declared {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for choice in &ty.choices {
        if !seen.insert(&choice.text) {
            let message = format!("`{}` is among the choices twice", choice.text);
            return Err(Box::new(Diagnostic::error("E0202", choice.span, message)));
        }
    }
    let values = ty.choices.iter().map(|choice| choice.text.clone()).collect();
    Ok(Type::Choice(Arc::new(Choice::new(None, values, true))))
}

/// Refuses a protocol that nobody declares.
pub(super) fn known_protocol(world: &World, module: usize, name: &Name) -> Result<(), Box<Diagnostic>> {
    if world.protocol(module, &name.text).is_some() {
        return Ok(());
    }
    let message = format!("unknown protocol `{}`", name.text);
    let mut diagnostic = Diagnostic::error("E0211", name.span, message);
    let own = world.modules.get(module).into_iter().chain(world.protocols.and_then(|p| world.modules.get(p)));
    let names = own.flat_map(|m| &m.names).filter(|(_, d)| d.item == Item::Protocol).map(|(name, _)| &**name);
    diagnostic.help = match crate::nearest::nearest(&name.text, names) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None => Some(format!("declare it: `protocol {}`", name.text)),
    };
    Err(Box::new(diagnostic))
}

fn takes_none(ty: &TypeExpr) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("E0307", ty.span, format!("`{}` takes no type", ty.name.text)))
}

/// Refuses a type whose parts are too many.
pub(crate) fn bounded(ty: Type, span: Span) -> Declared {
    if ty.size() <= limits::TYPE_SIZE {
        return Ok(ty);
    }
    let message = format!("a type has at most {} parts", limits::TYPE_SIZE);
    Err(Box::new(Diagnostic::error("E0109", span, message).help("split the value")))
}

fn number(ty: &TypeExpr, kind: Kind) -> Declared {
    if !ty.arguments.is_empty() {
        return Err(takes_none(ty));
    }
    let range = ty.range.as_ref().map(|r| range(r, kind, ty.span)).transpose()?.unwrap_or_default();
    Ok(Type::Number(kind, range))
}

fn range(range: &RangeExpr, kind: Kind, span: Span) -> Result<Range, Box<Diagnostic>> {
    let low = range.low.as_ref().map(|e| bound(e, kind)).transpose()?;
    let mut high = range.high.as_ref().map(|e| bound(e, kind)).transpose()?;
    if !range.inclusive {
        high = high.map(|h| h.saturating_sub(1));
    }
    if let (Some(low), Some(high)) = (low, high)
        && low > high
    {
        return Err(Box::new(Diagnostic::error("E0307", span, "no number is in this range")));
    }
    Ok(Range { low, high })
}

fn bound(expr: &Expr, kind: Kind) -> Result<i64, Box<Diagnostic>> {
    match number_literal(&expr.kind) {
        Some((found, n)) if found == kind => Ok(n),
        _ => {
            let message = format!("the range of a `{kind:?}` is bounded by `{kind:?}` literals");
            Err(Box::new(Diagnostic::error("E0307", expr.span, message)))
        }
    }
}

/// The value of a number literal.
pub(crate) fn number_literal(kind: &ExprKind) -> Option<(Kind, i64)> {
    match kind {
        ExprKind::Int(n) => Some((Kind::Int, *n)),
        ExprKind::Size(n) => Some((Kind::Size, *n)),
        ExprKind::Duration(n) => Some((Kind::Duration, *n)),
        ExprKind::Percent(n) => Some((Kind::Percent, *n)),
        ExprKind::Rate(n) => Some((Kind::Rate, *n)),
        _ => None,
    }
}
