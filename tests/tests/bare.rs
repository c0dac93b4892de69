//! A pipeline without hardware runs where there is nothing but WASI: in
//! Wasmtime with its own WASI, as `wasmtime run` does it.

use periplasm_tests::build;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

struct Wasi {
    ctx: WasiCtx,
    table: ResourceTable,
}

impl WasiView for Wasi {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.ctx, table: &mut self.table }
    }
}

#[test]
fn it_prints_the_answers_of_the_datasheet_on_wasi_alone() {
    let engine = Engine::default();
    let pipeline = build::pipeline("compose/pipelines/bare/pipeline.toml");
    let component = Component::new(&engine, pipeline).unwrap();
    for (import, _) in component.component_type().imports(&engine) {
        // Types are no functions: nobody need give them.
        assert!(
            import.starts_with("wasi:") || import == "periplasm:device/types@0.1.0",
            "{import}"
        );
    }
    let mut linker: Linker<Wasi> = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).unwrap();

    let (stdout, stderr) = (MemoryOutputPipe::new(4096), MemoryOutputPipe::new(4096));
    let ctx = WasiCtxBuilder::new().stdout(stdout.clone()).stderr(stderr.clone()).build();
    let mut store = Store::new(&engine, Wasi { ctx, table: ResourceTable::new() });
    let command = Command::instantiate(&mut store, &component, &linker).unwrap();
    let ended = command.wasi_cli_run().call_run(&mut store);
    let text = |pipe: MemoryOutputPipe| String::from_utf8(pipe.contents().to_vec()).unwrap();
    let errors = text(stderr);
    assert!(matches!(ended, Ok(Ok(()))), "{ended:?}\n{errors}");
    // Those of the pipeline `weather`, on the same board file.
    let expected = "temperature     25.08 °C\n\
                    pressure      1006.53 hPa\n\
                    humidity        50.15 %RH\n";
    assert_eq!((text(stdout).as_str(), errors.as_str()), (expected, ""));
}
