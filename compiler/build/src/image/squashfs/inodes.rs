//! Inodes and directories, from the leaves to the root: a directory says where the inodes in it are.

use plc_store::Kind;

use super::{
    FORMAT, NONE,
    attributes::Attributes,
    data::Stored,
    table::{Place, Put, Table},
};
use crate::image::{
    ImageError,
    nodes::{Node, Nodes, device_number},
};

/// How many entries of a directory may share a header.
const SHARING: usize = 256;
/// The length of a directory is said to be this much more, for the two names that are not there.
const DOTS: u64 = 3;
/// What kinds have in addition where their inodes are of the long form.
const LONG: u16 = 7;

/// All inodes of an image.
pub(super) struct Inodes<'a> {
    pub(super) inodes: Table,
    pub(super) directories: Table,
    pub(super) attributes: Attributes<'a>,
    /// Users and groups, each once, by the order in which inodes name them.
    pub(super) owners: Vec<u32>,
    pub(super) count: u32,
    /// Where the root directory's inode is.
    pub(super) root: u64,
    /// The root directory's time, which is the image's.
    pub(super) time: u32,
    places: Vec<Place>,
}

impl<'a> Inodes<'a> {
    /// The inodes of nodes whose content is stored.
    ///
    /// # Errors
    /// One has something that there is no place for.
    pub(super) fn of(nodes: &Nodes<'a>, stored: &[Stored]) -> Result<Self, ImageError> {
        let all = nodes.all();
        let mut made = Self {
            inodes: Table::new()?,
            directories: Table::new()?,
            attributes: Attributes::new()?,
            owners: Vec::new(),
            count: u32::try_from(all.len()).map_err(|_| ImageError::TooLarge(FORMAT))?,
            root: 0,
            time: 0,
            places: vec![Place::default(); all.len()],
        };
        // Everything before what names it: what is in a directory comes after it, but for files that have another name there.
        let is_directory = |(_, node): &(usize, &Node<'_>)| matches!(node.entry.kind, Kind::Directory);
        let backwards = all.iter().enumerate().rev();
        let (directories, others): (Vec<_>, Vec<_>) = backwards.partition(is_directory);
        for (index, node) in others.into_iter().chain(directories) {
            let inode = made.inode(index, node, all, stored)?;
            made.places[index] = made.inodes.place()?;
            made.inodes.write(&inode)?;
        }
        made.root = made.places.first().copied().unwrap_or_default().reference();
        made.inodes.end()?;
        made.directories.end()?;
        made.attributes.end()?;
        Ok(made)
    }

    fn inode(
        &mut self,
        index: usize,
        node: &Node<'a>,
        all: &[Node<'a>],
        stored: &[Stored],
    ) -> Result<Vec<u8>, ImageError> {
        let attributes = self.attributes.of(node)?;
        let links = u32::try_from(node.links).map_err(|_| ImageError::TooLarge(FORMAT))?;
        let mut rest = Vec::new();
        let mut is_long = attributes != NONE;
        match &node.entry.kind {
            Kind::Directory => {
                let Listing { place, length, index: points } = self.directory(node, all)?;
                let length = length + DOTS;
                is_long |= length > u64::from(u16::MAX);
                let parent = number(node.parent);
                if is_long {
                    rest.put_u32(links);
                    rest.put_u32(u32::try_from(length).map_err(|_| ImageError::TooLarge(FORMAT))?);
                    rest.put_u32(place.block);
                    rest.put_u32(if index == 0 { self.count + 1 } else { parent });
                    rest.put_u16(points.len() as u16);
                    rest.put_u16(place.offset);
                    rest.put_u32(attributes);
                    rest.extend(points.concat());
                } else {
                    rest.put_u32(place.block);
                    rest.put_u32(links);
                    rest.put_u16(length as u16);
                    rest.put_u16(place.offset);
                    rest.put_u32(if index == 0 { self.count + 1 } else { parent });
                }
            }
            Kind::File { size, .. } => {
                let stored = &stored[index];
                is_long |= links > 1 || stored.holes > 0;
                is_long |= *size > u64::from(u32::MAX) || stored.start > u64::from(u32::MAX);
                file(stored, *size, is_long.then_some((links, attributes)), &mut rest);
            }
            Kind::Symlink(target) => {
                rest.put_u32(links);
                rest.put_u32(target.len() as u32);
                rest.extend_from_slice(target);
            }
            _ => {
                rest.put_u32(links);
                if let Some((major, minor)) = node.device(FORMAT)? {
                    rest.put_u32(device_number(major, minor));
                }
            }
        }
        if is_long && !matches!(node.entry.kind, Kind::Directory | Kind::File { .. }) {
            rest.put_u32(attributes);
        }
        let mut inode = Vec::with_capacity(16 + rest.len());
        inode.put_u16(kind(&node.entry.kind) + if is_long { LONG } else { 0 });
        self.head(index, node, &mut inode)?;
        inode.extend(rest);
        Ok(inode)
    }

    /// What all inodes have.
    fn head(&mut self, index: usize, node: &Node<'_>, to: &mut Vec<u8>) -> Result<(), ImageError> {
        let meta = &node.entry.meta;
        let time = node.time(FORMAT, 0..=i64::from(u32::MAX))? as u32;
        to.put_u16(meta.mode);
        for owner in [meta.uid, meta.gid] {
            to.put_u16(self.owner(owner)?);
        }
        to.put_u32(time);
        to.put_u32(number(index));
        if index == 0 {
            self.time = time;
        }
        Ok(())
    }

    fn owner(&mut self, owner: u32) -> Result<u16, ImageError> {
        let index = self.owners.iter().position(|known| *known == owner).unwrap_or_else(|| {
            self.owners.push(owner);
            self.owners.len() - 1
        });
        // Their number is kept in 16 bits too.
        u16::try_from(index).ok().filter(|index| *index < u16::MAX).ok_or(ImageError::TooLarge(FORMAT))
    }

    /// Writes what a directory has.
    fn directory(&mut self, node: &Node<'_>, all: &[Node<'_>]) -> Result<Listing, ImageError> {
        let place = self.directories.place()?;
        let mut listing = Listing { place, length: 0, index: Vec::new() };
        let mut last = place.block;
        let mut rest = node.children.as_slice();
        while let Some((name, first)) = rest.first() {
            let here = self.directories.place()?.block;
            if here != last && listing.index.len() < usize::from(u16::MAX) {
                listing.index.push(point(listing.length, here, name)?);
                last = here;
            }
            let (block, base) = (self.places[*first].block, i64::from(number(*first)));
            let fits = |(_, child): &&(&[u8], usize)| {
                let distance = i64::from(number(*child)) - base;
                self.places[*child].block == block && i16::try_from(distance).is_ok()
            };
            let count = rest.iter().take(SHARING).take_while(fits).count();
            let (these, others) = rest.split_at(count);
            rest = others;
            let mut bytes = Vec::new();
            bytes.put_u32(count as u32 - 1);
            bytes.put_u32(block);
            bytes.put_u32(number(*first));
            for (name, child) in these {
                bytes.put_u16(self.places[*child].offset);
                bytes.put_u16((i64::from(number(*child)) - base) as i16 as u16);
                bytes.put_u16(kind(&all[*child].entry.kind));
                bytes.put_u16(name.len() as u16 - 1);
                bytes.extend_from_slice(name);
            }
            listing.length += bytes.len() as u64;
            self.directories.write(&bytes)?;
        }
        Ok(listing)
    }
}

/// What a directory has: where, how much, and at which names there may be begun to look for one.
struct Listing {
    place: Place,
    length: u64,
    index: Vec<Vec<u8>>,
}

/// An entry of a directory's index: so far in the list, in this block of the table, a header begins whose first name is this.
fn point(length: u64, block: u32, name: &[u8]) -> Result<Vec<u8>, ImageError> {
    let mut entry = Vec::with_capacity(12 + name.len());
    entry.put_u32(u32::try_from(length).map_err(|_| ImageError::TooLarge(FORMAT))?);
    entry.put_u32(block);
    entry.put_u32(name.len() as u32 - 1);
    entry.extend_from_slice(name);
    Ok(entry)
}

/// What a regular file's inode has of its own; for the long form, its names and attributes.
fn file(stored: &Stored, size: u64, long: Option<(u32, u32)>, to: &mut Vec<u8>) {
    let (fragment, offset) = stored.fragment.unwrap_or((NONE, 0));
    match long {
        None => {
            to.put_u32(stored.start as u32);
            to.put_u32(fragment);
            to.put_u32(offset);
            to.put_u32(size as u32);
        }
        Some((links, attributes)) => {
            to.put_u64(stored.start);
            to.put_u64(size);
            to.put_u64(stored.holes);
            to.put_u32(links);
            to.put_u32(fragment);
            to.put_u32(offset);
            to.put_u32(attributes);
        }
    }
    for size in &stored.sizes {
        to.put_u32(*size);
    }
}

/// The number of a node's inode: from 1.
fn number(index: usize) -> u32 {
    index as u32 + 1
}

/// The number of a kind, as directories and inodes of the short form have it.
fn kind(kind: &Kind) -> u16 {
    match kind {
        Kind::Directory => 1,
        Kind::File { .. } | Kind::Hardlink(_) => 2,
        Kind::Symlink(_) => 3,
        Kind::BlockDevice { .. } => 4,
        Kind::CharDevice { .. } => 5,
        Kind::Fifo => 6,
    }
}
