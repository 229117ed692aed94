//! What Sifter signs, the official SIF module verifies, until it is altered.

use serde_json::{Value, json};
use sifter_sif::{DataType, ObjectInput, Stamp, Writer};

use super::desk::Desk;

/// What the module says of a good OpenPGP signature.
pub(super) fn made_by(fingerprint: &str, object: u32, covers: &[u32]) -> Value {
    let fingerprint = fingerprint.to_lowercase();
    json!({"object": object, "covers": covers, "fingerprint": fingerprint, "keys": 0})
}

#[test]
#[ignore = "needs Go"]
fn what_sifter_signs_with_an_openpgp_key_the_official_module_verifies() {
    let Some(desk) = Desk::set() else {
        return;
    };
    let ada = desk.key("ada");
    desk.key("bob");
    desk.image("x.sif");
    let by_ada = |object, covers: &[u32]| made_by(&ada, object, covers);
    desk.refuses(&["-key", "ada.asc", "x.sif"], "signature not found");
    assert_eq!(desk.sign("x.sif", &["--key", &ada]), json!([4]));
    desk.verifies(
        &["-key", "ada.asc", "x.sif"],
        json!([by_ada(4, &[1, 2, 3])]),
    );
    // The keyring on disk is one for the command-line tools.
    let ring = desk.path("home/config/keys/pgp-public");
    let ring = ring.to_str().unwrap();
    desk.verifies(&["-key", ring, "x.sif"], json!([by_ada(4, &[1, 2, 3])]));
    let one = ["-key", "ada.asc", "-object", "2", "x.sif"];
    desk.verifies(&one, json!([by_ada(4, &[2])]));
    desk.refuses(
        &["-key", "bob.asc", "x.sif"],
        "signature made by unknown entity",
    );
    desk.refuses(&["x.sif"], "key material not provided");
    desk.refuses_every_alteration(&["-key", "ada.asc"], "x.sif");
}

#[test]
#[ignore = "needs Go"]
fn signatures_of_one_object_and_of_each_group_verify_with_the_official_module() {
    let Some(desk) = Desk::set() else {
        return;
    };
    let ada = desk.key("ada");
    let by_ada = |object, covers: &[u32]| made_by(&ada, object, covers);
    desk.image("object.sif");
    let only = ["--key", &ada, "--object", "3"];
    assert_eq!(desk.sign("object.sif", &only), json!([4]));
    let third = ["-key", "ada.asc", "-object", "3", "object.sif"];
    desk.verifies(&third, json!([by_ada(4, &[3])]));
    let whole = ["-key", "ada.asc", "object.sif"];
    desk.refuses(&whole, "object not signed");

    let groups = desk.image("groups.sif");
    let mut writer = Writer::open(groups).unwrap();
    for text in ["first", "second"] {
        let object = ObjectInput::new(DataType::Generic, text.as_bytes()).in_group(Some(2));
        writer.add(object, Stamp::Auto).unwrap();
    }
    drop(writer);
    let second = ["--key", &ada, "--group", "2"];
    assert_eq!(desk.sign("groups.sif", &second), json!([6]));
    let by_group = ["-key", "ada.asc", "-group", "2", "groups.sif"];
    desk.verifies(&by_group, json!([by_ada(6, &[4, 5])]));
    let all = ["-key", "ada.asc", "groups.sif"];
    desk.refuses(&all, "signature not found for object group 1");
    let first = ["--key", &ada, "--group", "1", "--deterministic"];
    assert_eq!(desk.sign("groups.sif", &first), json!([7]));
    desk.verifies(&all, json!([by_ada(7, &[1, 2, 3]), by_ada(6, &[4, 5])]));
}

#[test]
#[ignore = "needs Go"]
fn what_sifter_signs_with_a_pem_key_the_official_module_verifies() {
    let Some(desk) = Desk::set() else {
        return;
    };
    for kind in [
        &["-algorithm", "ED25519"][..],
        &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
    ] {
        if !desk.pem(kind) {
            return;
        }
        let name = format!("{}.sif", kind.last().unwrap().replace(':', "-"));
        desk.image(&name);
        assert_eq!(desk.sign(&name, &["--key", "private.pem"]), json!([4]));
        let expected = json!([{"object": 4, "covers": [1, 2, 3], "fingerprint": "", "keys": 1}]);
        desk.verifies(&["-pem", "public.pem", &name], expected);
        desk.refuses(&[&name], "key material not provided");
        desk.refuses_every_alteration(&["-pem", "public.pem"], &name);
        // Another key of the same kind is not the signer's.
        assert!(desk.pem(kind));
        let other = ["-pem", "public.pem", &name];
        desk.refuses(&other, "signature object 4 not valid");
    }
}
