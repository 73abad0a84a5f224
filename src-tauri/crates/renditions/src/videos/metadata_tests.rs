use proptest::prelude::*;

use super::*;

/// Files as ffmpeg writes them, each with a place, a title and a comment in it.
const FILES: [(&str, &[u8]); 7] = [
    ("keys.mp4", include_bytes!("../../tests/videos/keys.mp4")),
    (
        "places.mp4",
        include_bytes!("../../tests/videos/places.mp4"),
    ),
    (
        "places.mov",
        include_bytes!("../../tests/videos/places.mov"),
    ),
    ("parts.mp4", include_bytes!("../../tests/videos/parts.mp4")),
    ("tags.webm", include_bytes!("../../tests/videos/tags.webm")),
    ("live.webm", include_bytes!("../../tests/videos/live.webm")),
    ("info.avi", include_bytes!("../../tests/videos/info.avi")),
];

const PLACE: &[u8] = b"+48.2082+016.3738/";

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

fn boxed(name: &[u8; 4], inside: &[&[u8]]) -> Vec<u8> {
    let inside = inside.concat();
    let size = u32::try_from(inside.len() + 8).unwrap();
    [&size.to_be_bytes()[..], name, &inside].concat()
}

fn numbers(all: &[u32]) -> Vec<u8> {
    all.iter().flat_map(|n| n.to_be_bytes()).collect()
}

/// A track of this kind with two samples of eight bytes in one chunk.
fn track(kind: &[u8; 4], at: u32, more: &[u8]) -> Vec<u8> {
    let table = boxed(
        b"stbl",
        &[
            &boxed(b"stsd", &[&numbers(&[0, 0])]),
            &boxed(b"stsz", &[&numbers(&[0, 0, 2, 8, 8])]),
            &boxed(b"stsc", &[&numbers(&[0, 1, 1, 2, 1])]),
            &boxed(b"stco", &[&numbers(&[0, 1, at])]),
        ],
    );
    let media = boxed(
        b"mdia",
        &[
            &boxed(b"mdhd", &[&numbers(&[0, 7, 8, 1, 1, 0])]),
            &boxed(b"hdlr", &[&[0; 8], kind, &[0; 13]]),
            &boxed(b"minf", &[&table, &boxed(b"meta", &[PLACE])]),
        ],
    );
    let head = boxed(b"tkhd", &[&numbers(&[0, 0x1111_1111, 0x2222_2222, 1, 0])]);
    boxed(b"trak", &[&head, &media, more])
}

/// A file of a camera: pictures, a track of places and what else is found.
fn camera(moov: &[&[u8]], top: &[&[u8]]) -> Vec<u8> {
    let kind = boxed(b"ftyp", &[b"isom\0\0\x02\0"]);
    let data = boxed(b"mdat", &[b"PICTURE1PICTURE2", b"PLACE--1PLACE--2"]);
    let at = u32::try_from(kind.len() + 8).unwrap();
    let movie = [
        &boxed(b"mvhd", &[&numbers(&[0, 0x1111_1111, 0x2222_2222, 600, 0])])[..],
        &track(b"vide", at, &boxed(b"udta", &[PLACE])),
        &track(b"meta", at + 16, &[]),
    ];
    let movie = boxed(b"moov", &[&movie.concat(), &moov.concat()]);
    [kind, data, movie, top.concat()].concat()
}

#[test]
fn what_a_program_wrote_of_places_and_people_is_gone() {
    for (name, file) in FILES {
        let mut bytes = file.to_vec();
        assert_eq!(take_out(&mut bytes), VideoMetadata::Removed, "{name}");
        assert_eq!(bytes.len(), file.len());
        for told in [PLACE, b"canary", b"loci", b"\xa9xyz", b"com.apple"] {
            assert!(!holds(&bytes, told), "{name}: {told:?}");
        }
        let once = bytes.clone();
        assert_eq!(take_out(&mut bytes), VideoMetadata::None, "{name}");
        assert_eq!(bytes, once);
    }
}

