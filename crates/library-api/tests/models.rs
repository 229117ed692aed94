//! The wire models: exact when written, tolerant when read, the same after a round trip.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sifter_library_api::extensions;
use sifter_library_api::search::SearchResults;
use sifter_library_api::service::{
    CurrentUser, Discovery, Service, TokenStatus, TokenUser, VersionInfo,
};
use sifter_library_api::tags::{SetArchTag, SetTag};
use sifter_library_api::upload::{
    AbortMultipart, BeginMultipart, BeginPart, BeginSingle, CompleteMultipart, CompleteSingle,
    CompletedPart, Completion, MultipartBegun, PartBegun, Quota, SingleBegun,
};
use sifter_library_api::{
    Arch, Collection, CollectionId, CollectionName, Container, ContainerId, ContainerName, Entity,
    EntityId, EntityName, Image, ImageHash, ImageId, Stamps, WireTime,
};

const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const STAMPS: &str = r#""deleted":false,"createdBy":"","createdAt":"0001-01-01T00:00:00Z","updatedAt":"0001-01-01T00:00:00Z","deletedAt":"0001-01-01T00:00:00Z""#;

fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn create_requests_are_written_as_the_official_client_writes_them() {
    let entity = Entity::to_create(&EntityName::new("u").unwrap());
    assert_eq!(
        written(&entity),
        format!(
            r#"{{{STAMPS},"id":"","name":"u","description":"No description","collections":null,"size":0,"quota":0,"defaultPrivate":false,"customData":""}}"#
        )
    );
    let collection = Collection::to_create(&CollectionName::new("c").unwrap(), EntityId::from("E"));
    assert_eq!(
        written(&collection),
        format!(
            r#"{{{STAMPS},"id":"","name":"c","description":"No description","entity":"E","containers":null,"size":0,"private":false,"customData":""}}"#
        )
    );
    let container =
        Container::to_create(&ContainerName::new("img").unwrap(), CollectionId::from("C"));
    assert_eq!(
        written(&container),
        format!(
            r#"{{{STAMPS},"id":"","name":"img","description":"No description","fullDescription":"","collection":"C","images":null,"imageTags":null,"archTags":null,"size":0,"downloadCount":0,"stars":0,"private":false,"readOnly":false,"customData":""}}"#
        )
    );
    let hash = ImageHash::from_sha256_hex(HEX).unwrap();
    let image = Image::to_create(hash, ContainerId::from("N"), "desc");
    assert_eq!(
        written(&image),
        format!(
            r#"{{{STAMPS},"id":"","hash":"sha256.{HEX}","description":"desc","container":"N","size":0,"uploaded":false,"customData":"","containerStars":0,"containerDownloads":0}}"#
        )
    );
}

