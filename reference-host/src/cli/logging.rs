//! The messages of stages and of the host, one line each, on standard error.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::registry::LookupSpan;

/// Prints messages from now on.
pub(super) fn install(verbose: u8) {
    let default = match verbose {
        0 => "warn,periplasm::stage=info",
        1 => "warn,periplasm=debug,periplasm_host=debug",
        _ => "warn,periplasm=trace,periplasm_host=trace",
    };
    let filter = EnvFilter::try_from_env("PERIPLASM_LOG").unwrap_or_else(|_| default.into());
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .event_format(Lines)
        .finish();
    // It can only be set up already, by a test.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// `climate: message`, or `climate: warning: message`.
struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut parts = Parts::default();
        event.record(&mut parts);
        if let Some(stage) = &parts.stage {
            write!(writer, "{stage}")?;
            parts.slot.iter().try_for_each(|slot| write!(writer, ", slot {slot}"))?;
            writer.write_str(": ")?;
        }
        writer.write_str(match *event.metadata().level() {
            Level::ERROR => "error: ",
            Level::WARN => "warning: ",
            Level::INFO => "",
            Level::DEBUG => "debug: ",
            Level::TRACE => "trace: ",
        })?;
        writeln!(writer, "{}{}", parts.message, parts.others)
    }
}

/// The fields of one event.
#[derive(Default)]
struct Parts {
    stage: Option<String>,
    slot: Option<String>,
    message: String,
    others: String,
}

impl Visit for Parts {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "stage" => self.stage = Some(value.to_owned()),
            "slot" => self.slot = Some(value.to_owned()),
            _ => self.record_debug(field, &value),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string does not fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.others, " {name}={value:?}"),
        };
    }
}
