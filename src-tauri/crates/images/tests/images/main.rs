//! Pictures as people drop them, and what must become of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod colours;
mod damage;
mod files;
mod fitting;
mod fixtures;
mod formats;
mod forms;
mod hostile;
mod keeping;
mod kinds;
mod letters;
mod measuring;
mod modern;
mod odd;
mod outlines;
mod pdf;
mod privacy;
mod refused;
mod reports;
mod shrinking;