#[test]
fn upload_and_tag_requests_are_written_as_the_official_client_writes_them() {
    let single = BeginSingle {
        filesize: 786_432,
        md5sum: Some("m".to_owned()),
        sha256sum: Some("H".to_owned()),
    };
    assert_eq!(
        written(&single),
        r#"{"filesize":786432,"md5sum":"m","sha256sum":"H"}"#
    );
    let bare = BeginSingle {
        filesize: 1,
        ..BeginSingle::default()
    };
    assert_eq!(written(&bare), r#"{"filesize":1}"#);
    assert_eq!(written(&CompleteSingle {}), "{}");
    assert_eq!(
        written(&BeginMultipart {
            filesize: 69_206_016
        }),
        r#"{"filesize":69206016}"#
    );
    let part = BeginPart {
        part_size: 33_554_432,
        upload_id: "UP1".to_owned(),
        part_number: 1,
        sha256sum: String::new(),
    };
    assert_eq!(
        written(&part),
        r#"{"partSize":33554432,"uploadID":"UP1","partNumber":1,"sha256sum":""}"#
    );
    let complete = CompleteMultipart {
        upload_id: "UP1".to_owned(),
        completed_parts: vec![CompletedPart {
            part_number: 1,
            token: "\"etag-1\"".to_owned(),
        }],
    };
    assert_eq!(
        written(&complete),
        r#"{"uploadID":"UP1","completedParts":[{"partNumber":1,"token":"\"etag-1\""}]}"#
    );
    let abort = AbortMultipart {
        upload_id: "UP1".to_owned(),
    };
    assert_eq!(written(&abort), r#"{"uploadID":"UP1"}"#);
    let image = ImageId::from("ID");
    let tag = SetArchTag {
        arch: "amd64".into(),
        tag: "latest".into(),
        image: image.clone(),
    };
    assert_eq!(
        written(&tag),
        r#"{"Arch":"amd64","Tag":"latest","ImageID":"ID"}"#
    );
    let tag = SetTag {
        tag: "latest".into(),
        image,
    };
    assert_eq!(written(&tag), r#"{"Tag":"latest","ImageID":"ID"}"#);
}

#[test]
fn answers_have_the_keys_clients_read() {
    let begun = MultipartBegun {
        upload_id: "UP1".into(),
        total_parts: 3,
        part_size: 5,
        options: BTreeMap::from([("s3compliant".into(), "false".into())]),
    };
    assert_eq!(
        written(&begun),
        r#"{"uploadID":"UP1","totalParts":3,"partSize":5,"options":{"s3compliant":"false"}}"#
    );
    assert_eq!(
        written(&SingleBegun {
            upload_url: "u".into()
        }),
        r#"{"uploadURL":"u"}"#
    );
    assert_eq!(
        written(&PartBegun {
            presigned_url: "u".into()
        }),
        r#"{"presignedURL":"u"}"#
    );
    let quota = Some(Quota {
        quota_total: 2,
        quota_usage: 1,
    });
    assert_eq!(
        written(&Completion {
            quota,
            container_url: "library/e/c/n".into()
        }),
        r#"{"quota":{"quotaTotal":2,"quotaUsage":1},"containerUrl":"library/e/c/n"}"#
    );
}

#[test]
fn the_part_checksum_is_wanted_unless_the_option_says_otherwise() {
    for (options, wanted) in [
        (json!({}), true),
        (json!(null), true),
        (json!({"s3compliant": ""}), true),
        (json!({"s3compliant": "true"}), true),
        (json!({"s3compliant": "false"}), false),
    ] {
        let begun: MultipartBegun = serde_json::from_value(json!({ "options": options })).unwrap();
        assert_eq!(begun.wants_part_sha256(), wanted, "{options}");
    }
}

/// Reads an object with every key of `sample` missing, then `null`, then with a key nobody knows.
fn tolerates<T: DeserializeOwned + Serialize + Default>(sample: &T) {
    let empty: T = serde_json::from_str("{}").unwrap();
    assert_eq!(written(&empty), written(&T::default()));
    let Value::Object(keys) = serde_json::to_value(sample).unwrap() else {
        panic!("no object")
    };
    for key in keys.keys() {
        let with_null = json!({ key: null, "someNewKey": [1] });
        serde_json::from_value::<T>(with_null).unwrap_or_else(|error| panic!("{key}: {error}"));
    }
}

#[test]
fn every_key_may_be_missing_or_null() {
    let stamps = Stamps {
        updated_by: Some("a".into()),
        deleted_by: Some("a".into()),
        owner: Some("a".into()),
        ..Stamps::default()
    };
    tolerates(&Entity {
        stamps: stamps.clone(),
        ..Entity::default()
    });
    tolerates(&Collection {
        stamps: stamps.clone(),
        entity_name: Some("a".into()),
        ..Collection::default()
    });
    tolerates(&Container {
        stamps: stamps.clone(),
        entity: "a".into(),
        entity_name: Some("a".into()),
        collection_name: Some("a".into()),
        ..Container::default()
    });
    tolerates(&full_image(stamps));
    tolerates(&SearchResults::default());
    tolerates(&BeginSingle {
        md5sum: Some("a".into()),
        sha256sum: Some("a".into()),
        filesize: 1,
    });
    tolerates(&SingleBegun::default());
    tolerates(&BeginMultipart::default());
    tolerates(&MultipartBegun::default());
    tolerates(&PartBegun::default());
    tolerates(&Completion {
        quota: Some(Quota::default()),
        ..Completion::default()
    });
    tolerates(&Quota::default());
    tolerates(&SetArchTag::default());
    tolerates(&SetTag::default());
    tolerates(&VersionInfo {
        version: "1".into(),
        api_version: "2.0.0".into(),
    });
    let user = Some(TokenUser {
        username: "a".into(),
        email: Some("a".into()),
    });
    tolerates(&TokenStatus {
        status: "a".into(),
        user,
    });
    tolerates(&CurrentUser::default());
}

fn full_image(stamps: Stamps) -> Image {
    Image {
        stamps,
        hash: Some(ImageHash::from_sha256_hex(HEX).unwrap()),
        blob: Some("a".into()),
        signed: Some(true),
        arch: Some(Arch::Arm64),
        fingerprints: vec!["a".into()],
        encrypted: Some(false),
        entity: "a".into(),
        entity_name: Some("a".into()),
        collection: "a".into(),
        collection_name: Some("a".into()),
        container_name: Some("a".into()),
        tags: vec!["a".into()],
        container_description: Some("a".into()),
        upload_state: Some("completed".into()),
        ..Image::default()
    }
}

#[test]
fn odd_values_do_not_hide_an_image() {
    let image: Image = serde_json::from_value(json!({
        "id": 17, "hash": "md5.00", "arch": "pdp11", "size": -1, "createdAt": "", "blob": "",
    }))
    .unwrap();
    assert_eq!(
        (image.id.as_str(), image.hash, image.arch, image.size),
        ("17", None, None, 0)
    );
    assert_eq!(
        (image.stamps.created_at, image.blob),
        (WireTime::NEVER, None)
    );
    assert!(serde_json::from_value::<Image>(json!({ "size": u64::MAX })).is_err());
    assert!(serde_json::from_value::<Image>(json!({ "size": "12" })).is_err());
}

#[test]
fn uploaded_is_known_in_the_words_of_either_server() {
    for (image, uploaded) in [
        (json!({ "uploaded": true }), true),
        (json!({ "uploaded": false }), false),
        (json!({ "uploadState": "completed" }), true),
        (json!({ "uploadState": "uploading" }), false),
        (json!({}), false),
    ] {
        let read: Image = serde_json::from_value(image.clone()).unwrap();
        assert_eq!(read.is_uploaded(), uploaded, "{image}");
    }
}

#[test]
fn versions_decide_what_a_library_can_do() {
    for (version, uploads, arch_tags) in [
        ("", false, false),
        ("1.0.0", false, false),
        ("2.0.0-alpha.1", true, false),
        ("2.0.0-alpha.2", true, true),
        ("2.0.5-alpha.1", true, true),
        ("3.0.0", true, true),
        ("v2.0.0", false, false),
        ("two", false, false),
    ] {
        let info = VersionInfo {
            version: "x".into(),
            api_version: version.into(),
        };
        assert_eq!(info.api_at_least("2.0.0-alpha.1"), uploads, "{version}");
        assert_eq!(info.api_at_least("2.0.0-alpha.2"), arch_tags, "{version}");
    }
}

#[test]
fn a_discovery_document_skips_what_it_does_not_know() {
    let document: Discovery = serde_json::from_value(json!({
        "libraryAPI": { "uri": "https://l", "registryUri": "https://r", "more": 1 },
        "keystoreAPI": { "uri": "https://k" },
        "tokenAPI": { "uri": "" },
        "builderAPI": "not an object",
        "consentAPI": { "url": "https://c" },
        "env": { "name": "production" },
        "number": 7,
    }))
    .unwrap();
    let library = document.library.as_ref().unwrap();
    assert_eq!(
        (library.uri.as_str(), library.registry_uri.as_deref()),
        ("https://l", Some("https://r"))
    );
    assert_eq!(document.keystore, Some(Service::at("https://k")));
    assert_eq!(
        (&document.token, &document.builder, &document.consent),
        (&None, &None, &None)
    );
    assert!(serde_json::from_str::<Discovery>("[]").is_err());
}

#[test]
fn a_discovery_document_holds_only_objects() {
    let document = Discovery {
        library: Some(Service::at("https://l")),
        keystore: Some(Service::at("https://k")),
        token: Some(Service::at("https://t")),
        ..Discovery::default()
    };
    assert_eq!(
        written(&document),
        r#"{"libraryAPI":{"uri":"https://l"},"keystoreAPI":{"uri":"https://k"},"tokenAPI":{"uri":"https://t"}}"#
    );
    assert_eq!(
        serde_json::from_str::<Discovery>(&written(&document)).unwrap(),
        document
    );
}

#[test]
fn the_registry_password_is_read_but_never_shown_or_written() {
    let user: CurrentUser = serde_json::from_value(json!({
        "username": "ann", "oidc_user_meta": { "secret": "hunter2" }, "user_id": 3,
    }))
    .unwrap();
    assert!(user.registry.as_ref().unwrap().secret().is_some());
    assert!(!format!("{user:?}").contains("hunter2"));
    assert!(!written(&user).contains("hunter2"));
    let without: CurrentUser = serde_json::from_value(json!({ "oidc_user_meta": {} })).unwrap();
    assert!(without.registry.unwrap().secret().is_none());
}

#[test]
fn presigned_addresses_are_not_shown() {
    let single = SingleBegun {
        upload_url: "https://s3/?sig=abc".into(),
    };
    let part = PartBegun {
        presigned_url: "https://s3/?sig=abc".into(),
    };
    assert!(!format!("{single:?} {part:?}").contains("abc"));
}

#[test]
fn listing_routes_are_made_of_checked_names() {
    let path: sifter_library_api::ContainerPath = "e/c/n".parse().unwrap();
    assert_eq!(extensions::collections_of(&path.entity), "v1/collections/e");
    assert_eq!(
        extensions::containers_of(&path.entity, &path.collection),
        "v1/containers/e/c"
    );
    assert_eq!(extensions::images_of(&path), "v1/containers/e/c/n/images");
}

fn text() -> impl Strategy<Value = String> {
    r"\PC{0,12}"
}

fn some_text() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(r"\PC{1,12}")
}

prop_compose! {
    fn stamps()(
        deleted in any::<bool>(),
        by in text(),
        updated_by in some_text(),
        owner in some_text(),
        seconds in -62_000_000_000_i64..250_000_000_000,
    ) -> Stamps {
        let time = time::OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        Stamps {
            deleted,
            created_by: by,
            created_at: WireTime::from(time),
            updated_by,
            owner,
            ..Stamps::default()
        }
    }
}

prop_compose! {
    fn image()(
        stamps in stamps(),
        digest in proptest::option::of(any::<[u8; 32]>()),
        arch in proptest::option::of(proptest::sample::select(Arch::ALL.to_vec())),
        size in 0..=i64::MAX as u64,
        (uploaded, signed, encrypted) in any::<(bool, Option<bool>, Option<bool>)>(),
        tags in proptest::collection::vec(text(), 0..3),
        description in text(),
        names in (some_text(), some_text(), some_text(), some_text()),
    ) -> Image {
        Image {
            stamps,
            id: ImageId::from("i"),
            hash: digest.map(ImageHash::Sha256),
            description,
            size,
            uploaded,
            signed,
            encrypted,
            arch,
            tags,
            entity_name: names.0,
            collection_name: names.1,
            container_name: names.2,
            upload_state: names.3,
            ..Image::default()
        }
    }
}

prop_compose! {
    fn container()(
        stamps in stamps(),
        image_tags in proptest::collection::btree_map(text(), text().prop_map(ImageId::new), 0..3),
        images in proptest::collection::vec(text().prop_map(ImageId::new), 0..3),
        flags in any::<(bool, bool)>(),
        stars in 0..=i64::MAX as u64,
    ) -> Container {
        let arch_tags = BTreeMap::from([("amd64".to_owned(), image_tags.clone())]);
        let (private, read_only) = flags;
        Container { stamps, images, image_tags, arch_tags, private, read_only, stars, ..Container::default() }
    }
}

proptest! {
    #[test]
    fn rows_read_back_as_they_were_written(image in image(), container in container()) {
        prop_assert_eq!(serde_json::from_str::<Image>(&written(&image)).unwrap(), image);
        prop_assert_eq!(serde_json::from_str::<Container>(&written(&container)).unwrap(), container);
    }

    #[test]
    fn times_read_back(seconds in -62_104_000_000_i64..=253_402_300_799, nanos in 0_u32..1_000_000_000) {
        let time = time::OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        let time = WireTime::from(time.replace_nanosecond(nanos).unwrap());
        prop_assert_eq!(WireTime::parse(&time.to_rfc3339()), time);
    }
}
