//! Masters in, what a model shall see of them out: fitted, cut in pieces, marked, made
//! when it is needed, and once. Videos and links beside them.

pub mod blocking;
pub mod links;
mod masters;
mod read;
mod render;
mod renditions;
mod slots;
mod target;
pub mod videos;

pub use self::{
    masters::{Show, THUMBNAIL},
    read::{Found, Source},
    render::sent_as,
    renditions::{Given, Renditions},
    slots::{A_PAGE, Priority, Slot, Slots},
    target::Target,
};
