mod compose;
mod fixture;
mod mount;
mod overlay;
mod rounds;
mod settle;
mod table;