#[test]
fn what_cameras_write_is_gone_and_the_pictures_stay() {
    let xmp = b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac<exif:GPSLatitude>";
    let loci = [&[0; 6][..], b"home\0\0", &[9; 12]].concat();
    for (moov, top) in [
        (boxed(b"udta", &[&boxed(b"\xa9xyz", &[PLACE])]), vec![]),
        (
            boxed(b"udta", &[&boxed(b"loci", &[&loci]), &[0; 4]]),
            vec![],
        ),
        (
            boxed(
                b"meta",
                &[&boxed(b"keys", &[b"mdta"]), &boxed(b"ilst", &[PLACE])],
            ),
            vec![],
        ),
        (boxed(b"uuid", &[xmp]), vec![]),
        (vec![], boxed(b"uuid", &[xmp])),
        (vec![], boxed(b"meta", &[PLACE])),
        (vec![], boxed(b"udta", &[PLACE])),
        // Of Samsung, Insta360 and others, after everything else.
        (vec![], boxed(b"sefd", &[PLACE])),
        // What an editor blotted out by its name alone.
        (boxed(b"free", &[PLACE]), boxed(b"skip", &[PLACE])),
        // The last one need not say its size.
        (vec![], [&[0; 4], &b"uuid"[..], xmp].concat()),
        (
            vec![],
            [&numbers(&[1])[..], b"uuid", &numbers(&[0, 34]), PLACE].concat(),
        ),
    ] {
        let file = camera(&[&moov], &[&top]);
        let mut bytes = file.clone();
        assert_eq!(take_out(&mut bytes), VideoMetadata::Removed);
        assert_eq!(bytes.len(), file.len());
        assert!(holds(&bytes, b"PICTURE1PICTURE2"));
        for told in [
            PLACE,
            b"PLACE--",
            b"GPSLatitude",
            b"home",
            b"\x11\x11",
            b"udta",
        ] {
            assert!(!holds(&bytes, told), "{told:?} of {file:?}");
        }
        let once = bytes.clone();
        assert_eq!(take_out(&mut bytes), VideoMetadata::None);
        assert_eq!(bytes, once);
    }
}

#[test]
fn the_blocks_of_a_dash_camera_are_gone() {
    let block = boxed(b"free", &[b"GPS \0\0\0\0", PLACE]);
    let list = boxed(b"gps ", &[&numbers(&[257, 1, 24, 34])]);
    let data = boxed(b"mdat", &[b"PICTURE1", &block, b"PICTURE2"]);
    let file = [
        boxed(b"ftyp", &[b"isom\0\0\x02\0"]),
        data,
        boxed(b"moov", &[&list]),
    ]
    .concat();
    let mut bytes = file.clone();
    assert_eq!(take_out(&mut bytes), VideoMetadata::Removed);
    assert!(!holds(&bytes, PLACE) && !holds(&bytes, b"gps "));
    assert!(holds(&bytes, b"PICTURE1") && holds(&bytes, b"PICTURE2"));
}

