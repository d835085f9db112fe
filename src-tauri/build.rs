fn main() {
    tauri_build::try_build(
        tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/**/*"),
    )
    .expect("the Tauri build script");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
}
