mod archive;
mod fixture;
mod git;
mod local;
