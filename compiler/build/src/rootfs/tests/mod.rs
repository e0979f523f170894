mod compose;
mod fixture;
mod mount;
mod overlay;
mod settle;
mod table;
