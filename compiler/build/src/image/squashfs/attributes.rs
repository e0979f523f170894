//! Extended attributes: what inodes have in common is there once.

use std::collections::BTreeMap;

use plc_store::Xattr;

use super::{
    FORMAT, NONE,
    table::{Put, Table},
};
use crate::image::{
    ImageError,
    nodes::{NO_NAMESPACE, Namespace, Node, namespace},
};

/// The attributes of all inodes.
pub(super) struct Attributes<'a> {
    known: BTreeMap<&'a [Xattr], u32>,
    /// Names and values, set after set.
    pairs: Table,
    /// Of each set, where it is, how many it has, and how long it is.
    sets: Table,
}

impl<'a> Attributes<'a> {
    pub(super) fn new() -> Result<Self, ImageError> {
        Ok(Self { known: BTreeMap::new(), pairs: Table::new()?, sets: Table::new()? })
    }

    /// What an inode's set is known by; [`NONE`] where it has no attributes.
    ///
    /// # Errors
    /// It has one of a kind that there is no number for.
    pub(super) fn of(&mut self, node: &Node<'a>) -> Result<u32, ImageError> {
        let xattrs = node.entry.meta.xattrs.as_slice();
        if xattrs.is_empty() {
            return Ok(NONE);
        }
        if let Some(known) = self.known.get(xattrs) {
            return Ok(*known);
        }
        let mut bytes = Vec::new();
        for xattr in xattrs {
            let (space, name) = namespace(xattr).ok_or_else(|| node.unfit(FORMAT, NO_NAMESPACE))?;
            if xattr.value.len() > usize::from(u16::MAX) {
                return Err(node.unfit(FORMAT, "it has an attribute of more than 65535 bytes"));
            }
            bytes.put_u16(match space {
                Namespace::User => 0,
                Namespace::Trusted => 1,
                Namespace::Security => 2,
            });
            bytes.put_u16(name.len() as u16);
            bytes.extend_from_slice(name);
            bytes.put_u32(xattr.value.len() as u32);
            bytes.extend_from_slice(&xattr.value);
        }
        let mut set = Vec::new();
        set.put_u64(self.pairs.place()?.reference());
        set.put_u32(xattrs.len() as u32);
        set.put_u32(bytes.len() as u32);
        self.pairs.write(&bytes)?;
        self.sets.write(&set)?;
        let index = self.known.len() as u32;
        self.known.insert(xattrs, index);
        Ok(index)
    }

    /// Ends the tables.
    pub(super) fn end(&mut self) -> Result<(), ImageError> {
        self.pairs.end()?;
        Ok(self.sets.end()?)
    }

    /// Adds the tables to the others, which begin at `base`. Gives where their index begins; none where nothing has
    /// attributes.
    pub(super) fn append(&self, tables: &mut Vec<u8>, base: u64) -> Result<Option<u64>, ImageError> {
        if self.sets.is_empty() {
            return Ok(None);
        }
        let pairs = base + tables.len() as u64;
        tables.extend_from_slice(self.pairs.blocks());
        let mut header = Vec::new();
        header.put_u64(pairs);
        header.put_u32(self.known.len() as u32);
        header.put_u32(0);
        Ok(Some(self.sets.append_indexed(tables, base, &header)))
    }
}