#[test]
fn a_file_that_is_not_understood_is_said_to_keep_its_metadata() {
    let kind = boxed(b"ftyp", &[b"isom\0\0\x02\0"]);
    let split = [
        kind.clone(),
        boxed(b"moov", &[&track(b"meta", 0, &[])]),
        boxed(b"moof", &[]),
    ];
    let webm_track = |kind: u8| {
        let track = [0xae, 0x83, 0x83, 0x81, kind];
        let track = [&[0x16, 0x54, 0xae, 0x6b, 0x85][..], &track].concat();
        let segment = [&[0x18, 0x53, 0x80, 0x67, 0x8a][..], &track].concat();
        [&[0x1a, 0x45, 0xdf, 0xa3, 0x80][..], &segment].concat()
    };
    assert_eq!(take_out(&mut webm_track(1)), VideoMetadata::None);
    let avi = |kind: &[u8; 4]| {
        let head = [&b"LIST\x10\0\0\0strlstrh\x04\0\0\0"[..], kind].concat();
        let head = [&b"LIST\x1c\0\0\0hdrl"[..], &head].concat();
        [&b"RIFF\x28\0\0\0AVI "[..], &head].concat()
    };
    assert_eq!(take_out(&mut avi(b"vids")), VideoMetadata::None);
    for mut file in [
        split.concat(),
        [&kind[..], &boxed(b"moov", &[&boxed(b"cmov", &[PLACE])])].concat(),
        [&kind[..], &numbers(&[100]), b"moov", PLACE].concat(),
        [&kind[..], b"....", PLACE].concat(),
        webm_track(0x21),
        avi(b"txts"),
        b"\x1a\x45\xdf\xa3".to_vec(),
        b"RIFF\0\0\0\0AVI LIST".to_vec(),
        vec![7],
        vec![7; 40],
    ] {
        let length = file.len();
        assert_eq!(take_out(&mut file), VideoMetadata::Stays, "{file:?}");
        assert_eq!(file.len(), length);
    }
}

#[test]
fn a_film_that_is_cut_off_among_its_pictures_is_read() {
    let file = [
        boxed(b"ftyp", &[b"isom\0\0\x02\0"]),
        boxed(b"moov", &[&boxed(b"udta", &[PLACE])]),
        boxed(b"mdat", &[&[7; 1000]]),
    ]
    .concat();
    let mut bytes = file.get(..200).unwrap().to_vec();
    assert_eq!(take_out(&mut bytes), VideoMetadata::Removed);
    assert!(!holds(&bytes, PLACE));
}

#[test]
fn a_hostile_table_costs_no_more_than_its_file() {
    // A million samples of a gigabyte, and chunks that all lie in one another.
    let table = |sizes: &[u32], count: u32| {
        let places: Vec<u32> = (0..count).map(|_| 0).collect();
        boxed(
            b"stbl",
            &[
                &boxed(b"stsz", &[&numbers(sizes)]),
                &boxed(b"stsc", &[&numbers(&[0, 1, 1, u32::MAX, 1])]),
                &boxed(b"stco", &[&numbers(&[0, count]), &numbers(&places)]),
            ],
        )
    };
    for table in [
        table(&[0, 1 << 30, u32::MAX], 1000),
        table(&[0, 1, u32::MAX], 1000),
        table(&[0, 0, u32::MAX], 1),
        table(&[0, 0, 0], 1000),
    ] {
        let media = boxed(
            b"mdia",
            &[
                &boxed(b"hdlr", &[&[0; 8], b"meta", &[0; 13]]),
                &boxed(b"minf", &[&table]),
            ],
        );
        let tracks = boxed(b"trak", &[&media]).repeat(100);
        let mut file = boxed(b"moov", &[&tracks]);
        let length = file.len();
        take_out(&mut file);
        assert_eq!(file.len(), length);
    }
}

proptest! {
    /// Whatever is cut off and changed: it ends, and nothing moves.
    #[test]
    fn any_damage_is_survived(
        which in 0..FILES.len() + 1,
        cut in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let made = camera(&[&boxed(b"udta", &[PLACE])], &[]);
        let file = FILES.get(which).map_or(&made[..], |(_, file)| file);
        let mut bytes = file[..=cut.index(file.len())].to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let length = bytes.len();
        take_out(&mut bytes);
        prop_assert_eq!(bytes.len(), length);
    }

    /// Wherever a file is cut off: what was before the cut and is told of is gone, or
    /// it is said that it may not be.
    #[test]
    fn a_cut_file_is_clean_or_said_not_to_be(
        which in 0..FILES.len(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (_, file) = FILES[which];
        let mut bytes = file[..=cut.index(file.len())].to_vec();
        let said = take_out(&mut bytes);
        prop_assert!(said == VideoMetadata::Stays || !holds(&bytes, PLACE));
        let once = bytes.clone();
        take_out(&mut bytes);
        prop_assert_eq!(bytes, once, "again");
    }
}
