mod compose;
pub(crate) mod fixture;
mod mount;
mod overlay;
mod prefork;
mod rounds;
mod settle;
mod stages;
mod table;
