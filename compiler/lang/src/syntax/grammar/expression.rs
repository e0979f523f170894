//! Expressions, by precedence: `or`, `and`, comparison, `??`, `+ -`, `* /`, prefix, member, call and key.

use super::super::ast::{BinaryOp, Expr, ExprKind, For, Name, Part, UnaryOp};
use super::super::parser::{Parsed, Parser};
use super::super::token::{Piece, TokenKind};
use super::fields;
use super::matching::matching;
use crate::limits;
use crate::source::Span;

/// Any expression.
pub(super) fn expression(p: &mut Parser) -> Parsed<Expr> {
    p.nested(|p| match p.peek() {
        TokenKind::Name(word) if &**word == "if" => conditional(p),
        TokenKind::Name(word) if &**word == "match" => matching(p),
        _ => binary(p, 0),
    })
}

/// An expression whose tree is not too high.
pub(super) fn made(p: &mut Parser, kind: ExprKind, start: Span) -> Parsed<Expr> {
    let expr = Expr::new(kind, p.since(start));
    if expr.depth > limits::EXPRESSION_DEPTH { p.too_deep(expr.span) } else { Ok(expr) }
}

fn conditional(p: &mut Parser) -> Parsed<Expr> {
    let start = p.bump().span;
    const FORM: &str = "`if condition then value else value`";
    let condition = expression(p)?;
    p.form(FORM, |p| p.expect_word("then"))?;
    let yes = expression(p)?;
    p.form(FORM, |p| p.expect_word("else"))?;
    let no = expression(p)?;
    made(p, ExprKind::If(Box::new((condition, yes, no))), start)
}

/// The operator here and how tightly it binds.
fn operator(p: &Parser) -> Option<(BinaryOp, u8)> {
    Some(match p.peek() {
        TokenKind::Name(word) if &**word == "or" => (BinaryOp::Or, 1),
        TokenKind::Name(word) if &**word == "and" => (BinaryOp::And, 2),
        TokenKind::Symbol("==") => (BinaryOp::Equal, 3),
        TokenKind::Symbol("!=") => (BinaryOp::NotEqual, 3),
        TokenKind::Symbol("<") => (BinaryOp::Less, 3),
        TokenKind::Symbol("<=") => (BinaryOp::LessEqual, 3),
        TokenKind::Symbol(">") => (BinaryOp::Greater, 3),
        TokenKind::Symbol(">=") => (BinaryOp::GreaterEqual, 3),
        TokenKind::Symbol("??") => (BinaryOp::Otherwise, 4),
        TokenKind::Symbol("+") => (BinaryOp::Add, 5),
        TokenKind::Symbol("-") => (BinaryOp::Subtract, 5),
        TokenKind::Symbol("*") => (BinaryOp::Multiply, 6),
        TokenKind::Symbol("/") => (BinaryOp::Divide, 6),
        _ => return None,
    })
}

fn binary(p: &mut Parser, loosest: u8) -> Parsed<Expr> {
    let start = p.span();
    let mut left = unary(p)?;
    while let Some((op, power)) = operator(p).filter(|(_, power)| *power > loosest) {
        p.bump();
        let right = binary(p, power)?;
        left = made(p, ExprKind::Binary(op, Box::new((left, right))), start)?;
    }
    Ok(left)
}

fn unary(p: &mut Parser) -> Parsed<Expr> {
    let start = p.span();
    let op = match p.peek() {
        TokenKind::Symbol("-") => UnaryOp::Negate,
        TokenKind::Name(word) if &**word == "not" => UnaryOp::Not,
        _ => return operand(p),
    };
    p.bump();
    let of = p.nested(unary)?;
    made(p, ExprKind::Unary(op, Box::new(of)), start)
}

/// Something without operators around it: a literal, a name, a list, a record, brackets, with its members, keys and
/// arguments.
pub(super) fn operand(p: &mut Parser) -> Parsed<Expr> {
    let start = p.span();
    let mut of = primary(p)?;
    loop {
        let kind = if p.eat(".") {
            ExprKind::Member(Box::new(of), p.name("a member's name")?)
        } else if p.is("[") && p.adjacent() {
            ExprKind::Index(Box::new((of, key(p)?)))
        } else {
            return Ok(of);
        };
        of = made(p, kind, start)?;
    }
}

