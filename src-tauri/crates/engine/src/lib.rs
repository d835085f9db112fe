//! What the product does, without a window. Two thin faces stand on it: the desktop shell and the command line.

pub mod view;
