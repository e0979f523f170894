//! Expressions, by precedence: `or`, `and`, comparison, `+ -`, `* /`, prefix, member.

use super::super::ast::{BinaryOp, Expr, ExprKind, For, Part, UnaryOp};
use super::super::parser::{Parsed, Parser};
use super::super::token::{Piece, TokenKind};
use super::fields;
use crate::limits;
use crate::source::Span;

/// Any expression.
pub(super) fn expression(p: &mut Parser) -> Parsed<Expr> {
    p.nested(|p| if p.is_word("if") { conditional(p) } else { binary(p, 0) })
}

/// An expression whose tree is not too high.
fn made(p: &mut Parser, kind: ExprKind, start: Span) -> Parsed<Expr> {
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
        TokenKind::Symbol("+") => (BinaryOp::Add, 4),
        TokenKind::Symbol("-") => (BinaryOp::Subtract, 4),
        TokenKind::Symbol("*") => (BinaryOp::Multiply, 5),
        TokenKind::Symbol("/") => (BinaryOp::Divide, 5),
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

/// Something without operators around it: a literal, a name, a list, a record, brackets, and its members.
pub(super) fn operand(p: &mut Parser) -> Parsed<Expr> {
    let start = p.span();
    let mut of = primary(p)?;
    while p.eat(".") {
        let name = p.name("a member's name")?;
        of = made(p, ExprKind::Member(Box::new(of), name), start)?;
    }
    Ok(of)
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
        TokenKind::Name(word) => match &**word {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "then" | "else" | "in" | "and" | "or" | "for" => return p.expected("a value"),
            _ => ExprKind::Name(word.clone()),
        },
        TokenKind::Text(_) => return text(p),
        TokenKind::Symbol("[") => return list(p),
        TokenKind::Symbol("{") => {
            let fields = fields(p, "record")?;
            return made(p, ExprKind::Record(fields), start);
        }
        TokenKind::Symbol("(") => return bracketed(p),
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
    let mut parts = Vec::new();
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
        if !p.is("]") && !p.eat(",") {
            return p.form("a `,` between the elements, and `]` after the last", |p| {
                if p.first_on_line() { p.ended("`,` or `]`") } else { p.expected("`,` or `]`") }
            });
        }
    }
    made(p, ExprKind::List(items), start)
}

fn comprehension(p: &mut Parser, body: Expr, start: Span) -> Parsed<Expr> {
    p.bump();
    let name = p.form("`[value for name in list]`", |p| {
        let name = p.new_name("a name for the element")?;
        p.expect_word("in")?;
        Ok(name)
    })?;
    let list = expression(p)?;
    let condition = if p.eat_word("if") { Some(expression(p)?) } else { None };
    p.expect("]")?;
    made(p, ExprKind::For(Box::new(For { body, name, list, condition })), start)
}
