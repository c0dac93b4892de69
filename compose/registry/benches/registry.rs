//! Push and pull of an artifact on loopback, beside `skopeo copy` of the same
//! one: `cargo xtask bench registry`, which says where docker-registry is
//! (`PERIPLASM_DOCKER_REGISTRY`) and skopeo (`PERIPLASM_SKOPEO`).
//!
//! Every time is one transfer into an empty registry, or into an empty folder:
//! nothing is there already. skopeo's times have the start of a program in them,
//! which `registry-start` shows.
#![allow(missing_docs, reason = "criterion's macros make undocumented items")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use periplasm_registry::{Artifact, Client, Digest, PushOptions, Reference, Settings, pull, push};
use tempfile::TempDir;

#[path = "../../../tests/src/registry/server.rs"]
#[allow(dead_code, unreachable_pub, reason = "tests use all of it, from another crate")]
mod server;
use server::{Server, docker_registry};

/// MiB of the artifacts' layers.
const SIZES: [usize; 2] = [8, 64];

/// Where the two programs are.
struct Lab {
    registry: PathBuf,
    skopeo: String,
}

impl Lab {
    fn find() -> Option<Self> {
        let skopeo = std::env::var("PERIPLASM_SKOPEO").ok()?;
        Some(Self { registry: docker_registry()?, skopeo })
    }

    /// A registry with nothing in it. Each push has one: skopeo remembers, for
    /// the whole machine, in which repositories of a registry a blob is, and has
    /// it mounted from there instead of sending it.
    fn server(&self) -> Server {
        Server::start(&self.registry, |_| String::new())
    }

    /// skopeo with a home of its own.
    fn skopeo(&self, home: &Path, args: &[&str]) {
        let mut command = Command::new(&self.skopeo);
        if let Some(libraries) = std::env::var_os("PERIPLASM_SKOPEO_LIBRARIES") {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        command.env("HOME", home).env("XDG_RUNTIME_DIR", home).args(args);
        let output = command.stdin(Stdio::null()).output().expect("skopeo starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "skopeo {}: {said}", args.join(" "));
    }
}

/// A component of so many MiB that no compression makes smaller.
fn artifact(mib: usize) -> Artifact {
    let mut component = b"\0asm\x0d\0\x01\0".to_vec();
    let length = (mib << 20) - 16;
    component.push(0);
    let mut size = length + 2;
    while size >= 0x80 {
        component.push((size & 0x7f) as u8 | 0x80);
        size >>= 7;
    }
    component.push(size as u8);
    component.extend(*b"\x01x");
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    component.extend((0..length).map(|_| {
        // xorshift64 (Marsaglia 2003).
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    }));
    Artifact::new(component).expect("a component")
}

/// The artifact as an OCI layout, which skopeo copies from.
fn layout(artifact: &Artifact) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let blobs = folder.path().join("blobs/sha256");
    std::fs::create_dir_all(&blobs).expect("a folder");
    let packed = artifact.pack();
    for bytes in [artifact.bytes(), &packed.config, &packed.manifest_bytes] {
        std::fs::write(blobs.join(Digest::of(bytes).hex()), bytes).expect("a blob");
    }
    let index = serde_json::json!({
        "schemaVersion": 2,
        "manifests": [{
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": packed.digest,
            "size": packed.manifest_bytes.len(),
            "annotations": {"org.opencontainers.image.ref.name": "1.0.0"},
        }],
    });
    std::fs::write(folder.path().join("index.json"), index.to_string()).expect("an index");
    let version = r#"{"imageLayoutVersion": "1.0.0"}"#;
    std::fs::write(folder.path().join("oci-layout"), version).expect("a layout");
    folder
}

fn client(cache: Option<&Path>) -> Client {
    let settings = Settings::bare().cache(cache.map(Path::to_owned));
    Client::new(settings, Arc::new(())).expect("a client")
}

fn name(server: &Server) -> Reference {
    format!("{}/bench/a:1.0.0", server.host()).parse().expect("a name")
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// The time of `count` transfers, each with what `prepare` makes before it.
fn timed<T>(count: u64, prepare: impl Fn() -> T, transfer: impl Fn(&T)) -> Duration {
    let once = |_| {
        let prepared = prepare();
        let started = Instant::now();
        transfer(&prepared);
        started.elapsed()
    };
    (0..count).map(once).sum()
}

fn registry(c: &mut Criterion) {
    let Some(lab) = Lab::find() else {
        eprintln!("left out: `cargo xtask bench registry` says where the programs are");
        return;
    };
    for mib in SIZES {
        let artifact = artifact(mib);
        let layout = layout(&artifact);
        let source = format!("oci:{}:1.0.0", layout.path().display());

        let mut group = c.benchmark_group(format!("registry-push-{mib}MiB"));
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
        group.bench_function("skopeo", |b| {
            b.iter_custom(|count| {
                timed(
                    count,
                    || (folder(), lab.server()),
                    |(home, server)| {
                        let name = &format!("docker://{}", name(server));
                        let flags = ["--insecure-policy", "copy", "--quiet", "--preserve-digests"];
                        let rest = ["--dest-tls-verify=false", &source, name];
                        lab.skopeo(home.path(), &[&flags[..], &rest].concat());
                    },
                )
            });
        });
        group.bench_function("ours", |b| {
            b.iter_custom(|count| {
                timed(
                    count,
                    || lab.server(),
                    |server| {
                        push(&client(None), &name(server), &artifact, &PushOptions::default())
                            .expect("a push");
                    },
                )
            });
        });
        group.finish();

        let server = lab.server();
        let name = name(&server);
        push(&client(None), &name, &artifact, &PushOptions::default()).expect("a push");
        let remote = format!("docker://{name}");
        let mut group = c.benchmark_group(format!("registry-pull-{mib}MiB"));
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
        group.bench_function("skopeo", |b| {
            b.iter_custom(|count| {
                timed(
                    count,
                    || (folder(), folder()),
                    |(home, output)| {
                        let output = format!("oci:{}:1.0.0", output.path().display());
                        let flags = ["--insecure-policy", "copy", "--quiet", "--preserve-digests"];
                        let rest = ["--src-tls-verify=false", &remote, &output];
                        lab.skopeo(home.path(), &[&flags[..], &rest].concat());
                    },
                )
            });
        });
        // Into a cache, which is on a disk as skopeo's folder is.
        group.bench_function("ours", |b| {
            b.iter_custom(|count| {
                timed(count, folder, |cache| {
                    let pulled = pull(&client(Some(cache.path())), &name).expect("a pull");
                    assert_eq!(pulled.component.len(), artifact.bytes().len());
                })
            });
        });
        group.finish();
    }
    let mut group = c.benchmark_group("registry-start");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.bench_function("skopeo", |b| {
        b.iter_custom(|count| timed(count, folder, |home| lab.skopeo(home.path(), &["--version"])));
    });
    group.finish();
}

criterion_group!(benches, registry);
criterion_main!(benches);
