//! Images of root file systems.