/// `["key"]`
fn key(p: &mut Parser) -> Parsed<Expr> {
    p.bump();
    let key = within(p, expression)?;
    p.expect("]")?;
    Ok(key)
}

/// Reads inside brackets, where a `{` after a name belongs to it again.
fn within<T>(p: &mut Parser, read: impl FnOnce(&mut Parser) -> Parsed<T>) -> Parsed<T> {
    let outer = std::mem::replace(&mut p.no_make, false);
    let result = read(p);
    p.no_make = outer;
    result
}

/// `f(a, b)`: the name has been read.
fn call(p: &mut Parser, name: Name) -> Parsed<ExprKind> {
    p.bump();
    let mut arguments = Vec::new();
    while !p.eat(")") {
        arguments.push(expression(p)?);
        if !p.is(")") && !p.eat(",") {
            return p.form("a `,` between the arguments, and `)` after the last", |p| {
                if p.first_on_line() { p.ended("`,` or `)`") } else { p.expected("`,` or `)`") }
            });
        }
    }
    Ok(ExprKind::Call(name, arguments))
}

/// The kinds of things that are made of a record after their name.
pub(crate) const MAKES: [&str; 5] = ["apt", "local", "git", "download", "build"];

/// A name, and what it begins: a call, or something that is made.
fn named(p: &mut Parser) -> Parsed<Expr> {
    let start = p.span();
    let name = p.name("a value")?;
    let kind = if p.is("(") && p.adjacent() {
        within(p, |p| call(p, name))?
    } else if MAKES.contains(&&*name.text) && p.is("{") && !p.no_make {
        let fields = fields(p, &name.text)?;
        ExprKind::Make(name, fields)
    } else {
        ExprKind::Name(name.text)
    };
    made(p, kind, start)
}

/// A number, size, duration or percentage, perhaps negative: what a range may be bounded by.
pub(super) fn literal(p: &mut Parser) -> Parsed<Expr> {
    let start = p.span();
    let negative = p.eat("-");
    let sign = if negative { -1 } else { 1 };
    let kind = match p.peek() {
        TokenKind::Int(n) => ExprKind::Int(n * sign),
        TokenKind::Size(n) => ExprKind::Size(n * sign),
        TokenKind::Duration(n) => ExprKind::Duration(n * sign),
        TokenKind::Percent(n) => ExprKind::Percent(n * sign),
        TokenKind::Rate(n) => ExprKind::Rate(n * sign),
        _ => return p.expected("a number"),
    };
    p.bump();
    made(p, kind, start)
}

fn primary(p: &mut Parser) -> Parsed<Expr> {
    let start = p.span();
    if p.member_begins() || (p.first_on_line() && p.is("}")) {
        return p.ended("a value");
    }
    let kind = match p.peek() {
        TokenKind::Int(n) => ExprKind::Int(*n),
        TokenKind::Float(n) => ExprKind::Float(*n),
        TokenKind::Size(n) => ExprKind::Size(*n),
        TokenKind::Duration(n) => ExprKind::Duration(*n),
        TokenKind::Percent(n) => ExprKind::Percent(*n),
        TokenKind::Rate(n) => ExprKind::Rate(*n),
        TokenKind::Name(word) => match &**word {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "none" => ExprKind::None,
            "then" | "else" | "in" | "and" | "or" => return p.expected("a value"),
            "for" => return p.form("`[value for name in list]`", |p| p.expected("a value")),
            "if" => return p.form("`(if … then … else …)`, in brackets", |p| p.expected("a value")),
            "match" => return p.form("`(match … { … })`, in brackets", |p| p.expected("a value")),
            _ => return named(p),
        },
        TokenKind::Text(_) => return text(p),
        TokenKind::Date(_) => return p.form("a day after `until` only", |p| p.expected("a value")),
        TokenKind::Symbol("[") => return within(p, list),
        TokenKind::Symbol("{") if map_begins(p) => return within(p, map),
        TokenKind::Symbol("{") => {
            let fields = within(p, |p| fields(p, "record"))?;
            return made(p, ExprKind::Record(fields), start);
        }
        TokenKind::Symbol("(") => return within(p, bracketed),
        _ => return p.expected("a value"),
    };
    p.bump();
    made(p, kind, start)
}

