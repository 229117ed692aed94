//! Feeds the contract's command list to Tauri's access control, so that a command exists for the
//! window exactly when the contract names it.

fn main() {
    // tauri-build prints no such line for a custom capabilities folder.
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(sifter_contract::COMMANDS));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:warning={error:#}");
        std::process::exit(1);
    }
}
