use std::fmt::Write;
use std::path::Path;

use miniz_oxide::deflate::compress_to_vec_zlib;
use serde_json::Value;

use super::*;

const CLIMATE: &str = r#"{"packages":[
    {"name":"bme280","version":"0.5.1","source":"crates.io","dependencies":[1]},
    {"name":"embedded-hal","version":"1.0.0","source":"crates.io"},
    {"name":"periplasm-bme280","version":"0.1.0","source":"local","dependencies":[0,3],"root":true},
    {"name":"syn","version":"2.0.1","source":"crates.io","kind":"build","dependencies":[4]},
    {"name":"unicode-ident","version":"1.0.2+b","source":"git","kind":"build"}],"format":1}"#;

const APP: &str = r#"{"packages":[
    {"name":"app","version":"0.1.0","source":"local","dependencies":[1],"root":true},
    {"name":"syn","version":"2.0.1","source":"crates.io"}]}"#;

fn packed(json: &str) -> Vec<u8> {
    compress_to_vec_zlib(json.as_bytes(), 7)
}

fn custom(data: &[u8]) -> String {
    let mut text = String::new();
    data.iter().for_each(|byte| write!(text, "\\{byte:02x}").unwrap());
    format!("(@custom \".dep-v0\" \"{text}\")")
}

fn component(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// A pipeline of a driver with its list outside, one with the list in its code,
/// as cargo-auditable leaves it, and one without.
fn pipeline() -> Vec<u8> {
    let (climate, app) = (custom(&packed(CLIMATE)), custom(&packed(APP)));
    component(&format!(
        "(component
            (import \"climate-bus\" (instance))
            (component $a {climate} (core module))
            (component $b (core module))
            (component $c (core module {app}))
            (instance $climate (instantiate $a))
            (instance $screen (instantiate $b))
            (instance $app (instantiate $c)))"
    ))
}

fn about() -> SbomAbout {
    SbomAbout { name: "weather".into(), version: Some("1.2.0".into()), timestamp: None }
}

#[test]
fn a_pipeline_is_listed_with_its_stages_and_their_crates() {
    let json = sbom(&pipeline(), &about()).unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sbom/pipeline.cdx.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&golden, &json).unwrap();
    }
    let expected = std::fs::read_to_string(&golden).unwrap_or_default();
    assert_eq!(String::from_utf8(json).unwrap(), expected);

    let document: Value = serde_json::from_str(&expected).unwrap();
    let component = |reference: &str| {
        let mut all = document["components"].as_array().unwrap().iter();
        all.find(|component| component["bom-ref"] == reference).unwrap()
    };
    // One stage is compiled with it, the other only built by it.
    assert_eq!(component("pkg:cargo/syn@2.0.1")["scope"], "required");
    assert_eq!(component("pkg:cargo/bme280@0.5.1")["purl"], "pkg:cargo/bme280@0.5.1");
    let git = component("crate:git/unicode-ident@1.0.2%2Bb");
    assert_eq!((&git["scope"], &git["purl"]), (&"excluded".into(), &Value::Null));
    assert_eq!(component("stage:screen")["properties"][0]["value"], "unknown");
    assert_eq!(document["compositions"][0]["dependencies"][0], "stage:screen");
}

#[test]
fn a_driver_alone_is_one_stage() {
    let driver = component(&format!("(component {} (core module))", custom(&packed(APP))));
    let about = SbomAbout { name: "meter".into(), ..SbomAbout::default() };
    let document: Value = serde_json::from_slice(&sbom(&driver, &about).unwrap()).unwrap();
    assert_eq!(document["components"][0]["bom-ref"], "stage:meter");
    assert_eq!(document["metadata"]["component"]["version"], Value::Null);
    assert_eq!(document["metadata"]["timestamp"], Value::Null);
    assert_eq!(document["compositions"], Value::Null);
}

#[test]
fn a_time_is_told_only_if_it_is_given() {
    let about = SbomAbout { timestamp: Some(1_700_000_000), ..about() };
    let document: Value = serde_json::from_slice(&sbom(&pipeline(), &about).unwrap()).unwrap();
    // `date -u -d @1700000000`
    assert_eq!(document["metadata"]["timestamp"], "2023-11-14T22:13:20Z");
}

