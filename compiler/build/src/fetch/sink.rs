//! Where a download goes.

use std::{
    fs::File,
    io::{self, Seek, Write},
};

/// Takes the bytes of a download, and can begin again when the place that they came from turns out to be wrong.
pub trait Sink: Write {
    /// Forgets all that was written.
    fn restart(&mut self) -> io::Result<()>;
}

impl Sink for Vec<u8> {
    fn restart(&mut self) -> io::Result<()> {
        self.clear();
        Ok(())
    }
}

impl Sink for File {
    fn restart(&mut self) -> io::Result<()> {
        self.set_len(0)?;
        self.rewind()
    }
}

/// A sink of any writer: it makes a new one to begin again.
pub struct Reopening<W, F> {
    open: F,
    writer: W,
}

impl<W: Write, F: FnMut() -> io::Result<W>> Reopening<W, F> {
    /// A sink over what `open` makes.
    pub fn new(mut open: F) -> io::Result<Self> {
        let writer = open()?;
        Ok(Self { open, writer })
    }

    /// The writer that has the bytes.
    pub fn into_inner(self) -> W {
        self.writer
    }
}

impl<W: Write, F> Write for Reopening<W, F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl<W: Write, F: FnMut() -> io::Result<W>> Sink for Reopening<W, F> {
    fn restart(&mut self) -> io::Result<()> {
        self.writer = (self.open)()?;
        Ok(())
    }
}