fn bracketed(p: &mut Parser) -> Parsed<Expr> {
    p.bump();
    let inner = expression(p)?;
    p.expect(")")?;
    Ok(inner)
}

fn text(p: &mut Parser) -> Parsed<Expr> {
    let token = p.bump();
    let TokenKind::Text(pieces) = token.kind else { return p.expected("a string") };
    let mut parts = Vec::with_capacity(pieces.len());
    for piece in pieces {
        parts.push(match piece {
            Piece::Text(text) => Part::Text(text.into()),
            Piece::Tokens(tokens) => Part::Expr(p.inner(tokens, interpolated)?),
        });
    }
    made(p, ExprKind::Text(parts), token.span)
}

fn interpolated(p: &mut Parser) -> Parsed<Expr> {
    p.form("`\\{` for a brace itself, or `r\"…\"` where none is an expression", |p| {
        let expr = expression(p)?;
        if p.at_end() { Ok(expr) } else { p.expected("`}`") }
    })
}

fn list(p: &mut Parser) -> Parsed<Expr> {
    let start = p.bump().span;
    let mut items = Vec::new();
    while !p.eat("]") {
        let item = expression(p)?;
        if items.is_empty() && p.is_word("for") {
            return comprehension(p, item, start);
        }
        items.push(item);
        if p.is_word("if") {
            return p.form("the condition last: `[value for name in list if condition]`", |p| {
                p.expected("`,` or `]`")
            });
        }
        if p.is_word("for") {
            return p
                .form("one value before `for`: `[value for name in list]`", |p| p.expected("`,` or `]`"));
        }
        if !p.is("]") && !p.eat(",") {
            return p.form("a `,` between the elements, and `]` after the last", |p| {
                if p.first_on_line() { p.ended("`,` or `]`") } else { p.expected("`,` or `]`") }
            });
        }
    }
    // Trees are kept whole, and most of their lists are short.
    items.shrink_to_fit();
    made(p, ExprKind::List(items), start)
}

/// `[body for …]`: the body has been read.
fn comprehension(p: &mut Parser, body: Expr, start: Span) -> Parsed<Expr> {
    let gone_through = going_through(p, None, body, "`[value for name in list]`")?;
    p.expect("]")?;
    made(p, ExprKind::For(Box::new(gone_through)), start)
}

/// `for name in list if condition`
fn going_through(p: &mut Parser, key: Option<Expr>, body: Expr, form: &str) -> Parsed<For> {
    let (name, second) = p.form(form, |p| {
        p.expect_word("for")?;
        let name = p.new_name("a name for the element")?;
        let second = if p.eat(",") { Some(p.new_name("a name for the value")?) } else { None };
        p.expect_word("in")?;
        Ok((name, second))
    })?;
    let list = expression(p)?;
    let condition = if p.eat_word("if") { Some(expression(p)?) } else { None };
    Ok(For { key, body, name, second, list, condition })
}

/// A record's keys are as they stand: one that is computed is a map's.
fn map_begins(p: &Parser) -> bool {
    let TokenKind::Text(pieces) = p.peek_at(1) else { return false };
    pieces.iter().any(|piece| matches!(piece, Piece::Tokens(_)))
}

/// `{ "{key}" = value for name in list }`
fn map(p: &mut Parser) -> Parsed<Expr> {
    const FORM: &str = "`{ \"{name}\" = value for name in list }`";
    let start = p.bump().span;
    let key = text(p)?;
    p.form(FORM, |p| p.expect("="))?;
    let body = expression(p)?;
    let gone_through = going_through(p, Some(key), body, FORM)?;
    p.form(FORM, |p| p.expect("}"))?;
    made(p, ExprKind::For(Box::new(gone_through)), start)
}