#[test]
fn names_in_the_component_are_a_claim() {
    // Two instances of one name, and one that no stage has.
    let text = "(component (component $a (core module)) (component $b (core module))
        (instance $x (instantiate $a)) (instance (instantiate $b)))";
    let mut bytes = component(text);
    let document: Value = serde_json::from_slice(&sbom(&bytes, &about()).unwrap()).unwrap();
    assert_eq!(document["components"][0]["name"], "x");
    assert_eq!(document["components"][1]["name"], "unnamed-1");
    let at = bytes.windows(2).rposition(|pair| pair == [1, b'x']).unwrap();
    bytes[at + 1] = b'\x1b';
    let document: Value = serde_json::from_slice(&sbom(&bytes, &about()).unwrap()).unwrap();
    assert_eq!(document["components"][0]["name"], "unnamed-0");
}

fn fault(section: &[u8]) -> SectionFault {
    crates::read(section).unwrap_err()
}

#[test]
fn a_hostile_list_is_refused() {
    let list = |packages: &str| packed(&format!("{{\"packages\":[{packages}]}}"));
    let one = |more: &str| format!(r#"{{"name":"a","version":"1","source":"local"{more}}}"#);
    assert_eq!(fault(b"not zlib"), SectionFault::NotZlib);
    assert_eq!(fault(&vec![0; 300 << 10]), SectionFault::TooLarge { limit: 256 << 10 });
    let bomb = compress_to_vec_zlib(&vec![b' '; 5 << 20], 9);
    assert!(bomb.len() < 10_000);
    assert_eq!(fault(&bomb), SectionFault::Bomb { limit: 4 << 20 });
    let truncated = &packed(APP)[..20];
    assert_eq!(fault(truncated), SectionFault::NotZlib);
    for text in ["", "[]", "{}", &"[".repeat(100_000), "{\"packages\":[{\"name\":7}]}"] {
        let fault = fault(&packed(text));
        assert!(matches!(fault, SectionFault::NotAList { .. }), "{fault:?}");
    }
    let nested = format!("{{\"packages\":[],\"more\":{}1{}}}", "[".repeat(500), "]".repeat(500));
    // What nobody reads may be as deep as it likes.
    assert_eq!(fault(&packed(&nested)), SectionFault::Roots);
    assert_eq!(fault(&list("")), SectionFault::Roots);
    assert_eq!(fault(&list(&one(""))), SectionFault::Roots);
    let two = format!("{},{}", one(",\"root\":true"), one(",\"root\":true"));
    assert_eq!(fault(&list(&two)), SectionFault::Roots);
    let nobody = one(",\"root\":true,\"dependencies\":[1]");
    assert_eq!(fault(&list(&nobody)), SectionFault::Nobody);
    let itself = one(",\"root\":true,\"dependencies\":[0]");
    assert_eq!(fault(&list(&itself)), SectionFault::Circle);
    let control = one(",\"root\":true").replace("\"a\"", "\"a\\u001b[2J\"");
    assert_eq!(fault(&list(&control)), SectionFault::Text);
    let many = vec![one(""); 10_001].join(",");
    assert!(matches!(fault(&list(&many)), SectionFault::TooMany { .. }));

    let hostile = component(&format!(
        "(component (component $a {} (core module)) (instance $climate (instantiate $a)))",
        custom(b"not zlib")
    ));
    let error = sbom(&hostile, &about()).unwrap_err();
    assert!(error.to_string().starts_with("the list of the crates of stage `climate`"), "{error}");
    let module = component("(module)");
    assert_eq!(sbom(&module, &about()), Err(SbomError::NotAComponent));
    assert_eq!(sbom(b"[package]", &about()), Err(SbomError::NotWasm));
    assert!(matches!(sbom(b"\0asm", &about()), Err(SbomError::Malformed { .. })));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_a_list_or_an_error(bytes: Vec<u8>) {
        let _ = crates::read(&bytes);
        let _ = crates::read(&compress_to_vec_zlib(&bytes, 1));
        let _ = sbom(&bytes, &about());
    }

    #[test]
    fn a_pipeline_with_a_byte_changed_is_listed_or_an_error(at: u16, to: u8) {
        let mut bytes = pipeline();
        let at = usize::from(at) % bytes.len();
        bytes[at] = to;
        let _ = sbom(&bytes, &about());
    }
}
