//! Entities, collections, containers, images, tags, search, delete.

use reqwest::Method;
use serde_json::{Value, json};
use sifter_sif::Arch;

use crate::fixture::{As, KIB, Library, data, hash, refusal, sif, sif_of};

const ZERO: &str = "0001-01-01T00:00:00Z";

#[tokio::test]
async fn rows_are_made_from_the_full_bodies_of_official_clients() {
    let library = Library::start().await;
    let base = json!({ "deleted": false, "createdBy": "", "createdAt": ZERO, "updatedAt": ZERO,
                       "deletedAt": ZERO, "id": "", "description": "No description", "size": 0,
                       "customData": "" });
    let with = |more: Value| {
        let mut body = base.clone();
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let entity =
        with(json!({ "name": "u", "collections": null, "quota": 0, "defaultPrivate": false }));
    let entity = library.call(Method::POST, "/v1/entities", entity).await;
    let collection =
        with(json!({ "name": "c", "entity": entity["id"], "containers": null, "private": false }));
    let collection = library
        .call(Method::POST, "/v1/collections", collection)
        .await;
    let container = with(json!({
        "name": "img", "collection": collection["id"], "fullDescription": "", "images": null,
        "imageTags": null, "archTags": null, "downloadCount": 0, "stars": 0, "private": false,
        "readOnly": false
    }));
    let container = library
        .call(Method::POST, "/v1/containers", container)
        .await;
    let bytes = sif(KIB, 1);
    let image = with(json!({
        "hash": hash(&bytes), "description": "desc", "container": container["id"], "uploaded": false,
        "containerStars": 0, "containerDownloads": 0
    }));
    let image = library.call(Method::POST, "/v1/images", image).await;
    assert_eq!(image["uploaded"], false);
    assert_eq!(image["hash"], hash(&bytes));

    assert_eq!(
        library.data("/v1/entities/u").await["collections"],
        json!([collection["id"]])
    );
    let found = library.data("/v1/collections/u/c").await;
    assert_eq!(
        (&found["id"], &found["entityName"]),
        (&collection["id"], &json!("u"))
    );
    let found = library.data("/v1/containers/u/c/img").await;
    assert_eq!(
        (&found["id"], &found["collectionName"]),
        (&container["id"], &json!("c"))
    );
    let by_hash = format!("/v1/images/u/c/img:{}?arch=amd64", hash(&bytes));
    assert_eq!(library.data(&by_hash).await["id"], image["id"]);
}

#[tokio::test]
async fn rows_are_found_by_id_too_and_missing_ones_are_404() {
    let library = Library::start().await;
    let container = library.container("tools", "samtools").await;
    let found = library.data(&format!("/v1/containers/{container}")).await;
    assert_eq!(found["name"], "samtools");
    let collection = found["collection"].as_str().unwrap();
    assert_eq!(
        library.data(&format!("/v1/collections/{collection}")).await["name"],
        "tools"
    );
    let entity = found["entity"].as_str().unwrap();
    assert_eq!(
        library.data(&format!("/v1/entities/{entity}")).await["name"],
        "ann"
    );
    for path in [
        "/v1/entities/nobody",
        "/v1/collections/ann/nothing",
        "/v1/collections/nobody",
        "/v1/containers/ann/tools/nothing",
        "/v1/containers/ann/nothing",
        "/v1/images/ann/tools/samtools:latest?arch=amd64",
        "/v1/images/ann/tools/nothing:latest?arch=",
        "/v1/tags/nothing",
        "/v2/tags/nothing",
    ] {
        assert_eq!(
            refusal(library.get(As::Owner, path).await).await.0,
            404,
            "{path}"
        );
    }
}

#[tokio::test]
async fn making_a_row_twice_answers_the_first() {
    let library = Library::start().await;
    let first = library.container("tools", "samtools").await;
    assert_eq!(library.container("tools", "samtools").await, first);
    let bytes = sif(KIB, 1);
    let image = library.image(&first, &bytes).await;
    assert_eq!(library.image(&first, &bytes).await, image);
}

#[tokio::test]
async fn names_outside_the_grammar_are_refused() {
    let library = Library::start().await;
    let entity = library.data("/v1/entities/ann").await;
    for name in [
        "",
        "..",
        "a/b",
        "A",
        "-a",
        "a..b",
        "a b",
        "a\u{0}",
        &"a".repeat(300),
    ] {
        for (path, parent) in [("/v1/entities", "x"), ("/v1/collections", "entity")] {
            let body = json!({ "name": name, parent: entity["id"] });
            let answer = library.send(As::Owner, Method::POST, path, body).await;
            assert_eq!(refusal(answer).await.0, 400, "{name:?}");
        }
    }
    let container = library.container("tools", "samtools").await;
    for hash in ["", "sha256.zz", "md5.00", "sha256.../../x"] {
        let body = json!({ "hash": hash, "container": container });
        let answer = library
            .send(As::Owner, Method::POST, "/v1/images", body)
            .await;
        assert_eq!(refusal(answer).await.0, 400, "{hash:?}");
    }
}

#[tokio::test]
async fn paths_that_try_to_leave_the_library_are_refused() {
    let library = Library::start().await;
    library
        .push("tools", "samtools", "latest", &sif(KIB, 1))
        .await;
    for path in [
        "/v1/imagefile/..%2f..%2flibrary.db",
        "/v1/imagefile/ann/..%2ftools/samtools:latest",
        "/v1/imagefile/ann/tools/samtools:..%2f..%2flibrary.db",
        "/v1/images/ann%2f..%2f..:latest",
        "/v1/images/ann/tools/samtools:%00",
        "/v1/images/%ff%fe:latest",
        "/v1/images/ann/tools/samtools/extra:latest",
        "/signed/image/..%2f..%2flibrary.db/x?expires=1&sig=x",
        "/signed/upload/..%2f..%2flibrary.db/1?expires=1&sig=x",
    ] {
        let answer = library.get(As::Owner, path).await;
        assert!(
            matches!(answer.status().as_u16(), 400 | 403 | 404 | 405),
            "{path}: {answer:?}"
        );
        refusal(answer).await;
    }
}

#[tokio::test]
async fn lists_show_what_is_below_a_row() {
    let library = Library::start().await;
    let (_, image) = library
        .push("tools", "samtools", "1.20", &sif(KIB, 1))
        .await;
    library.push("tools", "bwa", "latest", &sif(KIB, 2)).await;
    library.container("empty", "nothing").await;
    let names = |list: Value| -> Vec<String> {
        let row = |row: &Value| row["name"].as_str().unwrap().to_owned();
        list.as_array().unwrap().iter().map(row).collect()
    };
    assert_eq!(names(library.data("/v1/entities").await), ["ann"]);
    assert_eq!(
        names(library.data("/v1/collections/ann").await),
        ["empty", "tools"]
    );
    assert_eq!(
        names(library.data("/v1/containers/ann/tools").await),
        ["bwa", "samtools"]
    );
    let images = library
        .data("/v1/containers/ann/tools/samtools/images")
        .await;
    assert_eq!(images[0]["id"], image.as_str());
    assert_eq!(images[0]["tags"], json!(["1.20"]));
    assert_eq!(images.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn one_tag_names_one_image_per_architecture() {
    let library = Library::start().await;
    let (container, amd) = library
        .push("tools", "samtools", "1.20", &sif(KIB, 1))
        .await;
    let arm_bytes = sif_of(Arch::Arm64, KIB, 2, None);
    let arm = library.image(&container, &arm_bytes).await;
    library.push_single(&arm, arm_bytes.clone()).await;
    library.tag(&container, "arm64", "1.20", &arm).await;

    let tags = library.data(&format!("/v2/tags/{container}")).await;
    assert_eq!(
        tags,
        json!({ "amd64": { "1.20": amd }, "arm64": { "1.20": arm } })
    );
    let path = "/v1/images/ann/tools/samtools:1.20?arch=";
    assert_eq!(
        library.data(&format!("{path}arm64")).await["id"],
        arm.as_str()
    );
    assert_eq!(
        library.data(&format!("{path}amd64")).await["id"],
        amd.as_str()
    );
    assert_eq!(library.data(path).await["id"], amd.as_str());
    assert_eq!(
        library
            .get(As::Owner, &format!("{path}ppc64le"))
            .await
            .status(),
        404
    );
    // A hash names one file, whatever architecture the client's own is.
    let by_hash = format!(
        "/v1/images/ann/tools/samtools:{}?arch=amd64",
        hash(&arm_bytes)
    );
    assert_eq!(library.data(&by_hash).await["id"], arm.as_str());
}

#[tokio::test]
async fn the_two_views_of_tags_agree_and_tags_move() {
    let library = Library::start().await;
    let (container, first) = library
        .push("tools", "samtools", "latest", &sif(KIB, 1))
        .await;
    let (v1, v2) = (
        format!("/v1/tags/{container}"),
        format!("/v2/tags/{container}"),
    );
    assert_eq!(library.data(&v1).await, json!({ "latest": first }));

    let (_, second) = library
        .push("tools", "samtools", "1.21", &sif(KIB, 2))
        .await;
    let set = json!({ "Tag": "latest", "ImageID": second });
    let answer = library.send(As::Owner, Method::POST, &v1, set).await;
    assert_eq!(
        data(answer).await,
        json!({ "latest": second, "1.21": second })
    );
    assert_eq!(library.data(&v2).await["amd64"]["latest"], second.as_str());
    assert_eq!(
        library.data("/v1/containers/ann/tools/samtools").await["archTags"]["amd64"]["latest"],
        second.as_str()
    );

    let remove = json!({ "Arch": "amd64", "Tag": "latest", "ImageID": "" });
    let left = library.call(Method::POST, &v2, remove).await;
    assert_eq!(left, json!({ "amd64": { "1.21": second } }));
}

#[tokio::test]
async fn tags_are_checked() {
    let library = Library::start().await;
    let (container, image) = library
        .push("tools", "samtools", "latest", &sif(KIB, 1))
        .await;
    let other = library.container("tools", "other").await;
    let promised = library.image(&container, &sif(KIB, 9)).await;
    let path = format!("/v2/tags/{container}");
    for (path, arch, tag, image, status) in [
        (path.as_str(), "amd64", "..", image.as_str(), 400),
        (&path, "amd64", &hash(b"x"), &image, 400),
        (&path, "pdp11", "ok", &image, 400),
        (&path, "amd64", "ok", "nothing", 404),
        (&path, "amd64", "ok", &promised, 409),
        (&format!("/v2/tags/{other}"), "amd64", "ok", &image, 404),
    ] {
        let body = json!({ "Arch": arch, "Tag": tag, "ImageID": image });
        let answer = library.send(As::Owner, Method::POST, path, body).await;
        assert_eq!(refusal(answer).await.0, status, "{arch} {tag} {image}");
    }
}

#[tokio::test]
async fn search_fills_in_names_tags_and_fingerprints() {
    let library = Library::start().await;
    let bytes = sif_of(Arch::Amd64, KIB, 1, Some([0xAB; 20]));
    library.push("tools", "samtools", "1.20", &bytes).await;
    library.push("tools", "bwa", "latest", &sif(KIB, 2)).await;

    let found = library.data("/v1/search?value=samt").await;
    assert_eq!(found["container"][0]["name"], "samtools");
    let image = &found["image"][0];
    assert_eq!(image["entityName"], "ann");
    assert_eq!(image["collectionName"], "tools");
    assert_eq!(image["containerName"], "samtools");
    assert_eq!(image["tags"], json!(["1.20"]));
    assert_eq!(image["signed"], true);
    assert_eq!(image["fingerprints"], json!(["AB".repeat(20)]));
    assert_eq!(found["image"].as_array().unwrap().len(), 1);

    let images = async |query: &str| -> usize {
        let found = library.data(&format!("/v1/search?{query}")).await;
        assert_eq!(found["container"], json!([]), "{query}");
        found["image"].as_array().unwrap().len()
    };
    assert_eq!(images("arch=amd64&value=tools").await, 2);
    assert_eq!(images("arch=amd64&signed=true&value=tools").await, 1);
    assert_eq!(images("arch=arm64,amd64&value=tools").await, 2);
    assert_eq!(images("arch=arm64&value=tools").await, 0);
    assert_eq!(
        images(&format!("arch=amd64&value={}", &hash(&bytes)[..20])).await,
        1
    );
    assert_eq!(images("arch=amd64&value=%25%25%25").await, 0);
    assert_eq!(
        refusal(library.get(As::Owner, "/v1/search?value=ab").await)
            .await
            .0,
        400
    );
    assert_eq!(
        refusal(library.get(As::Owner, "/v1/search").await).await.0,
        400
    );
}

#[tokio::test]
async fn deleting_an_image_removes_its_tags_and_frees_its_bytes() {
    let library = Library::start().await;
    let bytes = sif(64 * KIB, 1);
    let (container, _) = library.push("tools", "samtools", "latest", &bytes).await;
    library.push("tools", "copy", "latest", &bytes).await;
    assert_eq!(library.stored().len(), 1);
    assert_eq!(library.data("/v1/entities/ann").await["size"], bytes.len());

    let path = "/v1/images/ann/tools/samtools:latest?arch=";
    let delete = |path: String| {
        let library = &library;
        async move {
            library
                .send(As::Owner, Method::DELETE, &path, json!({}))
                .await
        }
    };
    assert_eq!(refusal(delete(format!("{path}arm64")).await).await.0, 404);
    data(delete(format!("{path}amd64")).await).await;
    assert_eq!(
        library.data(&format!("/v2/tags/{container}")).await,
        json!({})
    );
    // The copy still needs them.
    assert_eq!(library.stored().len(), 1);

    let by_hash = format!("/v1/images/ann/tools/copy:{}?arch=", hash(&bytes));
    assert_eq!(
        refusal(delete(format!("{by_hash}arm64")).await).await.0,
        404
    );
    data(delete(format!("{by_hash}amd64")).await).await;
    assert_eq!(library.stored(), [""; 0]);
    assert_eq!(library.data("/v1/entities/ann").await["size"], 0);
    assert_eq!(
        refusal(delete(format!("{by_hash}amd64")).await).await.0,
        404
    );
}
