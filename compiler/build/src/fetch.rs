//! Downloads: by hash, with resumption and a pool of connections.
