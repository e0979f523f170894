//! Root file systems written out for other programs.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::Value;

use crate::{
    fixture::{build, build_args, built, place},
    support::Place,
};

const OCI: [&str; 4] = ["--image", "oci", "--out", "images"];

/// The files below a directory, by their paths in it.
fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let all = walkdir::WalkDir::new(directory).into_iter().map(Result::unwrap);
    let files = all.filter(|entry| entry.file_type().is_file());
    let name = |path: &Path| path.strip_prefix(directory).unwrap().to_str().unwrap().to_owned();
    files.map(|entry| (name(entry.path()), fs::read(entry.path()).unwrap())).collect()
}

fn json(layout: &BTreeMap<String, Vec<u8>>, name: &str) -> Value {
    serde_json::from_slice(&layout[name]).unwrap()
}

/// What a descriptor leads to.
fn blob(descriptor: &Value) -> String {
    format!("blobs/sha256/{}", descriptor["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap())
}

#[test]
fn hosts_share_layers_in_one_layout() {
    let place = built();
    build(&place, &OCI);
    let layout = files(&place.directory.join("images"));
    let index = json(&layout, "index.json");
    let images = index["manifests"].as_array().unwrap();
    let name = |image: &Value| {
        image["annotations"]["org.opencontainers.image.ref.name"].as_str().unwrap().to_owned()
    };
    assert_eq!(images.iter().map(name).collect::<Vec<_>>(), ["front", "middle", "back"]);
    let mut layers: Vec<Vec<String>> = Vec::new();
    let mut named: BTreeSet<String> = ["index.json", "oci-layout"].map(str::to_owned).into();
    for image in images {
        assert_eq!(image["platform"]["os"], "linux");
        let manifest = json(&layout, &blob(image));
        named.extend([blob(image), blob(&manifest["config"])]);
        let of = manifest["layers"].as_array().unwrap();
        let sizes = of.iter().map(|layer| (blob(layer), layer["size"].as_u64().unwrap()));
        assert!(sizes.clone().all(|(blob, size)| layout[&blob].len() as u64 == size));
        layers.push(sizes.map(|(blob, _)| blob).collect());
    }
    named.extend(layers.iter().flatten().cloned());
    assert_eq!(layout.keys().cloned().collect::<BTreeSet<_>>(), named, "nothing else is there");
    assert!(layers.iter().all(|of| of.len() == 3 && of[0] == layers[0][0]), "{layers:?}");
    assert_ne!(layers[0][1], layers[1][1]);
}

#[test]
fn the_same_images_elsewhere() {
    let (one, other) = (built(), place());
    for place in [&one, &other] {
        build(place, &OCI);
    }
    let images = |place: &Place| files(&place.directory.join("images"));
    assert_eq!(images(&one), images(&other));
}

/// What a file of a format begins with, or has at a place.
const MAGIC: [(&str, usize, &[u8]); 3] =
    [("tar", 257, b"ustar\0"), ("squashfs", 0, b"hsqs"), ("ext4", 1024 + 0x38, &[0x53, 0xEF])];

#[test]
fn each_host_is_a_file_of_each_format_the_same_elsewhere() {
    let (one, other) = (built(), place());
    for (format, at, magic) in MAGIC {
        let names = ["back", "front", "middle"].map(|host| format!("{host}.{format}"));
        for place in [&one, &other] {
            build(place, &["--image", format, "--out", format]);
        }
        let images = files(&one.directory.join(format));
        assert_eq!(images.keys().collect::<Vec<_>>(), names.iter().collect::<Vec<_>>());
        assert!(images.values().all(|image| image[at..].starts_with(magic)), "{format}");
        assert!(images == files(&other.directory.join(format)), "{format}: other bytes elsewhere");
        // Kept, so that nothing is made for another copy.
        let again = build(&one, &["--image", format, "--out", "again"]);
        assert_eq!(again["built"], 0);
        assert!(images.iter().all(|(name, image)| fs::read(one.path("again").join(name)).unwrap() == *image));
        let ran = one.run(build_args(&["--image", format, "--out", format]), 2);
        assert!(ran.err.contains(&format!("front.{format} is there already")), "{}", ran.err);
    }
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let place = built();
    fs::create_dir(place.directory.join("images")).unwrap();
    build(&place, &OCI);
    let before = files(&place.directory.join("images"));
    let ran = place.run(build_args(&OCI), 2);
    assert!(ran.err.contains("images is there already") && ran.err.contains("--out"), "{}", ran.err);
    assert_eq!(files(&place.directory.join("images")), before);
    let left = fs::read_dir(&place.directory).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with(".plc-layout")).collect();
    assert!(left.is_empty(), "{left:?}");
}
