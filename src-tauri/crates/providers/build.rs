//! Packs the table of models: 300 KB of text are 60 KB in the program.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use flate2::Compression;
use flate2::write::DeflateEncoder;

const TABLE: &str = "../../providers/models.tsv";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={TABLE}");
    println!("cargo::rerun-if-changed=build.rs");
    let folder = std::env::var_os("OUT_DIR")
        .ok_or_else(|| io::Error::other("cargo sets OUT_DIR for build scripts"))?;
    let packed = File::create(Path::new(&folder).join("models.deflate"))?;
    let mut packer = DeflateEncoder::new(packed, Compression::best());
    io::copy(&mut BufReader::new(File::open(TABLE)?), &mut packer)?;
    packer.finish()?;
    Ok(())
}
