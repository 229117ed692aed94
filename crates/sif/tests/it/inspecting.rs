//! What images say about themselves.

use sifter_sif::{
    Arch, DataType, DefinitionOrigin, Error, FsType, Gap, INSPECT_METADATA_NAME, Image,
    MetadataOrigin, OCI_CONFIG_NAME, ObjectInput, Partition, Sections,
};

use crate::looking::CONTAINERS;
use crate::samples::{DEFINITION, image_of, ordinary_bytes, primary};

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

/// An image as Singularity before 3.7 wrote it: no metadata, and perhaps no definition file of its own.
fn old_image(root: &'static [u8], definition: bool) -> Image<Vec<u8>> {
    let mut objects = vec![ObjectInput::partition(root, primary(Arch::Amd64))];
    if definition {
        objects.push(ObjectInput::new(
            DataType::Definition,
            DEFINITION.as_bytes(),
        ));
    }
    image_of(objects)
}

#[test]
fn an_old_image_is_asked_through_its_files() {
    for (compression, root) in CONTAINERS {
        let inspection = old_image(root, false).inspect().unwrap();
        assert_eq!(
            inspection.metadata_origin,
            Some(MetadataOrigin::RootFileSystem)
        );
        assert_eq!(inspection.gap, None, "{compression}");
        let metadata = inspection.metadata.as_ref().unwrap();
        assert_eq!(metadata.runscript, "#!/bin/sh\n\necho \"run <$@>\"");
        assert_eq!(metadata.startscript, "#!/bin/sh\n\necho start");
        assert_eq!(metadata.test, "#!/bin/sh\n\ntrue");
        assert_eq!(metadata.helpfile, "Ask Ada.");
        assert_eq!(inspection.labels()["maintainer"], "Ada & Bob");
        let environment: Vec<&str> = metadata.environment.keys().map(String::as_str).collect();
        assert_eq!(
            environment,
            [
                "/.singularity.d/env/10-docker2singularity.sh",
                "/.singularity.d/env/90-environment.sh",
                "/.singularity.d/env/91-environment.sh",
            ]
        );
        let foo = &metadata.apps["foo"];
        assert_eq!(metadata.apps.len(), 2);
        assert_eq!(foo.runscript, "#!/bin/sh\n\necho foo");
        assert_eq!(foo.labels["SCIF_APP_NAME"], "foo");
        assert_eq!(
            foo.environment["/scif/apps/foo/scif/env/90-environment.sh"],
            "#!/bin/sh\nexport APP=foo"
        );
        assert_eq!(foo.environment.len(), 1);
        let definition = "bootstrap: docker\nfrom: alpine:3.20".to_owned();
        assert_eq!(
            inspection.definition,
            Some((definition, DefinitionOrigin::RootFileSystem))
        );
    }
}

#[test]
fn the_definition_object_comes_before_the_file() {
    let inspection = old_image(CONTAINERS[0].1, true).inspect().unwrap();
    assert_eq!(
        inspection.definition,
        Some((DEFINITION.to_owned(), DefinitionOrigin::Object))
    );
}

#[test]
fn a_root_that_cannot_be_asked_is_a_gap_and_no_failure() {
    let lzo = old_image(include_bytes!("../data/container.lzo.sqfs"), true);
    let inspection = lzo.inspect().unwrap();
    let words = "squashfs compressed by lzo is not supported".to_owned();
    assert_eq!(inspection.gap, Some(Gap::Unsupported(words)));
    assert_eq!(inspection.definition.unwrap().0, DEFINITION);

    let damaged = old_image(b"hsqs and so on", false).inspect().unwrap();
    assert!(matches!(damaged.gap, Some(Gap::Damaged(_))));

    for kind in [FsType::EncryptedSquashfs, FsType::GocryptfsSquashfs] {
        let partition = Partition {
            file_system: kind,
            ..primary(Arch::Amd64)
        };
        let image = image_of(vec![ObjectInput::partition(&b"LUKS"[..], partition)]);
        assert_eq!(image.inspect().unwrap().gap, Some(Gap::Encrypted(kind)));
        assert!(matches!(image.root_file_system(), Err(Error::Encrypted(found)) if found == kind));
    }
    let nothing = image_of(vec![]);
    assert!(matches!(
        nothing.root_file_system(),
        Err(Error::NoRootFileSystem)
    ));
}

#[test]
fn text_and_json_are_those_of_the_command_line() {
    let inspection = old_image(CONTAINERS[0].1, false).inspect().unwrap();
    let labels = Sections {
        labels: true,
        ..Sections::default()
    };
    assert_eq!(
        inspection.text(&labels),
        "maintainer: Ada & Bob\norg.label-schema.schema-version: 1.0"
    );
    assert_eq!(
        inspection.json(&labels).unwrap(),
        "{\n\t\"data\": {\n\t\t\"attributes\": {\n\t\t\t\"labels\": {\n\
         \t\t\t\t\"maintainer\": \"Ada \\u0026 Bob\",\n\
         \t\t\t\t\"org.label-schema.schema-version\": \"1.0\"\n\
         \t\t\t}\n\t\t}\n\t},\n\t\"type\": \"container\"\n}"
    );
    let several = Sections {
        runscript: true,
        environment: true,
        apps: true,
        ..Sections::default()
    };
    assert_eq!(
        inspection.text(&several),
        "bar\nfoo\n#!/bin/sh\n\necho \"run <$@>\"\n\
         === /.singularity.d/env/10-docker2singularity.sh ===\n#!/bin/sh\nexport A=1\n\n\
         === /.singularity.d/env/90-environment.sh ===\n#!/bin/sh\nexport B=2\n\n\
         === /.singularity.d/env/91-environment.sh ===\n#!/bin/sh\nexport C=3"
    );
    let of_app = Sections {
        app: Some("foo".to_owned()),
        apps: false,
        ..Sections::all()
    };
    let text = inspection.text(&of_app);
    assert!(text.contains("echo foo") && text.contains("SCIF_APP_NAME: foo"));
    assert!(!text.contains("echo \"run") && !text.contains("maintainer"));
    // All of it, and what is written at build time reads back as the same.
    let all = inspection.json(&Sections::all()).unwrap();
    assert!(all.contains("run \\u003c$@\\u003e"));
    let again = image_of(vec![json(
        INSPECT_METADATA_NAME,
        Box::leak(all.into_boxed_str()),
    )]);
    assert_eq!(again.inspect().unwrap().metadata, inspection.metadata);
}
