//! What images say about themselves.

use sifter_sif::{
    CreateOptions, DataType, DefinitionOrigin, Error, INSPECT_METADATA_NAME, Image,
    OCI_CONFIG_NAME, ObjectInput, Writer,
};

use crate::samples::{DEFINITION, ordinary_bytes};

fn image_of(objects: Vec<ObjectInput<'_>>) -> Image<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.sif");
    Writer::create(&path, &CreateOptions::default(), objects).unwrap();
    Image::load(std::fs::read(path).unwrap()).unwrap()
}

fn json(name: &str, text: &'static str) -> ObjectInput<'static> {
    ObjectInput::new(DataType::GenericJson, text.as_bytes()).named(name)
}

#[test]
fn metadata_and_definition_are_found_wherever_they_lie() {
    let image = Image::load(ordinary_bytes()).unwrap();
    let inspection = image.inspect().unwrap();
    let metadata = inspection.metadata.as_ref().unwrap();
    assert_eq!(metadata.runscript, "echo hi");
    assert_eq!(inspection.labels()["who"], "me");
    let (definition, origin) = inspection.definition.unwrap();
    assert_eq!(
        (definition.as_str(), origin),
        (DEFINITION, DefinitionOrigin::Object)
    );
}

#[test]
fn the_definition_of_the_metadata_comes_first() {
    let image = image_of(vec![
        json("other.json", "not JSON at all"),
        json(
            INSPECT_METADATA_NAME,
            r#"{"data":{"attributes":{"deffile":"from: metadata"}}}"#,
        ),
        ObjectInput::new(DataType::Definition, DEFINITION.as_bytes()),
    ]);
    let (definition, origin) = image.inspect().unwrap().definition.unwrap();
    assert_eq!(
        (definition.as_str(), origin),
        ("from: metadata", DefinitionOrigin::Metadata)
    );
}

#[test]
fn an_old_image_without_metadata_says_what_it_can() {
    let image = image_of(vec![ObjectInput::new(
        DataType::Definition,
        &b"caf\xe9"[..],
    )]);
    let inspection = image.inspect().unwrap();
    assert_eq!(inspection.metadata, None);
    assert_eq!(inspection.definition.unwrap().0, "caf\u{FFFD}");
    assert_eq!(
        image_of(vec![]).inspect().unwrap(),
        sifter_sif::Inspection::default()
    );
}

#[test]
fn labels_of_an_oci_configuration_stand_in_for_missing_metadata() {
    let config = r#"{"Labels":{"maintainer":"team","odd":3},"Cmd":["sh"]}"#;
    let inspection = image_of(vec![json(OCI_CONFIG_NAME, config)])
        .inspect()
        .unwrap();
    assert_eq!(
        inspection.labels().into_iter().collect::<Vec<_>>(),
        [("maintainer".to_owned(), "team".to_owned())]
    );
}

#[test]
fn metadata_that_is_not_what_it_should_be_is_named() {
    for text in [
        "",
        "{",
        "[]",
        r#"{"data":{"attributes":{"labels":{"a":1}}}}"#,
    ] {
        let error = image_of(vec![json(INSPECT_METADATA_NAME, text)])
            .inspect()
            .unwrap_err();
        assert!(
            matches!(
                error,
                Error::Json {
                    what: "inspect metadata",
                    ..
                }
            ),
            "{text}: {error}"
        );
    }
    let deep = "[".repeat(100_000);
    let error = image_of(vec![json(
        OCI_CONFIG_NAME,
        Box::leak(deep.into_boxed_str()),
    )]);
    assert!(matches!(error.inspect(), Err(Error::Json { .. })));
}
