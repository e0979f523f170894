mod chroot;
mod compose;
mod fixture;
mod overlay;
mod real;
mod settle;
mod table;
