//! What an OCI-SIF holds, and bills of materials.

use sifter_sif::{Arch, Error, Image, ObjectInput, SbomFormat, Squashfs};

use crate::looking::CONTAINERS;
use crate::samples::{digest, image_of};
use crate::vectors::vector;

const SQUASHFS_LAYER: &str = "application/vnd.sylabs.image.layer.v1.squashfs";

#[test]
fn the_image_its_configuration_and_its_layers_are_found() {
    let layer = CONTAINERS[0].1;
    let config = r#"{"architecture":"arm64","os":"linux","config":{"Labels":{"who":"me"}}}"#;
    let manifest = format!(
        r#"{{"config":{{"digest":"{}"}},"layers":[{{"mediaType":"{SQUASHFS_LAYER}","digest":"{}","size":{}}},
        {{"mediaType":"elsewhere","digest":"{}","size":7}}]}}"#,
        digest(config.as_bytes()),
        digest(layer),
        layer.len(),
        digest(b"not here"),
    );
    let index = format!(
        r#"{{"manifests":[{{"mediaType":"m","digest":"{0}","platform":{{"os":"linux","architecture":"arm64"}}}},
        {{"digest":"{0}","annotations":{{"org.opencontainers.image.ref.name":"_cosign:sha256-00.sig"}}}},
        {{"digest":"nonsense"}}]}}"#,
        digest(manifest.as_bytes())
    );
    let blob = |bytes| ObjectInput::oci_blob(bytes, digest(bytes));
    let image = image_of(vec![
        blob(layer),
        blob(config.as_bytes()),
        blob(manifest.as_bytes()),
        ObjectInput::oci_root_index(index.as_bytes(), digest(index.as_bytes())),
    ]);
    let contents = image.oci_contents().unwrap().unwrap();
    let [plain, companion, broken] = contents.images.as_slice() else {
        panic!("three entries");
    };
    assert_eq!(plain.companion, None);
    assert_eq!(image.facts().unwrap().architecture, Some(Arch::Arm64));
    let objects: Vec<_> = plain.layers.iter().map(|layer| layer.object).collect();
    assert_eq!(objects, [Some(1), None]);
    assert_eq!(plain.layers[0].media_type, SQUASHFS_LAYER);
    assert_eq!(companion.companion.as_deref(), Some("sig"));
    assert!(broken.manifest.is_none() && broken.layers.is_empty());
    // The layer can be looked into where it lies.
    let squashfs = image.file_system(image.object(1).unwrap()).unwrap();
    assert_eq!(
        squashfs.read("/etc/hosts", 100).unwrap(),
        b"127.0.0.1 localhost\n"
    );
    assert!(matches!(
        image.file_system(image.object(2).unwrap()),
        Err(Error::NotSquashfs)
    ));
    assert!(matches!(
        image.file_system(image.object(4).unwrap()),
        Err(Error::UnexpectedDataType { .. })
    ));
    assert_eq!(image.inspect().unwrap().labels()["who"], "me");
}

#[test]
fn a_large_manifest_that_is_named_again_and_again_is_read_a_few_times() {
    let manifest = format!(r#"{{"padding":"{}"}}"#, "x".repeat(3 << 20));
    let entry = format!(r#"{{"digest":"{}"}}"#, digest(manifest.as_bytes()));
    let index = format!(r#"{{"manifests":[{}]}}"#, vec![entry; 200].join(","));
    let image = image_of(vec![
        ObjectInput::oci_blob(manifest.as_bytes(), digest(manifest.as_bytes())),
        ObjectInput::oci_root_index(index.as_bytes(), digest(index.as_bytes())),
    ]);
    let contents = image.oci_contents().unwrap().unwrap();
    let read = contents
        .images
        .iter()
        .filter(|image| image.manifest.is_some());
    assert_eq!((contents.images.len(), read.count()), (200, 2));
}

#[test]
fn the_reference_images_are_understood() {
    let Some(path) = vector("oci-sif/hello-world-cosign.oci.sif") else {
        return;
    };
    let contents = Image::open(path).unwrap().oci_contents().unwrap().unwrap();
    let companions: Vec<_> = contents
        .images
        .iter()
        .map(|image| image.companion.as_deref())
        .collect();
    assert_eq!(companions.iter().filter(|kind| kind.is_none()).count(), 1);
    assert!(companions.contains(&Some("sig")) && companions.contains(&Some("att")));
    for image in &contents.images {
        assert!(image.manifest.is_some(), "{}", image.digest);
        assert!(image.layers.iter().all(|layer| layer.object.is_some()));
    }
    let Some(path) = vector("singularity/images/empty.oci.sif") else {
        return;
    };
    let error = Image::open(path).unwrap().oci_contents().unwrap_err();
    assert!(matches!(
        error,
        Error::Json {
            what: "OCI index",
            ..
        }
    ));
}

#[test]
fn the_reference_file_systems_open_or_say_why_not() {
    let open = |name: &str| {
        let path = vector(&format!("singularity/squashfs/{name}"))?;
        Some(Squashfs::open(std::fs::read(path).unwrap()))
    };
    let Some(current) = open("squashfs.v4") else {
        return;
    };
    assert!(
        current
            .unwrap()
            .walk("/")
            .unwrap()
            .all(|walked| walked.is_ok())
    );
    let walker = open("tar-walker.sqfs").unwrap().unwrap();
    assert!(walker.walk("/").unwrap().all(|walked| walked.is_ok()));
    assert!(matches!(
        open("squashfs.v3").unwrap(),
        Err(Error::UnsupportedSquashfs { major: 3, .. })
    ));
    assert!(matches!(
        open("squashfs.lzo").unwrap(),
        Err(Error::UnsupportedCompression(_))
    ));
}

#[test]
fn bills_of_materials_are_listed_and_taken_out() {
    let text = &b"{\"bomFormat\":\"CycloneDX\"}"[..];
    let image = image_of(vec![
        ObjectInput::sbom(text, SbomFormat::CycloneDxJson).named("sbom.cdx.json"),
    ]);
    let [sbom] = image.sboms().try_into().unwrap();
    assert_eq!((sbom.object, sbom.format), (1, SbomFormat::CycloneDxJson));
    assert_eq!(sbom.name.as_deref(), Some("sbom.cdx.json"));
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out.json");
    let object = image.object(sbom.object).unwrap();
    assert_eq!(image.extract(object, &target).unwrap(), text.len() as u64);
    assert_eq!(std::fs::read(&target).unwrap(), text);
    assert!(matches!(
        image.extract(object, &target),
        Err(Error::Exists { .. })
    ));
    let nowhere = folder.path().join("no/such/folder");
    assert!(matches!(
        image.extract(object, &nowhere),
        Err(Error::Open { .. })
    ));
}
