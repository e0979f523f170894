//! Images of root file systems.

pub mod tar;
