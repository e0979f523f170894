//! Large pages for what checking and lowering allocate.
//!
//! With ten thousand derivations a fifth of the processor time went into faults of 4 KiB pages, of a heap that grew by
//! 128 KiB at a time. Here the heap is made long at once, and the kernel is told that large pages are welcome in it
//! (transparent huge pages, which Debian's kernels give always or to those who ask). Nothing hangs on it: where the
//! kernel, a limit or another C library says no, the heap is as it was. What is large (from 128 KiB on) stays mapped alone, and
//! is given back at once.
#![allow(unsafe_code, reason = "the C library's heap has no safe interface")]

use std::hint::black_box;

/// How far the heap grows at once, in bytes. Address space only: memory comes with the first use of a page.
const STRIDE: usize = 128 << 20;
/// Small enough to lie within the heap rather than to be mapped alone (from 128 KiB on), in bytes.
const BLOCK: usize = 64 << 10;
/// So many blocks are more than the heap has when a program starts (132 KiB), so that it has to grow.
const BLOCKS: usize = 4;

/// Asks for large pages for the heap of the first thread. To be called once, at the start, before there are others.
pub(crate) fn advise_large_pages() {
    // SAFETY: sets a number.
    unsafe { libc::mallopt(libc::M_TOP_PAD, STRIDE as libc::c_int) };
    let begin = end_of_heap();
    // SAFETY: each block is freed once, by the allocator that it is of, and never used.
    unsafe {
        let blocks = [(); BLOCKS].map(|()| black_box(libc::malloc(BLOCK)));
        blocks.into_iter().for_each(|block| libc::free(block));
    }
    let end = end_of_heap();
    // SAFETY: reads a number.
    let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(BLOCK);
    let begin = begin.checked_next_multiple_of(page.max(1)).unwrap_or(end);
    if end > begin {
        // SAFETY: the range lies within the heap, whose content this does not change.
        unsafe { libc::madvise(begin as *mut libc::c_void, end - begin, libc::MADV_HUGEPAGE) };
    }
}

/// The address at which the heap ends; without a heap, the last one that there is.
fn end_of_heap() -> usize {
    // SAFETY: moves nothing.
    unsafe { libc::sbrk(0) as usize }
}
