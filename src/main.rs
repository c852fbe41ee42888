use std::process::ExitCode;

use rutter::{
    cli::{self, Face},
    lsp, settings,
};

fn main() -> ExitCode {
    match cli::parse(std::env::args_os()) {
        Face::Server { root, index_dir } => {
            lsp::run(lsp::Options { root, index_dir, user_file: settings::user_file() })
        }
        Face::Command(command, context) => cli::run(&command, &context),
    }
}
