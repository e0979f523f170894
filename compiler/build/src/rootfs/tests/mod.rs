mod chroot;
mod real;
