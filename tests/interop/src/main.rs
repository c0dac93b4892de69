//! Fetches and publishes packages as `wkg` does, by the library that it is made
//! of, with a configuration file in wkg's own form:
//!
//! ```text
//! wkg-client CONFIG get acme:clock@1.2.0 FILE
//! wkg-client CONFIG publish FILE [acme:clock@1.2.0]
//! wkg-client CONFIG versions acme:clock
//! ```

use std::error::Error;
use std::process::ExitCode;

use futures_util::TryStreamExt;
use wasm_pkg_client::{Client, Config, PackageRef, PublishOpts, Version};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    match run(&args) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[&str]) -> Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let [config, args @ ..] = args else { return Err("no configuration is named".into()) };
        // No defaults: they name registries of the network.
        let mut settings = Config::empty();
        settings.merge(Config::from_file(config).await?);
        let client = Client::new(settings);
        match *args {
            ["get", package, file] => get(&client, package, file).await,
            ["publish", file] => publish(&client, file, PublishOpts::default()).await,
            ["publish", file, package] => {
                let package = Some(named(package)?);
                publish(&client, file, PublishOpts { package, ..PublishOpts::default() }).await
            }
            ["versions", package] => {
                let versions = client.list_all_versions(&package.parse()?).await?;
                let versions: Vec<_> = versions.iter().map(|v| v.version.to_string()).collect();
                Ok(versions.join(" "))
            }
            _ => {
                Err("get PACKAGE@VERSION FILE, publish FILE [PACKAGE@VERSION] or versions PACKAGE"
                    .into())
            }
        }
    })
}

/// Fetches a package into `file`. The library compares its digest.
async fn get(client: &Client, package: &str, file: &str) -> Result<String> {
    let (package, version) = named(package)?;
    let release = client.get_release(&package, &version).await?;
    let content = client.stream_content(&package, &release).await?;
    let chunks: Vec<_> = content.try_collect().await?;
    tokio::fs::write(file, chunks.concat()).await?;
    Ok(release.content_digest.to_string())
}

async fn publish(client: &Client, file: &str, options: PublishOpts) -> Result<String> {
    let (package, version) = client.publish_release_file(file, options).await?;
    Ok(format!("{package}@{version}"))
}

fn named(text: &str) -> Result<(PackageRef, Version)> {
    let (package, version) = text.split_once('@').ok_or("a package is named as a:b@1.0.0")?;
    Ok((package.parse()?, version.parse()?))
}
