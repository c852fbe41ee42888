use std::process::ExitCode;

use rutter::{
    cli::{self, Face},
    lsp,
};

fn main() -> ExitCode {
    match cli::parse(std::env::args_os()) {
        Face::Server(options) => lsp::run(options),
        Face::Command(command, context) => cli::run(&command, &context),
    }
}
