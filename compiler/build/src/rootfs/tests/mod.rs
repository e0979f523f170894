mod compose;
mod fixture;
mod overlay;
mod settle;
mod table;
